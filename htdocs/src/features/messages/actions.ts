/* What can be done with a message, from its menu, its buttons and the keyboard alike. */
import type { Message } from '../../api/schema';
import { publicUrl } from '../../lib/base';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { chat } from '../../store/store';
import { openDialog, setEditing, setReply } from '../../store/view';
import { toast } from '../../ui/toast';

export const focusComposer = (): void => document.getElementById('composer')?.focus();

/** Says whether it was done. */
export async function copy(text: string, done: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		toast(done);
		return true;
	} catch {
		toast(t('toast.copy_failed'), { bad: true });
		return false;
	}
}

export function reply(m: Message): void {
	setReply(m.channel_id, m.id);
	focusComposer();
}

export const edit = (m: Message): void => setEditing(m.id);

export const remove = (m: Message): void =>
	openDialog({ name: 'delete-message', channelId: m.channel_id, messageId: m.id });

export const seenBy = (m: Message): void =>
	openDialog({ name: 'seen-by', channelId: m.channel_id, messageId: m.id });

/** A server has moderators, a conversation has not. */
export const mayReport = (m: Message): boolean => {
	const s = chat();
	return !m.deleted && m.author.id !== s.me?.id && !!s.channels[m.channel_id]?.server_id;
};

export const report = (m: Message): void =>
	openDialog({ name: 'report', channelId: m.channel_id, messageId: m.id });

export const who = (m: Message): void =>
	openDialog({
		name: 'person',
		userId: m.author.id,
		serverId: chat().channels[m.channel_id]?.server_id ?? null,
	});

/** How far others have read is told in this channel. */
export const hasReaders = (m: Message): boolean => {
	const list = chat().receipts[m.channel_id];
	return list !== undefined && Object.keys(list).length > 0;
};

export const copyText = (m: Message): Promise<boolean> => copy(m.content, t('toast.text_copied'));

export const copyLink = (m: Message): Promise<boolean> =>
	copy(publicUrl(`/c/${m.channel_id}/${m.id}`), t('toast.link_copied'));

export function mayEdit(m: Message): boolean {
	return !m.deleted && m.author.id === chat().me?.id;
}

export function mayDelete(m: Message): boolean {
	if (m.deleted) return false;
	const s = chat();
	if (m.author.id === s.me?.id) return true;
	const server = s.servers[s.channels[m.channel_id]?.server_id ?? ''];
	return server ? allows(server.my_permissions, Permission.manageMessages) : false;
}
