/* Part of merge.ts: what is written and read: own messages on their way, counters, marks, typing. */
import type { Message } from '../api/schema';
import type { Pending, State } from './types';
import { appendMessage, putMessages } from './windows';

/** The answer to a post, which its event may have overtaken. */
export function mergePosted(s: State, m: Message): State {
	const known = s.messages[m.channel_id]?.[m.id];
	const isNewest = m.seq >= (s.channels[m.channel_id]?.last_seq ?? 0);
	if (known || !isNewest) return dropOwnPending(putMessages(s, m.channel_id, [m]), m);
	return dropOwnPending(raiseSeq(appendMessage(s, m), m), m);
}

/** What a new message does to the counters of its channel. */
export function raiseSeq(s: State, m: Message): State {
	const c = s.channels[m.channel_id];
	const next =
		c && m.seq > c.last_seq
			? {
					...s,
					channels: {
						...s.channels,
						[c.id]: { ...c, last_seq: m.seq, last_message_at: m.created_at },
					},
				}
			: s;
	return m.author.id === s.me?.id ? markRead(next, m.channel_id, m.seq) : next;
}

export function dropOwnPending(s: State, m: Message): State {
	return m.nonce && m.author.id === s.me?.id ? dropPending(s, m.channel_id, m.nonce) : s;
}

export function markRead(s: State, channelId: string, seq: number): State {
	const known = s.reads[channelId] ?? { channel_id: channelId, read_seq: 0, mention_count: 0 };
	if (known.read_seq >= seq) return s;
	const last = s.channels[channelId]?.last_seq ?? seq;
	return {
		...s,
		reads: {
			...s.reads,
			[channelId]: {
				...known,
				read_seq: seq,
				mention_count: seq >= last ? 0 : known.mention_count,
			},
		},
	};
}

export function putPending(s: State, entry: Pending): State {
	const list = s.pending[entry.channelId] ?? [];
	const at = list.findIndex((p) => p.nonce === entry.nonce);
	const next = at < 0 ? [...list, entry] : list.with(at, entry);
	return { ...s, pending: { ...s.pending, [entry.channelId]: next } };
}

export function dropPending(s: State, channelId: string, nonce: string): State {
	const list = s.pending[channelId];
	if (!list?.some((p) => p.nonce === nonce)) return s;
	return {
		...s,
		pending: { ...s.pending, [channelId]: list.filter((p) => p.nonce !== nonce) },
	};
}

export function endTyping(s: State, now: number): State {
	let changed = false;
	const typing = Object.fromEntries(
		Object.entries(s.typing).map(([channel, people]) => {
			const live = Object.entries(people).filter(([, until]) => until > now);
			if (live.length === Object.keys(people).length) return [channel, people];
			changed = true;
			return [channel, Object.fromEntries(live)];
		}),
	);
	return changed ? { ...s, typing } : s;
}
