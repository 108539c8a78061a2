import { Menu } from 'lucide-react';
import { usePhone } from '../../lib/media';
import { t } from '../../lib/text';
import { setDrawer } from '../../store/view';
import { IconButton } from '../../ui/button';
import { useAnyUnread, useCalls } from './use-badge';

/** The way to servers and channels on a phone; it carries the mark for what is new behind it. */
export function DrawerButton() {
	const phone = usePhone();
	const called = useCalls();
	const some = useAnyUnread();
	if (!phone) return null;
	const name = t('shell.open_drawer');
	return (
		<span className="relative shrink-0">
			<IconButton
				label={
					called > 0
						? t('nav.with_calls', { name, count: called })
						: some
							? t('nav.with_unread', { name })
							: name
				}
				onClick={() => setDrawer(true)}
			>
				<Menu size={20} />
			</IconButton>
			{some && (
				<span
					aria-hidden="true"
					data-mark={called > 0 ? 'calls' : 'unread'}
					className={`pointer-events-none absolute end-1.5 top-1.5 size-2.5 rounded-full border-2 border-canvas ${called > 0 ? 'bg-amber' : 'bg-ink'}`}
				/>
			)}
		</span>
	);
}
