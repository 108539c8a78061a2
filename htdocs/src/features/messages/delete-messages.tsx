import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { nameIn } from '../../store/here';
import { chat } from '../../store/store';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { toast } from '../../ui/toast';
import { endSelection, selectionIn } from './selection';

interface Props {
	channelId: string;
	onClose: () => void;
}

export default function DeleteMessages({ channelId, onClose }: Props) {
	const [ids] = useState(() => selectionIn(channelId) ?? []);
	const count = ids.length;
	const task = useSubmit(async () => {
		await api.deleteMessages(channelId, ids);
		endSelection();
		onClose();
		toast(t('toast.messages_deleted', { count }));
	});
	return (
		<ConfirmDialog
			title={t('selection.delete_title', { count })}
			description={t('selection.delete_lead', { names: authors(channelId, ids) })}
			action={t('selection.delete')}
			task={task}
			onClose={onClose}
		/>
	);
}

/** Whose they are: at most three by name. */
function authors(channelId: string, ids: string[]): string {
	const s = chat();
	const known = s.messages[channelId] ?? {};
	const people = new Map(
		ids.flatMap((id) => (known[id] ? [[known[id].author.id, known[id].author]] : [])),
	);
	const names = [...people.values()].map((u) =>
		nameIn(s, s.channels[channelId]?.server_id ?? '', u),
	);
	return names.length > 3 ? `${names.slice(0, 3).join(', ')} …` : names.join(', ');
}
