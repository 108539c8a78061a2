// Waiting for a condition, with a ceiling; never for time.

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Asks `condition` until it gives something true, and returns that. An exception counts as "not
 * yet". After `ceiling` ms it fails with `what` and the last answer or exception.
 */
export async function until(what, condition, ceiling = 45_000, every = 25) {
	const deadline = performance.now() + ceiling;
	for (;;) {
		let last;
		try {
			last = await condition();
			if (last) return last;
		} catch (e) {
			last = e?.message ?? e;
		}
		if (performance.now() >= deadline)
			throw new Error(`${what}: not within ${ceiling} ms (last: ${String(last).slice(0, 300)})`);
		await pause(every);
	}
}

/** Between two tries of something that failed. */
export const backOff = (attempt, base = 250, cap = 4000) =>
	pause(Math.min(cap, base * 2 ** attempt) * (0.75 + Math.random() / 2));

export { pause };
