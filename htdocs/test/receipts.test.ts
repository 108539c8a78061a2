import { expect, test } from 'vitest';
import type { Action } from '../src/store/merge';
import { fateOf, readersOf } from '../src/store/receipts';
import { boot, created, event, me, message, play, started } from './make';

const list = (...items: [string, number, number][]): Action => ({
	kind: 'receipts',
	channelId: '10',
	items: items.map(([user_id, read_seq, delivered_seq]) => ({ user_id, read_seq, delivered_seq })),
});
const told = (user_id: string, rev: number, data: object): Action =>
	event('receipt.updated', rev, { channel_id: '10', user_id, ...data });
const own = message(5, { author: me });

test('of a message the fate is that with whom it has come least far', () => {
	const s = play(started({ last_seq: 5, rev: 5 }), list(['2', 5, 5], ['3', 0, 4]));
	expect(fateOf(s, own)).toBe('sent');
	const got = play(s, told('3', 0, { delivered_seq: 5 }));
	expect(fateOf(got, own)).toBe('delivered');
	expect(fateOf(play(got, told('3', 0, { read_seq: 5 })), own)).toBe('read');
	expect(readersOf(got, own)).toEqual(['2']);
});

test('nothing goes back, whichever of the two events comes last', () => {
	const s = play(started({ rev: 5, last_seq: 5 }), list(['2', 5, 5]));
	expect(play(s, told('2', 0, { read_seq: 3 })).receipts).toBe(s.receipts);
	expect(play(s, told('2', 6, { read_seq: 4, delivered_seq: 4 })).receipts).toBe(s.receipts);
	expect(play(s, list(['2', 4, 4])).receipts['10']).toEqual({ '2': { read: 5, delivered: 5 } });
});

test('what is read is delivered, and who writes has read', () => {
	const s = play(started({ rev: 5, last_seq: 5 }), list(['2', 0, 0]));
	expect(play(s, told('2', 0, { read_seq: 4 })).receipts['10']?.['2']).toEqual({
		read: 4,
		delivered: 4,
	});
	expect(play(s, created(6)).receipts['10']?.['2']?.read).toBe(6);
});

test('without a list nothing is known, and my own position is no receipt', () => {
	const s = started({ rev: 5, last_seq: 5 });
	expect(play(s, told('2', 0, { read_seq: 4 })).receipts).toEqual({});
	expect(fateOf(s, own)).toBeNull();
	const listed = play(s, list(['2', 0, 0]));
	expect(play(listed, told('1', 0, { read_seq: 4 })).receipts).toBe(listed.receipts);
});

test('who hides his sees nobody`s, and who left the list is not in it', () => {
	const s = play(started(), list(['2', 1, 1], ['3', 1, 1]));
	expect(Object.keys(play(s, list(['3', 1, 1])).receipts['10'] ?? {})).toEqual(['3']);
	const hidden = { ...boot().me, receipts: false };
	expect(play(s, event('user.updated', 1, hidden, { stream: 'user:1' })).receipts).toEqual({});
	expect(play(s, { kind: 'me', me: hidden }).receipts).toEqual({});
});

test('lists that nobody looks at are forgotten', () => {
	const s = play(started(), list(['2', 1, 1]));
	expect(play(s, { kind: 'receipts-of', channelIds: ['10', '11'] }).receipts).toEqual(s.receipts);
	expect(play(s, { kind: 'receipts-of', channelIds: ['11'] }).receipts).toEqual({});
});

test('a position that was told without rev and comes again with it leaves the count alone', () => {
	const mark = (rev: number, read_seq: number, mention_count: number): Action =>
		event('read.updated', rev, { channel_id: '10', read_seq, mention_count }, { stream: 'user:1' });
	const s = play(started({ last_seq: 5, rev: 5 }), mark(0, 5, 0));
	const mentioned = play(s, created(6, { mentions: ['1'] }), mark(1, 5, 0));
	expect(mentioned.reads['10']).toEqual({ channel_id: '10', read_seq: 5, mention_count: 1 });
	expect(play(mentioned, mark(0, 3, 2)).reads['10']?.read_seq).toBe(5);
	expect(play(mentioned, mark(2, 6, 0)).reads['10']?.mention_count).toBe(0);
});
