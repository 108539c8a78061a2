import { beforeEach, describe, expect, test } from 'vitest';
import { noteServerTime, serverNow } from '../src/lib/clock';
import { Permission } from '../src/lib/permissions';
import { paceOf, slowUntil } from '../src/store/slow';
import type { Pending, State } from '../src/store/types';
import { event, latest, me, message, play, started } from './make';

const at = Date.parse('2026-03-01T12:00:00Z');
const own = (seq: number, time = at) =>
	message(seq, { author: me, created_at: new Date(time).toISOString() });
const pending = (over: Partial<Pending>): Pending => ({
	nonce: 'n',
	userId: me.id,
	channelId: '10',
	content: 'x',
	replyTo: null,
	createdAt: 0,
	firstFailure: 0,
	attempts: 1,
	state: 'failed',
	reason: 'slow_mode',
	...over,
});

describe('slow mode', () => {
	let s: State;
	beforeEach(() => {
		s = play(started({ slow_mode: 30 }), { kind: 'window-reset', channelId: '10' }, latest(1, 3));
	});
	test('counts from my own last message, not from those of others', () => {
		expect([paceOf(s, '10'), slowUntil(s, '10')]).toEqual([30, 0]);
		s = play(s, event('message.created', 4, own(4)), event('message.created', 5, message(5)));
		expect(slowUntil(s, '10')).toBe(at + 30_000);
	});
	test('one that is on its way counts, one that was refused does not', () => {
		const waiting = pending({ state: 'sending', reason: null, createdAt: at });
		expect(slowUntil(play(s, { kind: 'pending', entry: waiting }), '10')).toBe(at + 30_000);
		expect(slowUntil(play(s, { kind: 'pending', entry: pending({}) }), '10')).toBe(0);
	});
	test('what the server told counts, wherever I last wrote', () => {
		const told = pending({ retryAt: at + 99_000 });
		expect(slowUntil(play(s, { kind: 'pending', entry: told }), '10')).toBe(at + 99_000);
	});
	test('not for who may manage messages', () => {
		const mask = String(1n << Permission.manageMessages);
		const server = s.servers['5'];
		if (server) s = { ...s, servers: { 5: { ...server, my_permissions: mask } } };
		expect([paceOf(s, '10'), paceOf(s, '11')]).toEqual([0, 0]);
	});
	test('a minute at least in a lockdown', () => {
		const server = s.servers['5'];
		if (server) s = { ...s, servers: { 5: { ...server, lockdown: true } } };
		expect(paceOf(s, '10')).toBe(60);
	});
});

describe('the clock of the server', () => {
	const tell = (ms: number, tookMs = 10) =>
		noteServerTime(new Date(Date.now() + ms).toUTCString(), Date.now() - tookMs);
	const off = () => Math.round((serverNow() - Date.now()) / 1000);

	test('counts when this one is wrong, not when it is right', () => {
		tell(0);
		expect(off()).toBe(0);
		tell(-300_000);
		expect(Math.abs(off() + 300)).toBeLessThan(2);
		tell(0);
		expect(off()).toBe(0);
	});
	test('a slow answer, or one without a date, tells nothing', () => {
		tell(0);
		tell(300_000, 5000);
		noteServerTime(null, Date.now());
		noteServerTime('yesterday', Date.now());
		expect(off()).toBe(0);
	});
});
