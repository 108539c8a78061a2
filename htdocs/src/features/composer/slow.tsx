/* Slow mode, where one writes. */
import { Timer } from 'lucide-react';
import { t } from '../../lib/text';
import { lengthOf, remaining } from '../../lib/time';
import { useSecondsLeft } from '../../lib/use-seconds-left';
import { paceOf, slowUntil } from '../../store/slow';
import { useChat } from '../../store/store';

/** Whole seconds that I still have to wait; 0: none. */
export const useSlow = (channelId: string): number =>
	useSecondsLeft(useChat((s) => slowUntil(s, channelId)));

export const slowText = (left: number): string =>
	t('composer.slow_wait', { time: remaining(left) });

/** In the place of the button that sends. */
export const SlowCount = ({ left }: { left: number }) => (
	<span
		aria-hidden="true"
		data-slow={left}
		title={slowText(left)}
		className="flex h-9 items-center gap-1 whitespace-nowrap pe-2 text-ink-2 text-xs tabular-nums"
	>
		<Timer size={15} />
		{remaining(left)}
	</span>
);

/** What holds here, said once; and what was tried too early. */
export function SlowLine({ channelId, said }: { channelId: string; said: string }) {
	const pace = useChat((s) => paceOf(s, channelId));
	const locked = useChat(
		(s) => s.servers[s.channels[channelId]?.server_id ?? '']?.lockdown === true,
	);
	return (
		<p className="shrink-0 truncate pe-1 text-ink-2 text-xs">
			{pace > 0 && t(locked ? 'composer.slow_lockdown' : 'composer.slow', { time: lengthOf(pace) })}
			<span role="status" className="sr-only">
				{said}
			</span>
		</p>
	);
}
