/* The routes that are needed from the start; endpoints.ts has the others, and these with them. */
import * as z from 'zod/mini';
import { call, request } from './http';
import * as S from './schema';

const enc = encodeURIComponent;

export const logout = () => call('POST', '/auth/logout', { anonymous: true });
export const bootstrap = () => call('GET', '/bootstrap', { parse: S.Bootstrap });
export const putPresence = (status: S.Me['status'] | 'idle') =>
	call('PUT', '/me/presence', { body: { status } });
export const putWatch = (userIds: string[]) =>
	call('PUT', '/me/watch', { body: { user_ids: userIds } });
export const presence = (userIds: string[]) =>
	call('GET', '/presence', {
		query: { user_ids: userIds.join() },
		parse: z.object({ items: z.array(S.Presence) }),
	});
/** Of a member what his name needs; the rest is in endpoints.ts. */
const MemberName = z.object({
	user: S.User,
	roles: z._default(z.array(z.string()), []),
	nickname: S.text,
});
/** At most 100. */
export const membersAmong = (serverId: string, userIds: string[]) =>
	call('GET', `/servers/${enc(serverId)}/members`, {
		query: { limit: 100, user_ids: userIds.join() },
		parse: S.page(MemberName),
	});
/** Whose name begins so. */
export const membersNamed = (serverId: string, q: string) =>
	call('GET', `/servers/${enc(serverId)}/members`, {
		query: { limit: 20, q },
		parse: S.page(MemberName),
	});
export const endTimeOut = (serverId: string, userId: string) =>
	call('DELETE', `/servers/${enc(serverId)}/timeouts/${enc(userId)}`);
export const channel = (id: string) => call('GET', `/channels/${enc(id)}`, { parse: S.Channel });
export interface ChannelChange {
	name?: string;
	topic?: string;
	category?: string | null;
	private?: boolean;
	read_only?: boolean;
	/** Seconds; 0: none. */
	slow_mode?: number;
	archived?: boolean;
	web_public?: boolean;
	retention_days?: number | null;
}
export const patchChannel = (id: string, body: ChannelChange) =>
	call('PATCH', `/channels/${enc(id)}`, { body });
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
