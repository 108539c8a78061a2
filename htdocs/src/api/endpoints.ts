/*
 * With core.ts one function a route of the HTTP contract; nothing else in the client knows a path.
 */
import * as z from 'zod/mini';
import { call } from './http';
import * as S from './schema';
import * as L from './schema-later';

export * from './core';

const enc = encodeURIComponent;

// Accounts
interface Registration {
	username: string;
	password: string;
	display_name?: string;
	email?: string;
	/** Where accounts are by invite only: its code. The new account is a member at once. */
	invite?: string;
	/** To who approves it. */
	note?: string;
}
export const meta = () => call('GET', '/meta', { parse: L.Meta, anonymous: true });
export const register = (body: Registration) =>
	call('POST', '/auth/register', {
		body,
		parse: z.union([L.Signed, L.Waits]),
		anonymous: true,
	});
export const login = (body: { login: string; password: string }) =>
	call('POST', '/auth/login', { body, parse: L.Signed, anonymous: true });
export const secondStep = (body: { ticket: string; totp?: string; recovery_code?: string }) =>
	call('POST', '/auth/login/second', { body, parse: L.Signed, anonymous: true });
export const setup = (body: Registration & { token: string }) =>
	call('POST', '/auth/setup', { body, parse: L.Signed, anonymous: true });
export const patchMe = (body: {
	username?: string;
	display_name?: string;
	receipts?: boolean;
	show_last_seen?: boolean;
	bio?: string | null;
	time_zone?: string | null;
	dms_from?: S.Me['dms_from'];
	custom_status?: S.CustomStatus | null;
}) => call('PATCH', '/me', { body, parse: S.Me });
export const person = (id: string) => call('GET', `/users/${enc(id)}`, { parse: L.Person });
export const blocks = () => call('GET', '/me/blocks', { parse: S.page(S.User) });
export const block = (id: string) => call('PUT', `/me/blocks/${enc(id)}`);
export const unblock = (id: string) => call('DELETE', `/me/blocks/${enc(id)}`);
export const deactivate = (password: string) =>
	call('POST', '/me/deactivate', { body: { password } });
export const deleteMe = (body: { password: string; purge?: boolean }) =>
	call('DELETE', '/me', { body });
export const startExport = () => call('POST', '/me/export', { parse: L.Export });
export const readExport = () => call('GET', '/me/export', { parse: L.Export });
export const putEmail = (body: { email: string | null; password: string }) =>
	call('PUT', '/me/email', { body, parse: S.Me });
export const resendEmail = () => call('POST', '/me/email/resend');
export const verifyEmail = (token: string) =>
	call('POST', '/auth/verify', { body: { token }, anonymous: true });
export const askReset = (login: string) =>
	call('POST', '/auth/reset', { body: { login }, anonymous: true });
export const confirmReset = (body: {
	token: string;
	password: string;
	totp?: string;
	recovery_code?: string;
}) => call('POST', '/auth/reset/confirm', { body, anonymous: true });
export const putPassword = (body: { current_password: string; new_password: string }) =>
	call('PUT', '/me/password', { body });
export const security = () => call('GET', '/me/security', { parse: L.Security });
export const confirm = (body: { password?: string; totp?: string; recovery_code?: string }) =>
	call('POST', '/me/confirm', { body });
export const beginTotp = () => call('POST', '/me/totp', { parse: L.NewTotp });
export const enableTotp = (code: string) =>
	call('PUT', '/me/totp', { body: { code }, parse: L.RecoveryCodes });
export const disableTotp = () => call('DELETE', '/me/totp');
export const newRecoveryCodes = () =>
	call('POST', '/me/recovery-codes', { parse: L.RecoveryCodes });
export const sessions = () => call('GET', '/me/sessions', { parse: S.page(L.Session) });
export const endSession = (id: string) => call('DELETE', `/me/sessions/${enc(id)}`);
export const tokens = () => call('GET', '/me/tokens', { parse: S.page(L.Token) });
export const createToken = (body: { name: string; scopes?: string[]; expires_in?: number }) =>
	call('POST', '/me/tokens', { body, parse: L.Token });
export const revokeToken = (id: string) => call('DELETE', `/me/tokens/${enc(id)}`);

// Administration
export const registrations = (after?: string) =>
	call('GET', '/admin/registrations', {
		query: { limit: 50, after },
		parse: S.page(L.Registration),
	});
export const approve = (id: string) => call('POST', `/admin/registrations/${enc(id)}/approve`);
export const refuse = (id: string) => call('POST', `/admin/registrations/${enc(id)}/refuse`);

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
	call('GET', '/me/servers/deleted', { parse: S.page(L.DeletedServer) });
export const restoreServer = (id: string) =>
	call('POST', `/servers/${enc(id)}/restore`, { parse: z.object({ id: z.string() }) });
/** Whom to list: by the beginning of a name, by a role. */
export interface MemberFilter {
	q?: string | undefined;
	roleId?: string | undefined;
	/** Only these, at most 100. */
	userIds?: string[];
}
export const members = (
	serverId: string,
	after?: string,
	{ q, roleId, userIds }: MemberFilter = {},
) =>
	call('GET', `/servers/${enc(serverId)}/members`, {
		query: { limit: 100, after, role_id: roleId, q, user_ids: userIds?.join() },
		parse: S.page(L.Member),
	});
export const patchMember = (
	serverId: string,
	userId: string,
	body: { roles?: string[]; nickname?: string | null; expires_at?: string | null },
) => call('PATCH', `/servers/${enc(serverId)}/members/${enc(userId)}`, { body, parse: L.Member });
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
		parse: S.page(L.Ban),
	});
export const liftBan = (serverId: string, userId: string) =>
	call('DELETE', `/servers/${enc(serverId)}/bans/${enc(userId)}`);
export const timeOut = (
	serverId: string,
	userId: string,
	body: { expires_in: number; reason?: string },
) => call('PUT', `/servers/${enc(serverId)}/timeouts/${enc(userId)}`, { body, parse: L.Member });
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
/** Of oneself: private channels that nobody else sees. */
export const lastIn = (serverId: string) =>
	call('GET', `/servers/${enc(serverId)}/members/@me`, {
		parse: z.object({ last_in: z._default(z.array(z.string()), []) }),
	});
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
export const reports = (serverId: string, state: L.Report['state'], before?: string) =>
	call('GET', `/servers/${enc(serverId)}/reports`, {
		query: { state, before, limit: 25 },
		parse: S.page(L.Report),
	});
export const setReport = (serverId: string, id: string, state: L.Report['state']) =>
	call('PATCH', `/servers/${enc(serverId)}/reports/${enc(id)}`, {
		body: { state },
		parse: L.Report,
	});
export type RuleInput = Partial<Omit<L.Rule, 'id' | 'most'>> & { most?: number };
const rulesOf = (serverId: string) => `/servers/${enc(serverId)}/rules`;
export const rules = (serverId: string) =>
	call('GET', rulesOf(serverId), { parse: S.page(L.Rule) });
export const createRule = (serverId: string, body: RuleInput) =>
	call('POST', rulesOf(serverId), { body, parse: L.Rule });
export const patchRule = (serverId: string, id: string, body: RuleInput) =>
	call('PATCH', `${rulesOf(serverId)}/${enc(id)}`, { body, parse: L.Rule });
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
		parse: S.page(L.AuditEntry),
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
	call('POST', `/servers/${enc(serverId)}/invites`, { body, parse: L.Invite });
export const invites = (serverId: string) =>
	call('GET', `/servers/${enc(serverId)}/invites`, { parse: S.page(L.Invite) });
export const invite = (code: string) =>
	call('GET', `/invites/${enc(code)}`, { parse: L.Invite, anonymous: true });
export const acceptInvite = (code: string) =>
	call('POST', `/invites/${enc(code)}/accept`, { parse: L.Accepted });
export const regenerateInvite = (code: string) =>
	call('POST', `/invites/${enc(code)}/regenerate`, { parse: L.Invite });
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
export type RetentionOf = { serverId: string } | { channelId: string };
/** How many messages are older than so many days. */
export const retentionCount = (of: RetentionOf, days: number) =>
	call(
		'GET',
		'serverId' in of
			? `/servers/${enc(of.serverId)}/retention`
			: `/channels/${enc(of.channelId)}/retention`,
		{ query: { days }, parse: z.object({ messages: z.number() }) },
	);
export const deleteChannel = (id: string) => call('DELETE', `/channels/${enc(id)}`);
export const deletedChannels = (serverId: string) =>
	call('GET', `/servers/${enc(serverId)}/channels/deleted`, { parse: S.page(L.DeletedChannel) });
export const restoreChannel = (id: string) =>
	call('POST', `/channels/${enc(id)}/restore`, { parse: S.Channel });
export const channelPeople = (id: string, after?: string) =>
	call('GET', `/channels/${enc(id)}/members`, {
		query: { limit: 100, after },
		parse: S.page(L.Member),
	});
export const removeFromChannel = (id: string, userId: string) =>
	call('DELETE', `/channels/${enc(id)}/members/${enc(userId)}`);
export const addToChannel = (id: string, userId: string) =>
	call('PUT', `/channels/${enc(id)}/members/${enc(userId)}`);
export const overrides = (id: string) =>
	call('GET', `/channels/${enc(id)}/overrides`, { parse: S.page(L.Override) });
export const putOverride = (id: string, target: string, body: { allow: string; deny: string }) =>
	call('PUT', `/channels/${enc(id)}/overrides/${enc(target)}`, { body });
export const deleteOverride = (id: string, target: string) =>
	call('DELETE', `/channels/${enc(id)}/overrides/${enc(target)}`);
export const openDm = (userIds: string[]) =>
	call('POST', '/dms', { body: { user_ids: userIds }, parse: S.Channel });

export const deleteMessages = (channelId: string, ids: string[]) =>
	call('POST', `/channels/${enc(channelId)}/messages/bulk-delete`, { body: { ids } });
