/* Part of merge.ts: the messages in memory, and which contiguous run of them each channel shows. */
import type { Message } from '../api/schema';
import { withUsers } from './places';
import {
	emptyWindow,
	KEPT_ROWS,
	type MessageWindow,
	type PageKind,
	type State,
	WINDOW_ROWS,
	without,
} from './types';

export function putWindow(
	s: State,
	channelId: string,
	change: (w: MessageWindow) => MessageWindow,
): State {
	const before = s.windows[channelId] ?? emptyWindow;
	const after = change(before);
	return after === before ? s : { ...s, windows: { ...s.windows, [channelId]: after } };
}

/** Stores messages, keeping whichever version has the higher rev. */
export function putMessages(s: State, channelId: string, list: Message[]): State {
	const known = s.messages[channelId] ?? {};
	let next: Record<string, Message> | null = null;
	for (const m of list) {
		const old = known[m.id];
		if (old && old.rev > m.rev) continue;
		// Same version: keep the object, so that its row does not draw again.
		if (old && old.rev === m.rev && old.content === m.content) continue;
		next ??= { ...known };
		next[m.id] = m;
	}
	const base = withUsers(
		s,
		list.map((m) => m.author),
	);
	return next ? { ...base, messages: { ...base.messages, [channelId]: next } } : base;
}

export function patchMessage(
	s: State,
	channelId: string,
	id: string,
	change: (m: Message) => Message,
): State {
	const m = s.messages[channelId]?.[id];
	if (!m) return s;
	return {
		...s,
		messages: { ...s.messages, [channelId]: { ...s.messages[channelId], [id]: change(m) } },
	};
}

/** Forgets the messages below a number, in memory and in the run that is shown. */
export function dropBefore(s: State, channelId: string, seq: number): State {
	const known = s.messages[channelId];
	const gone = Object.values(known ?? {}).filter((m) => m.seq < seq);
	if (!known || gone.length === 0) return s;
	const ids = new Set(gone.map((m) => m.id));
	const kept = Object.fromEntries(Object.entries(known).filter(([id]) => !ids.has(id)));
	const next = { ...s, messages: { ...s.messages, [channelId]: kept } };
	return putWindow(next, channelId, (w) => {
		const left = w.ids.filter((id) => !ids.has(id));
		// What the run began with is gone, so nothing older is there either.
		return left.length === w.ids.length ? w : { ...w, ids: left, hasOlder: false };
	});
}

const seqOf = (messages: Record<string, Message>, id: string | undefined): number =>
	messages[id ?? '']?.seq ?? 0;

const sorted = (ids: Iterable<string>, messages: Record<string, Message>): string[] =>
	[...new Set(ids)].sort((a, b) => (messages[a]?.seq ?? 0) - (messages[b]?.seq ?? 0));

/** Messages paged past are forgotten at some point; the run in the window and its replies stay. */
function prune(s: State, channelId: string, arriving: Message[]): State {
	const known = s.messages[channelId] ?? {};
	if (Object.keys(known).length <= 3 * WINDOW_ROWS) return s;
	const run = (s.windows[channelId]?.ids ?? []).concat(arriving.map((m) => m.id));
	const wanted = run.concat(run.flatMap((id) => known[id]?.reply_to ?? []));
	const kept = Object.fromEntries(wanted.flatMap((id) => (known[id] ? [[id, known[id]]] : [])));
	return { ...s, messages: { ...s.messages, [channelId]: kept } };
}

export function mergePage(
	s: State,
	channelId: string,
	items: Message[],
	page: PageKind,
	older?: boolean,
): State {
	const first = prune(putMessages(s, channelId, items), channelId, items);
	const messages = first.messages[channelId] ?? {};
	const seqs = items.map((m) => m.seq);
	const lowest = Math.min(...seqs);
	const highest = Math.max(0, ...seqs);
	const channel = first.channels[channelId];
	const lastSeq = Math.max(channel?.last_seq ?? 0, highest);
	const withSeq =
		channel && channel.last_seq < lastSeq
			? {
					...first,
					channels: { ...first.channels, [channelId]: { ...channel, last_seq: lastSeq } },
				}
			: first;
	return putWindow(withSeq, channelId, (w) => {
		const pageIds = items.map((m) => m.id);
		const moreOlder = older ?? (items.length > 0 && lowest > 1);
		if (page === 'around') {
			const ids = sorted(pageIds, messages);
			return {
				ids,
				hasOlder: items.length > 0 && lowest > 1,
				hasNewer: highest < lastSeq,
				loaded: true,
				atEnd: false,
				epoch: w.epoch + 1,
			};
		}
		if (page === 'latest') {
			// Rows that stay: all of a run that the page touches, else what arrived behind the page
			// while it was on its way.
			const touches = !w.loaded || (!w.hasNewer && w.ids.some((id) => pageIds.includes(id)));
			const live = w.ids.filter((id) => touches || (!w.hasNewer && seqOf(messages, id) > highest));
			const ids = sorted([...pageIds, ...live], messages);
			const kept = ids.slice(-WINDOW_ROWS);
			return {
				ids: kept,
				hasOlder: kept.length < ids.length || (moreOlder && seqOf(messages, kept[0]) > 1),
				hasNewer: seqOf(messages, kept.at(-1)) < lastSeq && items.length > 0,
				loaded: true,
				atEnd: w.atEnd,
				epoch: touches && w.loaded ? w.epoch : w.epoch + 1,
			};
		}
		const ids = sorted([...w.ids, ...pageIds], messages);
		if (page === 'before') {
			const kept = ids.slice(0, WINDOW_ROWS);
			return {
				...w,
				ids: kept,
				hasOlder: moreOlder,
				hasNewer: w.hasNewer || kept.length < ids.length,
			};
		}
		const kept = ids.slice(-WINDOW_ROWS);
		return {
			...w,
			ids: kept,
			hasOlder: w.hasOlder || kept.length < ids.length,
			hasNewer: items.length > 0 && highest < lastSeq,
		};
	});
}

/** A message at the live end: by event, or as the answer to a post. */
export function appendMessage(s: State, m: Message): State {
	if (!s.windows[m.channel_id]) return withUsers(s, [m.author]);
	const stored = putMessages(s, m.channel_id, [m]);
	const messages = stored.messages[m.channel_id] ?? {};
	return putWindow(stored, m.channel_id, (w) => {
		if (w.hasNewer || w.ids.includes(m.id)) return w;
		if (!w.atEnd && w.ids.length >= WINDOW_ROWS) return { ...w, hasNewer: true };
		const ids = sorted([...w.ids, m.id], messages);
		const kept = ids.slice(-WINDOW_ROWS);
		return { ...w, ids: kept, hasOlder: w.hasOlder || kept.length < ids.length };
	});
}

/** Keeps little of a channel nobody looks at, so that opening it again is cheap. */
export function leaveChannel(s: State, channelId: string): State {
	const w = s.windows[channelId];
	if (!w) return s;
	if (w.hasNewer) {
		return {
			...s,
			windows: without(s.windows, channelId),
			messages: without(s.messages, channelId),
		};
	}
	const ids = w.ids.slice(-KEPT_ROWS);
	const known = s.messages[channelId] ?? {};
	const kept = Object.fromEntries(ids.flatMap((id) => (known[id] ? [[id, known[id]]] : [])));
	return {
		...s,
		messages: { ...s.messages, [channelId]: kept },
		windows: {
			...s.windows,
			[channelId]: { ...w, ids, atEnd: true, hasOlder: w.hasOlder || ids.length < w.ids.length },
		},
	};
}
