/* Part of merge.ts: servers, channels and people, and the pictures a bootstrap gives of them all. */
import type { BootServer, Bootstrap, Channel, User } from '../api/schema';
import { bootPresence } from './presence';
import { type State, without } from './types';

export function mergeBootstrap(s: State, b: Bootstrap): State {
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
	let stale = false;
	let { here } = s;
	for (const { channels: list, ...server } of b.servers) {
		const applied = s.revs[`server:${server.id}`] ?? 0;
		const known = s.servers[server.id];
		// It was read before an event that is applied by now: the event holds, and the next one tells the rest.
		const older = known !== undefined && applied > server.rev;
		servers[server.id] = older ? known : server;
		// Something was not told by events: who changed is not known.
		if (server.rev > applied) here = without(here, server.id);
		stale ||= older;
		revs[`server:${server.id}`] = Math.max(applied, server.rev);
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
		blocks: b.blocks,
		presence: bootPresence(s.presence, b.presence),
		servers,
		here,
		channels,
		reads,
		revs,
		windows: keep(s.windows),
		messages: keep(s.messages),
		stale,
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

export function dropChannel(s: State, id: string): State {
	return {
		...s,
		channels: without(s.channels, id),
		reads: without(s.reads, id),
		receipts: without(s.receipts, id),
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
		here: without(next.here, id),
		revs: without(next.revs, `server:${id}`),
		gaps: next.gaps.filter((g) => g !== `server:${id}`),
	};
}

/** By the id alone: what was lost while away is called a channel, whatever it was. */
export function revoke(s: State, stream: string): State {
	const [, id = ''] = stream.split(':');
	return Object.hasOwn(s.servers, id) ? dropServer(s, id) : dropChannel(s, id);
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
