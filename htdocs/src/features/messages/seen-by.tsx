import { useEffect } from 'react';
import { t } from '../../lib/text';
import { nameIn } from '../../store/here';
import { lookAtReceipts } from '../../store/reaching';
import { readersOf } from '../../store/receipts';
import { chat, useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Dialog, DialogBody } from '../../ui/dialog';
import { serverOf } from './names';

interface Props {
	channelId: string;
	messageId: string;
	onClose: () => void;
}

/** Who has read a message. */
export default function SeenBy({ channelId, messageId, onClose }: Props) {
	const ids = useChat((s) => {
		const m = s.messages[channelId]?.[messageId];
		return m ? readersOf(s, m).join(' ') : '';
	});
	const users = useChat((s) => s.users);
	useEffect(() => lookAtReceipts(channelId), [channelId]);
	const people = ids === '' ? [] : ids.split(' ');
	return (
		<Dialog title={t('message.seen_by')} onClose={onClose}>
			<DialogBody>
				{people.length === 0 && <p className="text-ink-2 text-sm">{t('message.seen_by_nobody')}</p>}
				<ul className="flex flex-col gap-2">
					{people.map((id) => {
						const user = users[id];
						const name = user
							? nameIn(chat(), serverOf(chat(), channelId), user)
							: t('message.unknown_person');
						return (
							<li key={id} className="flex items-center gap-3">
								<Avatar id={id} name={name} url={user?.avatar_url ?? null} />
								<bdi className="truncate">{name}</bdi>
							</li>
						);
					})}
				</ul>
			</DialogBody>
		</Dialog>
	);
}
