import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { channelName } from '../../lib/people';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { FormError } from '../../ui/field';
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
	const { run, busy, error } = useSubmit(async () => {
		await api.removeFromChannel(channelId, '@me');
		onClose();
		if (placeOf(path).channelId === channelId) navigate('/dms');
		apply({ kind: 'channel-gone', channelId });
	});
	return (
		<Dialog
			title={t('dm.leave_title', { name })}
			description={t('dm.leave_lead')}
			onClose={onClose}
		>
			<DialogBody>
				{error && <FormError>{problemText(error)}</FormError>}
				<DialogFoot>
					<Button onClick={onClose}>{t('action.cancel')}</Button>
					<Button look="danger" busy={busy} onClick={() => void run()}>
						{t('dm.leave')}
					</Button>
				</DialogFoot>
			</DialogBody>
		</Dialog>
	);
}
