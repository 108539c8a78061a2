/* Which pages of a server's settings somebody gets. */
import { allows, Permission as P } from '../../lib/permissions';

export type SettingsPage =
	| 'general'
	| 'channels'
	| 'roles'
	| 'members'
	| 'bans'
	| 'reports'
	| 'safety'
	| 'audit';

const needed: Record<SettingsPage, bigint[]> = {
	general: [P.manageServer],
	channels: [P.manageChannels],
	roles: [P.manageRoles],
	members: [P.manageRoles, P.kick, P.ban, P.timeout, P.manageNicknames],
	bans: [P.ban],
	reports: [P.manageMessages],
	safety: [P.manageServer],
	audit: [P.auditLog],
};

export function settingsPages(server: { my_permissions: string }, owner: boolean): SettingsPage[] {
	const pages = Object.entries(needed) as [SettingsPage, bigint[]][];
	return pages.flatMap(([page, bits]) =>
		owner || bits.some((bit) => allows(server.my_permissions, bit)) ? page : [],
	);
}
