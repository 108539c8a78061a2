/* How many unread messages of a channel mention me: as the server counts, from what events tell. */
import type { Message } from '../api/schema';
import type { State } from './types';

/** Mine, and what whom I have blocked writes, call me to nothing. */
const callsMe = (s: State, m: Message): boolean =>
	s.me !== null &&
	!m.deleted &&
	m.author.id !== s.me.id &&
	m.mentions.includes(s.me.id) &&
	!s.blocks.includes(m.author.id);

export const countNew = (s: State, m: Message): State =>
	callsMe(s, m) ? count(s, m.channel_id, 1) : s;

/** What an edit, or a deletion (null), of a message changes; `s` is the picture before it. */
export function recount(s: State, channelId: string, id: string, now: Message | null): State {
	const known = s.messages[channelId]?.[id];
	const read = s.reads[channelId];
	const seq = known?.seq ?? now?.seq;
	if (!read || (seq !== undefined && seq <= read.read_seq)) return s;
	const calls = now !== null && callsMe(s, now);
	if (known) return count(s, channelId, Number(calls) - Number(callsMe(s, known)));
	// What it said before is not known here: the server counts.
	return calls || read.mention_count > 0 ? { ...s, stale: true } : s;
}

function count(s: State, channelId: string, by: number): State {
	if (by === 0) return s;
	const read = s.reads[channelId] ?? { channel_id: channelId, read_seq: 0, mention_count: 0 };
	const mention_count = Math.max(0, read.mention_count + by);
	return { ...s, reads: { ...s.reads, [channelId]: { ...read, mention_count } } };
}
