/* The other wire types: of what is only asked for where it is shown. */
import * as z from 'zod/mini';
import {
	about,
	BootServer,
	Channel,
	id,
	Me,
	mask,
	nullableTime,
	Server,
	text,
	time,
	User,
} from './schema';

export const Person = z.extend(User, about);
/** What a role or a member is allowed and denied in one channel. */
export const Override = z.object({
	target_id: id,
	is_role: z._default(z.boolean(), false),
	allow: mask,
	deny: mask,
});
/** A copy of my data: asked for, made, and kept until `expires_at`. */
export const Export = z.object({
	state: z.enum(['none', 'preparing', 'ready', 'failed']),
	requested_at: nullableTime,
	expires_at: nullableTime,
	/** Bytes */
	size: z._default(z.nullable(z.number()), null),
	url: text,
});
/** Gone for everybody, and kept until `purge_at`. */
export const DeletedChannel = z.extend(Channel, { deleted_at: time, purge_at: time });
export const Member = z.object({
	user: User,
	roles: z._default(z.array(z.string()), []),
	nickname: text,
	joined_at: nullableTime,
	/** A guest stays until then; a server that does not know of that says nothing. */
	expires_at: z.optional(z.nullable(time)),
	timeout_until: nullableTime,
});
export const Ban = z.object({
	user: User,
	reason: text,
	actor_id: z._default(z.nullable(id), null),
	created_at: time,
	/** null: for ever. */
	expires_at: nullableTime,
});
const reportState = z.enum(['open', 'resolved', 'dismissed']);
export const Report = z.object({
	id,
	server_id: id,
	/** null: about a person, not a message. */
	channel_id: z._default(z.nullable(id), null),
	message_id: z._default(z.nullable(id), null),
	/** Whom it is about. */
	user: User,
	/** null: a rule of the server. */
	reporter: z._default(z.nullable(User), null),
	reason: z.string(),
	note: text,
	snapshot: z._default(
		z.nullable(z.object({ content: z.string(), author: User, created_at: time })),
		null,
	),
	state: reportState,
	actor_id: z._default(z.nullable(id), null),
	created_at: time,
	closed_at: nullableTime,
});
export const Rule = z.object({
	id,
	name: z.string(),
	kind: z.enum(['words', 'links', 'mentions', 'duplicates']),
	words: z._default(z.array(z.string()), []),
	/** Hosts. */
	allow: z._default(z.array(z.string()), []),
	deny: z._default(z.array(z.string()), []),
	/** Of mentions in a message, or of the same within ten minutes. */
	most: z._default(z.nullable(z.number()), null),
	action: z.enum(['block', 'alert', 'timeout']),
	timeout_s: z._default(z.number(), 600),
	exempt_roles: z._default(z.array(id), []),
	enabled: z._default(z.boolean(), true),
});
export const AuditEntry = z.object({
	id,
	at: time,
	/** null: a rule of the server, or whoever looks after the installation. */
	actor: z._default(z.nullable(User), null),
	action: z.string(),
	target_id: text,
	reason: text,
	detail: z._default(z.unknown(), null),
});
export const Invite = z.object({
	code: z.string(),
	server: z.object({
		id,
		name: z.string(),
		icon_url: text,
		member_count: z._default(z.number(), 0),
	}),
	creator: z._default(z.nullable(User), null),
	channel_id: text,
	role_id: text,
	expires_at: nullableTime,
	max_uses: z._default(z.nullable(z.number()), null),
	uses: z._default(z.number(), 0),
});
export const Accepted = z.object({
	server: BootServer,
	joined: z._default(z.boolean(), true),
	channel_id: text,
});
export const Session = z.object({
	id: z.string(),
	created_at: time,
	last_used_at: nullableTime,
	user_agent: text,
	ip: text,
	current: z._default(z.boolean(), false),
});
export const DeletedServer = z.extend(Server, { deleted_at: time, purge_at: time });
export const Security = z.object({
	second_factor: z.boolean(),
	totp: z.boolean(),
	recovery_codes_left: z.number(),
});
export const NewTotp = z.object({ secret: z.string(), uri: z.string() });
export const RecoveryCodes = z.object({ recovery_codes: z.array(z.string()) });
export const Token = z.object({
	id: z.string(),
	name: z.string(),
	/** What it may do; none named is everything. */
	scopes: z._default(z.array(z.string()), []),
	created_at: time,
	expires_at: nullableTime,
	last_used_at: nullableTime,
	token: z.optional(z.string()),
});
export const Signed = z.object({
	user: Me,
	expires_in: z._default(z.number(), 900),
});
/** A new account that may not be signed in to yet: until its address is verified, or approved. */
export const Waits = z.object({ status: z.enum(['verify', 'pending']) });
export const Registration = z.object({
	id,
	username: z.string(),
	display_name: z.string(),
	email: z.nullable(z.string()),
	email_verified: z.boolean(),
	note: z.nullable(z.string()),
	created_at: z.string(),
});
export const Meta = z.object({
	version: z._default(z.string(), ''),
	name: z._default(z.string(), 'Moot'),
	registration: z._default(z.string(), 'invite'),
	/** Of the addresses that may register; empty: any, or none. */
	registration_domains: z._default(z.array(z.string()), []),
	setup_needed: z._default(z.boolean(), false),
	limits: z._default(z.record(z.string(), z.unknown()), {}),
	features: z._default(z.record(z.string(), z.unknown()), {}),
});

export type Export = z.infer<typeof Export>;
export type Person = z.infer<typeof Person>;
export type Override = z.infer<typeof Override>;
export type Member = z.infer<typeof Member>;
export type Ban = z.infer<typeof Ban>;
export type Report = z.infer<typeof Report>;
export type Rule = z.infer<typeof Rule>;
export type AuditEntry = z.infer<typeof AuditEntry>;
export type Invite = z.infer<typeof Invite>;
export type Session = z.infer<typeof Session>;
export type Token = z.infer<typeof Token>;
export type Registration = z.infer<typeof Registration>;
export type Meta = z.infer<typeof Meta>;
