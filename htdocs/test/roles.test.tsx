import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Role } from '../src/api/schema';
import { offered } from '../src/features/roles/bits';
import { standingIn } from '../src/features/roles/standing';
import RolesPage from '../src/features/servers/roles-page';
import { settingsPages } from '../src/features/servers/settings-pages';
import { allows, mine, Permission } from '../src/lib/permissions';
import { apply, chat } from '../src/store/store';
import { boot, event, me } from './make';

const role = (id: string, name: string, position: number, mask: bigint, kind = 'custom'): Role => ({
	id,
	name,
	kind,
	position,
	permissions: String(mask),
	color: null,
	mentionable: false,
	server_id: '5',
});
const bit = (b: bigint) => 1n << b;

const everyone = role('50', 'everyone', 0, 3n, 'everyone');
const keepers = role('60', 'Keepers', 799, bit(Permission.manageRoles) | bit(Permission.kick));
const upper = role('61', 'Upper', 798, 0n);
const lower = role('62', 'Lower', 797, bit(Permission.kick));
const strong = role('63', 'Strong', 796, bit(Permission.ban));
const admin = role('90', 'admin', 900, bit(Permission.administrator), 'admin');
const all = [admin, keepers, upper, lower, strong, everyone];

/** I am a keeper. */
function begin(roles = all, held = ['60']) {
	const data = boot();
	Object.assign(data.servers[0] ?? {}, {
		roles,
		my_roles: held,
		my_permissions: mine(roles, held),
		owner_id: '9',
	});
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data });
}
const server = () => {
	const s = chat().servers['5'];
	if (!s) throw new Error('no server');
	return s;
};
const tell = (type: string, rev: number, data: unknown, stream = 'server:5') =>
	apply(event(type, rev, data, { stream }));
const may = (b: bigint) => allows(server().my_permissions, b);

beforeEach(() => begin());

describe('what an event of a role does', () => {
	test('a permission that a role of mine loses is gone at once', () => {
		expect(may(Permission.manageRoles)).toBe(true);
		tell('role.updated', 1, { ...keepers, permissions: '0' });
		expect(may(Permission.manageRoles)).toBe(false);
		expect(chat().stale).toBe(true);
	});
	test('a role that is deleted is no longer mine', () => {
		tell('role.deleted', 1, { id: '60', server_id: '5' });
		expect(server().my_roles).toEqual([]);
		expect(server().roles.map((r) => r.id)).not.toContain('60');
		expect(server().my_permissions).toBe('3');
	});
	test('what everybody may changes for me, too; a guest hears of it in his own stream', () => {
		tell('role.updated', 1, { ...everyone, permissions: String(bit(Permission.ban)) }, 'user:1');
		expect(may(Permission.ban)).toBe(true);
	});
	test('I am given and lose roles', () => {
		tell('member.updated', 1, { server_id: '5', user: me, roles: ['90'], nickname: 'Boss' });
		expect([server().my_roles, server().nickname, may(Permission.manageServer)]).toEqual([
			['90'],
			'Boss',
			true,
		]);
		tell('member.updated', 2, { server_id: '5', user: me, roles: [], nickname: null }, 'user:1');
		expect([server().my_permissions, server().nickname]).toEqual(['3', null]);
	});
	test('lists of people and of what a channel allows are read anew', () => {
		const before = chat().changes['5'] ?? 0;
		tell('role.created', 1, role('70', 'New', 795, 0n));
		expect(chat().changes['5']).toBeGreaterThan(before);
		tell('channel.updated', 1, { ...chat().channels['10'], rev: 1 }, 'channel:10');
		expect(chat().changes['10']).toBe(1);
	});
});

describe('who may do what', () => {
	test('only what stands below, and gives only what one holds', () => {
		const mineIs = standingIn(server());
		expect(all.filter(mineIs.mayChange).map((r) => r.name)).toEqual([
			'Upper',
			'Lower',
			'Strong',
			'everyone',
		]);
		expect(all.filter(mineIs.mayGive).map((r) => r.name)).toEqual(['Upper', 'Lower', 'everyone']);
	});
	test('the pages of the settings follow the permissions', () => {
		const pages = (mask: bigint, owner = false) =>
			settingsPages({ my_permissions: String(mask) }, owner);
		expect(pages(3n)).toEqual([]);
		expect(pages(bit(Permission.kick))).toEqual(['members']);
		expect(pages(bit(Permission.manageRoles))).toEqual(['roles', 'members']);
		const every = ['general', 'channels', 'roles', 'members', 'bans', 'reports', 'safety', 'audit'];
		expect(pages(bit(Permission.ban))).toEqual(['members', 'bans']);
		expect(pages(bit(Permission.administrator))).toEqual(every);
		expect(pages(0n, true)).toEqual(every);
	});
	test('a permission is offered where there is something for it', () => {
		const bits = (features: Record<string, unknown>, inChannel: boolean) =>
			offered(features, inChannel).flatMap((g) => g.bits.map((b) => b.bit));
		expect(bits({}, false)).not.toContain(Permission.connect);
		expect(bits({ calls: true }, false)).toContain(Permission.connect);
		expect(bits({}, true)).not.toContain(Permission.kick);
		expect(bits({}, true)).toContain(Permission.view);
	});
});

describe('the page of roles', () => {
	const sent: { url: string; method: string; body: unknown }[] = [];
	beforeEach(() => {
		sent.length = 0;
		vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
			sent.push({
				url: String(url),
				method: init.method ?? 'GET',
				body: init.body && JSON.parse(String(init.body)),
			});
			const page = {
				items: all.map((r) => ({ ...r, member_count: 2 })),
				before: null,
				after: null,
			};
			const body =
				init.method === 'PATCH' ? { ...lower, name: 'Gardeners', permissions: '0' } : page;
			return new Response(JSON.stringify(body), {
				status: 200,
				headers: { 'Content-Type': 'application/json' },
			});
		});
	});
	afterEach(() => vi.unstubAllGlobals());

	const row = (name: string) => {
		const found = screen.getAllByRole('listitem').find((li) => li.textContent?.includes(name));
		if (!found) throw new Error(`no row ${name}`);
		return within(found);
	};

	test('highest first; what is not below me has no buttons', () => {
		render(<RolesPage serverId="5" />);
		expect(
			screen.getAllByRole('listitem').map((li) => li.querySelector('bdi')?.textContent),
		).toEqual(['Administrator', 'Keepers', 'Upper', 'Lower', 'Strong', 'Everyone']);
		expect(row('Keepers').queryAllByRole('button')).toEqual([]);
		expect(row('Administrator').queryAllByRole('button')).toEqual([]);
		expect(
			row('Upper').getByRole('button', { name: 'Move Upper up' }).hasAttribute('disabled'),
		).toBe(true);
		expect(row('Everyone').getAllByRole('button').length).toBe(1);
	});
	test('a button moves a role one place', async () => {
		render(<RolesPage serverId="5" />);
		fireEvent.click(row('Lower').getByRole('button', { name: 'Move Lower up' }));
		await waitFor(() => expect(sent.some((s) => s.method === 'PUT')).toBe(true));
		expect(sent.find((s) => s.method === 'PUT')?.body).toEqual({
			role_ids: ['60', '62', '61', '63'],
		});
		await screen.findByText('Lower is number 2 of 4 now.');
	});
	test('dragging one onto another puts it there', async () => {
		render(<RolesPage serverId="5" />);
		const li = (name: string) =>
			screen.getAllByRole('listitem').find((x) => x.textContent?.includes(name)) as HTMLElement;
		fireEvent.dragStart(li('Strong'));
		fireEvent.dragOver(li('Upper'));
		fireEvent.drop(li('Upper'));
		await waitFor(() =>
			expect(sent.find((s) => s.method === 'PUT')?.body).toEqual({
				role_ids: ['60', '63', '61', '62'],
			}),
		);
	});
	test('what I do not hold I cannot switch; what I change is sent, and nothing else', async () => {
		render(<RolesPage serverId="5" />);
		fireEvent.click(row('Lower').getByRole('button', { name: 'Edit Lower' }));
		expect(screen.getByRole('checkbox', { name: 'Ban members' }).hasAttribute('disabled')).toBe(
			true,
		);
		fireEvent.click(screen.getByRole('checkbox', { name: 'Remove members' }));
		fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Gardeners' } });
		fireEvent.click(screen.getByRole('button', { name: 'Save' }));
		await waitFor(() =>
			expect(sent.find((s) => s.method === 'PATCH')?.body).toEqual({
				name: 'Gardeners',
				permissions: '0',
			}),
		);
		// The answer stands until the stream says the same.
		const box = () => screen.getByRole('checkbox', { name: 'Remove members' }) as HTMLInputElement;
		await waitFor(() =>
			expect(screen.getByRole('button', { name: 'Save' }).hasAttribute('disabled')).toBe(true),
		);
		expect(box().checked).toBe(false);
		tell('role.updated', 1, { ...lower, permissions: lower.permissions });
		await waitFor(() => expect(box().checked).toBe(true));
	});
	test('a demotion takes the buttons while the page is open', async () => {
		render(<RolesPage serverId="5" />);
		expect(row('Lower').getAllByRole('button').length).toBe(3);
		tell('role.updated', 1, { ...keepers, permissions: '0' });
		await waitFor(() => expect(row('Lower').queryAllByRole('button')).toEqual([]));
	});
});
