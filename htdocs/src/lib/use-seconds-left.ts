import { useEffect, useState } from 'react';
import { serverNow } from './clock';

const HOUR = 3_600_000;

/** Whole seconds until then; 0 when that is past or there is no such time. Draws again as they go. */
export function useSecondsLeft(until: string | number | null): number {
	const end = until === null ? 0 : new Date(until).getTime();
	const [, tick] = useState(0);
	useEffect(() => {
		let timer = 0;
		const next = () => {
			const left = end - serverNow();
			if (left <= 0) return;
			// What is shown changes by the minute while it is long.
			const wait = left > HOUR ? 30_000 : left % 1000 || 1000;
			timer = window.setTimeout(() => {
				tick((n) => n + 1);
				next();
			}, wait);
		};
		next();
		return () => clearTimeout(timer);
	}, [end]);
	return Math.max(0, Math.ceil((end - serverNow()) / 1000));
}
