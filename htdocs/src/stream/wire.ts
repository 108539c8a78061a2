/*
 * Frames of the stream, whatever transport brought them, as one union. Bad frames are null: a
 * client never dies of what it does not understand.
 */
import * as z from 'zod/mini';
import { Envelope, type Message } from '../api/schema';

export type Incoming =
	| { kind: 'event'; event: Envelope }
	| { kind: 'hello'; cursor: string | null; heartbeat: number; reset: string[] }
	| { kind: 'hb'; cursor: string | null }
	| { kind: 'reset'; stream: string; head: number }
	| { kind: 'revoke'; stream: string }
	| { kind: 'state'; live: boolean }
	| { kind: 'bye'; code: number; retry: number }
	// From polling only: messages of a channel that changed, up to `rev`; and that it is time for a
	// bootstrap.
	| { kind: 'changed'; channelId: string; items: Message[]; rev: number }
	| { kind: 'reread' };

const Hello = z.object({
	heartbeat: z._default(z.number(), 25),
	reset: z._default(z.array(z.string()), []),
});
const Reset = z.object({ stream: z.string(), head: z._default(z.number(), 0) });
const Revoke = z.object({ stream: z.string() });
const Live = z.object({ live: z.boolean() });
const Bye = z.object({ code: z.number(), retry: z._default(z.number(), 0) });

/** A control frame by name; `cursor` is the SSE id or the field of the same name. */
export function control(name: string, data: unknown, cursor: string | null): Incoming | null {
	switch (name) {
		case 'hello': {
			const d = Hello.safeParse(data);
			return d.success ? { kind: 'hello', cursor, ...d.data } : null;
		}
		case 'hb':
			return { kind: 'hb', cursor };
		case 'reset': {
			const d = Reset.safeParse(data);
			return d.success ? { kind: 'reset', ...d.data } : null;
		}
		case 'revoke': {
			const d = Revoke.safeParse(data);
			return d.success ? { kind: 'revoke', ...d.data } : null;
		}
		case 'state': {
			const d = Live.safeParse(data);
			return d.success ? { kind: 'state', ...d.data } : null;
		}
		case 'bye': {
			const d = Bye.safeParse(data);
			return d.success ? { kind: 'bye', ...d.data } : null;
		}
		default:
			return null;
	}
}

export function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** A WebSocket frame, an NDJSON line or an item of a long poll. */
export function frame(value: unknown): Incoming | null {
	if (typeof value !== 'object' || value === null) return null;
	if ('control' in value && typeof value.control === 'string') {
		const cursor = 'cursor' in value && typeof value.cursor === 'string' ? value.cursor : null;
		return control(value.control, value, cursor);
	}
	const event = Envelope.safeParse(value);
	return event.success ? { kind: 'event', event: event.data } : null;
}
