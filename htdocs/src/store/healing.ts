/* What mends the picture by REST when the stream could not tell everything. */
import { channel as fetchChannel, sync } from '../api/core';
import { asApiError } from '../api/problem';
import type { Message } from '../api/schema';
import type { Incoming } from '../stream/wire';
import { reloadChannel } from './history';
import { apply, applyAll, chat } from './store';

/** Reads one stream anew by REST. */
export async function heal(stream: string): Promise<void> {
	apply({ kind: 'healed', stream });
	const [kind, id = ''] = stream.split(':');
	if (kind !== 'channel') return apply({ kind: 'stale' });
	try {
		apply({ kind: 'channel', channel: await fetchChannel(id) });
		await reloadChannel(id);
	} catch (e) {
		if (asApiError(e).status === 404) apply({ kind: 'channel-gone', channelId: id });
	}
}

/** Channels in memory that a bootstrap has shown to be further than what was applied. */
export function healBehind(): void {
	const s = chat();
	for (const c of Object.values(s.channels)) {
		const stream = `channel:${c.id}`;
		if (!s.windows[c.id]?.loaded || c.rev <= (s.revs[stream] ?? 0)) continue;
		apply({ kind: 'position', stream, rev: c.rev });
		void heal(stream);
	}
}

/** As many as one request may name. */
const SYNC_CHANNELS = 200;

/** What changed in all channels by /sync, from the positions that are applied. */
export async function readChanges(): Promise<Incoming[]> {
	const revs = Object.entries(chat().revs).flatMap(([stream, rev]) =>
		stream.startsWith('channel:') ? [[stream.slice(8), rev] as const] : [],
	);
	const found: Incoming[] = [];
	for (let at = 0; at < revs.length; at += SYNC_CHANNELS)
		found.push(...(await readSome(Object.fromEntries(revs.slice(at, at + SYNC_CHANNELS)))));
	return found;
}

async function readSome(revs: Record<string, number>): Promise<Incoming[]> {
	const { channels } = await sync(revs);
	return Object.entries(channels).flatMap(([id, c]): Incoming[] => {
		const stream = `channel:${id}`;
		if (c.revoked) return [{ kind: 'revoke', stream }];
		if (c.reset) return [{ kind: 'reset', stream, head: c.rev }];
		return c.rev > (revs[id] ?? 0)
			? [{ kind: 'changed', channelId: id, items: c.items, rev: c.rev }]
			: [];
	});
}

/** New is what lies behind the end of the run in memory; all else can only have been changed. */
export function applyChanged(channelId: string, items: Message[], rev: number): void {
	const s = chat();
	const stream = `channel:${channelId}`;
	const last = s.windows[channelId]?.ids.at(-1) ?? '';
	const end = s.messages[channelId]?.[last]?.seq ?? 0;
	applyAll([
		...items.map((m) => ({
			kind: 'event' as const,
			now: Date.now(),
			event: {
				type: m.seq > end ? 'message.created' : 'message.updated',
				stream,
				rev: 0,
				data: m,
			},
		})),
		{ kind: 'position', stream, rev },
	]);
}
