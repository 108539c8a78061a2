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
export const setup = (body: Registration & { token: string }) =>
	call('POST', '/auth/setup', { body, parse: S.Signed, anonymous: true });
export const logout = () => call('POST', '/auth/logout', { anonymous: true });
export const bootstrap = () => call('GET', '/bootstrap', { parse: S.Bootstrap });
export const patchMe = (body: {
	display_name?: string;
	email?: string | null;
	receipts?: boolean;
	show_last_seen?: boolean;
}) => call('PATCH', '/me', { body, parse: S.Me });
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
export const sessions = () => call('GET', '/me/sessions', { parse: S.page(S.Session) });
export const endSession = (id: string) => call('DELETE', `/me/sessions/${enc(id)}`);
export const tokens = () => call('GET', '/me/tokens', { parse: S.page(S.Token) });
export const createToken = (body: { name: string; scopes?: string[]; expires_in?: number }) =>
	call('POST', '/me/tokens', { body, parse: S.Token });
export const revokeToken = (id: string) => call('DELETE', `/me/tokens/${enc(id)}`);

// Servers
export const createServer = (name: string) =>
	call('POST', '/servers', { body: { name }, parse: z.object({ id: z.string() }) });
export const patchServer = (id: string, body: { name: string }) =>
	call('PATCH', `/servers/${enc(id)}`, { body });
export const deleteServer = (id: string) => call('DELETE', `/servers/${enc(id)}`);
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
export const ban = (serverId: string, userId: string, reason: string) =>
	call('PUT', `/servers/${enc(serverId)}/bans/${enc(userId)}`, {
		body: reason ? { reason } : {},
	});
export const handOn = (serverId: string, userId: string, password: string) =>
	call('POST', `/servers/${enc(serverId)}/owner`, { body: { user_id: userId, password } });

// Roles
export interface RoleInput {
	name?: string;
	permissions?: string;
	color?: number | null;
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
export const removeMember = (serverId: string, userId: string) =>
	call('DELETE', `/servers/${enc(serverId)}/members/${enc(userId)}`);

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
export const patchChannel = (
	id: string,
	body: { name?: string; topic?: string; category?: string | null },
) => call('PATCH', `/channels/${enc(id)}`, { body });
export const deleteChannel = (id: string) => call('DELETE', `/channels/${enc(id)}`);
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
