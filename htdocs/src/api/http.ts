/*
 * The one door to the network. Cookies carry the session; a request refused for want of a fresh
 * access token waits for one refresh (one in flight for the whole browser) and is sent once more.
 */
import * as z from 'zod/mini';
import { apiUrl } from '../lib/base';
import { noteServerTime } from '../lib/clock';
import { recall, remember } from '../lib/local';
import { onceAcrossTabs } from '../lib/locks';
import { ApiError } from './problem';
import { Problem } from './schema';

const Refreshed = z.object({ expires_in: z._default(z.number(), 900) });

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Options<T> {
	body?: unknown;
	query?: Record<string, string | number | undefined>;
	parse?: { safeParse(v: unknown): { success: true; data: T } | { success: false } };
	signal?: AbortSignal;
	timeout?: number;
	/** Credentials are part of this request: a 401 is its answer, not an ended session. */
	anonymous?: boolean;
	keepalive?: boolean;
	/** Why, for the audit log. */
	reason?: string;
	/** Something else than JSON is wanted: `parse` gets its text. */
	accept?: string;
}

let onSignedOut: () => void = () => {};
export const whenSignedOut = (fn: () => void): void => {
	onSignedOut = fn;
};

let confirm: () => Promise<boolean> = async () => false;
/** `fn` asks who is here to show that he still is who signed in; false when he does not. */
export const whenUnconfirmed = (fn: () => Promise<boolean>): void => {
	confirm = fn;
};

/** The page asks for a sign-in. */
export function signedOut(): ApiError {
	onSignedOut();
	return new ApiError('signed-out', 401, 'session_ended');
}

interface Answer<T> {
	status: number;
	data: T;
}

export async function request<T = undefined>(
	method: Method,
	path: string,
	options: Options<T> = {},
): Promise<Answer<T>> {
	const sentAt = Date.now();
	let response = await send(method, path, options);
	if (response.status === 401 && !options.anonymous) {
		// A wrong password given for a change is no ended session.
		const why = await failure(response.clone(), true);
		if (why.code === 'bad_credentials') throw why;
		if (!(await refresh(sentAt))) throw signedOut();
		response = await send(method, path, options);
	}
	if (response.status === 403) {
		const why = await failure(response.clone(), true);
		if (why.code === 'confirmation_required' && (await confirm()))
			response = await send(method, path, options);
	}
	if (!response.ok) throw await failure(response, options.anonymous === true);
	if (response.status === 204 || !options.parse)
		return { status: response.status, data: undefined as T };
	const text = options.accept !== undefined;
	const body: unknown = await response[text ? 'text' : 'json']().catch(() => undefined);
	const parsed = options.parse.safeParse(body);
	if (!parsed.success) throw new ApiError('final', response.status, 'unexpected_answer');
	return { status: response.status, data: parsed.data };
}

export const call = async <T = undefined>(
	method: Method,
	path: string,
	options: Options<T> = {},
): Promise<T> => (await request(method, path, options)).data;

async function send<T>(method: Method, path: string, o: Options<T>): Promise<Response> {
	const query = new URLSearchParams();
	for (const [k, v] of Object.entries(o.query ?? {})) if (v !== undefined) query.set(k, String(v));
	const timeout = AbortSignal.timeout(o.timeout ?? 20_000);
	const sentAt = Date.now();
	try {
		const response = await fetch(apiUrl(path) + (query.size > 0 ? `?${query}` : ''), {
			method,
			credentials: 'same-origin',
			cache: 'no-store',
			keepalive: o.keepalive ?? false,
			signal: o.signal ? AbortSignal.any([o.signal, timeout]) : timeout,
			headers: {
				Accept: o.accept ?? 'application/json',
				...(o.reason ? { 'X-Audit-Reason': encodeURIComponent(o.reason) } : {}),
				...(o.body === undefined ? {} : { 'Content-Type': 'application/json' }),
			},
			...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
		});
		noteServerTime(response.headers.get('date'), sentAt);
		return response;
	} catch (e) {
		if (o.signal?.aborted) throw e;
		throw new ApiError('network', 0, 'network');
	}
}

export async function failure(response: Response, anonymous: boolean): Promise<ApiError> {
	const parsed = Problem.safeParse(await response.json().catch(() => ({})));
	const { status } = response;
	const busy = status === 408 || status === 429 || status >= 500;
	const fallback = status === 429 ? 'rate_limited' : status >= 500 ? 'unavailable' : 'refused';
	const isProblem = response.headers.get('content-type')?.includes('json') === true;
	const code = isProblem && parsed.success ? parsed.data.code : fallback;
	return new ApiError(
		status === 401 && !anonymous ? 'signed-out' : busy ? 'busy' : 'final',
		status,
		code,
		Number(response.headers.get('retry-after')) || 0,
		parsed.success ? parsed.data.errors : [],
		response.headers.get('x-request-id'),
		parsed.data?.ticket ? { ticket: parsed.data.ticket, methods: parsed.data.methods } : null,
	);
}

/** Time (ms) of the last fresh access token, and of its end; shared by the tabs. */
const lastRefresh = (): number => Number(recall('refreshed') ?? 0);

export function noteFreshToken(expiresIn: number): void {
	remember('refreshed', String(Date.now()));
	remember('expires', String(Date.now() + expiresIn * 1000));
}

/** True when the access token is known to have run out, so that asking with it is in vain. */
export const tokenRanOut = (): boolean => {
	const end = Number(recall('expires') ?? 0);
	return end > 0 && Date.now() > end - 5000;
};

/**
 * New access cookie, unless some tab has fetched one since `since` (ms). False when the session is
 * over. Throws when the server cannot be asked: that says nothing about the session.
 */
export function refresh(since: number): Promise<boolean> {
	return onceAcrossTabs('moot-refresh', async () => {
		if (lastRefresh() >= since) return true;
		const response = await send('POST', '/auth/refresh', {});
		if (response.ok) {
			const parsed = Refreshed.safeParse(await response.json().catch(() => ({})));
			noteFreshToken(parsed.success ? parsed.data.expires_in : 900);
			return true;
		}
		const e = await failure(response, true);
		if (e.mayRetry) throw e;
		return false;
	});
}
