import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Bootstrap } from '../src/api/schema';
import { Activity, IDLE_MS } from '../src/store/activity';
import type { Action } from '../src/store/merge';
import { knowsOthers, lastSeen, ownStatus } from '../src/store/presence';
import { KEPT_PEOPLE } from '../src/store/types';
import { DEBOUNCE_MS, REPEAT_MS, Watching } from '../src/store/watching';
import type { Rung } from '../src/stream/transport';
import { boot, event, play, range, started } from './make';

type Status = 'online' | 'idle' | 'dnd' | 'offline';
const at = '2026-11-22T06:20:00.000Z';
const person = (n: number): string => String(1_882_538_587_912_667_000n + BigInt(n));
const told = (user_id: string, status: Status, last_seen_at: string | null = null): Action =>
	event('presence.updated', 0, { user_id, status, last_seen_at }, { stream: `user:${user_id}` });

describe('who is there', () => {
	test('the bootstrap tells, then each event, and the last one counts', () => {
		const s = started({}, { presence: { '2': { status: 'online', last_seen_at: null } } });
		expect(s.presence['2']?.status).toBe('online');
		const next = play(s, told('2', 'idle'), told('2', 'offline', at));
		expect(next.presence['2']).toEqual({ status: 'offline', last_seen_at: at });
		expect(next.revs).toBe(s.revs);
	});

	test('what is told again changes nothing', () => {
		const s = play(started(), told('2', 'dnd'));
		expect(play(s, told('2', 'dnd')).presence).toBe(s.presence);
	});

	test('a bootstrap read later does not go behind what the stream has told', () => {
		const s = play(started(), told('2', 'dnd'));
		const data = boot({
			presence: {
				'2': { status: 'online', last_seen_at: null },
				'3': { status: 'idle', last_seen_at: null },
			},
		});
		const next = play(s, { kind: 'bootstrap', data }).presence;
		expect([next['2']?.status, next['3']?.status]).toEqual(['dnd', 'idle']);
	});

	test('an unknown word is not applied', () => {
		const s = started();
		expect(play(s, told('2', 'away' as Status)).presence).toEqual({});
		expect(Bootstrap.safeParse({ ...boot(), presence: undefined }).success).toBe(true);
	});

	test('is known while a stream tells, and not of a daemon that is away', () => {
		expect(knowsOthers(false, 'live', 'socket')).toBe(true);
		expect(knowsOthers(false, 'delayed', 'long-poll')).toBe(true);
		expect(knowsOthers(true, 'delayed', 'poll')).toBe(false);
		expect(knowsOthers(true, 'delayed', 'socket')).toBe(false);
		expect(knowsOthers(true, 'offline', 'socket')).toBe(false);
		for (const before of [true, false])
			expect(knowsOthers(before, 'connecting', 'socket')).toBe(before);
	});

	test('no more are kept than there is room for: the latest', () => {
		const s = play(started(), ...range(1, KEPT_PEOPLE + 20).map((n) => told(person(n), 'online')));
		const ids = Object.keys(
			play(s, told(person(21), 'idle'), told(person(999), 'online')).presence,
		);
		expect(ids).toHaveLength(KEPT_PEOPLE);
		expect(ids.slice(-2)).toEqual([person(21), person(999)]);
		expect(ids).not.toContain(person(22));
	});

	test('when somebody was here is of who is not, and for who shows his own', () => {
		const s = play(started(), told('2', 'offline', at), told('3', 'online', at));
		expect([lastSeen(s, '2'), lastSeen(s, '3'), lastSeen(s, '4')]).toEqual([at, null, null]);
		const hidden = { ...boot().me, show_last_seen: false };
		expect(lastSeen(play(s, { kind: 'me', me: hidden }), '2')).toBeNull();
	});

	test('what my devices are told without a number is a status, and nothing else', () => {
		const older = { ...boot().me, display_name: 'Before', status: 'dnd' as const };
		const s = play(started(), event('user.updated', 0, older, { stream: 'user:1' }));
		expect(s.me).toEqual({ ...boot().me, status: 'dnd' });
		expect(play(s, event('user.updated', 1, older, { stream: 'user:1' })).me).toEqual(older);
	});

	test('my own: what I chose before what I do', () => {
		expect(ownStatus({ status: 'online' }, true)).toBe('idle');
		expect(ownStatus({ status: 'dnd' }, true)).toBe('dnd');
		expect(ownStatus({ status: 'invisible' }, false)).toBe('invisible');
	});
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One tab with a connection, and what leaves it. */
class Wire {
	rung: Rung = 'socket';
	leader = true;
	open = true;
	frames: { op: string; user_ids?: string[]; status?: string }[] = [];
	requests: string[][] = [];
	asked: string[][] = [];
	shared: string[][] = [];
	idles = 0;
	renewed = 0;
	inputs = 0;
	idle: boolean[] = [];
	refuse = false;

	private readonly both = {
		leads: () => this.leader,
		rung: () => this.rung,
		say: (frame: object) => this.open && this.frames.push(frame as (typeof this.frames)[0]) > 0,
		now: Date.now,
	};
	private readonly answer = async (_noted: unknown) => {
		if (this.refuse) throw new Error('refused');
	};

	watching = () =>
		new Watching({
			...this.both,
			share: (ids) => void this.shared.push(ids),
			put: (ids) => this.answer(this.requests.push(ids)),
			ask: (ids) => this.answer(this.asked.push(ids)),
		});

	activity = () =>
		new Activity({
			...this.both,
			share: () => void this.inputs++,
			putIdle: () => this.answer(this.idles++),
			renew: () => void this.renewed++,
			changed: (idle) => void this.idle.push(idle),
		});
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('watching', () => {
	let net: Wire;
	let w: Watching;
	beforeEach(() => {
		net = new Wire();
		w = net.watching();
	});
	afterEach(() => w.close());
	const lists = () => net.frames.map((f) => f.user_ids);

	test('many that come on screen together are told once, and who leaves it is left out', async () => {
		const ends = ['7', '8', '9', '8'].map((id) => w.look(id));
		expect(net.frames).toEqual([]);
		await pass(DEBOUNCE_MS);
		ends[0]?.();
		ends[1]?.();
		await pass(DEBOUNCE_MS);
		expect(net.frames[0]).toEqual({ op: 'watch', user_ids: ['7', '8', '9'] });
		expect(lists()).toEqual([
			['7', '8', '9'],
			['8', '9'],
		]);
		w.look('9');
		await pass(10 * DEBOUNCE_MS);
		expect(net.frames).toHaveLength(2);
	});

	test('the tab that leads watches what is on the screen of any', async () => {
		w.look('7');
		w.heard('b', ['8', '7']);
		await pass(DEBOUNCE_MS);
		w.heard('b', []);
		await pass(DEBOUNCE_MS);
		expect(lists()).toEqual([['7', '8'], ['7']]);
	});

	test('one that does not lead only says what it shows', async () => {
		net.leader = false;
		w.look('7');
		await pass(DEBOUNCE_MS);
		expect([net.shared, net.frames]).toEqual([[['7']], []]);
		net.leader = true;
		w.greeted();
		expect(lists()).toEqual([['7']]);
	});

	test('a tab that is gone without a word is forgotten, one that repeats its list is not', async () => {
		const other = new Wire();
		other.leader = false;
		const b = other.watching();
		b.look('8');
		w.heard('c', ['9']);
		for (let i = 0; i < 5; i++) {
			await pass(REPEAT_MS);
			for (const ids of other.shared.splice(0)) w.heard('b', ids);
		}
		b.close();
		expect(lists()[0]).toContain('9');
		expect(lists().at(-1)).toEqual(['8']);
	});

	test('a new connection is told anew, at once', async () => {
		w.look('7');
		await pass(DEBOUNCE_MS);
		net.open = false;
		w.look('8');
		await pass(DEBOUNCE_MS);
		net.open = true;
		w.greeted();
		expect(lists()).toEqual([['7'], ['7', '8']]);
	});

	test('a frame holds as many as may be watched, and there is an end', async () => {
		for (const n of range(1, 300)) w.look(person(n));
		await pass(DEBOUNCE_MS);
		expect(JSON.stringify(net.frames[0]).length).toBeLessThanOrEqual(5120);
		expect([lists()[0]?.length, net.frames.length, net.requests.length]).toEqual([200, 1, 0]);
	});

	test('without a socket by a request, tried again when it failed', async () => {
		net.rung = 'sse';
		net.refuse = true;
		w.look('7');
		await pass(DEBOUNCE_MS);
		net.refuse = false;
		await pass(REPEAT_MS + DEBOUNCE_MS);
		await pass(REPEAT_MS + DEBOUNCE_MS);
		expect([net.frames, net.requests]).toEqual([[], [['7'], ['7']]]);
	});

	test('where nothing is told by itself, it is asked for again', async () => {
		net.rung = 'long-poll';
		const end = w.look('7');
		await pass(DEBOUNCE_MS);
		await pass(2 * REPEAT_MS);
		end();
		await pass(2 * REPEAT_MS);
		expect(net.asked).toEqual([['7'], ['7'], ['7']]);
	});
});

describe('idle', () => {
	let net: Wire;
	let a: Activity;
	beforeEach(() => {
		net = new Wire();
		a = net.activity();
	});
	afterEach(() => a.close());
	const words = () => net.frames.map((f) => f.status);

	test('after five minutes without input, and back with the first', async () => {
		await pass(IDLE_MS - 20_000);
		expect(words()).toEqual([]);
		await pass(30_000);
		expect([words(), a.idle]).toEqual([['idle'], true]);
		a.input();
		expect([words(), net.idle]).toEqual([
			['idle', 'online'],
			[true, false],
		]);
	});

	test('input in another tab counts, and mine is passed on now and then', async () => {
		for (let i = 0; i < 10; i++) {
			await pass(IDLE_MS / 2);
			a.heard();
		}
		expect(words()).toEqual([]);
		for (let i = 0; i < 100; i++) a.input();
		expect(net.inputs).toBe(1);
	});

	test('a new connection hears it again', async () => {
		await pass(IDLE_MS);
		a.greeted();
		expect(words()).toEqual(['idle', 'idle']);
		net.leader = false;
		a.greeted();
		expect(words()).toHaveLength(2);
	});

	test('without a socket: by a request, and back by a new stream, never by choosing', async () => {
		net.rung = 'sse';
		await pass(IDLE_MS);
		expect([net.idles, net.renewed]).toEqual([1, 0]);
		a.input();
		expect([net.idles, net.renewed, words()]).toEqual([1, 1, []]);
	});
});
