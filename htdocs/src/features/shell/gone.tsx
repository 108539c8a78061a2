import { Link } from 'wouter';
import { t } from '../../lib/text';
import { Empty } from '../../ui/states';
import { DrawerButton } from './drawer-button';

interface Props {
	title?: string;
	why?: string;
}

/** The same words whether a place never was, is no more, or is not for this user. */
export const Gone = ({ title = t('channel.gone'), why = t('channel.gone_why') }: Props) => (
	<main data-region="main" className="flex flex-col bg-canvas">
		<div className="p-1">
			<DrawerButton />
		</div>
		<div role="alert" className="grid grow place-items-center">
			<Empty title={title} heading>
				<p>{why}</p>
				<Link
					href="/"
					className="inline-flex items-center justify-center font-semibold text-moss hover:underline pointer-coarse:min-h-11"
				>
					{t('channel.gone_back')}
				</Link>
			</Empty>
		</div>
	</main>
);
