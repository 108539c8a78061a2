/* Part of merge.ts: how far others have read, and what has reached them. Nothing goes back. */
import type { Message, Receipt } from '../api/schema';
import type { State } from './types';

export interface Reached {
	read: number;
	delivered: number;
}

const nowhere: Reached = { read: 0, delivered: 0 };

/** Positions that are absent are unknown. */
export function raiseReceipt(
	s: State,
	channelId: string,
	userId: string,
	read = 0,
	delivered = 0,
): State {
	const known = s.receipts[channelId];
	// Until a list was read nobody looks, and who is in it is not known.
	if (!known || userId === s.me?.id) return s;
	const before = known[userId] ?? nowhere;
	const after = {
		read: Math.max(before.read, read),
		delivered: Math.max(before.delivered, delivered, before.read, read),
	};
	if (after.read === before.read && after.delivered === before.delivered) return s;
	return { ...s, receipts: { ...s.receipts, [channelId]: { ...known, [userId]: after } } };
}

/** The whole list of a channel: who is not in it hides his, or is gone. */
export function putReceipts(s: State, channelId: string, items: Receipt[]): State {
	const known = s.receipts[channelId] ?? {};
	const list = Object.fromEntries(
		items.map((r): [string, Reached] => [
			r.user_id,
			{
				read: Math.max(known[r.user_id]?.read ?? 0, r.read_seq),
				delivered: Math.max(known[r.user_id]?.delivered ?? 0, r.delivered_seq),
			},
		]),
	);
	return { ...s, receipts: { ...s.receipts, [channelId]: list } };
}

/** What nobody looks at is forgotten, and read when it is opened. */
export function keepReceipts(s: State, channelIds: string[]): State {
	const kept = Object.entries(s.receipts).filter(([id]) => channelIds.includes(id));
	return { ...s, receipts: Object.fromEntries(kept) };
}

/** Of a message of mine: the furthest that all of those who tell have come. */
export function fateOf(s: State, m: Message): 'sent' | 'delivered' | 'read' | null {
	const list = Object.values(s.receipts[m.channel_id] ?? {});
	if (list.length === 0) return null;
	if (list.every((r) => r.read >= m.seq)) return 'read';
	return list.every((r) => r.delivered >= m.seq) ? 'delivered' : 'sent';
}

/** Who has read a message, its author aside. */
export const readersOf = (s: State, m: Message): string[] =>
	Object.entries(s.receipts[m.channel_id] ?? {})
		.filter(([id, r]) => id !== m.author.id && r.read >= m.seq)
		.map(([id]) => id);
