import { useInfiniteQuery } from '@tanstack/react-query';
import * as api from '../../api/endpoints';
import type { Report } from '../../api/schema';
import { queries } from '../../lib/queries';
import { reportsKey } from '../../store/events';
import { useChat } from '../../store/store';

/** Reports of a server, read anew when the stream tells of one. */
export function useReports(serverId: string, state: Report['state']) {
	const rev = useChat((s) => s.memberRev[reportsKey(serverId)] ?? 0);
	return useInfiniteQuery(
		{
			queryKey: ['reports', serverId, state, rev],
			initialPageParam: undefined as string | undefined,
			queryFn: ({ pageParam }) => api.reports(serverId, state, pageParam),
			getNextPageParam: (last) => last.before ?? undefined,
			placeholderData: (before, query) => (query?.queryKey[2] === state ? before : undefined),
			staleTime: 0,
		},
		queries,
	);
}
