/* Derived views of the picture; pure, and stable as long as their inputs are. */
import type { Channel } from '../api/schema';
import { isConversation } from '../lib/people';
import type { State } from './types';

export const unreadOf = (s: State, channelId: string): number => {
	const c = s.channels[channelId];
	if (!c) return 0;
	return Math.max(0, c.last_seq - (s.reads[channelId]?.read_seq ?? 0));
};

/** What calls for the user: mentions in channels, anything in conversations. */
export const calls = (s: State, c: Channel): number =>
	isConversation(c)
		? unreadOf(s, c.id)
		: Math.min(unreadOf(s, c.id), s.reads[c.id]?.mention_count ?? 0);

const kinds = { text: 0, audio: 1, video: 2, dm: 3, group: 3 };

export function channelsOf(channels: State['channels'], serverId: string): Channel[] {
	return Object.values(channels)
		.filter((c) => c.server_id === serverId)
		.sort(
			(a, b) => kinds[a.kind] - kinds[b.kind] || a.position - b.position || (a.id < b.id ? -1 : 1),
		);
}

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
