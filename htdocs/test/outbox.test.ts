import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../src/api/problem';
import type { Message } from '../src/api/schema';
import { backOff, GIVE_UP_MS, Outbox, type OutboxPorts } from '../src/store/outbox';
import type { Pending } from '../src/store/types';
import { message } from './make';

/** A server that keeps what it is given, and a clock that moves only when told. */
class World {
	disk = new Map<string, Pending>();
	now = 1000;
	timers: { at: number; work: () => void }[] = [];
	states: string[] = [];
	delivered: string[] = [];
	posts: { channel: string; nonce: string; content: string }[] = [];
	stored = new Map<string, Message>();
	answers: (Error | 'lost' | 202)[] = [];

	ports(): OutboxPorts {
		return {
			all: async () => [...this.disk.values()],
			put: async (e) => void this.disk.set(e.nonce, e),
			remove: async (n) => void this.disk.delete(n),
			exclusive: (work) => work(),
			now: () => this.now,
			later: (ms, work) => void this.timers.push({ at: this.now + ms, work }),
			changed: (e) => void this.states.push(`${e.content}:${e.state}`),
			delivered: (e) => void this.delivered.push(e.content),
			post: async (channel, { nonce, content }) => {
				this.posts.push({ channel, nonce, content });
				const answer = this.answers.shift();
				if (answer === 202) return { status: 202, data: { nonce } };
				if (answer instanceof Error) throw answer;
				const known = this.stored.get(nonce) ?? message(this.stored.size + 1, { content, nonce });
				this.stored.set(nonce, known);
				if (answer === 'lost') throw new ApiError('network', 0, 'network');
				return { status: 201, data: known };
			},
		};
	}

	async pass(ms: number): Promise<void> {
		this.now += ms;
		const due = this.timers.filter((t) => t.at <= this.now);
		this.timers = this.timers.filter((t) => t.at > this.now);
		for (const t of due) t.work();
		await settle();
	}
}

const settle = async () => {
	for (let i = 0; i < 50; i++) await Promise.resolve();
};

let at = 0;
const entry = (content: string, over: Partial<Pending> = {}): Pending => ({
	nonce: `n-${content}`,
	userId: '1',
	channelId: '10',
	content,
	replyTo: null,
	createdAt: ++at,
	firstFailure: 0,
	attempts: 0,
	state: 'queued',
	reason: null,
	...over,
});

const network = new ApiError('network', 0, 'network');
const busy = new ApiError('busy', 503, 'unavailable');
const refused = new ApiError('final', 403, 'forbidden');

let w: World;
let box: Outbox;
beforeEach(() => {
	w = new World();
	box = new Outbox('1', w.ports());
});

describe('outbox', () => {
	test('is on disk before the first attempt and gone after the answer', async () => {
		const adding = box.add(entry('a'));
		expect(w.states).toEqual(['a:queued']);
		await adding;
		expect(w.states).toEqual(['a:queued', 'a:sending']);
		expect(w.delivered).toEqual(['a']);
		expect(w.disk.size).toBe(0);
	});

	test('a lost answer ends in one message', async () => {
		w.answers = ['lost'];
		await box.add(entry('a'));
		expect(w.disk.get('n-a')?.state).toBe('waiting');
		await w.pass(backOff(1));
		expect(w.posts.map((p) => p.nonce)).toEqual(['n-a', 'n-a']);
		expect(w.stored.size).toBe(1);
		expect(w.delivered).toEqual(['a']);
	});

	test('keeps the order of a channel while its first entry waits, not that of others', async () => {
		w.answers = [network];
		await box.add(entry('a'));
		await box.add(entry('b'));
		await box.add(entry('x', { channelId: '11' }));
		expect(w.delivered).toEqual(['x']);
		await w.pass(1000);
		expect(w.delivered).toEqual(['x', 'a', 'b']);
	});

	test('a refusal is final, says why, and lets the next go', async () => {
		w.answers = [refused];
		await box.add(entry('a'));
		await box.add(entry('b'));
		expect(w.disk.get('n-a')).toMatchObject({ state: 'failed', reason: 'forbidden' });
		expect(w.delivered).toEqual(['b']);
		await w.pass(600_000);
		expect(w.posts).toHaveLength(2);
	});

	test('retry sends a refused one again under its nonce', async () => {
		w.answers = [refused];
		await box.add(entry('a'));
		await box.retry('n-a');
		expect(w.delivered).toEqual(['a']);
		expect(new Set(w.posts.map((p) => p.nonce))).toEqual(new Set(['n-a']));
	});

	test('waits 1, 2, 4 … 30 seconds', () => {
		expect([1, 2, 3, 4, 5, 6, 20].map(backOff)).toEqual([
			1000, 2000, 4000, 8000, 16000, 30000, 30000,
		]);
	});

	test('honours Retry-After', async () => {
		w.answers = [new ApiError('busy', 429, 'rate_limited', 7)];
		await box.add(entry('a'));
		await w.pass(6900);
		expect(w.posts).toHaveLength(1);
		await w.pass(200);
		expect(w.delivered).toEqual(['a']);
	});

	test('in slow mode waits a little by itself, and leaves a long wait to whoever wrote', async () => {
		w.answers = [new ApiError('busy', 429, 'slow_mode', 20)];
		await box.add(entry('a'));
		expect(w.disk.get('n-a')).toMatchObject({ state: 'waiting', reason: 'slow_mode' });
		await w.pass(20_100);
		expect(w.delivered).toEqual(['a']);
		w.answers = [new ApiError('busy', 429, 'slow_mode', 900)];
		await box.add(entry('b'));
		expect(w.disk.get('n-b')).toMatchObject({ state: 'failed', reason: 'slow_mode' });
		const left = (w.disk.get('n-b')?.retryAt ?? 0) - Date.now();
		expect(Math.abs(left - 900_000)).toBeLessThan(5000);
	});

	test('gives up after two minutes of a server that cannot', async () => {
		w.answers = Array(50).fill(busy);
		await box.add(entry('a'));
		for (let t = 0; t <= GIVE_UP_MS + 31_000; t += 1000) await w.pass(1000);
		expect(w.disk.get('n-a')).toMatchObject({ state: 'failed', reason: 'unavailable' });
	});

	test('without network waits for ever, and goes at once when woken', async () => {
		w.answers = Array(40).fill(network);
		await box.add(entry('a'));
		for (let t = 0; t < 600; t++) await w.pass(1000);
		expect(w.disk.get('n-a')?.state).toBe('waiting');
		w.answers = [];
		await box.wake();
		await settle();
		expect(w.delivered).toEqual(['a']);
	});

	test('a signed-out session keeps the message for the next one', async () => {
		w.answers = [new ApiError('signed-out', 401, 'session_ended')];
		await box.add(entry('a'));
		expect(w.disk.get('n-a')?.state).toBe('waiting');
		await box.wake();
		expect(w.delivered).toEqual(['a']);
	});

	test('after a reload what was under way is sent again', async () => {
		w.disk.set('n-a', entry('a', { state: 'sending', attempts: 1 }));
		w.disk.set('n-f', entry('f', { state: 'failed', reason: 'forbidden' }));
		await box.restore();
		await settle();
		expect(w.states.slice(0, 2)).toEqual(['a:sending', 'f:failed']);
		expect(w.delivered).toEqual(['a']);
		expect(w.disk.has('n-f')).toBe(true);
	});

	test('202 is no delivery: it asks again until the message is there', async () => {
		w.answers = [202];
		await box.add(entry('a'));
		expect(w.delivered).toEqual([]);
		await w.pass(5000);
		expect(w.delivered).toEqual(['a']);
	});
});
