import { describe, expect, test } from 'vitest';
import { Token } from '../src/api/schema-later';
import { wrap } from '../src/features/composer/wrap';
import { buildRows } from '../src/features/messages/rows';
import { rank } from '../src/features/palette/rank';
import { comboText, commands, isCommand, isLetter } from '../src/lib/keys';
import { hue, initials } from '../src/lib/people';
import { allows, Permission } from '../src/lib/permissions';
import { hasText, t } from '../src/lib/text';
import {
	calls,
	categoriesOf,
	channelsOf,
	conversations,
	sectionsOf,
	unreadOf,
} from '../src/store/selectors';
import { emptyWindow } from '../src/store/types';
import { channel, created, latest, me, message, other, play, started } from './make';

const press = (key: string, over: Partial<KeyboardEvent> = {}) => ({
	key,
	code: '',
	ctrlKey: false,
	metaKey: false,
	altKey: false,
	shiftKey: false,
	...over,
});

describe('keys', () => {
	test('Ctrl or Cmd, and no other modifier', () => {
		expect(isCommand(press('k', { ctrlKey: true }), 'switcher')).toBe(true);
		expect(isCommand(press('k', { metaKey: true }), 'switcher')).toBe(true);
		expect(isCommand(press('K', { ctrlKey: true, shiftKey: true }), 'switcher')).toBe(false);
		expect(isCommand(press('k'), 'switcher')).toBe(false);
	});

	test('letters work on layouts without Latin letters', () => {
		expect(isLetter(press('к', { code: 'KeyR' }), 'r')).toBe(true);
		expect(isLetter(press('p', { code: 'KeyR' }), 'r')).toBe(false);
	});

	test('every command has a text and no two anywhere share a key', () => {
		const everywhere = commands.filter(
			(c) => c.group === 'finding' || c.id === 'previous' || c.id === 'next',
		);
		const keys = everywhere.flatMap((c) => c.combos.map(comboText));
		expect(new Set(keys).size).toBe(keys.length);
		for (const c of commands) expect(hasText(c.label)).toBe(true);
	});
});

describe('rows', () => {
	const rows = (over: Partial<Parameters<typeof buildRows>[0]> = {}) =>
		buildRows({
			window: { ...emptyWindow, loaded: true, hasOlder: false, ids: ['1001', '1002', '1003'] },
			messages: { '1001': message(1), '1002': message(2), '1003': message(3, { author: me }) },
			pending: [],
			me: '1',
			dividerAfter: null,
			...over,
		}).map((r) => (r.kind === 'message' ? `${r.message.seq}${r.first ? '*' : ''}` : r.kind));

	test('deleted ones in a row are one line, within a day and beside what is new', () => {
		const gone = { deleted: true, content: '' };
		const messages = {
			'1001': message(1, gone),
			'1002': message(2, gone),
			'1003': message(3, { ...gone, author: me }),
		};
		const kinds = (over: Partial<Parameters<typeof buildRows>[0]>) =>
			buildRows({
				window: { ...emptyWindow, loaded: true, hasOlder: false, ids: ['1001', '1002', '1003'] },
				messages,
				pending: [],
				me: '1',
				dividerAfter: null,
				...over,
			}).map((r) => (r.kind === 'gone' ? r.ids.join() : r.kind));
		expect(kinds({})).toEqual(['day', '1001,1002,1003']);
		expect(kinds({ dividerAfter: 1, me: '9' })).toEqual(['day', 'message', 'new', '1002,1003']);
		expect(kinds({ messages: { ...messages, '1002': message(2) } })).toEqual([
			'day',
			'message',
			'message',
			'message',
		]);
	});
	test('groups by author and opens with the day', () => {
		expect(rows()).toEqual(['day', '1*', '2', '3*']);
	});

	test('the line "new" stands above the first unread and starts a group', () => {
		expect(rows({ dividerAfter: 1 })).toEqual(['day', '1*', 'new', '2*', '3*']);
		expect(rows({ dividerAfter: 2 })).toEqual(['day', '1*', '2', '3*']);
		expect(rows({ dividerAfter: 9 })).toEqual(['day', '1*', '2', '3*']);
	});

	test('the top row of a run that goes on above is not shown, so no heading can vanish', () => {
		const w = { ...emptyWindow, loaded: true, hasOlder: true, ids: ['1001', '1002', '1003'] };
		expect(rows({ window: w })).toEqual(['2', '3*']);
	});

	test('an own row keeps its key from pending to sent', () => {
		const w = { ...emptyWindow, loaded: true, hasOlder: false, ids: ['1003'] };
		const messages = { '1003': message(3, { author: me, nonce: 'abc' }) };
		const [, sent] = buildRows({ window: w, messages, pending: [], me: '1', dividerAfter: null });
		expect(sent?.key).toBe('abc');
		const theirs = { '1003': message(3, { author: other, nonce: 'abc' }) };
		const [, foreign] = buildRows({
			window: w,
			messages: theirs,
			pending: [],
			me: '1',
			dividerAfter: null,
		});
		expect(foreign?.key).toBe('1003');
	});

	test('what history shows already is not pending beside it', () => {
		const w = { ...emptyWindow, loaded: true, hasOlder: false, ids: ['1003'] };
		const messages = { '1003': message(3, { author: me, nonce: 'abc' }) };
		const entry = {
			nonce: 'abc',
			userId: '1',
			channelId: '10',
			content: 'm3',
			replyTo: null,
			createdAt: 0,
			firstFailure: 0,
			attempts: 1,
			state: 'sending' as const,
			reason: null,
		};
		expect(rows({ window: w, messages, pending: [entry] })).toEqual(['day', '3*']);
		expect(rows({ window: w, messages, pending: [{ ...entry, nonce: 'other' }] })).toEqual([
			'day',
			'3*',
			'pending',
		]);
	});

	test('five minutes part a group', () => {
		const late = message(2, {
			created_at: new Date(Date.parse(message(1).created_at) + 300_001).toISOString(),
		});
		expect(rows({ messages: { '1001': message(1), '1002': late } })).toEqual(['day', '1*', '2*']);
	});
});

describe('selectors', () => {
	test('mentions call in channels, everything calls in conversations', () => {
		const s = play(started(), created(1), created(2, { mentions: ['1'] }));
		expect([unreadOf(s, '10'), calls(s, channel())]).toEqual([2, 1]);
		const dm = channel({ id: '20', server_id: null, kind: 'dm', last_seq: 3 });
		expect(calls(play(s, { kind: 'channel', channel: dm }), dm)).toBe(3);
	});

	test('lists are in order', () => {
		const list = {
			a: channel({ id: '1', kind: 'audio', position: 0 }),
			b: channel({ id: '2', position: 2 }),
			c: channel({ id: '3', position: 1 }),
			d: channel({
				id: '4',
				kind: 'dm',
				server_id: null,
				last_message_at: '2026-01-01T00:00:00.000Z',
			}),
			e: channel({
				id: '5',
				kind: 'dm',
				server_id: null,
				last_message_at: '2026-02-01T00:00:00.000Z',
			}),
		};
		expect(channelsOf(list, '5').map((c) => c.id)).toEqual(['3', '2', '1']);
		expect(conversations(list).map((c) => c.id)).toEqual(['5', '4']);
	});

	test('categories come after what has none, by their first channel', () => {
		const list = Object.fromEntries(
			[
				channel({ id: '11', category: 'Projects', position: 5 }),
				channel({ id: '12', category: 'Archive', position: 4 }),
				channel({ id: '13', category: 'Projects', position: 3, kind: 'audio' }),
				channel({ id: '14', position: 6 }),
				channel({ id: '15', position: 2, kind: 'video' }),
				channel({ id: '16', position: 7, kind: 'audio' }),
				channel({ id: '17', position: 1, category: '__proto__' }),
				channel({ id: '18', server_id: '6' }),
			].map((c) => [c.id, c]),
		);
		expect(sectionsOf(list, '5').map((s) => [s.kind, s.name, s.channels.map((c) => c.id)])).toEqual(
			[
				['text', '', ['14']],
				['rooms', '', ['16', '15']],
				['category', '__proto__', ['17']],
				['category', 'Projects', ['13', '11']],
				['category', 'Archive', ['12']],
			],
		);
		expect(channelsOf(list, '5').map((c) => c.id)).toEqual('14 16 15 17 13 11 12'.split(' '));
		expect(categoriesOf(list, '5')).toEqual(['__proto__', 'Projects', 'Archive']);
	});

	test('untouched parts keep their identity', () => {
		const s = play(started(), { kind: 'window-reset', channelId: '10' }, latest(1, 3));
		const next = play(s, created(4));
		expect(next.servers).toBe(s.servers);
		expect(next.messages['10']?.['1001']).toBe(s.messages['10']?.['1001']);
	});
});

test('marks wrap and unwrap a selection', () => {
	const on = wrap('make bold', 5, 9, '**');
	expect(on).toEqual({ text: 'make **bold**', start: 7, end: 11 });
	expect(wrap(on.text, on.start, on.end, '**')).toEqual({ text: 'make bold', start: 5, end: 9 });
});

test('the switcher prefers beginnings', () => {
	const names = ['random', 'general', 'design-general', 'grandmother', 'engineering'];
	const best = (q: string) =>
		names
			.map((n) => [n, rank(n, q)] as const)
			.filter(([, r]) => r > 0)
			.sort((a, b) => b[1] - a[1])
			.map(([n]) => n);
	expect(best('gen')).toEqual(['general', 'design-general', 'engineering']);
	expect(best('xyz')).toEqual([]);
});

test('permission masks have more bits than a double', () => {
	expect(allows('4', Permission.send)).toBe(true);
	expect(allows('0', Permission.send)).toBe(false);
	expect(allows('1073741824', Permission.manageServer)).toBe(true);
	expect(allows('18446744073709551615', Permission.kick)).toBe(true);
});

test('initials survive any name', () => {
	expect(['Ash Grove', 'birch', '🦊 fox', '  ', 'Ødegård'].map(initials)).toEqual([
		'AG',
		'B',
		'🦊F',
		'?',
		'Ø',
	]);
	expect(hue('123')).toBe(hue('123'));
});

test('plurals come from the catalogue', () => {
	expect(t('invite.members', { count: 1 })).toBe('1 member');
	expect(t('invite.members', { count: 3 })).toBe('3 members');
	expect(t('invite.used', { count: 0 })).toBe('not used yet');
});

test('what a token may do is a list', () => {
	const token = { id: '1', name: 'backup', created_at: '2026-01-01T00:00:00.000Z' };
	expect(Token.parse({ ...token, scopes: ['read', 'write'] }).scopes).toEqual(['read', 'write']);
	expect(Token.parse({ ...token, scopes: [] }).scopes).toEqual([]);
	expect(Token.parse(token).scopes).toEqual([]);
});
