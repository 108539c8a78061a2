import { act, render, screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import ReportsPage from '../src/features/moderation/reports-page';
import { Permission } from '../src/lib/permissions';
import { apply } from '../src/store/store';
import { boot, event, message, other } from './make';

const report = {
	id: '700',
	server_id: '5',
	channel_id: '10',
	message_id: '1001',
	user: other,
	reporter: null,
	reason: 'spam',
	note: null,
	snapshot: null,
	state: 'open',
	actor_id: null,
	created_at: '2026-01-01T00:00:00Z',
	closed_at: null,
};
const member = (timeout_until: string | null) => ({
	user: other,
	roles: [],
	joined_at: null,
	nickname: null,
	timeout_until,
});

let members: unknown[];
let bans: unknown[];
const asked: string[] = [];

function begin() {
	const data = boot();
	const permissions = String(1n << Permission.administrator);
	const admin = { id: '90', name: 'admin', kind: 'admin', position: 900, permissions };
	const roles = [{ ...admin, color: null, mentionable: false }];
	Object.assign(data.servers[0] ?? {}, { my_permissions: permissions, roles, my_roles: ['90'] });
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data });
	vi.stubGlobal('fetch', async (url: string) => {
		asked.push(decodeURIComponent(String(url)));
		if (/members\?/.test(url)) return Response.json({ items: members });
		if (/bans\?/.test(url)) return Response.json({ items: bans });
		if (/messages\/1001/.test(url)) return Response.json(message(1));
		return Response.json({ items: [report] });
	});
}
const buttons = () => screen.getAllByRole('button').map((b) => b.textContent);
const tell = (rev: number, type: string, data: unknown) =>
	act(() => apply(event(type, rev, data, { stream: 'server:5' })));

test('a report shows what was done, and offers what is left to do', async () => {
	members = [member(null)];
	bans = [];
	begin();
	render(<ReportsPage serverId="5" onClose={() => undefined} />);
	await waitFor(() => expect(buttons()).toContain('Time out…'));
	expect(asked.filter((u) => /members/.test(u))).toEqual([
		expect.stringContaining('members?limit=100&user_ids=2'),
	]);
	expect(buttons()).toEqual(expect.arrayContaining(['Delete message', 'Remove…', 'Ban…']));

	members = [member(new Date(Date.now() + 600_000).toISOString())];
	tell(1, 'member.updated', { server_id: '5', user: other, roles: [], nickname: null });
	await screen.findByText(/^Time-out:/);
	expect(buttons()).toContain('End the time-out');
	expect(buttons()).not.toContain('Time out…');

	act(() => apply(event('message.deleted', 1, { id: '1001', channel_id: '10' })));
	await screen.findByText('Message deleted');
	expect(buttons()).not.toContain('Delete message');

	members = [];
	bans = [{ user: other, reason: null, created_at: '2026-01-01T00:00:00Z', expires_at: null }];
	tell(2, 'member.left', { server_id: '5', user_id: '2' });
	await screen.findByText('Banned');
	for (const gone of ['Ban…', 'Remove…', 'Time out…', 'End the time-out'])
		expect(buttons()).not.toContain(gone);

	bans = [];
	tell(3, 'member.left', { server_id: '5', user_id: '3' });
	await screen.findByText('No longer a member');
	expect(buttons()).toContain('Ban…');
});
