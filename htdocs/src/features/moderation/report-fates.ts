/* What has become of those who were reported: asked for together, and anew when the stream tells of a change. */
import { useQuery } from '@tanstack/react-query';
import * as api from '../../api/endpoints';
import type { Ban, Member, Report } from '../../api/schema';
import { allows, Permission } from '../../lib/permissions';
import { queries } from '../../lib/queries';
import { useChat } from '../../store/store';
import type { Measure } from '../../store/view';
import { mayDo } from './measures';

const MOST = 100;

export interface Fate {
	/** null: he is none. */
	member: Member | null;
	ban: Ban | null;
}

/** By user; of whom nothing is known there is nothing. */
export function useFates(serverId: string, list: Report[]) {
	const rev = useChat((s) => s.changes[serverId] ?? 0);
	const maySee = useChat((s) => allows(s.servers[serverId]?.my_permissions ?? '0', Permission.ban));
	const ids = [...new Set(list.map((r) => r.user.id))].sort().slice(0, MOST);
	return useQuery(
		{
			queryKey: ['fates', serverId, ids.join(), rev],
			enabled: ids.length > 0,
			queryFn: async (): Promise<Record<string, Fate>> => {
				const { items } = await api.members(serverId, undefined, { userIds: ids });
				const gone = items.length < ids.length;
				const bans = gone && maySee ? (await api.bans(serverId)).items : [];
				const of = <T extends Member | Ban>(all: T[], id: string) =>
					all.find((x) => x.user.id === id) ?? null;
				return Object.fromEntries(
					ids.map((id) => [id, { member: of(items, id), ban: of(bans, id) }]),
				);
			},
			placeholderData: (before) => before,
			staleTime: 0,
		},
		queries,
	);
}

/** What is left to do about somebody: nobody is banned twice, and who has gone cannot be removed. */
export function stillOpen(r: Report, fate: Fate | undefined, held: boolean): Measure[] {
	const may = mayDo(r.server_id, r.user.id, fate?.member?.roles);
	if (!fate) return may;
	return may.filter((what) => {
		if (what === 'purge') return true;
		if (what === 'ban') return fate.ban === null;
		return fate.member !== null && !(what === 'timeout' && held);
	});
}
