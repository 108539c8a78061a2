import { Dialog } from 'radix-ui';
import { t } from '../../lib/text';
import { setDrawer, useView } from '../../store/view';
import { Rail } from './rail';
import { Sidebar } from './sidebar';

/** On a phone the servers and channels come from the side. */
export default function Drawer() {
	const open = useView((v) => v.drawer);
	return (
		<Dialog.Root open={open} onOpenChange={setDrawer}>
			<Dialog.Portal>
				<Dialog.Overlay className="fixed inset-0 z-30 animate-appear bg-scrim" />
				<Dialog.Content
					aria-describedby={undefined}
					onOpenAutoFocus={(e) => {
						const here = (e.currentTarget as HTMLElement).querySelector<HTMLElement>(
							'[data-channel][aria-current=page]',
						);
						if (!here) return;
						e.preventDefault();
						here.focus();
					}}
					className="fixed inset-y-0 start-0 z-30 grid w-[min(20.5rem,88vw)] animate-slide-in grid-cols-[auto_minmax(0,1fr)] grid-rows-[minmax(0,1fr)] shadow-float outline-none"
				>
					<Dialog.Title className="sr-only">{t('shell.drawer')}</Dialog.Title>
					<Rail />
					<Sidebar />
				</Dialog.Content>
			</Dialog.Portal>
		</Dialog.Root>
	);
}
