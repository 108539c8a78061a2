import { Menu as MenuIcon } from 'lucide-react';
import { Link } from 'wouter';
import { usePhone } from '../../lib/media';
import { t } from '../../lib/text';
import { setDrawer } from '../../store/view';
import { IconButton } from '../../ui/button';
import { Empty } from '../../ui/states';

/** The same words whether a place never was, is no more, or is not for this user. */
export function Gone() {
	const phone = usePhone();
	return (
		<main data-region="main" className="bg-canvas">
			{phone && (
				<IconButton label={t('shell.open_drawer')} onClick={() => setDrawer(true)}>
					<MenuIcon size={20} />
				</IconButton>
			)}
			<Empty title={t('channel.gone')}>
				<p>{t('channel.gone_why')}</p>
				<Link href="/" className="font-semibold text-moss hover:underline">
					{t('channel.gone_back')}
				</Link>
			</Empty>
		</main>
	);
}
