/*
 * What can go wrong with a request, as one error class. `kind` decides what callers do:
 * `network` and `busy` (408, 429, 5xx) may be tried again, `final` (other 4xx) may not,
 * `signed-out` means that the session is over and the page asks for a sign-in by itself.
 */
import { hasText, t } from '../lib/text';

type Failure = 'network' | 'busy' | 'final' | 'signed-out';

interface FieldError {
	field: string;
	code: string;
}

export class ApiError extends Error {
	constructor(
		readonly kind: Failure,
		readonly status: number,
		readonly code: string,
		/** Seconds the server asks to wait; 0 when it does not say. */
		readonly retryAfter = 0,
		readonly fields: FieldError[] = [],
		readonly requestId: string | null = null,
		/** What the second step of a sign-in needs. */
		readonly second: { ticket: string; methods: string[] } | null = null,
	) {
		super(`${status} ${code}`);
		this.name = 'ApiError';
	}

	get mayRetry(): boolean {
		return this.kind === 'network' || this.kind === 'busy';
	}
}

export const asApiError = (e: unknown): ApiError =>
	e instanceof ApiError ? e : new ApiError('final', 0, 'unexpected_answer');

/** The sentence for a person. Unknown codes fall back to one text for their class. */
export function problemText(error: unknown): string {
	const e = asApiError(error);
	if (e.code === 'rate_limited') return t('error.rate_limited', { seconds: e.retryAfter || 1 });
	const id = `error.${e.code}`;
	if (hasText(id)) return t(id);
	if (e.kind === 'network') return t('error.network');
	return t(e.status >= 500 ? 'error.internal' : 'error.refused');
}

export function fieldText(error: unknown, field: string): string | undefined {
	const hit = asApiError(error).fields.find((f) => f.field === field);
	if (!hit) return undefined;
	const id = `field.${hit.code}`;
	return hasText(id) ? t(id) : t('field.invalid');
}
