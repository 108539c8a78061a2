import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
import { useChat } from '../../store/store';

/** A server's people, page by page; read anew when the stream tells of a change. */
export function useMembers(serverId: string | null) {
	const rev = useChat((s) => s.memberRev[serverId ?? ''] ?? 0);
	return useInfiniteQuery(
		{
			queryKey: ['members', serverId, rev],
			enabled: serverId !== null,
			initialPageParam: undefined as string | undefined,
			queryFn: ({ pageParam }) => api.members(serverId ?? '', pageParam),
			getNextPageParam: (last) => last.after ?? undefined,
			placeholderData: (before) => before,
		},
		queries,
	);
}

/** Whom a private channel is shared with. */
export function useChannelPeople(channelId: string, serverId: string | null) {
	const rev = useChat((s) => s.memberRev[channelId] ?? 0);
	const around = useChat((s) => s.memberRev[serverId ?? ''] ?? 0);
	return useQuery(
		{
			queryKey: ['channel-people', channelId, rev, around],
			queryFn: () => api.channelPeople(channelId),
			placeholderData: (before) => before,
		},
		queries,
	);
}
