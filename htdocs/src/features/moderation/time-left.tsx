import { t } from '../../lib/text';
import { clockOrDate, remaining } from '../../lib/time';
import { useSecondsLeft } from '../../lib/use-seconds-left';

/** Runs before the eyes; a reader is told once until when. */
export function TimeLeft({ until, short }: { until: string | number; short?: boolean }) {
	const left = useSecondsLeft(until);
	if (left === 0) return null;
	const time = remaining(left);
	return (
		<>
			<span aria-hidden="true" className="whitespace-nowrap tabular-nums" data-left={left}>
				{short ? time : t('timeout.left', { time })}
			</span>
			<span className="sr-only">{t('timeout.until', { time: clockOrDate(until) })}</span>
		</>
	);
}
