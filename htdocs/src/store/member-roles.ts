/*
 * Part of merge.ts: which roles people of a server have, as far as it was asked (authors.ts). Events
 * change what is known, and add nothing to it.
 */
import { KEPT_PEOPLE, type State } from './types';

export function putMemberRoles(s: State, serverId: string, roles: Record<string, string[]>): State {
	if (!s.servers[serverId]) return s;
	const all = Object.entries({ ...s.memberRoles[serverId], ...roles });
	return {
		...s,
		memberRoles: {
			...s.memberRoles,
			[serverId]: Object.fromEntries(all.slice(-KEPT_PEOPLE)),
		},
	};
}

/** An event tells of somebody. */
export const changeMemberRoles = (s: State, serverId: string, userId: string, roles: string[]) =>
	s.memberRoles[serverId]?.[userId] ? putMemberRoles(s, serverId, { [userId]: roles }) : s;

/**
 * The colour of somebody's name: of the highest of his roles that has one. Undefined while it is not
 * known; null where there is none, and nothing to ask for.
 */
export function colorIn(s: State, serverId: string, userId: string): number | null | undefined {
	const server = s.servers[serverId];
	const colored = server?.roles.filter((r) => r.color !== null) ?? [];
	if (!server || colored.length === 0) return null;
	const held = userId === s.me?.id ? server.my_roles : s.memberRoles[serverId]?.[userId];
	if (!held) return undefined;
	const high = colored.reduce<(typeof colored)[number] | null>(
		(best, r) => (held.includes(r.id) && r.position > (best?.position ?? -1) ? r : best),
		null,
	);
	return high ? high.color : null;
}
