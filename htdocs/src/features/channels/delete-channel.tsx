import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { ConfirmDialog } from '../../ui/confirm-dialog';

interface Props {
	channelId: string;
	onClose: () => void;
}

export default function DeleteChannel({ channelId, onClose }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const [path, navigate] = useLocation();
	const task = useSubmit(async () => {
		await api.deleteChannel(channelId);
		onClose();
		if (path.startsWith(`/c/${channelId}`)) navigate(`/s/${channel?.server_id}`);
		apply({ kind: 'channel-gone', channelId });
	});
	return (
		<ConfirmDialog
			title={t('channel.delete_title', { name: channel?.name ?? '' })}
			description={t('channel.delete_lead')}
			action={t('channel.delete')}
			task={task}
			onClose={onClose}
		/>
	);
}
