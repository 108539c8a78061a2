/* What is done to one person of a server, asked for from a menu beside the name. */
import { useEffect } from 'react';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import type { Measure } from '../../store/view';
import { Dialog, DialogBody } from '../../ui/dialog';
import { BanForm } from './ban-form';
import { KickForm } from './kick-form';
import { PurgeForm } from './purge-form';
import { TimeOutForm } from './time-out-form';

interface Props {
	serverId: string;
	userId: string;
	who: string;
	what: Measure;
	onClose: () => void;
}

export const forms = { ban: BanForm, kick: KickForm, timeout: TimeOutForm, purge: PurgeForm };
export const titles: Record<Measure, string> = {
	ban: 'members.ban',
	kick: 'members.kick',
	timeout: 'timeout.give',
	purge: 'purge.of',
};

export default function Moderate({ serverId, userId, who, what, onClose }: Props) {
	const gone = useChat((s) => s.servers[serverId] === undefined);
	useEffect(() => {
		if (gone) onClose();
	}, [gone, onClose]);
	const Body = forms[what];
	return (
		<Dialog title={t(titles[what], { name: who })} onClose={onClose}>
			<DialogBody>
				<Body serverId={serverId} userId={userId} name={who} onDone={onClose} onCancel={onClose} />
			</DialogBody>
		</Dialog>
	);
}
