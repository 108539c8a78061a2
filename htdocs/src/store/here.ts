/*
 * Part of merge.ts: what people are in a server (roles, nickname), as far as it was asked (authors.ts).
 * Events change what is known, and add nothing to it.
 */
import type { User } from '../api/schema';
import { nameOf } from '../lib/people';
import { KEPT_PEOPLE, type State } from './types';

export interface Here {
	roles: string[];
	nickname: string | null;
}

/** Of more than `KEPT_PEOPLE` the oldest are forgotten, but for who is on screen. */
export function putHere(
	s: State,
	serverId: string,
	people: Record<string, Here | null>,
	shown = (_: string): boolean => false,
): State {
	if (!s.servers[serverId]) return s;
	const all = { ...s.here[serverId], ...people };
	for (const id of Object.keys(all).slice(0, -KEPT_PEOPLE)) if (!shown(id)) delete all[id];
	return { ...s, here: { ...s.here, [serverId]: all } };
}

/** An event tells of somebody; null: he has left. */
export function changeHere(
	s: State,
	serverId: string,
	userId: string,
	change: Partial<Here> | null,
): State {
	const known = s.here[serverId]?.[userId];
	if (known === undefined) return s;
	const next = change && { roles: [], nickname: null, ...known, ...change };
	return { ...s, here: { ...s.here, [serverId]: { ...s.here[serverId], [userId]: next } } };
}

/** Null: no member. Undefined while it is not known. */
export function hereOf(s: State, serverId: string, userId: string): Here | null | undefined {
	const server = s.servers[serverId];
	if (!server) return null;
	if (userId !== s.me?.id) return s.here[serverId]?.[userId];
	return { roles: server.my_roles, nickname: server.nickname };
}

/** What somebody is called there; in a conversation ('') as he calls himself. */
export const nameIn = (s: State, serverId: string, user: User): string =>
	hereOf(s, serverId, user.id)?.nickname || nameOf(s.users[user.id] ?? user);

/** The colour of somebody's name: of the highest of his roles that has one. */
export function colorIn(s: State, serverId: string, userId: string): number | null {
	const held = hereOf(s, serverId, userId)?.roles ?? [];
	const high = s.servers[serverId]?.roles
		.filter((r) => r.color !== null && held.includes(r.id))
		.sort((a, b) => b.position - a.position)[0];
	return high?.color ?? null;
}
