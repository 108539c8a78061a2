import { beforeEach, describe, expect, test } from 'vitest';
import { Ladder, type LadderPorts } from '../src/stream/ladder';
import { comeback, isSilent, jitter, pollDelay, STEP_UP_MS } from '../src/stream/policy';
import type { Handlers, Rung } from '../src/stream/transport';
import { frame } from '../src/stream/wire';

class Net {
	now = 0;
	timers = new Map<number, { at: number; work: () => void }>();
	next = 1;
	opens: { rung: Rung; since: string | null; h: Handlers; closed: boolean }[] = [];
	frames: string[] = [];
	said: string[] = [];
	health: string[] = [];
	out = 0;
	probes = 0;
	refreshes = 0;
	answer: 'ok' | 'signed-out' | 'unreachable' = 'ok';

	ports(): LadderPorts {
		const rungs: Rung[] = ['socket', 'sse', 'long-poll', 'poll'];
		return {
			rungs: rungs.map((name) => ({
				name,
				open: (since, h) => {
					const entry = { rung: name, since, h, closed: false };
					this.opens.push(entry);
					return {
						close: () => {
							entry.closed = true;
						},
						say: (what) => name === 'socket' && this.said.push(JSON.stringify(what)) > 0,
					};
				},
			})),
			probe: async () => {
				this.probes++;
				return this.answer;
			},
			refresh: async () => {
				this.refreshes++;
				return this.answer;
			},
			incoming: (f) => void this.frames.push(f.kind),
			health: (h) => {
				if (this.health.at(-1) !== h) this.health.push(h);
			},
			signedOut: () => void this.out++,
			now: () => this.now,
			random: () => 1,
			setTimer: (ms, work) => {
				this.timers.set(this.next, { at: this.now + ms, work });
				return this.next++;
			},
			clearTimer: (id) => void this.timers.delete(id),
		};
	}

	get last() {
		const l = this.opens.at(-1);
		if (!l) throw new Error('nothing opened');
		return l;
	}

	hello(cursor = 'c1'): void {
		this.last.h.byte();
		this.last.h.incoming({ kind: 'hello', cursor, heartbeat: 25, reset: [] });
	}

	async pass(ms: number): Promise<void> {
		const end = this.now + ms;
		for (;;) {
			const due = [...this.timers.entries()]
				.filter(([, t]) => t.at <= end)
				.sort((a, b) => a[1].at - b[1].at)[0];
			if (!due) break;
			this.timers.delete(due[0]);
			this.now = Math.max(this.now, due[1].at);
			due[1].work();
			for (let i = 0; i < 10; i++) await Promise.resolve();
		}
		this.now = Math.max(this.now, end);
		for (let i = 0; i < 10; i++) await Promise.resolve();
	}

	async fail(code = 1006, retry = 0): Promise<void> {
		this.last.h.end(code, retry);
		await this.pass(0);
	}
}

let net: Net;
let ladder: Ladder;
beforeEach(() => {
	net = new Net();
	ladder = new Ladder(net.ports(), 'c0');
	ladder.start();
});

describe('ladder', () => {
	test('starts at the bootstrap cursor and goes on from the last checkpoint', async () => {
		expect(net.last).toMatchObject({ rung: 'socket', since: 'c0' });
		net.hello('c1');
		net.last.h.incoming({ kind: 'hb', cursor: 'c2' });
		await net.fail(4000);
		await net.pass(3000);
		expect(net.last).toMatchObject({ rung: 'socket', since: 'c2' });
		expect(net.probes).toBe(0);
	});

	test('says something only where somebody has said hello and can hear', async () => {
		const say = (n: number) => ladder.say({ n });
		expect(say(1)).toBe(false);
		net.hello();
		expect(say(2)).toBe(true);
		await net.fail();
		expect(say(3)).toBe(false);
		await net.pass(5000);
		await net.fail();
		await net.pass(5000);
		net.hello();
		expect([net.last.rung, say(4), net.said]).toEqual(['sse', false, ['{"n":2}']]);
	});

	test('two failures with an answering server move one rung down, each in turn', async () => {
		for (const rung of ['socket', 'sse', 'long-poll', 'poll']) {
			expect(net.last.rung).toBe(rung);
			await net.fail();
			await net.pass(5000);
			expect(net.last.rung).toBe(rung);
			await net.fail();
			await net.pass(5000);
		}
		expect(net.last.rung).toBe('socket');
	});

	test('a server that cannot be reached says nothing against the transport', async () => {
		net.answer = 'unreachable';
		for (let i = 0; i < 8; i++) {
			await net.fail();
			await net.pass(40_000);
		}
		expect(net.last.rung).toBe('socket');
		expect(net.health).toContain('offline');
	});

	test("says live on a stream, delayed on polling, and by the server's own word", async () => {
		net.hello();
		net.last.h.incoming({ kind: 'state', live: false });
		net.last.h.incoming({ kind: 'state', live: true });
		expect(net.health).toEqual(['connecting', 'live', 'delayed', 'live']);
	});

	const fall = async () => {
		for (let i = 0; i < 2; i++) {
			await net.fail();
			await net.pass(5000);
		}
	};

	test('climbs beside the connection that works, which goes only when the higher one greets', async () => {
		await fall();
		expect(net.last.rung).toBe('sse');
		const low = net.last;
		net.hello('c2');
		await net.pass(STEP_UP_MS * 1.3);
		low.h.incoming({ kind: 'hb', cursor: 'c3' });
		expect(net.last).toMatchObject({ rung: 'socket', since: 'c3' });
		expect(low.closed).toBe(false);
		low.h.incoming({ kind: 'hb', cursor: 'c4' });
		net.hello('c5');
		expect(low.closed).toBe(true);
		low.h.incoming({ kind: 'hb', cursor: 'stale' });
		await net.fail(4001);
		await net.pass(3000);
		expect(net.last).toMatchObject({ rung: 'socket', since: 'c5' });
		expect(net.health.filter((h) => h === 'connecting')).toHaveLength(2);
	});

	test('a higher rung that fails costs nothing, and is tried ever more rarely', async () => {
		await fall();
		const low = net.last;
		net.hello();
		net.health.length = 0;
		const tries: number[] = [];
		for (let t = 0; t < 1800; t += 25) {
			await net.pass(25_000);
			low.h.byte();
			low.h.incoming({ kind: 'hb', cursor: 'c' });
			if (net.last.rung === 'socket' && !net.last.closed) {
				tries.push(t);
				net.last.h.end(1006, 0);
				expect(net.last.closed).toBe(true);
			}
		}
		expect(low.closed).toBe(false);
		expect(net.health).toEqual([]);
		expect(tries.length).toBeGreaterThan(4);
		expect(tries.length).toBeLessThan(12);
	});

	test('from the lowest rung the higher ones are tried in turn', async () => {
		for (let i = 0; i < 3; i++) await fall();
		expect(net.last.rung).toBe('poll');
		const low = net.last;
		net.hello();
		await net.pass(STEP_UP_MS * 1.3);
		low.h.byte();
		low.h.incoming({ kind: 'hb', cursor: null });
		for (const rung of ['socket', 'sse']) {
			expect(net.last.rung).toBe(rung);
			net.last.h.end(1006, 0);
		}
		expect(net.last.rung).toBe('long-poll');
		net.hello();
		expect(low.closed).toBe(true);
		expect(net.health.at(-1)).toBe('delayed');
	});

	test('what greets and breaks at once is no way either', async () => {
		for (let i = 0; i < 2; i++) {
			net.hello();
			await net.pass(1000);
			await net.fail();
			await net.pass(10_000);
		}
		expect(net.last.rung).toBe('sse');
	});

	test('a goodbye instead of a hello, as a web server sends for a daemon that is away, counts', async () => {
		for (let i = 0; i < 2; i++) {
			await net.fail(4000, 1000);
			await net.pass(10_000);
		}
		expect(net.last.rung).toBe('sse');
		expect(net.probes).toBe(2);
	});

	test('the browser may say that there is no network; what arrives says otherwise', () => {
		net.hello();
		ladder.unplugged();
		expect(net.health.at(-1)).toBe('offline');
		net.last.h.incoming({ kind: 'hb', cursor: 'c2' });
		expect(net.health.at(-1)).toBe('live');
	});

	test('timers that come late in a hidden page break nothing while heartbeats go on', async () => {
		net.hello();
		for (let i = 0; i < 10; i++) {
			net.now += 25_000;
			net.last.h.byte();
			net.now += 25_000;
			net.last.h.byte();
			net.now += 10_000;
			await net.pass(0);
		}
		expect(net.opens).toHaveLength(1);
	});

	test('after a short sleep it does not wait for silence to be long enough', async () => {
		net.hello();
		await net.pass(5000);
		net.now += 45_000;
		await net.pass(0);
		expect(net.opens).toHaveLength(2);
		expect(net.opens[0]?.closed).toBe(true);
	});

	test('an expired token is refreshed before it comes back, and is no failure', async () => {
		for (let i = 0; i < 4; i++) {
			net.hello();
			await net.pass(11_000);
			await net.fail(4100);
			await net.pass(3000);
		}
		expect(net.refreshes).toBe(4);
		expect(net.last.rung).toBe('socket');
	});

	test('an ended session asks for a sign-in and stops', async () => {
		net.hello();
		await net.fail(4401);
		await net.pass(600_000);
		expect(net.out).toBe(1);
		expect(net.opens).toHaveLength(1);
	});

	test('overload backs off for at least thirty seconds', async () => {
		await net.fail(4202);
		await net.pass(29_000);
		expect(net.opens).toHaveLength(1);
		await net.pass(5000);
		expect(net.opens).toHaveLength(2);
	});

	test('a silent connection is given up by time stamp, also after sleep', async () => {
		net.hello();
		net.now += 3_600_000;
		ladder.nudge();
		await net.pass(3000);
		expect(net.opens).toHaveLength(2);
		expect(net.opens[0]?.closed).toBe(true);
	});

	test('bytes keep it alive', async () => {
		net.hello();
		for (let i = 0; i < 20; i++) {
			await net.pass(20_000);
			net.last.h.byte();
		}
		expect(net.opens).toHaveLength(1);
	});

	test('no hello within ten seconds is a failure', async () => {
		await net.pass(10_000);
		expect(net.opens[0]?.closed).toBe(true);
		await net.pass(5000);
		expect(net.opens).toHaveLength(2);
	});

	test('the network coming back ends the waiting', async () => {
		net.answer = 'unreachable';
		await net.fail(1006, 20_000);
		expect(net.opens).toHaveLength(1);
		ladder.nudge();
		expect(net.opens).toHaveLength(2);
	});

	test('another network renews an open connection at once', () => {
		net.hello('c5');
		ladder.renew();
		expect(net.opens).toHaveLength(2);
		expect(net.opens[0]?.closed).toBe(true);
		expect(net.last.since).toBe('c5');
	});

	test('what comes from a connection already given up is not heard', async () => {
		net.hello();
		const old = net.last;
		await net.fail(4001);
		await net.pass(3000);
		net.hello();
		const heard = net.frames.length;
		old.h.incoming({ kind: 'hb', cursor: 'stale' });
		expect(net.frames).toHaveLength(heard);
	});

	test('stopped means stopped', async () => {
		net.hello();
		ladder.stop();
		await net.fail(4000);
		await net.pass(600_000);
		expect(net.opens).toHaveLength(1);
	});
});

describe('policy', () => {
	test('classes of codes', () => {
		expect(comeback(4002, 500)).toEqual({ do: 'retry', floor: 500 });
		expect(comeback(4101, 0)).toEqual({ do: 'refresh' });
		expect(comeback(4201, 5000)).toEqual({ do: 'back-off', floor: 30_000 });
		expect(comeback(4401, 0)).toEqual({ do: 'sign-in' });
		expect(comeback(4400, 0)).toEqual({ do: 'next' });
		expect(comeback(1006, 0)).toEqual({ do: 'retry', floor: 0 });
	});

	test('jitter is full and capped', () => {
		expect(jitter(1, () => 0)).toBe(0);
		expect(jitter(1, () => 1)).toBe(2000);
		expect(jitter(3, () => 1)).toBe(4000);
		expect(jitter(99, () => 1)).toBe(30_000);
	});

	test('silence is two and a half heartbeats', () => {
		expect(isSilent(0, 62_500, 25)).toBe(false);
		expect(isSilent(0, 62_501, 25)).toBe(true);
	});

	test('polling follows attention', () => {
		expect([
			pollDelay(true, true, () => 0.5),
			pollDelay(true, false, () => 0.5),
			pollDelay(false, false, () => 0),
		]).toEqual([2000, 5000, 24_000]);
	});
});

describe('wire', () => {
	test.each([
		null,
		1,
		'x',
		[],
		{},
		{ control: 'nonsense' },
		{ control: 'bye' },
		{ type: 1 },
		{ control: 'reset' },
	])('a frame it does not know is nothing: %j', (f) => expect(frame(f)).toBe(null));

	test('control frames carry their cursor', () => {
		expect(frame({ control: 'hb', cursor: 'x' })).toEqual({ kind: 'hb', cursor: 'x' });
		expect(
			frame({ control: 'hello', v: 1, heartbeat: 10, reset: ['channel:1'], cursor: 'y' }),
		).toEqual({
			kind: 'hello',
			cursor: 'y',
			heartbeat: 10,
			reset: ['channel:1'],
		});
	});
});
