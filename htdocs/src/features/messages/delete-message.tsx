import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { removeMessage } from '../../store/sending';
import { useChat } from '../../store/store';
import { setEditing } from '../../store/view';
import { ConfirmDialog } from '../../ui/confirm-dialog';

interface Props {
	channelId: string;
	messageId: string;
	onClose: () => void;
}

export default function DeleteMessage({ channelId, messageId, onClose }: Props) {
	const m = useChat((s) => s.messages[channelId]?.[messageId]);
	const task = useSubmit(async () => {
		await removeMessage(channelId, messageId);
		setEditing(null);
		onClose();
	});
	return (
		<ConfirmDialog
			ready
			title={t('message.delete_title')}
			description={t('message.delete_lead')}
			action={t('message.delete')}
			task={task}
			onClose={onClose}
		>
			<blockquote className="max-h-32 overflow-hidden whitespace-pre-wrap break-words rounded-lg bg-side px-3 py-2 text-sm">
				{m?.content.slice(0, 400)}
			</blockquote>
		</ConfirmDialog>
	);
}
