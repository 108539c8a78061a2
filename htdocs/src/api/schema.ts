/*
 * With schema-later.ts the only place where wire types live. Everything that comes from the server passes one of these
 * before the store sees it; unknown fields are dropped, absent optional ones get their default.
 * These are needed from the start.
 */
import * as z from 'zod/mini';

export const id = z.string().check(z.regex(/^\d{1,19}$/));
export const time = z.string();
export const nullableTime = z._default(z.nullable(time), null);
export const text = z._default(z.nullable(z.string()), null);
export const mask = z._default(z.string().check(z.regex(/^\d+$/)), '0');

export const User = z.object({
	id,
	username: z.string(),
	display_name: text,
	avatar_url: text,
	bot: z._default(z.boolean(), false),
});
export const CustomStatus = z.object({
	emoji: text,
	text,
	expires_at: nullableTime,
});
/** What somebody says of himself to who shares something with him. */
export const about = {
	bio: text,
	time_zone: text,
	custom_status: z._default(z.nullable(CustomStatus), null),
};
export const Me = z.extend(User, {
	...about,
	dms_from: z._default(z.enum(['everyone', 'shared', 'nobody']), 'shared'),
	email: text,
	second_factor: z._default(z.boolean(), false),
	email_verified: z._default(z.boolean(), false),
	email_pending: z._default(text, null),
	admin: z._default(z.boolean(), false),
	receipts: z._default(z.boolean(), true),
	status: z._default(z.enum(['online', 'dnd', 'invisible']), 'online'),
	show_last_seen: z._default(z.boolean(), true),
	created_at: z.optional(time),
});
export const Role = z.object({
	id,
	name: z.string(),
	kind: z._default(z.string(), 'custom'),
	permissions: mask,
	position: z._default(z.number(), 0),
	/** 0xRRGGBB */
	color: z._default(z.nullable(z.number()), null),
	/** Whoever may post may mention it. */
	mentionable: z._default(z.boolean(), false),
	server_id: z.optional(id),
	member_count: z.optional(z.number()),
});
export const Channel = z.object({
	id,
	server_id: z._default(z.nullable(id), null),
	kind: z.enum(['text', 'audio', 'video', 'dm', 'group']),
	name: text,
	topic: text,
	category: text,
	position: z._default(z.number(), 0),
	private: z._default(z.boolean(), false),
	/** Few may write. */
	read_only: z._default(z.boolean(), false),
	/** Seconds between two messages of one person. */
	slow_mode: z._default(z.number(), 0),
	archived: z._default(z.boolean(), false),
	/** A page on the web shows it to everybody. */
	web_public: z._default(z.boolean(), false),
	/** Days after which messages go; null: as the server says, 0: never. */
	retention_days: z._default(z.nullable(z.number()), null),
	last_seq: z._default(z.number(), 0),
	rev: z._default(z.number(), 0),
	last_message_at: nullableTime,
	members: z.optional(z.array(User)),
});
export const Server = z.object({
	id,
	name: z.string(),
	icon_url: text,
	owner_id: z._default(z.nullable(id), null),
	/** Nobody joins. */
	lockdown: z._default(z.boolean(), false),
	/** How long its audit log is kept. */
	audit_days: z._default(z.number(), 365),
	/** Search engines may list its pages on the web. */
	web_robots: z._default(z.boolean(), false),
	/** Days after which messages go; null: never. */
	retention_days: z._default(z.nullable(z.number()), null),
	created_at: z.optional(time),
	rev: z._default(z.number(), 0),
});
export const BootServer = z.extend(Server, {
	channels: z.array(Channel),
	roles: z._default(z.array(Role), []),
	my_permissions: mask,
	my_roles: z._default(z.array(id), []),
	/** Until then I read and nothing else; may be past. */
	timeout_until: nullableTime,
	nickname: text,
	joined_at: nullableTime,
	member_count: z._default(z.number(), 0),
});
export const ReadState = z.object({
	channel_id: id,
	read_seq: z._default(z.number(), 0),
	mention_count: z._default(z.number(), 0),
});
export const Receipt = z.object({
	user_id: id,
	read_seq: z._default(z.number(), 0),
	delivered_seq: z._default(z.number(), 0),
});
export const Seen = z.object({
	status: z.enum(['online', 'idle', 'dnd', 'offline']),
	last_seen_at: nullableTime,
});
export const Presence = z.extend(Seen, { user_id: id });
export const Message = z.object({
	id,
	channel_id: id,
	seq: z.number(),
	rev: z._default(z.number(), 0),
	author: User,
	content: z._default(z.string(), ''),
	nonce: z._default(z.nullable(z.string()), null),
	created_at: time,
	edited_at: nullableTime,
	deleted: z._default(z.boolean(), false),
	reply_to: z._default(z.nullable(id), null),
	/** Who is mentioned, by name or by one of `mention_roles`. */
	mentions: z._default(z.array(id), []),
	mention_roles: z._default(z.array(id), []),
	pinned: z._default(z.boolean(), false),
});
export const Bootstrap = z.object({
	me: Me,
	servers: z.array(BootServer),
	dms: z.array(Channel),
	/** Whom I have blocked. */
	blocks: z._default(z.array(id), []),
	read_states: z._default(z.array(ReadState), []),
	presence: z._default(z.record(z.string(), Seen), {}),
	limits: z._default(z.record(z.string(), z.unknown()), {}),
	features: z._default(z.record(z.string(), z.unknown()), {}),
	stream: z._default(z.nullable(z.object({ cursor: z.string() })), null),
});
export const page = <T extends z.ZodMiniType>(item: T) =>
	z.object({
		items: z.array(item),
		before: z._default(z.nullable(z.string()), null),
		after: z._default(z.nullable(z.string()), null),
	});
export const MessagePage = page(Message);
export const Problem = z.object({
	code: z._default(z.string(), 'internal'),
	status: z._default(z.number(), 0),
	detail: z.optional(z.nullable(z.string())),
	request_id: z.optional(z.nullable(z.string())),
	/** With second_factor_required: what the second step of a sign-in needs, and how it can be done. */
	ticket: z.optional(z.string()),
	methods: z._default(z.array(z.string()), []),
	errors: z._default(
		z.array(
			z.object({
				field: z._default(z.string(), ''),
				code: z._default(z.string(), ''),
				detail: z.optional(z.nullable(z.string())),
			}),
		),
		[],
	),
});
/** An event as the stream carries it; `data` is parsed by its type when it is merged. */
export const Envelope = z.object({
	type: z.string(),
	stream: z.string(),
	rev: z._default(z.number(), 0),
	at: z.optional(time),
	nonce: z.optional(z.nullable(z.string())),
	data: z.unknown(),
});

export type User = z.infer<typeof User>;
export type Me = z.infer<typeof Me>;
export type CustomStatus = z.infer<typeof CustomStatus>;
export type Role = z.infer<typeof Role>;
export type Channel = z.infer<typeof Channel>;
export type Server = z.infer<typeof Server>;
export type BootServer = z.infer<typeof BootServer>;
export type ReadState = z.infer<typeof ReadState>;
export type Receipt = z.infer<typeof Receipt>;
export type Seen = z.infer<typeof Seen>;
export type Presence = z.infer<typeof Presence>;
export type Message = z.infer<typeof Message>;
export type MessagePage = z.infer<typeof MessagePage>;
export type Bootstrap = z.infer<typeof Bootstrap>;
export type Envelope = z.infer<typeof Envelope>;
export type * from './schema-later';
