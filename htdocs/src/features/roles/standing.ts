/* How high somebody stands, and what he may change by that. */
import type { Role } from '../../api/schema';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import type { State } from '../../store/types';

type Server = State['servers'][string];

export const standing = (roles: Role[], held: string[]): number =>
	Math.max(0, ...roles.filter((r) => held.includes(r.id)).map((r) => r.position));

export interface Standing {
	/** Of my highest role. */
	top: number;
	mask: string;
	mayGive: (r: Role) => boolean;
	mayChange: (r: Role) => boolean;
}

export function standingIn(server: Server | undefined): Standing {
	const roles = server?.roles ?? [];
	const mask = server?.my_permissions ?? '0';
	const top = standing(roles, server?.my_roles ?? []);
	const manages = allows(mask, Permission.manageRoles);
	const all = allows(mask, Permission.administrator);
	const mayChange = (r: Role) => manages && r.position < top;
	const covered = (r: Role) => all || (BigInt(r.permissions) & ~BigInt(mask)) === 0n;
	return { top, mask, mayChange, mayGive: (r) => mayChange(r) && covered(r) };
}

export const useStanding = (serverId: string): Standing => {
	const server = useChat((s) => s.servers[serverId]);
	return standingIn(server);
};

/** Highest first, as they come. */
export const inOrder = (roles: Role[]): Role[] =>
	[...roles].sort((a, b) => b.position - a.position || (a.id < b.id ? -1 : 1));

const builtIn: Record<string, string> = {
	owner: 'roles.owner',
	admin: 'roles.admin',
	moderator: 'roles.moderator',
	member: 'roles.member',
	guest: 'roles.guest',
	everyone: 'roles.everyone',
};

export const roleName = (r: Role): string => {
	const id = builtIn[r.kind];
	return id ? t(id) : r.name;
};
