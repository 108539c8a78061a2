import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connection } from '../src/stream/connection';
import type { OpenTabs, TabMessage } from '../src/stream/tabs';
import type { Handlers } from '../src/stream/transport';

/** Tabs of one browser in one place: who leads, who waits, and what they tell each other. */
class Browser {
	tabs: { receive: (m: TabMessage) => void; begin?: () => void; lost?: () => void }[] = [];
	leader: object | null = null;
	deaf = new Set<object>();

	readonly open: OpenTabs = (_user, receive) => {
		const me: (typeof this.tabs)[number] = { receive };
		this.tabs.push(me);
		const grant = () => {
			const next = this.tabs.find((x) => x.begin);
			if (this.leader || !next) return;
			this.leader = next;
			next.begin?.();
		};
		return {
			shared: true,
			send: (m) => {
				if (this.deaf.has(me)) return;
				for (const x of this.tabs) if (x !== me && !this.deaf.has(x)) x.receive(m);
			},
			lead: (begin, lost) => {
				Object.assign(me, { begin, lost });
				grant();
			},
			rob: () => {
				const old = this.leader as typeof me;
				this.leader = me;
				old.lost?.();
				me.begin?.();
			},
			close: () => {
				this.tabs = this.tabs.filter((x) => x !== me);
				if (this.leader !== me) return;
				this.leader = null;
				grant();
			},
		};
	};
}

let browser: Browser;
let open: { h: Handlers; since: string | null; closed: boolean }[];
const all: Connection[] = [];

function tab() {
	const seen: string[] = [];
	const health: string[] = [];
	const said: string[] = [];
	let rereads = 0;
	const connection = new Connection(
		'1',
		{
			rungs: () => [
				{
					name: 'socket',
					open: (since, h) => {
						const entry = { h, since, closed: false };
						open.push(entry);
						return {
							close: () => {
								entry.closed = true;
							},
							say: (what) => said.push(JSON.stringify(what)) > 0,
						};
					},
				},
			],
			probe: async () => 'ok',
			refresh: async () => 'ok',
			frame: (f) => void seen.push(f.kind === 'event' ? f.event.type : f.kind),
			health: (h) => void health.push(h),
			signedOut: () => {},
			message: () => {},
			reread: () => void rereads++,
		},
		browser.open,
	);
	all.push(connection);
	return { connection, seen, health, said, rereads: () => rereads };
}

const last = () => {
	const entry = open.at(-1);
	if (!entry) throw new Error('nothing opened');
	return entry;
};
const hello = (cursor: string) =>
	last().h.incoming({ kind: 'hello', cursor, heartbeat: 25, reset: [] });
const event = (type: string) =>
	last().h.incoming({ kind: 'event', event: { type, stream: 'channel:1', rev: 1, data: null } });

beforeEach(() => {
	vi.useFakeTimers();
	browser = new Browser();
	open = [];
});
afterEach(() => {
	for (const c of all.splice(0)) c.close();
	vi.useRealTimers();
});

describe('one connection for all tabs', () => {
	test('one leads, all hear, and the next goes on where it was', () => {
		const [a, b] = [tab(), tab()];
		a.connection.start('c0');
		b.connection.start('c0');
		expect(open).toHaveLength(1);
		hello('c1');
		event('x');
		last().h.incoming({ kind: 'hb', cursor: 'c2' });
		expect(a.seen).toEqual(['hello', 'x', 'hb']);
		expect(b.seen).toEqual(a.seen);
		expect(b.health.at(-1)).toBe('live');
		a.connection.close();
		expect(open).toHaveLength(2);
		expect(open[0]?.closed).toBe(true);
		expect(last().since).toBe('c2');
	});

	test('only the one that leads can say something', () => {
		const [a, b] = [tab(), tab()];
		a.connection.start('c0');
		b.connection.start('c0');
		hello('c1');
		expect([b.connection.say({}), a.connection.say({})]).toEqual([false, true]);
		a.connection.close();
		hello('c1');
		expect([b.connection.say({}), a.connection.say({})]).toEqual([true, false]);
		expect([a.said, b.said, b.connection.rung]).toEqual([['{}'], ['{}'], 'socket']);
	});

	test('what is heard before the bootstrap waits for it', () => {
		const a = tab();
		a.connection.start('c0');
		hello('c1');
		const b = tab();
		event('early');
		expect(b.seen).toEqual([]);
		b.connection.start('c1');
		expect(b.seen).toEqual(['early']);
	});

	test('a leader that answers is let be, however quiet', () => {
		const [a, b] = [tab(), tab()];
		a.connection.start('c0');
		b.connection.start('c0');
		hello('c1');
		for (let i = 0; i < 20; i++) {
			vi.advanceTimersByTime(10_000);
			last().h.byte();
		}
		expect(open).toHaveLength(1);
	});

	test('one that does not answer is robbed, and knows it when it wakes', () => {
		const [a, b] = [tab(), tab()];
		a.connection.start('c0');
		b.connection.start('c0');
		hello('c1');
		browser.deaf.add(browser.leader as object);
		for (let i = 0; i < 60 && open.length < 2; i++) {
			vi.advanceTimersByTime(1000);
			open[0]?.h.byte();
		}
		expect(open).toHaveLength(2);
		expect(open[0]?.closed).toBe(true);
		expect(last().since).toBe('c1');
		hello('c2');
		expect(b.health.at(-1)).toBe('live');
		browser.deaf.clear();
		event('y');
		expect(a.seen.at(-1)).toBe('y');
	});

	test('a page that is put away gives up the lead, and reads anew when it is back', () => {
		const [a, b] = [tab(), tab()];
		a.connection.start('c0');
		hello('c1');
		b.connection.start('c0');
		// There is one window in this test: both hear it.
		window.dispatchEvent(new Event('pagehide'));
		expect(open[0]?.closed).toBe(true);
		window.dispatchEvent(new Event('pageshow'));
		expect([a.rereads(), b.rereads()]).toEqual([1, 1]);
		expect(open.filter((o) => !o.closed)).toHaveLength(1);
		expect(last().since).toBe('c1');
	});

	test('closed means closed', () => {
		const a = tab();
		a.connection.start('c0');
		a.connection.close();
		window.dispatchEvent(new Event('pagehide'));
		window.dispatchEvent(new Event('pageshow'));
		vi.advanceTimersByTime(600_000);
		expect(open).toHaveLength(1);
		expect(a.rereads()).toBe(0);
	});
});
