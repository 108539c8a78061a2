import { useInfiniteQuery } from '@tanstack/react-query';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';

/** A server's people, page by page; read anew when the stream tells of a change. */
export function useMembers(serverId: string | null, filter: api.MemberFilter = {}) {
	const rev = useChat((s) => s.changes[serverId ?? ''] ?? 0);
	return useInfiniteQuery(
		{
			queryKey: [
				'members',
				serverId,
				rev,
				filter.q ?? '',
				filter.roleId ?? '',
				...(filter.userIds ?? []),
			],
			enabled: serverId !== null,
			initialPageParam: undefined as string | undefined,
			queryFn: ({ pageParam }) => api.members(serverId ?? '', pageParam, filter),
			getNextPageParam: (last) => last.after ?? undefined,
			placeholderData: (before) => before,
		},
		queries,
	);
}

/** Who sees a private channel. */
export function useChannelPeople(channelId: string | null, serverId: string | null) {
	const rev = useChat((s) => s.changes[channelId ?? ''] ?? 0);
	const around = useChat((s) => s.changes[serverId ?? ''] ?? 0);
	return useInfiniteQuery(
		{
			queryKey: ['channel-people', channelId, rev, around],
			enabled: channelId !== null,
			initialPageParam: undefined as string | undefined,
			queryFn: ({ pageParam }) => api.channelPeople(channelId ?? '', pageParam),
			getNextPageParam: (last) => last.after ?? undefined,
			placeholderData: (before) => before,
		},
		queries,
	);
}

/** What is said above them; a number only when all are counted. */
export const onlyThese = (count: number, more: boolean): string =>
	more ? t('members.only_listed') : t('members.only_these', { count });
