/* What a menu beside a name offers about that person. */
import { Ban, Eraser, Timer, TimerOff, UserCog, UserMinus } from 'lucide-react';
import * as api from '../../api/core';
import { problemText } from '../../api/problem';
import { serverNow } from '../../lib/clock';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { chat } from '../../store/store';
import { type Measure, openDialog } from '../../store/view';
import type { MenuEntry } from '../../ui/menu';
import { toast } from '../../ui/toast';
import { standing, standingIn } from '../roles/standing';

const measures = [
	{ what: 'timeout', bit: Permission.timeout, label: 'timeout.give', Icon: Timer },
	{ what: 'purge', bit: Permission.manageMessages, label: 'purge.of', Icon: Eraser },
	{ what: 'kick', bit: Permission.kick, label: 'members.kick', Icon: UserMinus },
	{ what: 'ban', bit: Permission.ban, label: 'members.ban', Icon: Ban },
] as const;

/**
 * Nothing about myself, the owner, or who stands as high as I do. Where his roles are not known the
 * server has the last word.
 */
export function mayDo(serverId: string | null, userId: string, roles?: string[]): Measure[] {
	const s = chat();
	const server = s.servers[serverId ?? ''];
	if (!server || userId === s.me?.id || userId === server.owner_id) return [];
	if (roles && standing(server.roles, roles) >= standingIn(server).top) return [];
	return measures.flatMap((m) => (allows(server.my_permissions, m.bit) ? m.what : []));
}

/** His roles or his nickname, as long as he does not stand as high as I do. */
function mayEditMember(serverId: string, userId: string, roles?: string[]): boolean {
	const s = chat();
	const server = s.servers[serverId];
	if (!server || userId === s.me?.id || userId === server.owner_id) return false;
	if (roles && standing(server.roles, roles) >= standingIn(server).top) return false;
	const { manageRoles, manageNicknames } = Permission;
	return [manageRoles, manageNicknames].some((bit) => allows(server.my_permissions, bit));
}

export function measureItems(
	serverId: string | null,
	userId: string,
	who: string,
	roles?: string[],
	heldUntil?: string | null,
	/** His name stands beside it. */
	named = false,
): MenuEntry[] {
	const may = mayDo(serverId, userId, roles);
	const server = serverId ?? '';
	const edit: MenuEntry[] = mayEditMember(server, userId, roles)
		? [
				{
					label: t('members.edit'),
					icon: <UserCog size={16} />,
					onSelect: () =>
						openDialog({ name: 'server-settings', serverId: server, page: 'members', userId }),
				},
			]
		: [];
	const items: MenuEntry[] = measures
		.filter((m) => may.includes(m.what))
		.map(({ what, label, Icon }) => ({
			label: named ? t(`measure.${what}`) : t(label, { name: who }),
			danger: true,
			icon: <Icon size={16} />,
			onSelect: () => openDialog({ name: 'moderate', serverId: server, userId, who, what }),
		}));
	if (!may.includes('timeout') || !heldUntil || Date.parse(heldUntil) <= serverNow())
		return [...edit, ...items];
	const end: MenuEntry = {
		label: t('timeout.end'),
		icon: <TimerOff size={16} />,
		onSelect: () => void endTimeOut(server, userId, who),
	};
	return [...edit, end, ...items];
}

async function endTimeOut(serverId: string, userId: string, name: string): Promise<void> {
	try {
		await api.endTimeOut(serverId, userId);
		toast(t('toast.timeout_ended', { name }));
	} catch (e) {
		toast(problemText(e), { bad: true });
	}
}
