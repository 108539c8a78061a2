import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Channel } from '../src/api/schema';
import ChannelsPage from '../src/features/channels/channels-page';
import { layoutOf, moveTo, placesOf, step, stepCategory } from '../src/features/channels/order';
import { archivedOf, channelsOf, unreadOf } from '../src/store/selectors';
import { apply, chat } from '../src/store/store';
import { boot, channel } from './make';

const made = (id: string, position: number, over: Partial<Channel> = {}): Channel =>
	channel({ id, name: `c${id}`, position, ...over });
const all = [
	made('1', 1),
	made('2', 2),
	made('3', 3, { kind: 'audio' }),
	made('4', 4, { category: 'Tools' }),
	made('5', 5, { category: 'Tools' }),
	made('6', 6, { category: 'Past' }),
	made('7', 7, { category: 'Past', archived: true, last_seq: 9 }),
];

function begin() {
	const data = boot();
	Object.assign(data.servers[0] ?? {}, { channels: all, my_permissions: String(1n << 17n) });
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data });
}
const layout = () => layoutOf(chat().channels, '5');
const shape = (l: ReturnType<typeof layout> | null) =>
	l?.map((s) => `${s.name || s.kind}: ${s.channels.map((c) => c.id).join(' ')}`.trim());

beforeEach(begin);

describe('the order of channels', () => {
	test('as the sidebar shows it; what is archived is apart, and calls nobody', () => {
		expect(shape(layout())).toEqual(['text: 1 2', 'rooms: 3', 'Tools: 4 5', 'Past: 6']);
		expect(channelsOf(chat().channels, '5').map((c) => c.id)).not.toContain('7');
		expect(archivedOf(chat().channels, '5').map((c) => c.id)).toEqual(['7']);
		expect(unreadOf(chat(), '7')).toBe(0);
	});
	test('one place, and over the edge into the next section that takes it', () => {
		expect(shape(step(layout(), '1', 1))?.[0]).toBe('text: 2 1');
		expect(step(layout(), '1', -1)).toBe(null);
		expect(shape(step(layout(), '2', 1))).toEqual([
			'text: 1',
			'rooms: 3',
			'Tools: 2 4 5',
			'Past: 6',
		]);
		expect(shape(step(layout(), '4', -1))?.slice(0, 3)).toEqual([
			'text: 1 2 4',
			'rooms: 3',
			'Tools: 5',
		]);
		expect(shape(step(layout(), '3', 1))?.slice(1, 3)).toEqual(['rooms:', 'Tools: 3 4 5']);
		expect(shape(step(layout(), '6', -1))?.slice(2)).toEqual(['Tools: 4 5 6', 'Past:']);
		expect(step(layout(), '6', 1)).toBe(null);
	});
	test('dropped anywhere, but a room not among texts without a category', () => {
		expect(shape(moveTo(layout(), '1', 2, 1))?.slice(0, 3)).toEqual([
			'text: 2',
			'rooms: 3',
			'Tools: 4 1 5',
		]);
		expect(moveTo(layout(), '3', 0, 0)).toBe(null);
		expect(moveTo(layout(), '1', 0, 1)).toBe(null);
		expect(shape(moveTo(layout(), '1', 0, 2))?.[0]).toBe('text: 2 1');
	});
	test('a category moves with its channels, and stays below what has none', () => {
		expect(shape(stepCategory(layout(), 'Past', -1))?.slice(2)).toEqual(['Past: 6', 'Tools: 4 5']);
		expect(stepCategory(layout(), 'Tools', -1)).toBe(null);
		expect(stepCategory(layout(), 'Past', 1)).toBe(null);
	});
	test('all that I see is named once, with its category', () => {
		expect(placesOf(layout(), chat().channels, '5')).toEqual([
			{ id: '1', category: null },
			{ id: '2', category: null },
			{ id: '3', category: null },
			{ id: '4', category: 'Tools' },
			{ id: '5', category: 'Tools' },
			{ id: '6', category: 'Past' },
			{ id: '7', category: 'Past' },
		]);
	});
});

describe('the page of channels', () => {
	const sent: { url: string; method: string; body: unknown }[] = [];
	let status = 200;
	let deleted: unknown[] = [];
	beforeEach(() => {
		sent.length = 0;
		status = 200;
		deleted = [
			{ ...made('8', 8), deleted_at: '2026-03-01T12:00:00Z', purge_at: '2026-03-08T12:00:00Z' },
		];
		vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
			const { method = 'GET', body } = init;
			sent.push({ url: String(url), method, body: body && JSON.parse(String(body)) });
			if (status >= 400 && method === 'PUT')
				return new Response(JSON.stringify({ code: 'forbidden' }), {
					status,
					headers: { 'Content-Type': 'application/problem+json' },
				});
			if (method === 'POST') deleted = [];
			const answer = method === 'POST' ? made('8', 8) : { items: deleted };
			return new Response(JSON.stringify(answer), {
				headers: { 'Content-Type': 'application/json' },
			});
		});
	});
	afterEach(() => vi.unstubAllGlobals());
	const names = (section: string) =>
		[...document.querySelectorAll(`ul[aria-label="${section}"] > li`)].map(
			(li) => li.querySelector('bdi')?.textContent,
		);

	test('an arrow moves one at once, tells the server, and says where it stands', async () => {
		render(<ChannelsPage serverId="5" />);
		const button = screen.getByLabelText('Move c2 down');
		button.focus();
		fireEvent.click(button);
		expect(names('Tools')).toEqual(['c2', 'c4', 'c5']);
		expect(document.activeElement?.getAttribute('aria-label')).toBe('Move c2 down');
		await screen.findByText('c2 is number 1 of 3 in Tools now.');
		const body = sent.find((s) => s.method === 'PUT')?.body as { channels: { id: string }[] };
		expect(body.channels.map((c) => c.id)).toEqual(['1', '3', '2', '4', '5', '6', '7']);
	});
	test('what the server refuses is put back', async () => {
		status = 403;
		render(<ChannelsPage serverId="5" />);
		fireEvent.click(screen.getByLabelText('Move Past up'));
		expect(shape(layout())?.[2]).toBe('Past: 6');
		await waitFor(() => expect(shape(layout())?.[2]).toBe('Tools: 4 5'));
	});
	test('a deleted channel can be brought back', async () => {
		render(<ChannelsPage serverId="5" />);
		fireEvent.click(await screen.findByLabelText('Restore c8'));
		await waitFor(() => expect(chat().channels['8']?.name).toBe('c8'));
		expect(sent.some((s) => s.method === 'POST' && s.url.endsWith('/channels/8/restore'))).toBe(
			true,
		);
		await screen.findByText('Nothing was deleted lately.');
	});
});
