/* One function a route of the HTTP contract; nothing else in the client knows a path. */
import * as z from 'zod/mini';
import { call, request } from './http';
import * as S from './schema';

const enc = encodeURIComponent;

// Accounts
interface Registration {
	username: string;
	password: string;
	display_name?: string;
	email?: string;
	/** Where accounts are by invite only: its code. The new account is a member at once. */
	invite?: string;
}
export const meta = () => call('GET', '/meta', { parse: S.Meta, anonymous: true });
export const register = (body: Registration) =>
	call('POST', '/auth/register', { body, parse: S.Signed, anonymous: true });
export const login = (body: { login: string; password: string }) =>
	call('POST', '/auth/login', { body, parse: S.Signed, anonymous: true });
export const secondStep = (body: { ticket: string; totp?: string; recovery_code?: string }) =>
	call('POST', '/auth/login/second', { body, parse: S.Signed, anonymous: true });
export const setup = (body: Registration & { token: string }) =>
	call('POST', '/auth/setup', { body, parse: S.Signed, anonymous: true });
export const logout = () => call('POST', '/auth/logout', { anonymous: true });
export const bootstrap = () => call('GET', '/bootstrap', { parse: S.Bootstrap });
export const patchMe = (body: {
	display_name?: string;
	email?: string | null;
	receipts?: boolean;
	show_last_seen?: boolean;
	bio?: string | null;
	time_zone?: string | null;
	dms_from?: S.Me['dms_from'];
	custom_status?: S.CustomStatus | null;
}) => call('PATCH', '/me', { body, parse: S.Me });
export const person = (id: string) => call('GET', `/users/${enc(id)}`, { parse: S.Person });
export const blocks = () => call('GET', '/me/blocks', { parse: S.page(S.User) });
export const block = (id: string) => call('PUT', `/me/blocks/${enc(id)}`);
export const unblock = (id: string) => call('DELETE', `/me/blocks/${enc(id)}`);
export const deactivate = (password: string) =>
	call('POST', '/me/deactivate', { body: { password } });
export const deleteMe = (body: { password: string; purge?: boolean }) =>
	call('DELETE', '/me', { body });
export const startExport = () => call('POST', '/me/export', { parse: S.Export });
export const readExport = () => call('GET', '/me/export', { parse: S.Export });
export const putPresence = (status: S.Me['status'] | 'idle') =>
	call('PUT', '/me/presence', { body: { status } });
export const putWatch = (userIds: string[]) =>
	call('PUT', '/me/watch', { body: { user_ids: userIds } });
export const presence = (userIds: string[]) =>
	call('GET', '/presence', {
		query: { user_ids: userIds.join() },
		parse: z.object({ items: z.array(S.Presence) }),
	});
export const putPassword = (body: { current_password: string; new_password: string }) =>
	call('PUT', '/me/password', { body });
export const security = () => call('GET', '/me/security', { parse: S.Security });
export const confirm = (body: { password?: string; totp?: string; recovery_code?: string }) =>
	call('POST', '/me/confirm', { body });
export const beginTotp = () => call('POST', '/me/totp', { parse: S.NewTotp });
export const enableTotp = (code: string) =>
	call('PUT', '/me/totp', { body: { code }, parse: S.RecoveryCodes });
export const disableTotp = () => call('DELETE', '/me/totp');
export const newRecoveryCodes = () =>
	call('POST', '/me/recovery-codes', { parse: S.RecoveryCodes });
export const sessions = () => call('GET', '/me/sessions', { parse: S.page(S.Session) });
export const endSession = (id: string) => call('DELETE', `/me/sessions/${enc(id)}`);
export const tokens = () => call('GET', '/me/tokens', { parse: S.page(S.Token) });
export const createToken = (body: { name: string; scopes?: string[]; expires_in?: number }) =>
	call('POST', '/me/tokens', { body, parse: S.Token });
export const revokeToken = (id: string) => call('DELETE', `/me/tokens/${enc(id)}`);

// Servers
export const createServer = (name: string) =>
	call('POST', '/servers', { body: { name }, parse: z.object({ id: z.string() }) });
export interface ServerChange {
	name?: string;
	lockdown?: boolean;
	/** How long the audit log is kept. */
	audit_days?: number;
	web_robots?: boolean;
	retention_days?: number | null;
}
export const patchServer = (id: string, body: ServerChange) =>
	call('PATCH', `/servers/${enc(id)}`, { body });
export const deleteAvatar = () => call('DELETE', '/me/avatar');
export const deleteIcon = (id: string) => call('DELETE', `/servers/${enc(id)}/icon`);
export const deleteServer = (id: string) => call('DELETE', `/servers/${enc(id)}`);
export const deletedServers = () =>
	call('GET', '/me/servers/deleted', { parse: S.page(S.DeletedServer) });
export const restoreServer = (id: string) =>
	call('POST', `/servers/${enc(id)}/restore`, { parse: z.object({ id: z.string() }) });
/** Whom to list: by the beginning of a name, by a role. */
export interface MemberFilter {
	q?: string | undefined;
	roleId?: string | undefined;
}
export const members = (serverId: string, after?: string, { q, roleId }: MemberFilter = {}) =>
	call('GET', `/servers/${enc(serverId)}/members`, {
		query: { limit: 100, after, role_id: roleId, q },
		parse: S.page(S.Member),
	});
export const patchMember = (
	serverId: string,
	userId: string,
	body: { roles?: string[]; nickname?: string | null },
) => call('PATCH', `/servers/${enc(serverId)}/members/${enc(userId)}`, { body, parse: S.Member });
export interface BanInput {
	reason?: string;
	/** Seconds; 0: for ever. */
	expires_in: number;
	/** What was written in so many last seconds goes, too. */
	delete_messages: number;
}
export const ban = (serverId: string, userId: string, body: BanInput) =>
	call('PUT', `/servers/${enc(serverId)}/bans/${enc(userId)}`, { body });
export const bans = (serverId: string, after?: string) =>
	call('GET', `/servers/${enc(serverId)}/bans`, {
		query: { limit: 100, after },
		parse: S.page(S.Ban),
	});
export const liftBan = (serverId: string, userId: string) =>
	call('DELETE', `/servers/${enc(serverId)}/bans/${enc(userId)}`);
export const timeOut = (
	serverId: string,
	userId: string,
	body: { expires_in: number; reason?: string },
) => call('PUT', `/servers/${enc(serverId)}/timeouts/${enc(userId)}`, { body, parse: S.Member });
export const endTimeOut = (serverId: string, userId: string) =>
	call('DELETE', `/servers/${enc(serverId)}/timeouts/${enc(userId)}`, { parse: S.Member });
export const handOn = (serverId: string, userId: string, password: string) =>
	call('POST', `/servers/${enc(serverId)}/owner`, { body: { user_id: userId, password } });

// Roles
export interface RoleInput {
	name?: string;
	permissions?: string;
	color?: number | null;
	mentionable?: boolean;
}
const rolesOf = (serverId: string) => `/servers/${enc(serverId)}/roles`;
export const roles = (serverId: string) =>
	call('GET', rolesOf(serverId), { parse: S.page(S.Role) });
export const createRole = (serverId: string, body: RoleInput) =>
	call('POST', rolesOf(serverId), { body, parse: S.Role });
export const patchRole = (serverId: string, id: string, body: RoleInput) =>
	call('PATCH', `${rolesOf(serverId)}/${enc(id)}`, { body, parse: S.Role });
export const orderRoles = (serverId: string, ids: string[]) =>
	call('PUT', `${rolesOf(serverId)}/order`, { body: { role_ids: ids } });
export const deleteRole = (serverId: string, id: string) =>
	call('DELETE', `${rolesOf(serverId)}/${enc(id)}`);
export const removeMember = (serverId: string, userId: string, reason = '') =>
	call('DELETE', `/servers/${enc(serverId)}/members/${enc(userId)}`, { reason });

const purgeOf = (serverId: string) => `/servers/${enc(serverId)}/purge`;
export const purgeCount = (serverId: string, userId: string, seconds: number) =>
	call('GET', purgeOf(serverId), {
		query: { user_id: userId, within_s: seconds },
		parse: z.object({ count: z.number() }),
	});
export const purge = (serverId: string, userId: string, seconds: number) =>
	call('POST', purgeOf(serverId), { body: { user_id: userId, within_s: seconds } });

// Reports and the audit log
export const reportReasons = ['spam', 'abuse', 'illegal', 'other'] as const;
export interface ReportInput {
	reason: (typeof reportReasons)[number];
	note?: string;
}
const Made = z.object({ id: z.string() });
export const reportMessage = (channelId: string, id: string, body: ReportInput) =>
	call('POST', `/channels/${enc(channelId)}/messages/${enc(id)}/report`, { body, parse: Made });
export const reportUser = (userId: string, body: ReportInput & { server_id: string }) =>
	call('POST', `/users/${enc(userId)}/report`, { body, parse: Made });
export const reports = (serverId: string, state: S.Report['state'], before?: string) =>
	call('GET', `/servers/${enc(serverId)}/reports`, {
		query: { state, before, limit: 25 },
		parse: S.page(S.Report),
	});
export const setReport = (serverId: string, id: string, state: S.Report['state']) =>
	call('PATCH', `/servers/${enc(serverId)}/reports/${enc(id)}`, {
		body: { state },
		parse: S.Report,
	});
export type RuleInput = Partial<Omit<S.Rule, 'id' | 'most'>> & { most?: number };
const rulesOf = (serverId: string) => `/servers/${enc(serverId)}/rules`;
export const rules = (serverId: string) =>
	call('GET', rulesOf(serverId), { parse: S.page(S.Rule) });
export const createRule = (serverId: string, body: RuleInput) =>
	call('POST', rulesOf(serverId), { body, parse: S.Rule });
export const patchRule = (serverId: string, id: string, body: RuleInput) =>
	call('PATCH', `${rulesOf(serverId)}/${enc(id)}`, { body, parse: S.Rule });
export const deleteRule = (serverId: string, id: string) =>
	call('DELETE', `${rulesOf(serverId)}/${enc(id)}`);
export interface AuditFilter {
	actor_id?: string | undefined;
	action?: string | undefined;
	target_id?: string | undefined;
}
const auditOf = (serverId: string) => `/servers/${enc(serverId)}/audit-log`;
export const audit = (serverId: string, filter: AuditFilter, before?: string) =>
	call('GET', auditOf(serverId), {
		query: { ...filter, before, limit: 50 },
		parse: S.page(S.AuditEntry),
	});
/** The newest 100 entries as a table for a spreadsheet. */
export const auditCsv = (serverId: string, filter: AuditFilter) =>
	call('GET', auditOf(serverId), {
		query: { ...filter, limit: 100 },
		accept: 'text/csv',
		parse: z.string(),
	});

// Invites
export interface InviteInput {
	/** Seconds; 0: never. */
	expires_in: number;
	/** 0: any number. */
	max_uses: number;
	channel_id?: string;
	role_id?: string;
}
export const createInvite = (serverId: string, body: InviteInput) =>
	call('POST', `/servers/${enc(serverId)}/invites`, { body, parse: S.Invite });
export const invites = (serverId: string) =>
	call('GET', `/servers/${enc(serverId)}/invites`, { parse: S.page(S.Invite) });
export const invite = (code: string) =>
	call('GET', `/invites/${enc(code)}`, { parse: S.Invite, anonymous: true });
export const acceptInvite = (code: string) =>
	call('POST', `/invites/${enc(code)}/accept`, { parse: S.Accepted });
export const regenerateInvite = (code: string) =>
	call('POST', `/invites/${enc(code)}/regenerate`, { parse: S.Invite });
export const revokeInvite = (code: string) => call('DELETE', `/invites/${enc(code)}`);

// Channels and conversations
export interface ChannelInput {
	name: string;
	kind: 'text' | 'audio' | 'video';
	topic?: string;
	category?: string;
	private?: boolean;
}
export const createChannel = (serverId: string, body: ChannelInput) =>
	call('POST', `/servers/${enc(serverId)}/channels`, { body, parse: S.Channel });
export const channel = (id: string) => call('GET', `/channels/${enc(id)}`, { parse: S.Channel });
export interface ChannelChange {
	name?: string;
	topic?: string;
	category?: string | null;
	read_only?: boolean;
	/** Seconds; 0: none. */
	slow_mode?: number;
	archived?: boolean;
	web_public?: boolean;
	retention_days?: number | null;
}
export const patchChannel = (id: string, body: ChannelChange) =>
	call('PATCH', `/channels/${enc(id)}`, { body });
export const deleteChannel = (id: string) => call('DELETE', `/channels/${enc(id)}`);
export interface ChannelPlace {
	id: string;
	category: string | null;
}
/** All that I see, in their new order. */
export const orderChannels = (serverId: string, channels: ChannelPlace[]) =>
	call('PUT', `/servers/${enc(serverId)}/channels/order`, {
		body: { channels },
		parse: S.page(S.Channel),
	});
export const deletedChannels = (serverId: string) =>
	call('GET', `/servers/${enc(serverId)}/channels/deleted`, { parse: S.page(S.DeletedChannel) });
export const restoreChannel = (id: string) =>
	call('POST', `/channels/${enc(id)}/restore`, { parse: S.Channel });
export const channelPeople = (id: string, after?: string) =>
	call('GET', `/channels/${enc(id)}/members`, {
		query: { limit: 100, after },
		parse: S.page(S.Member),
	});
export const removeFromChannel = (id: string, userId: string) =>
	call('DELETE', `/channels/${enc(id)}/members/${enc(userId)}`);
export const addToChannel = (id: string, userId: string) =>
	call('PUT', `/channels/${enc(id)}/members/${enc(userId)}`);
export const overrides = (id: string) =>
	call('GET', `/channels/${enc(id)}/overrides`, { parse: S.page(S.Override) });
export const putOverride = (id: string, target: string, body: { allow: string; deny: string }) =>
	call('PUT', `/channels/${enc(id)}/overrides/${enc(target)}`, { body });
export const deleteOverride = (id: string, target: string) =>
	call('DELETE', `/channels/${enc(id)}/overrides/${enc(target)}`);
export const openDm = (userIds: string[]) =>
	call('POST', '/dms', { body: { user_ids: userIds }, parse: S.Channel });

// Messages
export interface PageQuery {
	before?: string;
	after?: string;
	around?: string;
	limit?: number;
}
export const messages = (channelId: string, query: PageQuery, signal?: AbortSignal) =>
	call('GET', `/channels/${enc(channelId)}/messages`, {
		query: { ...query },
		parse: S.MessagePage,
		...(signal ? { signal } : {}),
	});
export const message = (channelId: string, id: string) =>
	call('GET', `/channels/${enc(channelId)}/messages/${enc(id)}`, { parse: S.Message });
export const postMessage = (
	channelId: string,
	body: { content: string; nonce: string; reply_to?: string },
) =>
	request('POST', `/channels/${enc(channelId)}/messages`, {
		body,
		// 202 (kept, not yet durable) has no message in it.
		parse: z.union([S.Message, z.object({ nonce: z.optional(z.string()) })]),
	});
export const patchMessage = (channelId: string, id: string, content: string) =>
	call('PATCH', `/channels/${enc(channelId)}/messages/${enc(id)}`, {
		body: { content },
		parse: S.Message,
	});
export const deleteMessage = (channelId: string, id: string) =>
	call('DELETE', `/channels/${enc(channelId)}/messages/${enc(id)}`);
export const deleteMessages = (channelId: string, ids: string[]) =>
	call('POST', `/channels/${enc(channelId)}/messages/bulk-delete`, { body: { ids } });
export const putRead = (channelId: string, seq: number, keepalive = false) =>
	call('PUT', `/channels/${enc(channelId)}/read`, { body: { seq }, keepalive });
export const putDelivered = (channelId: string, seq: number) =>
	call('PUT', `/channels/${enc(channelId)}/delivered`, { body: { seq } });
export const receipts = (channelId: string) =>
	call('GET', `/channels/${enc(channelId)}/receipts`, { parse: S.page(S.Receipt) });
export const postTyping = (channelId: string) => call('POST', `/channels/${enc(channelId)}/typing`);

/** What changed in channels since the given positions; a channel may answer `reset` instead. */
export const sync = (channels: Record<string, number>) =>
	call('POST', '/sync', {
		body: { channels },
		parse: z.object({
			channels: z.record(
				z.string(),
				z.object({
					revoked: z._default(z.boolean(), false),
					reset: z._default(z.boolean(), false),
					rev: z._default(z.number(), 0),
					items: z._default(z.array(S.Message), []),
				}),
			),
		}),
	});
