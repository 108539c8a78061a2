/*
 * What each type of event does to the picture: "REST state before + event = REST state after".
 * A type without an entry only moves the position of its stream; a feature adds its types here.
 */
import * as z from 'zod/mini';
import {
	BootServer,
	Channel,
	type Envelope,
	Me,
	Message,
	Presence,
	ReadState,
	Role,
	Server as ServerShape,
	User,
} from '../api/schema';
import { mine } from '../lib/permissions';
import { changeHere } from './here';
import { countNew, recount } from './mention-count';
import { dropChannel, dropServer, putChannel, putServer, withUsers } from './places';
import { dropOwnPending, raiseSeq } from './posting';
import { putPresence } from './presence';
import { raiseReceipt } from './receipts';
import { type State, TYPING_MS } from './types';
import { appendMessage, dropBefore, patchMessage, putMessages } from './windows';

type Reducer = (s: State, data: unknown, e: Envelope, now: number) => State;

const WithId = z.object({ id: z.string() });
const Deleted = z.object({ id: z.string(), channel_id: z.optional(z.string()) });
const ManyDeleted = z.object({ ids: z.array(z.string()) });
const Expired = z.object({ channel_id: z.string(), before_seq: z.number() });
const ServerLeft = z.object({ server_id: z.string(), reason: z._default(z.string(), 'left') });
const ReportRef = z.object({ server_id: z.string() });
/** Of `changes`: the reports of a server. */
export const reportsKey = (serverId: string): string => `reports:${serverId}`;
const ChannelRef = z.object({ channel_id: z.string() });
const ReceiptChange = z.object({
	channel_id: z.string(),
	user_id: z.string(),
	read_seq: z.optional(z.number()),
	delivered_seq: z.optional(z.number()),
});
const BlockChange = z.object({ user_id: z.string(), blocked: z.boolean() });
const Typing = z.object({ channel_id: z.string(), user: User });
const MemberChange = z.object({
	server_id: z.optional(z.nullable(z.string())),
	channel_id: z.optional(z.nullable(z.string())),
	user_id: z.optional(z.string()),
	user: z.optional(User),
	roles: z.optional(z.array(z.string())),
	nickname: z.optional(z.nullable(z.string())),
	timeout_until: z.optional(z.nullable(z.string())),
});

type MemberData = z.infer<typeof MemberChange>;
type Server = State['servers'][string];

/** A reducer for data of one shape; data of another shape is not applied. */
const on =
	<T>(
		shape: z.ZodMiniType<T>,
		reduce: (s: State, data: T, e: Envelope, now: number) => State,
	): Reducer =>
	(s, data, e, now) => {
		const parsed = shape.safeParse(data);
		return parsed.success ? reduce(s, parsed.data, e, now) : { ...s, stale: true };
	};

/** My own account, as it is now. */
export function putMe(s: State, me: Me): State {
	const next = withUsers(s, [me]);
	if (s.me?.id !== me.id) return next;
	return me.receipts ? { ...next, me } : { ...next, me, receipts: {} };
}

export function putBlock(s: State, userId: string, blocked: boolean): State {
	const others = s.blocks.filter((id) => id !== userId);
	return { ...s, blocks: blocked ? [...others, userId] : others };
}

const streamId = (e: Envelope): string => e.stream.slice(e.stream.indexOf(':') + 1);

const created = on(Message, (s, m, e) => {
	const fresh = m.seq > (s.channels[m.channel_id]?.last_seq ?? 0);
	const message = e.nonce && !m.nonce ? { ...m, nonce: e.nonce } : m;
	let next = dropOwnPending(raiseSeq(appendMessage(s, message), message), message);
	next = stopTyping(next, m.channel_id, m.author.id);
	// Who writes has read.
	next = raiseReceipt(next, m.channel_id, m.author.id, m.seq);
	return fresh ? countNew(next, m) : next;
});

const updated = on(Message, (s, m) => {
	const known = s.messages[m.channel_id]?.[m.id];
	if (known && known.rev > m.rev) return s;
	const next = recount(s, m.channel_id, m.id, m);
	return known ? putMessages(next, m.channel_id, [m]) : next;
});

const tombstone = (s: State, channelId: string, id: string, rev: number): State =>
	patchMessage(recount(s, channelId, id, null), channelId, id, (m) => ({
		...m,
		content: '',
		deleted: true,
		pinned: false,
		mentions: [],
		mention_roles: [],
		rev: Math.max(m.rev, rev),
	}));

const deleted = on(Deleted, (s, d, e) => tombstone(s, d.channel_id ?? streamId(e), d.id, e.rev));

const manyDeleted = on(ManyDeleted, (s, d, e) =>
	d.ids.reduce((state, id) => tombstone(state, streamId(e), id, e.rev), s),
);

/** Messages that have had their time leave no tombstones; who mentioned me in them is not known here. */
const expired = on(Expired, (s, d) => {
	const read = s.reads[d.channel_id];
	const next = dropBefore(s, d.channel_id, d.before_seq);
	return read && read.mention_count > 0 && read.read_seq + 1 < d.before_seq
		? { ...next, stale: true }
		: next;
});

function stopTyping(s: State, channelId: string, userId: string): State {
	const people = s.typing[channelId];
	if (!people || !Object.hasOwn(people, userId)) return s;
	const { [userId]: _, ...rest } = people;
	return { ...s, typing: { ...s.typing, [channelId]: rest } };
}

/** What was told of typing before a message may come after it. */
const wroteSince = (s: State, channelId: string, userId: string, at?: string): boolean =>
	at !== undefined &&
	Object.values(s.messages[channelId] ?? {}).some(
		(m) => m.author.id === userId && m.created_at >= at,
	);

const typing = on(Typing, (s, d, e, now) => {
	if (d.user.id === s.me?.id || wroteSince(s, d.channel_id, d.user.id, e.at)) return s;
	const people = { ...s.typing[d.channel_id], [d.user.id]: now + TYPING_MS };
	return { ...withUsers(s, [d.user]), typing: { ...s.typing, [d.channel_id]: people } };
});

/** People of a server, of a private channel or of a group conversation. */
const members =
	(change: 'joined' | 'updated' | 'left'): Reducer =>
	(s, data, e) => {
		const parsed = MemberChange.safeParse(data);
		if (!parsed.success) return { ...s, stale: true };
		const d = parsed.data;
		const next = d.user ? withUsers(s, [d.user]) : s;
		// A guest hears of himself in his own stream.
		return !e.stream.startsWith('channel:')
			? serverMember(next, d.server_id ?? streamId(e), d, change)
			: channelMember(next, streamId(e), d.user?.id ?? d.user_id ?? '', d.user, change);
	};

function serverMember(s: State, serverId: string, d: MemberData, change: string): State {
	const server = s.servers[serverId];
	const userId = d.user?.id ?? d.user_id ?? '';
	if (!server) return s;
	const me = userId === s.me?.id;
	if (me && change === 'left') return dropServer(s, serverId);
	const by = change === 'joined' ? 1 : change === 'left' ? -1 : 0;
	const told = {
		...(d.roles && { roles: d.roles }),
		...(d.nickname !== undefined && { nickname: d.nickname }),
	};
	return {
		...countChange(changeHere(s, serverId, userId, change === 'left' ? null : told), serverId),
		servers: {
			...s.servers,
			[serverId]: {
				...(me ? asMine(server, d) : server),
				member_count: Math.max(0, server.member_count + by),
			},
		},
		stale: s.stale || me,
	};
}

/** What I am in a server now; what that lets me see, the next bootstrap tells. */
const asMine = (server: Server, d: MemberData): Server => {
	const { roles = server.my_roles, nickname, timeout_until } = d;
	return {
		...server,
		my_roles: roles,
		nickname: nickname === undefined ? server.nickname : nickname,
		timeout_until: timeout_until === undefined ? server.timeout_until : timeout_until,
		my_permissions: mine(server.roles, roles),
	};
};

const countChange = (s: State, id: string): State => ({
	...s,
	changes: { ...s.changes, [id]: (s.changes[id] ?? 0) + 1 },
});

function channelMember(
	s: State,
	channelId: string,
	userId: string,
	user: User | undefined,
	change: string,
): State {
	const channel = s.channels[channelId];
	if (!channel) return s;
	if (change === 'left' && userId === s.me?.id) return dropChannel(s, channelId);
	if (!channel.members) return countChange(s, channelId);
	const others = channel.members.filter((u) => u.id !== userId);
	const list =
		change === 'left'
			? others
			: change === 'updated'
				? channel.members.map((u) => (u.id === userId && user ? user : u))
				: user
					? [...others, user]
					: channel.members;
	return { ...s, channels: { ...s.channels, [channelId]: { ...channel, members: list } } };
}

/** What it lets me do holds at once; what it lets me see, the next bootstrap tells. */
function setRoles(s: State, serverId: string, id: string, role: Role | null): State {
	const server = s.servers[serverId];
	if (!server) return s;
	const others = server.roles.filter((r) => r.id !== id);
	const roles = role ? [...others, role].sort((a, b) => b.position - a.position) : others;
	const my_roles = role ? server.my_roles : server.my_roles.filter((r) => r !== id);
	const my_permissions = mine(roles, my_roles);
	const changed = { ...server, roles, my_roles, my_permissions };
	return {
		...countChange(s, serverId),
		servers: { ...s.servers, [serverId]: changed },
		stale: true,
	};
}

const putRole = on(Role, (s, r, e) => setRoles(s, r.server_id ?? streamId(e), r.id, r));

const reducers: Record<string, Reducer> = {
	'message.created': created,
	'message.updated': updated,
	'message.deleted': deleted,
	'messages.deleted': manyDeleted,
	'messages.expired': expired,
	'typing.started': typing,
	// One that comes back was read before: how far, the next bootstrap tells.
	'channel.created': on(Channel, (s, c) => {
		const next = putChannel(s, c);
		return c.last_seq > 0 && !s.reads[c.id] ? { ...next, stale: true } : next;
	}),
	// Whom it is shown to may have changed with it.
	'channel.updated': on(Channel, (s, c) => countChange(putChannel(s, c), c.id)),
	'channel.deleted': on(WithId, (s, d) => dropChannel(s, d.id)),
	// A role may show it still: the next bootstrap tells.
	'channel.left': on(ChannelRef, (s, d) => ({ ...dropChannel(s, d.channel_id), stale: true })),
	'dm.created': on(Channel, putChannel),
	'server.joined': on(BootServer, putServer),
	'server.updated': on(ServerShape, (s, d) => {
		const known = s.servers[d.id];
		return known ? { ...s, servers: { ...s.servers, [d.id]: { ...known, ...d } } } : s;
	}),
	'server.deleted': on(WithId, (s, d) => ({
		...dropServer(s, d.id),
		left: { ...s.left, [d.id]: 'deleted' },
	})),
	'server.left': on(ServerLeft, (s, d) => ({
		...dropServer(s, d.server_id),
		left: { ...s.left, [d.server_id]: d.reason },
	})),
	'member.joined': members('joined'),
	'member.updated': members('updated'),
	'member.left': members('left'),
	'role.created': putRole,
	'role.updated': putRole,
	'role.deleted': on(WithId, (s, d, e) => setRoles(s, streamId(e), d.id, null)),
	// Comes at once without rev, and once more with it when it is stored: then nothing has changed.
	'read.updated': on(ReadState, (s, r, e) => {
		const known = s.reads[r.channel_id];
		if (known && (known.read_seq > r.read_seq || (known.read_seq === r.read_seq && e.rev > 0)))
			return s;
		return { ...s, reads: { ...s.reads, [r.channel_id]: r } };
	}),
	'receipt.updated': on(ReceiptChange, (s, r) =>
		raiseReceipt(s, r.channel_id, r.user_id, r.read_seq, r.delivered_seq),
	),
	'block.updated': on(BlockChange, (s, b) => putBlock(s, b.user_id, b.blocked)),
	'report.created': on(ReportRef, (s, r) => countChange(s, reportsKey(r.server_id))),
	'report.updated': on(ReportRef, (s, r) => countChange(s, reportsKey(r.server_id))),
	'presence.updated': on(Presence, (s, p) => putPresence(s, [p])),
	'user.updated': on(Me, (s, me, e) =>
		// Without a number it tells a status; the rest may be older than what came with one.
		putMe(s, e.rev === 0 && s.me?.id === me.id ? { ...s.me, status: me.status } : me),
	),
};

export const reduceEvent = (s: State, e: Envelope, now: number): State =>
	reducers[e.type]?.(s, e.data, e, now) ?? s;
