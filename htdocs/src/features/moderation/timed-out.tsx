import { Timer } from 'lucide-react';
import { t } from '../../lib/text';
import { useSecondsLeft } from '../../lib/use-seconds-left';
import { TimeLeft } from './time-left';

/** Beside a name: that somebody may only read for now, and for how long. */
export function TimedOut({ until }: { until: string | null | undefined }) {
	const left = useSecondsLeft(until ?? null);
	if (!until || left === 0) return null;
	return (
		<span className="flex items-center gap-1 text-2xs text-amber">
			<Timer size={12} className="shrink-0" aria-hidden />
			<span>
				{t('timeout.in')} <TimeLeft until={until} short />
			</span>
		</span>
	);
}
