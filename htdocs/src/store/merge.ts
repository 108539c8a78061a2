/*
 * The one way into the store: (state, action) → state, without side effects or clock. Pages of
 * history, events of the stream and optimistic rows all come through here, in any order and as
 * often as they like: what is older than what is known changes nothing.
 */
import type { BootServer, Bootstrap, Channel, Envelope, Message, User } from '../api/schema';
import { reduceEvent } from './events';
import {
	emptyState,
	emptyWindow,
	KEPT_ROWS,
	type MessageWindow,
	type Pending,
	type State,
	WINDOW_ROWS,
} from './types';

export type PageKind = 'latest' | 'before' | 'after' | 'around';

export type Action =
	| { kind: 'bootstrap'; data: Bootstrap }
	| { kind: 'event'; event: Envelope; now: number }
	| { kind: 'page'; channelId: string; items: Message[]; page: PageKind; older?: boolean }
	| { kind: 'message'; message: Message }
	| { kind: 'channel'; channel: Channel }
	| { kind: 'server'; server: BootServer }
	| { kind: 'server-gone'; serverId: string }
	| { kind: 'channel-gone'; channelId: string }
	| { kind: 'position'; stream: string; rev: number }
	| { kind: 'healed'; stream: string }
	| { kind: 'stale' }
	| { kind: 'revoke'; stream: string }
	| { kind: 'pending'; entry: Pending }
	| { kind: 'pending-gone'; channelId: string; nonce: string }
	| { kind: 'edited'; channelId: string; id: string; content: string }
	| { kind: 'read'; channelId: string; seq: number }
	| { kind: 'at-end'; channelId: string; atEnd: boolean }
	| { kind: 'left'; channelId: string }
	| { kind: 'window-reset'; channelId: string }
	| { kind: 'typing-ends'; now: number }
	| { kind: 'signed-out' };

export function merge(s: State, a: Action): State {
	switch (a.kind) {
		case 'bootstrap':
			return mergeBootstrap(s, a.data);
		case 'event':
			return mergeEvent(s, a.event, a.now);
		case 'page':
			return mergePage(s, a.channelId, a.items, a.page, a.older);
		case 'message':
			return mergePosted(s, a.message);
		case 'channel':
			return putChannel(s, a.channel);
		case 'server':
			return putServer(s, a.server);
		case 'server-gone':
			return dropServer(s, a.serverId);
		case 'channel-gone':
			return dropChannel(s, a.channelId);
		case 'position':
			return { ...s, revs: { ...s.revs, [a.stream]: Math.max(s.revs[a.stream] ?? 0, a.rev) } };
		case 'healed':
			return { ...s, gaps: s.gaps.filter((g) => g !== a.stream) };
		case 'stale':
			return { ...s, stale: true };
		case 'revoke':
			return revoke(s, a.stream);
		case 'pending':
			return putPending(s, a.entry);
		case 'pending-gone':
			return dropPending(s, a.channelId, a.nonce);
		case 'edited':
			return patchMessage(s, a.channelId, a.id, (m) => ({ ...m, content: a.content }));
		case 'read':
			return markRead(s, a.channelId, a.seq);
		case 'at-end':
			return putWindow(s, a.channelId, (w) => (w.atEnd === a.atEnd ? w : { ...w, atEnd: a.atEnd }));
		case 'left':
			return leaveChannel(s, a.channelId);
		case 'window-reset':
			return putWindow(s, a.channelId, (w) => ({ ...emptyWindow, epoch: w.epoch + 1 }));
		case 'typing-ends':
			return endTyping(s, a.now);
		case 'signed-out':
			return emptyState;
	}
}

// Whole pictures

function mergeBootstrap(s: State, b: Bootstrap): State {
	const channels: State['channels'] = {};
	const servers: State['servers'] = {};
	const revs: State['revs'] = { ...s.revs };
	const users: User[] = [b.me];
	const add = (c: Channel) => {
		channels[c.id] = newerChannel(s.channels[c.id], c);
		// Of a channel only the row is here, not its messages: a position that is known stays, or what
		// is on its way would be taken for a repetition.
		revs[`channel:${c.id}`] ??= c.rev;
		users.push(...(c.members ?? []));
	};
	for (const { channels: list, ...server } of b.servers) {
		servers[server.id] = server;
		revs[`server:${server.id}`] = Math.max(revs[`server:${server.id}`] ?? 0, server.rev);
		list.forEach(add);
	}
	b.dms.forEach(add);
	const reads: State['reads'] = {};
	for (const r of b.read_states) {
		const known = s.reads[r.channel_id];
		reads[r.channel_id] = known && known.read_seq > r.read_seq ? known : r;
	}
	const keep = <T>(record: Record<string, T>) =>
		Object.fromEntries(Object.entries(record).filter(([id]) => Object.hasOwn(channels, id)));
	return {
		...withUsers(s, users),
		me: b.me,
		servers,
		channels,
		reads,
		revs,
		windows: keep(s.windows),
		messages: keep(s.messages),
		stale: false,
		limits: { messageLength: numberOr(b.limits.message_length, s.limits.messageLength) },
		features: b.features,
	};
}

const numberOr = (v: unknown, otherwise: number): number =>
	typeof v === 'number' && v > 0 ? v : otherwise;

function newerChannel(known: Channel | undefined, next: Channel): Channel {
	if (!known) return next;
	const members = next.members ?? known.members;
	// A list read before an event arrived after it: the counter never goes back.
	const merged = { ...next, last_seq: Math.max(known.last_seq, next.last_seq) };
	if (known.last_message_at && known.last_message_at > (merged.last_message_at ?? ''))
		merged.last_message_at = known.last_message_at;
	return members ? { ...merged, members } : merged;
}

export function putServer(s: State, { channels, ...server }: BootServer): State {
	const next = channels.reduce(putChannel, s);
	const stream = `server:${server.id}`;
	return {
		...next,
		servers: { ...next.servers, [server.id]: server },
		revs: { ...next.revs, [stream]: Math.max(next.revs[stream] ?? 0, server.rev) },
	};
}

export function putChannel(s: State, c: Channel): State {
	const stream = `channel:${c.id}`;
	return {
		...withUsers(s, c.members ?? []),
		channels: { ...s.channels, [c.id]: newerChannel(s.channels[c.id], c) },
		// Only for a stream heard of for the first time: the position of a known one is what has
		// been applied, not what stands in a row.
		revs: Object.hasOwn(s.revs, stream) ? s.revs : { ...s.revs, [stream]: c.rev },
	};
}

const without = <T>(record: Record<string, T>, key: string): Record<string, T> => {
	if (!Object.hasOwn(record, key)) return record;
	const { [key]: _, ...rest } = record;
	return rest;
};

export function dropChannel(s: State, id: string): State {
	return {
		...s,
		channels: without(s.channels, id),
		reads: without(s.reads, id),
		windows: without(s.windows, id),
		messages: without(s.messages, id),
		typing: without(s.typing, id),
		revs: without(s.revs, `channel:${id}`),
		gaps: s.gaps.filter((g) => g !== `channel:${id}`),
	};
}

export function dropServer(s: State, id: string): State {
	const gone = Object.values(s.channels).filter((c) => c.server_id === id);
	const next = gone.reduce((state, c) => dropChannel(state, c.id), s);
	return {
		...next,
		servers: without(next.servers, id),
		revs: without(next.revs, `server:${id}`),
		gaps: next.gaps.filter((g) => g !== `server:${id}`),
	};
}

function revoke(s: State, stream: string): State {
	const [kind, id = ''] = stream.split(':');
	if (kind === 'channel') return dropChannel(s, id);
	if (kind === 'server') return dropServer(s, id);
	return s;
}

export function withUsers(s: State, list: User[]): State {
	const changed = list.filter((u) => {
		const known = s.users[u.id];
		return (
			!known ||
			known.display_name !== u.display_name ||
			known.username !== u.username ||
			known.avatar_url !== u.avatar_url
		);
	});
	if (changed.length === 0) return s;
	const users = { ...s.users };
	for (const { id, username, display_name, avatar_url, bot } of changed)
		users[id] = { id, username, display_name, avatar_url, bot };
	return { ...s, users };
}

// Events

/** Drops repetitions, notes gaps, then lets the type's reducer work. */
function mergeEvent(s: State, e: Envelope, now: number): State {
	if (e.rev === 0) return reduceEvent(s, e, now);
	const known = s.revs[e.stream];
	if (known !== undefined && e.rev <= known) return s;
	const missed = known !== undefined && e.rev > known + 1 && !s.gaps.includes(e.stream);
	const next: State = {
		...s,
		revs: { ...s.revs, [e.stream]: e.rev },
		gaps: missed ? [...s.gaps, e.stream] : s.gaps,
	};
	return reduceEvent(next, e, now);
}

// Messages

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

function mergePage(
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

function mergePosted(s: State, m: Message): State {
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

/** Keeps little of a channel nobody looks at, so that opening it again is cheap. */
function leaveChannel(s: State, channelId: string): State {
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

// Own messages on their way

function putPending(s: State, entry: Pending): State {
	const list = s.pending[entry.channelId] ?? [];
	const at = list.findIndex((p) => p.nonce === entry.nonce);
	const next = at < 0 ? [...list, entry] : list.with(at, entry);
	return { ...s, pending: { ...s.pending, [entry.channelId]: next } };
}

function dropPending(s: State, channelId: string, nonce: string): State {
	const list = s.pending[channelId];
	if (!list?.some((p) => p.nonce === nonce)) return s;
	return {
		...s,
		pending: { ...s.pending, [channelId]: list.filter((p) => p.nonce !== nonce) },
	};
}

function endTyping(s: State, now: number): State {
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
