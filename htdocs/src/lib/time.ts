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
