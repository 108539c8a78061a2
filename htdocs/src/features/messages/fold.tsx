import { t } from '../../lib/text';

interface Props {
	open: boolean;
	onOpen: (open: boolean) => void;
}

/** The button stays where it is, and so does the focus on it. */
export const Fold = ({ open, onOpen }: Props) => (
	<p className="text-ink-3 text-sm">
		{t('message.blocked')}{' '}
		<button
			type="button"
			className="font-semibold text-moss hover:underline pointer-coarse:min-h-11 pointer-coarse:px-2"
			aria-expanded={open}
			onClick={() => onOpen(!open)}
		>
			{t(open ? 'message.hide' : 'message.show')}
		</button>
	</p>
);
