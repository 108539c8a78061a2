/* Asks which roles those have who wrote what is on screen. */
import { member, membersRoles } from '../api/core';
import { asApiError } from '../api/problem';
import { apply, chat } from './store';

/** Of a server of so many all are asked for at once. */
const FEW = 100;
const AT_ONCE = 2;
const wanted = new Map<string, Set<string>>();
const asked = new Set<string>();

/** Called for each author who is shown: one round of questions for all of them. */
export function needAuthor(serverId: string, userId: string): void {
	const list = wanted.get(serverId) ?? new Set();
	if (asked.has(`${serverId}/${userId}`) || list.has(userId)) return;
	if (list.size === 0) setTimeout(() => void ask(serverId));
	wanted.set(serverId, list.add(userId));
}

async function ask(serverId: string): Promise<void> {
	const ids = [...(wanted.get(serverId) ?? [])];
	wanted.delete(serverId);
	const keys = ids.map((id) => `${serverId}/${id}`);
	for (const k of keys) asked.add(k);
	const few = (chat().servers[serverId]?.member_count ?? 0) <= FEW;
	try {
		if (few && ids.length > 1) await askAll(serverId, ids);
		else await Promise.all(Array.from({ length: AT_ONCE }, () => askEach(serverId, ids)));
	} catch {
		// Names stay without a colour until they are shown anew.
	} finally {
		for (const k of keys) asked.delete(k);
	}
}

async function askAll(serverId: string, ids: string[]): Promise<void> {
	const { items } = await membersRoles(serverId);
	// Who is no member any more has none.
	const roles: Record<string, string[]> = Object.fromEntries(ids.map((id) => [id, []]));
	for (const m of items) roles[m.user.id] = m.roles;
	apply({ kind: 'member-roles', serverId, roles });
}

/** Takes one after the other out of the list, which another may be doing too. */
async function askEach(serverId: string, ids: string[]): Promise<void> {
	for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
		const roles = await rolesOf(serverId, id);
		apply({ kind: 'member-roles', serverId, roles: { [id]: roles } });
	}
}

const rolesOf = (serverId: string, id: string): Promise<string[]> =>
	member(serverId, id).then(
		(m) => m.roles,
		(e) => {
			if (asApiError(e).status !== 404) throw e;
			return [];
		},
	);
