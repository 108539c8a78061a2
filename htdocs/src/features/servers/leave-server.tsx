import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { ConfirmDialog } from '../../ui/confirm-dialog';

interface Props {
	serverId: string;
	onClose: () => void;
}

export default function LeaveServer({ serverId, onClose }: Props) {
	const name = useChat((s) => s.servers[serverId]?.name ?? '');
	const [, navigate] = useLocation();
	const task = useSubmit(async () => {
		await api.removeMember(serverId, '@me');
		onClose();
		navigate('/dms');
		apply({ kind: 'server-gone', serverId });
	});
	return (
		<ConfirmDialog
			title={t('server.leave_title', { name })}
			description={t('server.leave_lead')}
			action={t('server.leave')}
			task={task}
			onClose={onClose}
		/>
	);
}
