/* Asks what those are in a server who wrote, or are named in, what is on screen. */
import { useEffect } from 'react';
import { membersAmong } from '../api/core';
import { type Here, hereOf } from './here';
import { apply, useChat } from './store';

type Members = Awaited<ReturnType<typeof membersAmong>>['items'];

/** The server takes no more in one question. */
const MOST = 100;
const wanted = new Map<string, string[]>();
const asked = new Set<string>();
/** server/user → in how many rows on screen. */
const shown = new Map<string, number>();

function show(serverId: string, ids: string, by: number): void {
	for (const id of ids.split(' ')) {
		const key = `${serverId}/${id}`;
		const rows = (shown.get(key) ?? 0) + by;
		if (rows > 0) shown.set(key, rows);
		else shown.delete(key);
	}
}

/**
 * Ids with blanks between, of people whom the server has named: it takes no question with anything else
 * in it. Who is not known is asked for, and stays known for as long as this is mounted.
 */
export function usePeople(serverId: string, ids: string): void {
	const unknown = useChat((s) =>
		ids
			.split(' ')
			.filter((id) => hereOf(s, serverId, id) === undefined)
			.join(' '),
	);
	useEffect(() => {
		show(serverId, ids, 1);
		return () => show(serverId, ids, -1);
	}, [serverId, ids]);
	useEffect(() => {
		for (const id of unknown.split(' ')) if (id) needAuthor(serverId, id);
	}, [serverId, unknown]);
}

/** One question for all. */
function needAuthor(serverId: string, userId: string): void {
	const key = `${serverId}/${userId}`;
	const list = wanted.get(serverId) ?? [];
	if (asked.has(key)) return;
	asked.add(key);
	if (list.push(userId) === 1) setTimeout(() => void ask(serverId));
	wanted.set(serverId, list);
}

async function ask(serverId: string): Promise<void> {
	const all = wanted.get(serverId) ?? [];
	wanted.delete(serverId);
	try {
		for (let n = 0; n < all.length; n += MOST) await askFor(serverId, all.slice(n, n + MOST));
	} catch {
		// They stay without colour and nickname until they are shown anew.
	} finally {
		for (const id of all) asked.delete(`${serverId}/${id}`);
	}
}

async function askFor(serverId: string, ids: string[]): Promise<void> {
	const { items } = await membersAmong(serverId, ids);
	// Who is no member any more is nothing.
	learn(serverId, items, Object.fromEntries(ids.map((id) => [id, null])));
}

/** What the server has told of people. */
export function learn(
	serverId: string,
	items: Members,
	people: Record<string, Here | null> = {},
): void {
	for (const { user, roles, nickname } of items) people[user.id] = { roles, nickname };
	const users = items.map((m) => m.user);
	apply({ kind: 'here', serverId, people, users, shown: (id) => shown.has(`${serverId}/${id}`) });
}
