/* Derived views of the picture; pure, and stable as long as their inputs are. */
import type { Channel } from '../api/schema';
import { isConversation } from '../lib/people';
import type { State } from './types';

export const unreadOf = (s: State, channelId: string): number => {
	const c = s.channels[channelId];
	// Nobody waits for an answer there.
	if (!c || c.archived) return 0;
	return Math.max(0, c.last_seq - (s.reads[channelId]?.read_seq ?? 0));
};

/** What calls for the user: mentions in channels, anything in conversations. */
export const calls = (s: State, c: Channel): number =>
	isConversation(c)
		? unreadOf(s, c.id)
		: Math.min(unreadOf(s, c.id), s.reads[c.id]?.mention_count ?? 0);

/** Of whom I have blocked I read only what I ask for; alone with him I have opened it myself. */
export const isFolded = (s: State, channelId: string, authorId: string): boolean =>
	s.blocks.includes(authorId) && s.channels[channelId]?.kind !== 'dm';

const kinds = { text: 0, audio: 1, video: 2, dm: 3, group: 3 };

/** A part of a server's list of channels: those of a kind without a category, or a category. */
export interface Section {
	kind: 'text' | 'rooms' | 'category';
	name: string;
	channels: Channel[];
}

const inPlace = (a: Channel, b: Channel): number =>
	a.position - b.position || (a.id < b.id ? -1 : 1);

/** As the sidebar shows them: without a category first, then each category by its first channel. */
export function sectionsOf(channels: State['channels'], serverId: string): Section[] {
	const all = Object.values(channels)
		.filter((c) => c.server_id === serverId && !c.archived)
		.sort(inPlace);
	const loose = all.filter((c) => !c.category);
	const named = new Map<string, Channel[]>();
	for (const c of all) if (c.category) named.set(c.category, [...(named.get(c.category) ?? []), c]);
	const rooms = loose
		.filter((c) => c.kind !== 'text')
		.sort((a, b) => kinds[a.kind] - kinds[b.kind]);
	return [
		{ kind: 'text' as const, name: '', channels: loose.filter((c) => c.kind === 'text') },
		{ kind: 'rooms' as const, name: '', channels: rooms },
		...[...named].map(([name, list]) => ({ kind: 'category' as const, name, channels: list })),
	].filter((section) => section.channels.length > 0);
}

export const archivedOf = (channels: State['channels'], serverId: string): Channel[] =>
	Object.values(channels)
		.filter((c) => c.server_id === serverId && c.archived)
		.sort(inPlace);

export const channelsOf = (channels: State['channels'], serverId: string): Channel[] =>
	sectionsOf(channels, serverId).flatMap((section) => section.channels);

/** Names of the categories, for choosing one. */
export const categoriesOf = (channels: State['channels'], serverId: string): string[] =>
	sectionsOf(channels, serverId).flatMap((s) => (s.kind === 'category' ? s.name : []));

/** Latest first; ids are time-ordered, so a conversation without messages counts by its birth. */
export function conversations(channels: State['channels']): Channel[] {
	const born = (c: Channel) => new Date(Number(BigInt(c.id) >> 20n)).toISOString();
	const at = (c: Channel) => c.last_message_at ?? born(c);
	return Object.values(channels)
		.filter(isConversation)
		.sort((a, b) => (at(a) < at(b) ? 1 : -1));
}

export const serversInOrder = (servers: State['servers']) =>
	Object.values(servers).sort((a, b) =>
		(a.joined_at ?? '') === (b.joined_at ?? '')
			? a.id.localeCompare(b.id)
			: (a.joined_at ?? '') < (b.joined_at ?? '')
				? -1
				: 1,
	);
