import { describe, expect, test } from 'vitest';
import type { Action } from '../src/store/merge';
import type { Pending, State } from '../src/store/types';
import {
	boot,
	channel,
	created,
	event,
	latest,
	me,
	message,
	other,
	play,
	range,
	seqs,
	started,
} from './make';

const opened: Action = { kind: 'window-reset', channelId: '10' };
const pending = (nonce: string, over: Partial<Pending> = {}): Pending => ({
	nonce,
	userId: '1',
	channelId: '10',
	content: 'hi',
	replyTo: null,
	createdAt: 0,
	firstFailure: 0,
	attempts: 0,
	state: 'queued',
	reason: null,
	...over,
});
const page = (kind: 'before' | 'after' | 'around', from: number, to: number): Action => ({
	kind: 'page',
	channelId: '10',
	page: kind,
	items: range(from, to).map((n) => message(n)),
});
const reading = (s: State): State => play(s, { kind: 'at-end', channelId: '10', atEnd: false });

describe('events', () => {
	test('a repeated event changes nothing', () => {
		const s = play(started(), opened, latest(1, 3), created(4));
		expect(play(s, created(4))).toBe(s);
	});

	test('events older than the bootstrap change nothing', () => {
		const s = started({ rev: 8, last_seq: 8 });
		expect(play(s, created(8))).toBe(s);
	});

	test('a missed event is noted as a gap, once, and the event still counts', () => {
		const s = play(started({ rev: 3, last_seq: 3 }), opened, latest(1, 3), created(6), created(8));
		expect(s.gaps).toEqual(['channel:10']);
		expect(s.channels['10']?.last_seq).toBe(8);
		expect(play(s, { kind: 'healed', stream: 'channel:10' }).gaps).toEqual([]);
	});

	test('an event that arrives before its page stays, once', () => {
		const s = play(started({ rev: 3, last_seq: 3 }), opened, created(4), latest(1, 3));
		expect(seqs(s)).toEqual([1, 2, 3, 4]);
		expect(seqs(play(s, latest(1, 4)))).toEqual([1, 2, 3, 4]);
	});

	test('a page read before an edit does not undo it', () => {
		const edited = message(2, { content: 'new', rev: 9 });
		const s = play(
			started(),
			opened,
			latest(1, 3),
			event('message.updated', 9, edited),
			latest(1, 3),
		);
		expect(s.messages['10']?.['1002']?.content).toBe('new');
	});

	test('every order of the same events and pages ends in the same picture', () => {
		const actions = [created(4), latest(1, 4), created(5, { rev: 5 }), latest(1, 5)];
		const orders = actions.flatMap((a, i) =>
			actions
				.filter((_, j) => j !== i)
				.map((b) => [a, b, ...actions.filter((x) => x !== a && x !== b)]),
		);
		for (const order of orders) {
			const s = play(started({ rev: 3, last_seq: 3 }), opened, ...order);
			// Event 4 after event 5 would be out of stream order; then the page brings it.
			expect(seqs(s)).toEqual([1, 2, 3, 4, 5]);
		}
	});

	test('data of another shape asks for a new bootstrap instead of breaking', () => {
		expect(play(started(), event('message.created', 1, { nonsense: true })).stale).toBe(true);
		expect(play(started(), event('thing.unheard', 1, 42)).stale).toBe(false);
	});

	test('a deletion leaves a tombstone and takes its mention away', () => {
		const s = play(started(), opened, latest(1, 1), created(2, { mentions: ['1'] }));
		expect(s.reads['10']?.mention_count).toBe(1);
		const gone = play(
			s,
			event('message.deleted', 3, { ...message(2), deleted: true, content: '' }),
		);
		expect(gone.messages['10']?.['1002']).toMatchObject({ deleted: true, content: '' });
		expect(gone.reads['10']?.mention_count).toBe(0);
		expect(seqs(gone)).toEqual([1, 2]);
	});

	test('revoke forgets everything of the stream', () => {
		const s = play(started(), opened, latest(1, 3), { kind: 'revoke', stream: 'channel:10' });
		expect([s.channels['10'], s.windows['10'], s.messages['10'], s.revs['channel:10']]).toEqual(
			Array(4).fill(undefined),
		);
		// After a time away a server is called a channel too.
		for (const stream of ['server:5', 'channel:5']) {
			const server = play(started(), { kind: 'revoke', stream });
			expect([server.servers['5'], server.channels['10']]).toEqual([undefined, undefined]);
		}
	});

	test('a server joined and left comes and goes with its channels', () => {
		const joined = {
			...boot().servers[0],
			id: '6',
			channels: [channel({ id: '60', server_id: '6' })],
		};
		const user = { stream: 'user:1' };
		const s = play(started(), event('server.joined', 1, joined, user));
		expect(s.channels['60']?.server_id).toBe('6');
		const left = play(s, event('server.left', 2, { server_id: '6' }, user));
		expect([left.servers['6'], left.channels['60']]).toEqual([undefined, undefined]);
	});

	test('being removed drops the server, others leaving only counts', () => {
		const server = { stream: 'server:5' };
		const s = play(started(), event('member.left', 1, { server_id: '5', user_id: '2' }, server));
		expect(s.servers['5']?.member_count).toBe(1);
		expect(
			play(s, event('member.left', 2, { server_id: '5', user_id: '1' }, server)).servers['5'],
		).toBe(undefined);
	});

	test('typing ends by itself and with the message', () => {
		const typing = event('typing.started', 0, { channel_id: '10', user: other });
		const s = play(started(), typing);
		expect(s.typing['10']).toEqual({ '2': 8000 });
		expect(play(s, { kind: 'typing-ends', now: 8000 }).typing['10']).toEqual({});
		expect(play(s, created(1)).typing['10']).toEqual({});
	});

	test('typing that was told before the message, and comes after it, is over', () => {
		const { created_at } = message(1);
		const told = (at: string) =>
			event('typing.started', 0, { channel_id: '10', user: other }, { at });
		const s = play(started(), opened, latest(1, 1));
		const before = new Date(Date.parse(created_at) - 100).toISOString();
		const after = new Date(Date.parse(created_at) + 100).toISOString();
		expect(play(s, told(before)).typing['10']?.['2']).toBe(undefined);
		expect(play(s, told(after)).typing['10']).toEqual({ '2': 8000 });
	});
});

describe('messages that have had their time', () => {
	const gone = (before_seq: number): Action =>
		event('messages.expired', 6, { channel_id: '10', before_seq });

	test('are forgotten, and nothing older is asked for', () => {
		const s = play(started({ last_seq: 9 }), opened, latest(4, 9), gone(7));
		expect(seqs(s)).toEqual([7, 8, 9]);
		expect(Object.keys(s.messages['10'] ?? {})).toHaveLength(3);
		expect(s.windows['10']?.hasOlder).toBe(false);
		expect(s.stale).toBe(false);
	});

	test('change nothing where none of them is known', () => {
		const s = play(started({ last_seq: 9 }), opened, latest(7, 9));
		const next = play(s, gone(7));
		expect(next.messages).toBe(s.messages);
		expect(next.windows['10']?.hasOlder).toBe(true);
	});

	test('may have mentioned me: that is read anew', () => {
		const read_states = [{ channel_id: '10', read_seq: 2, mention_count: 1 }];
		expect(play(started({ last_seq: 9 }, { read_states }), gone(3)).stale).toBe(false);
		expect(play(started({ last_seq: 9 }, { read_states }), gone(5)).stale).toBe(true);
	});
});

describe('unread', () => {
	test('others raise it, I do not, reading clears it and never goes back', () => {
		const s = play(started({ last_seq: 3, rev: 3 }), created(4));
		expect(s.channels['10']?.last_seq).toBe(4);
		expect(s.reads['10']?.read_seq ?? 0).toBe(0);
		const mine = play(s, created(5, { author: me }));
		expect(mine.reads['10']?.read_seq).toBe(5);
		const back = event(
			'read.updated',
			1,
			{ channel_id: '10', read_seq: 2, mention_count: 0 },
			{ stream: 'user:1' },
		);
		expect(play(mine, back).reads['10']?.read_seq).toBe(5);
	});

	test('a bootstrap older than what is known does not go back', () => {
		const s = play(started({ last_seq: 3, rev: 3 }), created(4), {
			kind: 'read',
			channelId: '10',
			seq: 4,
		});
		const again = play(s, {
			kind: 'bootstrap',
			data: boot(
				{ read_states: [{ channel_id: '10', read_seq: 3, mention_count: 1 }] },
				{ last_seq: 3, rev: 3 },
			),
		});
		expect(again.channels['10']?.last_seq).toBe(4);
		expect(again.reads['10']?.read_seq).toBe(4);
		expect(again.revs['channel:10']).toBe(4);
	});

	test('nor with a server, and the next one is asked for', () => {
		const changed = { id: '5', name: 'Workshop', owner_id: '2', rev: 1 };
		const s = play(started(), event('server.updated', 1, changed, { stream: 'server:5' }));
		expect(s.servers['5']?.owner_id).toBe('2');
		const older = play(s, { kind: 'bootstrap', data: boot() });
		expect(older.servers['5']?.owner_id).toBe('2');
		expect(older.stale).toBe(true);
		const data = boot();
		const next = play(older, {
			kind: 'bootstrap',
			data: { ...data, servers: data.servers.map((x) => ({ ...x, owner_id: '3', rev: 1 })) },
		});
		expect(next.servers['5']?.owner_id).toBe('3');
		expect(next.stale).toBe(false);
	});
});

describe('own messages', () => {
	const waiting = play(started(), opened, latest(1, 3), { kind: 'pending', entry: pending('n1') });
	const mine = message(4, { author: me, nonce: 'n1' });

	test('answer first, then event: one row', () => {
		const s = play(waiting, { kind: 'message', message: mine }, event('message.created', 4, mine));
		expect(seqs(s)).toEqual([1, 2, 3, 4]);
		expect(s.pending['10']).toEqual([]);
	});

	test('event first, then answer: one row', () => {
		const s = play(waiting, event('message.created', 4, mine), { kind: 'message', message: mine });
		expect(seqs(s)).toEqual([1, 2, 3, 4]);
		expect(s.pending['10']).toEqual([]);
	});

	test("somebody else's nonce takes nothing of mine", () => {
		const s = play(waiting, created(4, { nonce: 'n1' }));
		expect(s.pending['10']).toHaveLength(1);
	});

	test('an optimistic edit gives way to the newer version', () => {
		const s = play(
			started(),
			opened,
			latest(1, 3),
			{ kind: 'edited', channelId: '10', id: '1002', content: 'draft' },
			event('message.updated', 7, message(2, { content: 'theirs', rev: 7 })),
		);
		expect(s.messages['10']?.['1002']?.content).toBe('theirs');
	});
});

describe('the window', () => {
	const long = play(started({ last_seq: 400, rev: 400 }), opened, latest(301, 400));

	test('never holds more than 300 rows, dropping the far side', () => {
		const s = play(
			reading(long),
			page('before', 201, 300),
			page('before', 101, 200),
			page('before', 51, 100),
		);
		expect(seqs(s)).toEqual(range(51, 350));
		expect(s.windows['10']).toMatchObject({ hasNewer: true, hasOlder: true });
	});

	test('does not insert what arrives while its end is not loaded', () => {
		const s = play(reading(long), page('before', 51, 300), created(401));
		expect(seqs(s)).toEqual(range(51, 350));
		const more = play(s, page('after', 351, 401));
		expect(seqs(more).at(-1)).toBe(401);
		expect(more.windows['10']).toMatchObject({ hasNewer: false, hasOlder: true });
		expect(seqs(more)).toHaveLength(300);
	});

	test('drops from the top only while the reader is at the end', () => {
		const full = play(long, page('before', 101, 300));
		const atEnd = play(full, created(401));
		expect(seqs(atEnd)).toEqual(range(102, 401));
		const up = play(reading(full), created(401));
		expect(seqs(up)).toEqual(range(101, 400));
		expect(up.windows['10']?.hasNewer).toBe(true);
	});

	test('a jump makes a new run, the present another', () => {
		const s = play(long, page('around', 20, 60));
		expect(seqs(s)).toEqual(range(20, 60));
		expect(s.windows['10']).toMatchObject({ hasOlder: true, hasNewer: true });
		const back = play(s, latest(351, 400));
		expect(seqs(back)).toEqual(range(351, 400));
		expect(back.windows['10']?.epoch).toBeGreaterThan(s.windows['10']?.epoch ?? 0);
	});

	test('a reload that no longer touches the old run replaces it', () => {
		const s = play(long, latest(501, 550));
		expect(seqs(s)).toEqual(range(501, 550));
		expect(s.windows['10']?.hasOlder).toBe(true);
	});

	test('knows the beginning', () => {
		const s = play(long, page('before', 251, 300), page('before', 201, 250));
		expect(s.windows['10']?.hasOlder).toBe(true);
		const all = play(started({ last_seq: 20 }), opened, latest(1, 20));
		expect(all.windows['10']).toMatchObject({ hasOlder: false, hasNewer: false, loaded: true });
	});

	test('an empty channel is loaded and has nothing on either side', () => {
		const s = play(started(), opened, {
			kind: 'page',
			channelId: '10',
			page: 'latest',
			items: [],
		});
		expect(s.windows['10']).toMatchObject({
			ids: [],
			hasOlder: false,
			hasNewer: false,
			loaded: true,
		});
	});

	test('leaving keeps the last fifty rows', () => {
		const s = play(long, { kind: 'left', channelId: '10' });
		expect(seqs(s)).toEqual(range(351, 400));
		expect(s.windows['10']?.hasOlder).toBe(true);
		expect(Object.keys(s.messages['10'] ?? {})).toHaveLength(50);
	});

	test('an unopened channel keeps no messages, only its counters', () => {
		const s = play(started(), ...range(1, 50).map((n) => created(n)));
		expect(s.messages['10']).toBe(undefined);
		expect(s.channels['10']?.last_seq).toBe(50);
	});
});

test('a bootstrap read between a message and its event does not swallow the event', () => {
	const s = play(started({}, {}), { kind: 'window-reset', channelId: '10' }, latest(1, 3));
	const at3 = play(s, { kind: 'position', stream: 'channel:10', rev: 3 });
	const read = play(at3, { kind: 'bootstrap', data: boot({}, { rev: 4, last_seq: 4 }) });
	expect(seqs(play(read, created(4)))).toEqual([1, 2, 3, 4]);
});
