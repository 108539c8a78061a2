/* When to come back, as pure functions: classes of `bye` codes, full-jitter back-off, watchdog. */

const CAP_MS = 30_000;
/** A higher rung is tried again after this long, and after twice as long each time it fails. */
export const STEP_UP_MS = 20_000;
const STEP_UP_MOST_MS = 5 * 60_000;
/** Two failures in a row of a transport whose server answers otherwise: try the next one. */
export const FAILURES_BEFORE_DOWN = 2;

type Comeback =
	| { do: 'retry'; floor: number }
	| { do: 'refresh' }
	| { do: 'back-off'; floor: number }
	| { do: 'sign-in' }
	| { do: 'next' };

export function comeback(code: number, retry: number): Comeback {
	switch (Math.floor(code / 100)) {
		case 40:
			return { do: 'retry', floor: retry };
		case 41:
			return { do: 'refresh' };
		case 42:
			return { do: 'back-off', floor: Math.max(30_000, retry) };
		case 44:
			return code === 4401 ? { do: 'sign-in' } : { do: 'next' };
		default:
			return { do: 'retry', floor: retry };
	}
}

/** rand(0, min(30 s, 0.5·2ⁿ)); the first retry spreads over two seconds, as a restart cuts all at once. */
export function jitter(attempt: number, random: () => number): number {
	const ceiling = attempt <= 1 ? 2000 : Math.min(CAP_MS, 500 * 2 ** attempt);
	return Math.round(random() * ceiling);
}

/** When to try a higher rung for the `tries`-th time since the last fall; ±25 %, as all fell at once. */
export const stepUp = (tries: number, random: () => number): number =>
	Math.round(Math.min(STEP_UP_MOST_MS, STEP_UP_MS * 2 ** tries) * (0.75 + 0.5 * random()));

export const isSilent = (lastByte: number, now: number, heartbeatSeconds: number): boolean =>
	now - lastByte > heartbeatSeconds * 2500;

/** How long until the next /sync, by what the user looks at; ±20 %. */
export function pollDelay(visible: boolean, focused: boolean, random: () => number): number {
	const base = !visible ? 30_000 : focused ? 2000 : 5000;
	return Math.round(base * (0.8 + 0.4 * random()));
}
