/* From the run of messages to what stands in the list: pure, so that it can be tested. */
import type { Message } from '../../api/schema';
import { dayKey } from '../../lib/time';
import type { MessageWindow, Pending } from '../../store/types';

const GROUP_MS = 5 * 60_000;

export type Row =
	| { kind: 'day'; key: string; at: string }
	| { kind: 'new'; key: string }
	| { kind: 'message'; key: string; message: Message; first: boolean }
	/** Deleted ones, two or more, with nothing between. */
	| { kind: 'gone'; key: string; ids: string[]; seq: number }
	| { kind: 'pending'; key: string; entry: Pending; first: boolean };

interface Input {
	window: MessageWindow;
	messages: Record<string, Message>;
	pending: Pending[];
	me: string | undefined;
	/** The line "new" stands above the first message of others after this seq; null = none. */
	dividerAfter: number | null;
}

export function buildRows({ window: w, messages, pending, me, dividerAfter }: Input): Row[] {
	const rows: Row[] = [];
	let last: Message | null = null;
	let divided = dividerAfter === null;
	// The top row of a run that goes on above would lose its heading when the rest arrives.
	const from = w.hasOlder && w.ids.length > 1 ? 1 : 0;
	if (from === 1) last = messages[w.ids[0] ?? ''] ?? null;
	for (const id of w.ids.slice(from)) {
		const m = messages[id];
		if (!m) continue;
		const newDay = last === null || dayKey(last.created_at) !== dayKey(m.created_at);
		if (newDay) rows.push({ kind: 'day', key: `day-${dayKey(m.created_at)}`, at: m.created_at });
		let parted = newDay;
		if (!divided && dividerAfter !== null && m.seq > dividerAfter) {
			divided = true;
			// Only where there is something read above it to be parted from, or others wrote it.
			if (m.author.id !== me) {
				rows.push({ kind: 'new', key: 'new' });
				parted = true;
			}
		}
		if (!joinsGone(rows, m))
			rows.push({
				kind: 'message',
				key: keyOf(m, me),
				message: m,
				first: parted || !joins(last, m),
			});
		last = m;
	}
	if (!w.hasNewer) {
		// After a reload history may show what the outbox does not yet know to be delivered.
		const there = new Set(w.ids.slice(-50).map((id) => nonceOf(messages[id], me)));
		const waiting = pending.filter((p) => !there.has(p.nonce));
		waiting.forEach((entry, i) => {
			const first =
				i === 0 &&
				!(
					last &&
					last.author.id === me &&
					!last.deleted &&
					entry.createdAt - Date.parse(last.created_at) < GROUP_MS
				);
			rows.push({
				kind: 'pending',
				key: entry.nonce,
				entry,
				first: first || entry.replyTo !== null,
			});
		});
	}
	return rows;
}

/** A wall of them is one line. */
function joinsGone(rows: Row[], m: Message): boolean {
	const top = rows.at(-1);
	if (!m.deleted || (top?.kind !== 'gone' && !(top?.kind === 'message' && top.message.deleted)))
		return false;
	const { ids, seq } = top.kind === 'gone' ? top : { ids: [top.message.id], seq: top.message.seq };
	// By the last one: those before it may come later.
	rows[rows.length - 1] = { kind: 'gone', key: `gone-${m.id}`, ids: [...ids, m.id], seq };
	return true;
}

const nonceOf = (m: Message | undefined, me: string | undefined): string | null =>
	m && m.author.id === me ? m.nonce : null;

/** My own row keeps its key when it turns from pending to sent, so that it is not drawn anew. */
const keyOf = (m: Message, me: string | undefined): string =>
	m.nonce && m.author.id === me ? m.nonce : m.id;

const joins = (last: Message | null, m: Message): boolean =>
	last !== null &&
	last.author.id === m.author.id &&
	!m.reply_to &&
	!last.deleted &&
	Date.parse(m.created_at) - Date.parse(last.created_at) < GROUP_MS;
