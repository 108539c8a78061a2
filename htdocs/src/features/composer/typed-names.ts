/*
 * Names typed to the end instead of chosen from the list: who is called exactly so is mentioned. People
 * are looked for while the text goes on, so that sending waits for nothing.
 */
import { useEffect } from 'react';
import { membersNamed } from '../../api/core';
import { outsideCode } from '../../lib/mentions';
import { allows, Permission } from '../../lib/permissions';
import { learn } from '../../store/authors';
import { chat } from '../../store/store';
import type { State } from '../../store/types';
import { roleName } from '../roles/standing';
import type { Pick } from './picks';

type Server = State['servers'][string];

/** Those of a server that I may mention; one that more than 500 hold mentions nobody. */
export const mentionable = (server: Server): Server['roles'] =>
	server.roles.filter(
		(r) =>
			(r.mentionable || allows(server.my_permissions, Permission.mentionAll)) &&
			(r.kind !== 'everyone' || server.member_count <= 500),
	);

/** More in one text are no names. */
const MOST = 10;
const LOOK_MS = 300;
const word = /(?<![\p{L}\p{N}_<])@([a-z0-9_.-]{2,32})/giu;
const asked = new Set<string>();

/** What may be a user name, as typed; a dot may end it, or the sentence. */
function words(text: string): string[] {
	const found = new Set<string>();
	outsideCode(text, (part) => {
		for (const [, name = ''] of part.matchAll(word))
			found.add(name).add(name.replace(/[.-]+$/, ''));
		return part;
	});
	return [...found].slice(0, MOST);
}

/** Who may be meant by a name in a channel, as far as it is known here. */
function personOf(s: State, channelId: string, name: string): string | undefined {
	const wanted = name.toLowerCase();
	const c = s.channels[channelId];
	const members = s.here[c?.server_id ?? ''] ?? {};
	const known = c?.members?.map((u) => u.id) ?? Object.keys(members).filter((id) => members[id]);
	return known.find((id) => id !== s.me?.id && s.users[id]?.username === wanted);
}

function rolesIn(server: Server | undefined, text: string): Pick[] {
	const low = text.toLowerCase();
	return (server ? mentionable(server) : []).flatMap((r) => {
		const name = roleName(r).toLowerCase();
		const at = low.indexOf(`@${name}`);
		if (at < 0 || low.length !== text.length) return [];
		return { name: text.slice(at + 1, at + 1 + name.length), code: `<@&${r.id}>` };
	});
}

/** The names in a text that stand for somebody or for a role. */
export function typedPicks(channelId: string, text: string): Pick[] {
	if (!text.includes('@')) return [];
	const s = chat();
	const people = words(text).flatMap((name) => {
		const id = personOf(s, channelId, name);
		return id ? { name, code: `<@${id}>` } : [];
	});
	return [...rolesIn(s.servers[s.channels[channelId]?.server_id ?? ''], text), ...people];
}

/** Asks who is called so, once for each name. */
export function useTypedNames(channelId: string, text: string): void {
	useEffect(() => {
		if (!text.includes('@')) return;
		const timer = setTimeout(() => {
			for (const name of words(text)) void look(channelId, name.toLowerCase());
		}, LOOK_MS);
		return () => clearTimeout(timer);
	}, [channelId, text]);
}

async function look(channelId: string, name: string): Promise<void> {
	const s = chat();
	const serverId = s.channels[channelId]?.server_id;
	const key = `${serverId}/${name}`;
	if (!serverId || asked.has(key) || name.length < 2 || personOf(s, channelId, name)) return;
	asked.add(key);
	try {
		const { items } = await membersNamed(serverId, name);
		learn(
			serverId,
			items.filter((m) => m.user.username === name),
		);
	} catch {
		// Then it stays a word.
	} finally {
		setTimeout(() => asked.delete(key), 60_000);
	}
}
