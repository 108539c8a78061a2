import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { removeMessage } from '../../store/sending';
import { useChat } from '../../store/store';
import { setEditing } from '../../store/view';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { FormError } from '../../ui/field';

interface Props {
	channelId: string;
	messageId: string;
	onClose: () => void;
}

export default function DeleteMessage({ channelId, messageId, onClose }: Props) {
	const m = useChat((s) => s.messages[channelId]?.[messageId]);
	const { run, busy, error } = useSubmit(async () => {
		await removeMessage(channelId, messageId);
		setEditing(null);
		onClose();
	});
	return (
		<Dialog
			title={t('message.delete_title')}
			description={t('message.delete_lead')}
			onClose={onClose}
		>
			<DialogBody>
				<blockquote className="max-h-32 overflow-hidden whitespace-pre-wrap break-words rounded-lg bg-side px-3 py-2 text-sm">
					{m?.content.slice(0, 400)}
				</blockquote>
				{error && <FormError>{problemText(error)}</FormError>}
				<DialogFoot>
					<Button onClick={onClose}>{t('action.cancel')}</Button>
					<Button data-first="" look="danger" busy={busy} onClick={() => void run()}>
						{t('message.delete')}
					</Button>
				</DialogFoot>
			</DialogBody>
		</Dialog>
	);
}
