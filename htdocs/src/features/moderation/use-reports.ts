import * as api from '../../api/endpoints';
import type { Report } from '../../api/schema';
import { usePages } from '../../lib/use-pages';
import { reportsKey } from '../../store/events';
import { useChat } from '../../store/store';

/** Reports of a server, read anew when the stream tells of one. */
export function useReports(serverId: string, state: Report['state']) {
	const rev = useChat((s) => s.changes[reportsKey(serverId)] ?? 0);
	return usePages(
		['reports', serverId, state, rev],
		(before) => api.reports(serverId, state, before),
		{ anew: 2 },
	);
}
