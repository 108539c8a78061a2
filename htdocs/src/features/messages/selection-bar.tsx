/* Stands where one writes while messages are being chosen. */
import { Trash2 } from 'lucide-react';
import { useEffect } from 'react';
import '../../lib/later-texts';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { openDialog, useView } from '../../store/view';
import { Button } from '../../ui/button';
import { endSelection } from './selection';

export default function SelectionBar({ channelId }: { channelId: string }) {
	const count = useView((v) => v.selection?.ids.length ?? 0);
	const may = useChat((s) =>
		allows(
			s.servers[s.channels[channelId]?.server_id ?? '']?.my_permissions ?? '0',
			Permission.manageMessages,
		),
	);
	useEffect(() => {
		if (!may) endSelection();
	}, [may]);
	useEffect(() => endSelection, []);
	return (
		<section
			aria-label={t('selection.region')}
			data-region="composer"
			className="flex flex-wrap items-center gap-2 border-line border-t bg-side px-4 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]"
			onKeyDown={(e) => {
				if (e.key !== 'Escape') return;
				e.preventDefault();
				endSelection();
			}}
		>
			<p role="status" className="grow font-semibold text-sm">
				{t('selection.count', { count })}
			</p>
			<Button onClick={endSelection}>{t('action.cancel')}</Button>
			<Button
				look="danger"
				disabled={count === 0}
				onClick={() => openDialog({ name: 'delete-messages', channelId })}
			>
				<Trash2 size={16} aria-hidden />
				{t('selection.delete')}
			</Button>
		</section>
	);
}
