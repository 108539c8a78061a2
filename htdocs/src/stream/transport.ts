/*
 * The rungs of the ladder. Each opens one connection, hands over what arrives, and says once why
 * it ended. None of them retries: that is the ladder's business.
 */

import * as z from 'zod/mini';
import { call } from '../api/http';
import { asApiError } from '../api/problem';
import { apiUrl, socketUrl } from '../lib/base';
import { control, frame, type Incoming, json } from './wire';

export type Rung = 'socket' | 'sse' | 'long-poll' | 'poll';

export interface Handlers {
	incoming(frame: Incoming): void;
	/** Any byte, understood or not: feeds the watchdog. */
	byte(): void;
	end(code: number, retry: number): void;
}

export interface Link {
	close(): void;
	/** Where the client can speak on the same way: one frame, as JSON. False when it is not open. */
	say?(frame: object): boolean;
}

/** Opens at `since` (null = from now). */
export type Open = (since: string | null, h: Handlers) => Link;

const sinceQuery = (since: string | null): string =>
	since ? `?since=${encodeURIComponent(since)}` : '';

/** `end` at most once, and nothing after it or after `close`. */
function guard(h: Handlers): { h: Handlers; stop(): void } {
	let over = false;
	return {
		stop: () => {
			over = true;
		},
		h: {
			incoming: (f) => !over && h.incoming(f),
			byte: () => !over && h.byte(),
			end: (code, retry) => {
				if (over) return;
				over = true;
				h.end(code, retry);
			},
		},
	};
}

export const socket: Open = (since, handlers) => {
	const { h, stop } = guard(handlers);
	const ws = new WebSocket(socketUrl('/stream') + sinceQuery(since));
	let bye: { code: number; retry: number } | null = null;
	ws.onmessage = (e) => {
		h.byte();
		const f = frame(json(String(e.data)));
		if (f?.kind === 'bye') bye = f;
		else if (f) h.incoming(f);
	};
	ws.onclose = (e) => h.end(bye?.code ?? e.code, bye?.retry ?? 0);
	return {
		close: () => {
			stop();
			ws.close(1000);
		},
		say: (what) => {
			if (ws.readyState !== WebSocket.OPEN) return false;
			ws.send(JSON.stringify(what));
			return true;
		},
	};
};

export const sse: Open = (since, handlers) => {
	const { h, stop } = guard(handlers);
	const source = new EventSource(apiUrl('/stream') + sinceQuery(since));
	const finish = (code: number, retry: number) => {
		source.close();
		h.end(code, retry);
	};
	for (const name of ['hello', 'hb', 'reset', 'revoke', 'state', 'bye']) {
		source.addEventListener(name, (e) => {
			h.byte();
			const f = control(name, json(e.data), e.lastEventId || null);
			if (f?.kind === 'bye') finish(f.code, f.retry);
			else if (f) h.incoming(f);
		});
	}
	source.onmessage = (e) => {
		h.byte();
		const f = frame(json(e.data));
		if (f) h.incoming(f);
	};
	// The browser's own reconnecting has no jitter, so it never gets the chance.
	source.onerror = () => finish(1006, 0);
	return {
		close: () => {
			stop();
			source.close();
		},
	};
};

const Batch = z.object({ items: z.array(z.unknown()), cursor: z.string() });

export const longPoll =
	(isIdle: () => boolean): Open =>
	(since, handlers) => {
		const { h, stop } = guard(handlers);
		const abort = new AbortController();
		const loop = async () => {
			let cursor = since;
			// The first answer comes at once: it proves the way and brings what was missed.
			for (let wait = 0; !abort.signal.aborted; wait = 25) {
				const batch = await call('GET', '/stream', {
					query: {
						wait,
						since: cursor ?? undefined,
						status: isIdle() ? 'idle' : undefined,
					},
					parse: Batch,
					signal: abort.signal,
					timeout: 40_000,
				});
				h.byte();
				for (const item of batch.items) {
					const f = frame(item);
					if (f?.kind === 'bye') return h.end(f.code, f.retry);
					if (f) h.incoming(f);
				}
				cursor = batch.cursor;
				h.incoming(
					wait === 0 ? { kind: 'hello', cursor, heartbeat: 25, reset: [] } : { kind: 'hb', cursor },
				);
			}
		};
		loop().catch((e) => {
			const error = asApiError(e);
			h.end(error.kind === 'signed-out' ? 4401 : 1006, error.retryAfter * 1000);
		});
		return {
			close: () => {
				stop();
				abort.abort();
			},
		};
	};

/** The last rung: `read` asks /sync and hands over what has changed; `delay` gives the next pause. */
export const poll =
	(read: () => Promise<Incoming[]>, delay: () => number): Open =>
	(_since, handlers) => {
		const { h, stop } = guard(handlers);
		let timer = 0;
		let first = true;
		const turn = async () => {
			try {
				const news = await read();
				h.byte();
				if (first) h.incoming({ kind: 'hello', cursor: null, heartbeat: 60, reset: [] });
				first = false;
				for (const f of news) h.incoming(f);
				h.incoming({ kind: 'hb', cursor: null });
				timer = window.setTimeout(turn, delay());
			} catch (e) {
				const error = asApiError(e);
				h.end(error.kind === 'signed-out' ? 4401 : 1006, error.retryAfter * 1000);
			}
		};
		void turn();
		return {
			close: () => {
				stop();
				clearTimeout(timer);
			},
		};
	};
