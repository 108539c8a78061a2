import { useMemo } from 'react';
import type { Role } from '../../api/schema';
import type { Names } from '../../lib/mentions';
import { t } from '../../lib/text';
import { usePeople } from '../../store/authors';
import { nameIn } from '../../store/here';
import { chat, useChat } from '../../store/store';
import type { State } from '../../store/types';
import { roleName } from '../roles/standing';

/** A guest is told of his own role and everyone's only: another one may be there all the same. */
const guestIn = ({ roles }: { roles: { kind: string }[] }): boolean =>
	roles.length > 0 && roles.every((r) => r.kind === 'guest' || r.kind === 'everyone');

const personIn = (s: State, serverId: string, id: string): string | null => {
	const u = s.users[id];
	return u ? nameIn(s, serverId, u) : null;
};

export const serverOf = (s: State, channelId: string): string =>
	s.channels[channelId]?.server_id ?? '';

let read: State['servers'] = {};
let roles = new Map<string, Role>();

function roleOf(servers: State['servers'], id: string): Role | undefined {
	if (servers !== read) {
		read = servers;
		roles = new Map(Object.values(servers).flatMap((s) => s.roles.map((r) => [r.id, r])));
	}
	return roles.get(id);
}

/** As they are called in a channel now. */
export const namesIn = (channelId: string): Names => ({
	person: (id) => personIn(chat(), serverOf(chat(), channelId), id),
	role: (id) => {
		const { servers } = chat();
		const role = roleOf(servers, id);
		if (role) return { name: roleName(role), color: role.color };
		return Object.values(servers).some(guestIn)
			? { name: t('message.some_role'), color: null }
			: null;
	},
});

const peopleIn = (content: string): string[] =>
	content.includes('<@') ? [...content.matchAll(/<@(\d{1,19})>/g)].flatMap((m) => m[1] ?? []) : [];

const nobody: string[] = [];

/**
 * The same for one text: another object when somebody in it is called something else. Anybody can write
 * any number; those who are there stand in the message's `mentions`, and are asked for.
 */
export function useNames(channelId: string, content: string, mentions = nobody): Names {
	const serverId = useChat((s) => serverOf(s, channelId));
	const named = useMemo(() => peopleIn(content), [content]);
	const said = useChat((s) =>
		named.map((id) => `${id} ${personIn(s, serverId, id) ?? ''}`).join('\n'),
	);
	const real = useMemo(
		() => mentions.filter((id) => content.includes(`<@${id}>`)).join(' '),
		[content, mentions],
	);
	usePeople(serverId, real);
	return useMemo(() => {
		const { role } = namesIn(channelId);
		const people = new Map(
			said.split('\n').map((p) => [p.split(' ', 1)[0], p.replace(/^\d+ /, '')]),
		);
		return { role, person: (id) => people.get(id) || null };
	}, [channelId, said]);
}
