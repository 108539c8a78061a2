/* What is told of messages that have come, and which lists of receipts are read after a new connection. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { presentOn } from '../src/store/present';
import { lookAtReceipts, noteReached, readShownReceipts } from '../src/store/reaching';
import { apply, chat } from '../src/store/store';
import type { Connection } from '../src/stream/connection';
import { boot, channel } from './make';

const said: unknown[] = [];
const asked: string[] = [];
let open = true;

beforeEach(() => {
	vi.useFakeTimers();
	said.length = asked.length = 0;
	open = true;
	const socket = {
		say: (frame: object) => open && said.push(frame) > 0,
		send: () => undefined,
		leads: () => false,
		rung: 'socket',
	};
	presentOn(socket as unknown as Connection);
	vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit) => {
		const url = typeof input === 'string' ? input : input.url;
		asked.push(`${init?.method ?? 'GET'} ${url.replace(/^.*\/channels/, '')}`);
		return new Response('{"items":[],"page":{"before":null,"after":null}}', {
			headers: { 'Content-Type': 'application/json' },
		});
	});
	const dms = ['20', '21', '22', '23', '24'].map((id) =>
		channel({ id, server_id: null, kind: 'dm' }),
	);
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data: boot({ dms: dms.map((d) => ({ ...d, members: [] })) }) });
});

afterEach(() => {
	presentOn(null);
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('what has come is told on the stream, the furthest of each, two at a time', async () => {
	for (const id of ['20', '21', '22', '23', '24']) noteReached(id, '2', 1);
	noteReached('20', '2', 7);
	noteReached('10', '2', 7);
	noteReached('21', '1', 9);
	await vi.advanceTimersByTimeAsync(1000);
	expect(said).toEqual([
		{ op: 'delivered', channel_id: '20', seq: 7 },
		{ op: 'delivered', channel_id: '21', seq: 1 },
	]);
	await vi.advanceTimersByTimeAsync(6000);
	expect([said.length, asked]).toEqual([5, []]);
});

test('without a socket by requests, and not at all of who hides', async () => {
	open = false;
	noteReached('20', '2', 3);
	await vi.advanceTimersByTimeAsync(20_000);
	expect(asked).toEqual(['PUT /20/delivered']);
	const me = chat().me;
	if (me) apply({ kind: 'me', me: { ...me, status: 'invisible' } });
	noteReached('20', '2', 4);
	await vi.advanceTimersByTimeAsync(20_000);
	expect(asked.length).toBe(1);
});

test('after a new connection only what is on screen is read', async () => {
	lookAtReceipts('20')();
	const away = lookAtReceipts('21');
	await vi.advanceTimersByTimeAsync(1000);
	expect(Object.keys(chat().receipts)).toEqual(['20', '21']);
	asked.length = 0;
	readShownReceipts();
	await vi.advanceTimersByTimeAsync(1000);
	expect([asked, Object.keys(chat().receipts)]).toEqual([['GET /21/receipts'], ['21']]);
	away();
});
