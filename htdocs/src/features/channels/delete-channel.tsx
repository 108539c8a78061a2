import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { FormError } from '../../ui/field';

export default function DeleteChannel({
	channelId,
	onClose,
}: {
	channelId: string;
	onClose: () => void;
}) {
	const channel = useChat((s) => s.channels[channelId]);
	const [path, navigate] = useLocation();
	const { run, busy, error } = useSubmit(async () => {
		await api.deleteChannel(channelId);
		onClose();
		if (path.startsWith(`/c/${channelId}`)) navigate(`/s/${channel?.server_id}`);
		apply({ kind: 'channel-gone', channelId });
	});
	return (
		<Dialog
			title={t('channel.delete_title', { name: channel?.name ?? '' })}
			description={t('channel.delete_lead')}
			onClose={onClose}
		>
			<DialogBody>
				{error && <FormError>{problemText(error)}</FormError>}
				<DialogFoot>
					<Button onClick={onClose}>{t('action.cancel')}</Button>
					<Button look="danger" busy={busy} onClick={() => void run()}>
						{t('channel.delete')}
					</Button>
				</DialogFoot>
			</DialogBody>
		</Dialog>
	);
}
