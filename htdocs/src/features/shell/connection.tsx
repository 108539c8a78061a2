/*
 * Whether what is on screen is up to date: always in the sidebar, as word and colour; and as a
 * line over the page once it has been wrong for three seconds.
 */
import { useEffect, useState } from 'react';
import { cx } from '../../lib/cx';
import { t } from '../../lib/text';
import { useSession } from '../../store/session';
import { useChat } from '../../store/store';
import type { Health } from '../../stream/ladder';

const words: Record<Health, string> = {
	live: 'connection.live',
	delayed: 'connection.delayed',
	offline: 'connection.offline',
	connecting: 'connection.connecting',
};
const dots: Record<Health, string> = {
	live: 'bg-moss',
	delayed: 'bg-amber',
	offline: 'bg-danger',
	connecting: 'bg-amber animate-pulse',
};

export function Connection() {
	const health = useSession((s) => s.health);
	return (
		<p
			data-health={health}
			title={t(`${words[health]}_long`)}
			className="flex items-center gap-2 px-4 py-1.5 text-ink-2 text-xs"
		>
			<span className={cx('size-2 rounded-full', dots[health])} />
			{t(words[health])}
		</p>
	);
}

const PATIENCE_MS = 3000;

export function ConnectionLine() {
	const health = useSession((s) => s.health);
	// An installation without a push daemon is always this quick: no news over every page.
	const usual = useChat((s) => s.features.stream === false) && health === 'delayed';
	const bad = health !== 'live' && !usual;
	const [late, setLate] = useState(false);
	useEffect(() => {
		if (!bad) return setLate(false);
		const timer = setTimeout(() => setLate(true), PATIENCE_MS);
		return () => clearTimeout(timer);
	}, [bad]);
	if (!late || !bad) return null;
	return (
		<p
			role="status"
			className={cx(
				'px-4 py-1.5 text-center font-medium text-sm',
				health === 'offline' ? 'bg-danger-soft text-danger' : 'bg-amber-soft text-ink',
			)}
		>
			{t(`${words[health]}_long`)}
		</p>
	);
}
