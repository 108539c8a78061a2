import { formatLocale } from './text';

const formats = new Map<string, Intl.DateTimeFormat>();
function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	let f = formats.get(name);
	if (!f) {
		f = new Intl.DateTimeFormat(formatLocale(), options);
		formats.set(name, f);
	}
	return f;
}

type At = string | number | Date;
const date = (at: At): Date => new Date(at);

export const clock = (at: At): string =>
	format('clock', { hour: 'numeric', minute: '2-digit' }).format(date(at));
export const fullTime = (at: At): string =>
	format('full', { dateStyle: 'full', timeStyle: 'medium' }).format(date(at));
export const dayName = (at: At): string =>
	format('day', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(
		date(at),
	);
export const shortDate = (at: At): string =>
	format('short', { day: 'numeric', month: 'short', year: 'numeric' }).format(date(at));
export const dateAndTime = (at: At): string =>
	format('both', { dateStyle: 'medium', timeStyle: 'short' }).format(date(at));

/** A key that changes at the reader's midnight. */
export const dayKey = (at: At): string => date(at).toDateString();

const units: [Intl.RelativeTimeFormatUnit, number][] = [
	['day', 86_400_000],
	['hour', 3_600_000],
	['minute', 60_000],
];

/** "3 hours ago" within a day, a date beyond. */
export function ago(at: At, now = Date.now()): string {
	const ms = date(at).getTime() - now;
	if (Math.abs(ms) >= 86_400_000) return shortDate(at);
	const [unit, size] = units.find(([, s]) => Math.abs(ms) >= s) ?? ['minute', 60_000];
	return new Intl.RelativeTimeFormat(formatLocale(), { numeric: 'auto' }).format(
		Math.round(ms / size),
		unit,
	);
}

const spans: [unit: string, seconds: number][] = [
	['day', 86_400],
	['hour', 3600],
	['minute', 60],
	['second', 1],
];

const inUnit = (n: number, unit: string, unitDisplay: 'long' | 'short'): string =>
	new Intl.NumberFormat(formatLocale(), { style: 'unit', unit, unitDisplay }).format(n);

/** "7 days": a length of so many seconds, which is a whole number of one unit. */
export function lengthOf(seconds: number): string {
	const [unit, size] = spans.find(([, s]) => seconds >= s && seconds % s === 0) ?? ['second', 1];
	return inUnit(seconds / size, unit, 'long');
}

/** "4 min 30 sec": what is left, in its two largest units. */
export function remaining(seconds: number): string {
	const at = spans.findIndex(([, s]) => seconds >= s);
	let rest = seconds;
	const parts = spans.slice(at < 0 ? spans.length - 1 : at).map(([unit, size]) => {
		const n = Math.floor(rest / size);
		rest %= size;
		return { n, unit };
	});
	return parts
		.slice(0, 2)
		.filter((p, i) => p.n > 0 || i === 0)
		.map((p) => inUnit(p.n, p.unit, 'short'))
		.join(' ');
}

/** "14:05" for today, else with the date. */
export const clockOrDate = (at: At): string =>
	dayKey(at) === dayKey(Date.now()) ? clock(at) : dateAndTime(at);

/** What the clock shows in a time zone now; null for one that this browser does not know. */
export function timeIn(timeZone: string, now = Date.now()): string | null {
	try {
		return new Intl.DateTimeFormat(formatLocale(), {
			weekday: 'short',
			hour: 'numeric',
			minute: '2-digit',
			timeZone,
		}).format(now);
	} catch {
		return null;
	}
}
