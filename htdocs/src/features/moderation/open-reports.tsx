/* How many reports wait, for who may close them: under the name of the server. */
import '../../lib/later-texts';
import { Flag } from 'lucide-react';
import { t } from '../../lib/text';
import { openDialog } from '../../store/view';
import { useReports } from './use-reports';

export default function OpenReports({ serverId }: { serverId: string }) {
	const { q, list } = useReports(serverId, 'open');
	const count = list.length;
	if (count === 0) return null;
	return (
		<button
			type="button"
			className="mx-2 mt-2 flex min-h-9 shrink-0 items-center gap-2 rounded-lg bg-amber-soft px-2.5 text-start font-semibold text-ink text-sm hover:underline pointer-coarse:min-h-11"
			onClick={() => openDialog({ name: 'server-settings', serverId, page: 'reports' })}
		>
			<Flag size={15} className="shrink-0 text-amber" aria-hidden />
			{t(q.hasNextPage ? 'reports.waiting_more' : 'reports.waiting', { count })}
		</button>
	);
}
