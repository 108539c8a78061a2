import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { FormError } from '../../ui/field';

export default function LeaveServer({
	serverId,
	onClose,
}: {
	serverId: string;
	onClose: () => void;
}) {
	const name = useChat((s) => s.servers[serverId]?.name ?? '');
	const [, navigate] = useLocation();
	const { run, busy, error } = useSubmit(async () => {
		await api.removeMember(serverId, '@me');
		onClose();
		navigate('/dms');
		apply({ kind: 'server-gone', serverId });
	});
	return (
		<Dialog
			title={t('server.leave_title', { name })}
			description={t('server.leave_lead')}
			onClose={onClose}
		>
			<DialogBody>
				{error && <FormError>{problemText(error)}</FormError>}
				<DialogFoot>
					<Button onClick={onClose}>{t('action.cancel')}</Button>
					<Button look="danger" busy={busy} onClick={() => void run()}>
						{t('server.leave')}
					</Button>
				</DialogFoot>
			</DialogBody>
		</Dialog>
	);
}
