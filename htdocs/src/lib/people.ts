import type { Channel, User } from '../api/schema';
import { t } from './text';

export const nameOf = (u: Pick<User, 'display_name' | 'username'>): string =>
	u.display_name?.trim() || u.username;

/** One or two letters for a picture that is not there. */
export function initials(name: string): string {
	const words = name.trim().split(/\s+/);
	const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
		(w) => [...(w ?? '')][0] ?? '',
	);
	return letters.join('').toLocaleUpperCase() || '?';
}

/** A colour that stays with an id: the hue in degrees. */
export function hue(id: string): number {
	let h = 0;
	for (const c of id) h = (h * 31 + c.charCodeAt(0)) >>> 0;
	return (h % 24) * 15;
}

export const isConversation = (c: Pick<Channel, 'kind'>): boolean =>
	c.kind === 'dm' || c.kind === 'group';

/** With whom I talk alone, whatever the conversation was made for. */
export function otherOf(c: Channel, me: string | undefined): User | undefined {
	if (!isConversation(c)) return undefined;
	const others = (c.members ?? []).filter((u) => u.id !== me);
	return others.length === 1 ? others[0] : undefined;
}

/** What a channel is called for `me`: a conversation without a name has that of its people. */
export function channelName(
	c: Channel,
	me: string | undefined,
	users: Record<string, User>,
): string {
	if (c.name) return c.name;
	const others = (c.members ?? []).filter((u) => u.id !== me);
	if (others.length === 0) return isConversation(c) ? t('dm.notes') : t('channel.unnamed');
	return others.map((u) => nameOf(users[u.id] ?? u)).join(', ');
}

/** Names are compared without case; typing them in capitals is no reason to refuse. */
export const plainUsername = (name: string): string => name.trim().toLowerCase();
