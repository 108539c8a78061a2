import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { channelName } from '../../lib/people';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { placeOf } from '../shell/place';

interface Props {
	channelId: string;
	onClose: () => void;
}

export default function LeaveConversation({ channelId, onClose }: Props) {
	const name = useChat((s) => {
		const c = s.channels[channelId];
		return c ? channelName(c, s.me?.id, s.users) : '';
	});
	const [path, navigate] = useLocation();
	const task = useSubmit(async () => {
		await api.removeFromChannel(channelId, '@me');
		onClose();
		if (placeOf(path).channelId === channelId) navigate('/dms');
		apply({ kind: 'channel-gone', channelId });
	});
	return (
		<ConfirmDialog
			title={t('dm.leave_title', { name })}
			description={t('dm.leave_lead')}
			action={t('dm.leave')}
			task={task}
			onClose={onClose}
		/>
	);
}
