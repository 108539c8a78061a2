/* Asks what those are in a server who wrote, or are named in, what is on screen. */
import { membersAmong } from '../api/core';
import type { Here } from './here';
import { apply } from './store';

/** The server takes no more in one question. */
const MOST = 100;
const wanted = new Map<string, Set<string>>();
const asked = new Set<string>();

/** Called for each of them who is not known: one question for all. */
export function needAuthor(serverId: string, userId: string): void {
	const list = wanted.get(serverId) ?? new Set();
	if (asked.has(`${serverId}/${userId}`) || list.has(userId)) return;
	if (list.size === 0) setTimeout(() => void ask(serverId));
	wanted.set(serverId, list.add(userId));
}

async function ask(serverId: string): Promise<void> {
	const all = [...(wanted.get(serverId) ?? [])];
	wanted.delete(serverId);
	const keys = all.map((id) => `${serverId}/${id}`);
	for (const k of keys) asked.add(k);
	try {
		for (let n = 0; n < all.length; n += MOST) await askFor(serverId, all.slice(n, n + MOST));
	} catch {
		// They stay without colour and nickname until they are shown anew.
	} finally {
		for (const k of keys) asked.delete(k);
	}
}

async function askFor(serverId: string, ids: string[]): Promise<void> {
	const { items } = await membersAmong(serverId, ids);
	// Who is no member any more is nothing.
	const people: Record<string, Here> = Object.fromEntries(
		ids.map((id) => [id, { roles: [], nickname: null }]),
	);
	for (const { user, roles, nickname } of items) people[user.id] = { roles, nickname };
	apply({ kind: 'here', serverId, people, users: items.map((m) => m.user) });
}
