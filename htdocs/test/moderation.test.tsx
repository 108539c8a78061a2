import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BarLine, useBar } from '../src/features/composer/bar';
import { selectionIn, selectTo, toggleSelected } from '../src/features/messages/selection';
import BansPage from '../src/features/moderation/bans-page';
import { mayDo, measureItems } from '../src/features/moderation/measures';
import { TimeOutForm } from '../src/features/moderation/time-out-form';
import { Permission } from '../src/lib/permissions';
import { lengthOf, remaining } from '../src/lib/time';
import { apply, chat } from '../src/store/store';
import { useView } from '../src/store/view';
import { boot, event, latest, me, message, other } from './make';

const bit = (b: bigint) => 1n << b;
const role = (id: string, position: number, mask: bigint) => ({
	id,
	name: id,
	kind: 'custom',
	position,
	permissions: String(mask),
	color: null,
	server_id: '5',
});
const keeper = role('60', 700, bit(Permission.timeout) | bit(Permission.ban) | 7n);
const helper = role('61', 600, bit(Permission.kick));
const peer = role('62', 700, 0n);

function begin(mask = BigInt(keeper.permissions)) {
	const data = boot();
	Object.assign(data.servers[0] ?? {}, {
		roles: [keeper, helper, peer],
		my_roles: ['60'],
		my_permissions: String(mask),
		owner_id: '9',
	});
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data });
	useView.setState({ selection: null, dialog: null });
}
const tell = (type: string, rev: number, data: unknown, stream = 'server:5') =>
	apply(event(type, rev, data, { stream }));
const Probe = () => <BarLine bar={useBar('10')} />;
const soon = (s: number) => new Date(Date.now() + s * 1000).toISOString();

beforeEach(() => begin());

describe('lengths', () => {
	test('a length in one unit, what is left in two', () => {
		expect(['60', '600', '3600', '86400', '604800'].map((s) => lengthOf(Number(s)))).toEqual([
			'1 minute',
			'10 minutes',
			'1 hour',
			'1 day',
			'7 days',
		]);
		expect([0, 1, 59, 60, 61, 3600, 3725, 90_000].map(remaining)).toEqual([
			'0 sec',
			'1 sec',
			'59 sec',
			'1 min',
			'1 min 1 sec',
			'1 hr',
			'1 hr 2 min',
			'1 day 1 hr',
		]);
	});
});

describe('what may be done about somebody', () => {
	test('by permission, and only below me', () => {
		expect(mayDo('5', '2')).toEqual(['timeout', 'ban']);
		expect(mayDo('5', '2', ['61'])).toEqual(['timeout', 'ban']);
		expect(mayDo('5', '2', ['62'])).toEqual([]);
		expect([mayDo('5', me.id), mayDo('5', '9'), mayDo('6', '2'), mayDo(null, '2')]).toEqual([
			[],
			[],
			[],
			[],
		]);
	});
});

describe('why one cannot write', () => {
	afterEach(() => vi.useRealTimers());

	test('nothing is in the way', () => {
		render(<Probe />);
		expect(screen.getByRole('status').textContent).toBe('');
	});
	test('a time-out comes by its event, runs down, and ends by itself', () => {
		vi.useFakeTimers({ now: Date.parse('2026-03-01T12:00:00Z') });
		render(<Probe />);
		act(() =>
			tell('member.updated', 1, {
				server_id: '5',
				user: me,
				roles: ['60'],
				nickname: null,
				timeout_until: soon(90),
			}),
		);
		expect(screen.getByRole('status').textContent).toMatch(/^You are in a time-out until /);
		expect(screen.getByText('1 min 30 sec left')).toBeTruthy();
		act(() => void vi.advanceTimersByTime(31_000));
		expect(screen.getByText('59 sec left')).toBeTruthy();
		act(() => void vi.advanceTimersByTime(59_000));
		expect(screen.getByRole('status').textContent).toBe('');
	});
	test('a change of somebody else is none of mine; one that says nothing of it changes nothing', () => {
		tell('member.updated', 1, { server_id: '5', user: other, roles: [], timeout_until: soon(90) });
		expect(chat().servers['5']?.timeout_until).toBe(null);
		tell('member.updated', 2, { server_id: '5', user: me, roles: ['60'], timeout_until: soon(90) });
		tell('member.updated', 3, { server_id: '5', user: me, roles: ['60'], nickname: 'x' });
		expect(chat().servers['5']?.timeout_until).not.toBe(null);
	});
	test('no permission to write', () => {
		begin(3n);
		render(<Probe />);
		expect(screen.getByRole('status').textContent).toBe('You may read here, but not write.');
	});
});

describe('choosing messages', () => {
	beforeEach(() => {
		begin(bit(Permission.manageMessages) | 7n);
		apply({ kind: 'window-reset', channelId: '10' });
		apply(latest(1, 130));
	});
	const at = (seq: number) => message(seq);

	test('one by one, and out again', () => {
		toggleSelected(at(3));
		toggleSelected(at(5));
		toggleSelected(at(3));
		expect(selectionIn('10')).toEqual(['1005']);
	});
	test('all between, without what is deleted', () => {
		apply(event('message.deleted', 131, { id: '1005', channel_id: '10' }));
		toggleSelected(at(4));
		selectTo(at(7));
		expect(selectionIn('10')).toEqual(['1004', '1006', '1007']);
		selectTo(at(2));
		expect(selectionIn('10')).toEqual(['1004', '1006', '1007', '1003', '1002']);
	});
	test('a hundred at most', () => {
		toggleSelected(at(1));
		selectTo(at(130));
		expect(selectionIn('10')?.length).toBe(100);
		toggleSelected(at(130));
		expect(selectionIn('10')?.length).toBe(100);
	});
	test('only for who may delete what others wrote', () => {
		begin(7n);
		toggleSelected(at(3));
		expect(selectionIn('10')).toBe(null);
	});
});

describe('pages', () => {
	const sent: { url: string; method: string; body: unknown }[] = [];
	const ban = (id: string, over = {}) => ({
		user: { id, username: `u${id}`, display_name: `Name ${id}`, avatar_url: null, bot: false },
		reason: null,
		actor_id: '1',
		created_at: '2026-03-01T12:00:00.000Z',
		expires_at: null,
		...over,
	});
	let items: unknown[] = [];
	let refused: object | null = null;
	beforeEach(() => {
		sent.length = 0;
		refused = null;
		items = [ban('30', { reason: 'Advertising' }), ban('31', { expires_at: soon(3600) })];
		vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
			const { method = 'GET', body } = init;
			sent.push({ url: String(url), method, body: body && JSON.parse(String(body)) });
			if (refused && method !== 'GET') {
				return new Response(JSON.stringify(refused), {
					status: 403,
					headers: { 'Content-Type': 'application/problem+json' },
				});
			}
			if (method === 'DELETE') {
				items = items.slice(1);
				return new Response(null, { status: 204 });
			}
			const page = { items, before: null, after: null };
			const member = { user: other, roles: [], nickname: null, joined_at: null };
			return new Response(JSON.stringify(method === 'GET' ? page : member), {
				headers: { 'Content-Type': 'application/json' },
			});
		});
	});
	afterEach(() => vi.unstubAllGlobals());

	test('bans say why and until when; lifting one leaves the focus at the next', async () => {
		render(<BansPage serverId="5" />);
		await screen.findByText('Advertising');
		expect(screen.getByText(/^For ever · Banned by me on/)).toBeTruthy();
		expect(screen.getByText(/^Until /)).toBeTruthy();
		fireEvent.click(screen.getByRole('button', { name: 'Unban Name 30' }));
		await waitFor(() => expect(screen.getAllByRole('listitem').length).toBe(1));
		expect(sent.find((s) => s.method === 'DELETE')?.url).toMatch(/\/servers\/5\/bans\/30$/);
		await waitFor(() =>
			expect(document.activeElement?.getAttribute('aria-label')).toBe('Unban Name 31'),
		);
	});
	test('a time-out is sent with its length and reason; a refusal is said in words', async () => {
		const done = vi.fn();
		render(<TimeOutForm serverId="5" userId="2" name="Willow" onDone={done} onCancel={() => {}} />);
		fireEvent.change(screen.getByLabelText('For how long'), { target: { value: '3600' } });
		fireEvent.change(screen.getByLabelText('Reason'), { target: { value: ' shouting ' } });
		refused = { code: 'forbidden', status: 403 };
		fireEvent.click(screen.getByRole('button', { name: 'Time Willow out' }));
		expect((await screen.findByRole('alert')).textContent).toBe('You are not allowed to do that.');
		expect(done).not.toHaveBeenCalled();
		refused = null;
		fireEvent.click(screen.getByRole('button', { name: 'Time Willow out' }));
		await waitFor(() => expect(done).toHaveBeenCalled());
		expect(sent.at(-1)).toMatchObject({
			method: 'PUT',
			body: { expires_in: 3600, reason: 'shouting' },
		});
	});
});

test('beside the name of whom it is about a measure has short words', () => {
	begin();
	const labels = (named: boolean) =>
		measureItems('5', '2', 'Ann', [], null, named).map((m) => m.label);
	expect(labels(false)).toEqual(['Time Ann out', 'Ban Ann']);
	expect(labels(true)).toEqual(['Time out…', 'Ban…']);
});

test('who may change roles or names is led to a member', async () => {
	const data = boot();
	const mask = String(1n << Permission.manageNicknames);
	const of = (id: string, position: number) => ({ id, position, name: id, kind: 'custom' });
	const roles = [of('90', 9), of('80', 8)].map((r) => ({
		...r,
		permissions: mask,
		color: null,
		mentionable: false,
	}));
	Object.assign(data.servers[0] ?? {}, { my_permissions: mask, my_roles: ['90'], roles });
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data });
	const labels = (held?: string[]) => measureItems('5', '2', 'Ann', held).map((m) => m.label);
	expect(labels(['80'])).toEqual(['Roles and nickname']);
	expect(labels(['90'])).toEqual([]);
	measureItems('5', '2', 'Ann')[0]?.onSelect();
	expect(useView.getState().dialog).toEqual({
		name: 'server-settings',
		serverId: '5',
		page: 'members',
		userId: '2',
	});
});
