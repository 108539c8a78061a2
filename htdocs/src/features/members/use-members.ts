import { useInfiniteQuery } from '@tanstack/react-query';
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
