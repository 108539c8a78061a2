import { render, screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Message, Role } from '../src/api/schema';
import { TypingLine } from '../src/features/composer/typing-line';
import { MessageRow } from '../src/features/messages/message-row';
import { contrast, cssColor, inkOn } from '../src/features/roles/ink';
import { loadMarkdown } from '../src/lib/markdown';
import { apply, chat } from '../src/store/store';
import { boot, channel, event, me, message, other, range } from './make';

const role = (id: string, position: number, color: number | null): Role => ({
	id,
	name: id,
	kind: 'custom',
	position,
	permissions: '0',
	color,
	mentionable: false,
	server_id: '5',
});
const high = role('70', 9, 0x2060ff);
const plain = role('71', 8, null);
const low = role('72', 7, 0xffff00);

let asked: string[];
let answer: { user: unknown; roles: string[]; nickname?: string }[];

beforeAll(loadMarkdown);

function begin(roles: Role[]) {
	const data = boot();
	Object.assign(data.servers[0] ?? {}, { roles });
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data });
}

beforeEach(() => {
	asked = [];
	answer = [{ user: other, roles: ['71', '72'] }];
	vi.stubGlobal('fetch', async (url: string) => {
		asked.push(decodeURIComponent(String(url)).replace(/^.*\/servers/, ''));
		return Response.json({ items: answer });
	});
});

const show = (...seqs: number[]) =>
	render(
		seqs.map((seq) => (
			<MessageRow
				key={seq}
				message={message(
					seq,
					seq === 2
						? { author: { ...other, id: '3', username: 'third', display_name: 'third' } }
						: {},
				)}
				first
				active={false}
				tabStop={false}
				marked={false}
				rowKey={String(seq)}
			/>
		)),
	);
const colorOf = (name: string) =>
	screen.getByRole('button', { name }).style.getPropertyValue('--on-light');
const want = (color: number) => cssColor(inkOn('light', color));

test('an author is written in the colour of his highest role that has one', async () => {
	begin([high, plain, low]);
	show(1);
	await waitFor(() => expect(colorOf('other')).toBe(want(0xffff00)));
	expect(asked).toEqual(['/5/members?limit=100&user_ids=2']);
	apply(
		event(
			'member.updated',
			1,
			{ server_id: '5', user: other, roles: ['70', '72'] },
			{ stream: 'server:5' },
		),
	);
	await waitFor(() => expect(colorOf('other')).toBe(want(0x2060ff)));
	apply(event('member.left', 2, { server_id: '5', user_id: '2' }, { stream: 'server:5' }));
	await waitFor(() => expect(colorOf('other')).toBe(''));
	expect(asked.length).toBe(1);
});

test('several are asked for together, and who is not there is not asked for again', async () => {
	begin([low]);
	const { unmount } = show(1, 2);
	await waitFor(() => expect(colorOf('other')).toBe(want(0xffff00)));
	expect(asked).toEqual(['/5/members?limit=100&user_ids=2,3']);
	expect(chat().here['5']).toEqual({
		'2': { roles: ['71', '72'], nickname: null },
		'3': null,
	});
	unmount();
	show(1, 2);
	await new Promise((done) => setTimeout(done));
	expect(asked.length).toBe(1);
});

test('what was missed is asked for anew', async () => {
	begin([low]);
	show(1);
	await waitFor(() => expect(colorOf('other')).toBe(want(0xffff00)));
	answer = [];
	apply({ kind: 'healed', stream: 'server:5' });
	await waitFor(() => expect(chat().here['5']?.['2']).toBe(null));
	expect(colorOf('other')).toBe('');
});

const told = (rev: number, nickname: string | null) =>
	apply(
		event(
			'member.updated',
			rev,
			{ server_id: '5', user: other, roles: [], nickname },
			{ stream: 'server:5' },
		),
	);

test('a message, what it mentions, and who types have the name of that server', async () => {
	answer = [{ user: other, roles: [], nickname: 'Bean' }];
	begin([]);
	render(
		<>
			<MessageRow
				message={message(3, { author: me, content: 'thanks <@2>', mentions: ['2'] })}
				first
				active={false}
				tabStop={false}
				marked={false}
				rowKey="3"
			/>
			<TypingLine channelId="10" />
		</>,
	);
	await screen.findByText('@Bean');
	show(1);
	screen.getByRole('button', { name: 'Bean' });
	screen.getByRole('article', { name: /^Bean/ });
	const at = '2026-01-01T00:00:00.000Z';
	const typing = event('typing.started', 0, { channel_id: '10', user: other }, { at });
	// By the clock that ends it each second.
	apply(Object.assign(typing, { now: Date.now() }));
	await screen.findByText(/^Bean is/);
	expect(asked).toEqual(['/5/members?limit=100&user_ids=2']);
	told(1, 'Pea');
	await screen.findByRole('button', { name: 'Pea' });
	screen.getByText('@Pea');
	screen.getByText(/^Pea is/);
	told(2, null);
	await screen.findByRole('button', { name: 'other' });
	screen.getByText('@other');
});

test('a conversation has the names that people give themselves, and asks for nobody', async () => {
	begin([]);
	apply({
		kind: 'here',
		serverId: '5',
		people: { '2': { roles: [], nickname: 'Bean' } },
		users: [],
	});
	apply({
		kind: 'channel',
		channel: channel({ id: '20', server_id: null, kind: 'dm', members: [me, other] }),
	});
	render(
		<MessageRow
			message={message(1, { channel_id: '20', content: 'hi <@2>' })}
			first
			active={false}
			tabStop={false}
			marked={false}
			rowKey="1"
		/>,
	);
	screen.getByRole('button', { name: 'other' });
	screen.getByText('@other');
	await new Promise((done) => setTimeout(done));
	expect(asked).toEqual([]);
});

const row = (m: Message) => (
	<MessageRow message={m} first active={false} tabStop={false} marked={false} rowKey={m.id} />
);

test('what is no id in a message is asked of nobody, and takes no name from anybody', async () => {
	answer = [{ user: other, roles: [], nickname: 'Bean' }];
	const told = fetch;
	vi.stubGlobal('fetch', async (url: string) => {
		const done = await told(url);
		// As id_parse() has it: no leading zero, and 63 bits.
		const ids = asked.at(-1)?.split('user_ids=')[1]?.split(',') ?? [];
		const good = ids.every((id) => /^[1-9]\d*$/.test(id) && BigInt(id) < 2n ** 63n);
		return good ? done : Response.json({ code: 'invalid' }, { status: 400 });
	});
	begin([]);
	render(row(message(1, { content: '<@0> <@9999999999999999999> <@123> <@2>', mentions: ['2'] })));
	await screen.findByRole('button', { name: 'Bean' });
	screen.getByText('@Bean');
	expect(asked).toEqual(['/5/members?limit=100&user_ids=2']);
});

test('a text is read for names once, whatever else changes', async () => {
	begin([]);
	render(row(message(1, { content: 'hi <@2>', mentions: ['2'] })));
	await screen.findByText('@other');
	const reads = vi.spyOn(String.prototype, 'matchAll');
	const at = '2026-01-01T00:00:00.000Z';
	apply(event('typing.started', 0, { channel_id: '10', user: other }, { at }));
	await waitFor(() => expect(chat().here['5']?.['2']).toBeDefined());
	expect(reads).not.toHaveBeenCalled();
	reads.mockRestore();
});

test('more people on screen than are kept are each asked for once', async () => {
	begin([]);
	answer = [];
	const ids = (from: number) => range(from, from + 399).map((n) => String(n));
	const naming = (seq: number, mentions: string[]) =>
		row(message(seq, { content: mentions.map((id) => `<@${id}>`).join(' '), mentions }));
	const { rerender } = render(naming(1, ids(1000)));
	const known = (n: number) =>
		waitFor(() => expect(Object.keys(chat().here['5'] ?? {}).length).toBe(n));
	await known(401);
	rerender(
		<>
			{naming(1, ids(1000))}
			{naming(2, ids(2000))}
		</>,
	);
	await known(801);
	await new Promise((done) => setTimeout(done, 20));
	const said = asked.flatMap((url) => url.split('user_ids=')[1]?.split(',') ?? []);
	expect(said.length).toBe(801);
	expect(new Set(said).size).toBe(801);
	// Who has left the screen makes room; the author, longest known of all, has not.
	rerender(naming(3, ids(3000)));
	await known(501);
});

test('every colour can be read on every ground of both themes', () => {
	// Canvas, side, raised, moss-soft and amber-soft of styles.css.
	const grounds = {
		light: [0xfcfcf9, 0xf2f4ee, 0xffffff, 0xd9e9df, 0xfbead9],
		dark: [0x171b1a, 0x121615, 0x202624, 0x1c342a, 0x33251a],
	};
	const bad: string[] = [];
	for (const theme of ['light', 'dark'] as const)
		for (const ground of grounds[theme])
			for (let n = 0; n < 4096; n += 7) {
				const color = ((n >> 8) * 17 * 256 + ((n >> 4) & 15) * 17) * 256 + (n & 15) * 17;
				const got = contrast(inkOn(theme, color), ground);
				if (!(got >= 4.5)) bad.push(`${theme} ${cssColor(ground)} ${cssColor(color)} ${got}`);
			}
	expect(bad).toEqual([]);
	expect(inkOn('dark', 0xffffff)).toBe(0xffffff);
	expect(inkOn('light', 0x000000)).toBe(0);
});
