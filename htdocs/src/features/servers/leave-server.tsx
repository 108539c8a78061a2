import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
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
	const alone = useQuery(
		{ queryKey: ['last-in', serverId], queryFn: () => api.lastIn(serverId), staleTime: 0 },
		queries,
	).data?.last_in;
	const channels = useChat((s) => s.channels);
	const names = (alone ?? []).flatMap((id) => channels[id]?.name ?? []);
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
		>
			{names.length > 0 && (
				<p role="alert" className="rounded-lg bg-amber-soft px-3 py-2 text-sm">
					{t('server.leave_alone', {
						count: names.length,
						names: names.map((n) => `#${n}`).join(', '),
					})}
				</p>
			)}
		</ConfirmDialog>
	);
}
