/*
 * The server's clock: times that it names ("until …") are held against its own now, whatever this
 * device thinks the time is.
 */
const TRUSTED_MS = 2000;
let ahead = 0;

/** The `Date` of an answer that was asked for at `sentAt`. */
export function noteServerTime(date: string | null, sentAt: number): void {
	const at = Date.parse(date ?? '');
	const now = Date.now();
	// A slow answer says too little; the header has whole seconds.
	if (Number.isNaN(at) || now - sentAt > TRUSTED_MS) return;
	const off = at + 500 - (sentAt + now) / 2;
	ahead = Math.abs(off) < TRUSTED_MS ? 0 : off;
}

export const serverNow = (): number => Date.now() + ahead;
