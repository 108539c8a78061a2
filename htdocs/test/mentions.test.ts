import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import cases from '../../tests/mentions.json';
import { decode, encode, typedName, withPick } from '../src/features/composer/picks';
import { typedPicks } from '../src/features/composer/typed-names';
import { renderRich } from '../src/lib/markdown-rich';
import { eachMention, type Names } from '../src/lib/mentions';
import { snippet } from '../src/lib/snippet';
import type { Action } from '../src/store/merge';
import { merge } from '../src/store/merge';
import { apply } from '../src/store/store';
import type { State } from '../src/store/types';
import { boot, created, event, message, other, started, user } from './make';

const people: Record<string, string> = { 1: 'Ann', 2: 'Ann Lee', 3: 'Ann', 4: 'C++ (x)' };
const names: Names = {
	person: (id) => people[id] ?? null,
	role: (id) => (id === '9' ? { name: 'Crew', color: null } : null),
};
const ann = { name: 'Ann', code: '<@1>' };
const lee = { name: 'Ann Lee', code: '<@2>' };

// What the server's rules and its database read, too.
describe('whom a text names', () => {
	const known = new Set(cases.flatMap((c) => [...c.people, ...c.roles]));
	const sorted = (ids: Iterable<string>) => [...new Set(ids)].filter((id) => known.has(id)).sort();

	test.each(cases)('$text', ({ text, people, roles }) => {
		const named: string[] = [];
		const same = eachMention(text, (_, id) => {
			named.push(id);
			return undefined;
		});
		expect(same).toBe(text);
		expect(sorted(named)).toEqual([...people, ...roles].sort());
	});

	test.each(cases)('the parser: $text', ({ text, people, roles }) => {
		const shown = renderRich(text, {
			person: (id) => `%${id}%`,
			role: (id) => ({ name: `%${id}%`, color: null }),
		});
		const ids = [...renderToStaticMarkup(shown).matchAll(/@%(\d+)%/g)].map((m) => m[1] ?? '');
		expect(sorted(ids)).toEqual([...people, ...roles].sort());
	});
});

describe('names in the box', () => {
	test.each([
		['hi @Ann', 'hi <@1>'],
		['@Ann Lee, @Ann!', '<@2>, <@1>!'],
		['@Anna and x@Ann', '@Anna and x@Ann'],
		['`@Ann` @Ann', '`@Ann` <@1>'],
		['```\n@Ann\n```\n@Ann', '```\n@Ann\n```\n<@1>'],
	])('%j is sent as %j', (text, content) => expect(encode(text, [ann, lee])).toBe(content));

	test('and come back', () => {
		const content = 'hi <@1> <@2> <@&9> <@4> `<@1>`';
		const { text, picks } = decode(content, names);
		expect(text).toBe('hi @Ann @Ann Lee @Crew @C++ (x) `<@1>`');
		expect(encode(text, picks)).toBe(content);
	});

	test('of two with one name, the second keeps his id, as who is not known does', () => {
		const content = '<@1> <@3> <@77> <@&8>';
		const { text, picks } = decode(content, names);
		expect(text).toBe('@Ann <@3> <@77> <@&8>');
		expect(encode(text, picks)).toBe(content);
	});

	test('who is chosen gets a name that is not another’s', () => {
		expect(withPick([ann], '<@1>', 'Ann', 'ann').text).toBe('@Ann');
		expect(withPick([ann], '<@3>', 'Ann', 'ann3')).toEqual({
			text: '@ann3',
			picks: [ann, { name: 'ann3', code: '<@3>' }],
		});
		expect(withPick([ann], '<@&9>', 'Ann', null)).toEqual({ text: '<@&9>', picks: [ann] });
	});

	test.each([
		['@', { start: 0, query: '' }],
		['hi @an', { start: 3, query: 'an' }],
		['(@Ünal', { start: 1, query: 'Ünal' }],
		['me@home', null],
		['@ann lee', null],
		['@@', null],
	])('%j is a name being typed: %j', (text, at) =>
		expect(typedName(text, text.length)).toEqual(at),
	);

	test('a line of a message names them', () => {
		expect(snippet('**hi** <@1>, <@&9> <@&8> <@77>', names)).toBe(
			'hi @Ann, @Crew @deleted-role @someone',
		);
	});
});

describe('unread mentions', () => {
	const play = (s: State, ...actions: Action[]) => actions.reduce(merge, s);
	const count = (s: State) => s.reads['10']?.mention_count ?? 0;
	const edited = (seq: number, rev: number, mentions: string[]) =>
		event('message.updated', rev, message(seq, { rev, mentions, content: `m${seq} of ${rev}` }));
	const opened: Action = { kind: 'page', channelId: '10', items: [], page: 'latest' };

	test('an edit brings one, takes it away, and a deletion too', () => {
		const s = play(started(), opened, created(1), created(2, { mentions: ['1'] }));
		expect(count(s)).toBe(1);
		const both = play(s, edited(1, 3, ['1']));
		expect(count(both)).toBe(2);
		expect(count(play(both, edited(1, 3, ['1'])))).toBe(2);
		expect(count(play(both, edited(2, 4, [])))).toBe(1);
		const gone = event('message.deleted', 4, { id: '1002', channel_id: '10' });
		expect(count(play(both, gone))).toBe(1);
		expect(count(play(both, gone, { kind: 'read', channelId: '10', seq: 2 }))).toBe(0);
	});

	test('what was read, is mine, or by whom I have blocked changes nothing', () => {
		const s = play(started(), opened, created(1), { kind: 'read', channelId: '10', seq: 1 });
		expect(count(play(s, edited(1, 2, ['1'])))).toBe(0);
		const blocked = play(s, { kind: 'block', userId: '2', blocked: true });
		expect(count(play(blocked, created(2, { mentions: ['1'] })))).toBe(0);
	});

	test('when a message is not known here, the server is asked', () => {
		const s = play(started(), created(1, { mentions: ['1'] }));
		expect(s.stale).toBe(false);
		const windowless = { ...s, messages: {} };
		const gone = event('message.deleted', 2, { id: '1001', channel_id: '10' });
		expect(play(windowless, gone).stale).toBe(true);
		expect(play(windowless, edited(1, 2, [])).stale).toBe(true);
		const none = { ...windowless, reads: {} };
		expect(play(none, gone).stale).toBe(false);
	});
});

describe('a name that was typed to the end', () => {
	const role = { kind: 'custom', position: 5, permissions: '0', color: null };
	const begin = (my_permissions = '0') => {
		const data = boot();
		Object.assign(data.servers[0] ?? {}, {
			my_permissions,
			roles: [
				{ ...role, id: '60', name: 'Garden Crew', mentionable: true },
				{ ...role, id: '61', name: 'Quiet', mentionable: false },
			],
		});
		apply({ kind: 'signed-out' });
		apply({ kind: 'bootstrap', data });
		const here = { roles: [], nickname: null };
		const dotted = user('7', 'ann.lee');
		const people = { [other.id]: here, '7': here };
		apply({ kind: 'here', serverId: '5', people, users: [other, dotted, user('8', 'stranger')] });
	};
	const sent = (text: string) => encode(text, typedPicks('10', text));
	test.each([
		['hi @other', 'hi <@2>'],
		['hi @Other, and @OTHER.', 'hi <@2>, and <@2>.'],
		['@ann.lee and @ann.lee.', '<@7> and <@7>.'],
		['@others x@other @stranger @ann', '@others x@other @stranger @ann'],
		['`@other` @other', '`@other` <@2>'],
		['@garden crew, @Garden Crews', '<@&60>, @Garden Crews'],
		['@quiet', '@quiet'],
	])('%j is sent as %j', (text, content) => {
		begin();
		expect(sent(text)).toBe(content);
	});
	test('who has left is no member, and is one again when he comes back', () => {
		begin();
		const told = (type: string, rev: number, data: object) =>
			apply(event(type, rev, { server_id: '5', ...data }, { stream: 'server:5' }));
		told('member.left', 1, { user_id: '2' });
		expect(sent('hi @other')).toBe('hi @other');
		told('member.joined', 2, { user: other, roles: [] });
		expect(sent('hi @other')).toBe('hi <@2>');
	});
	test('who may mention every role mentions that one, too', () => {
		begin(String(1n << 30n));
		expect(sent('@quiet now')).toBe('<@&61> now');
	});
});
