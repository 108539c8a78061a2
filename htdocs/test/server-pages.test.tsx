import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import EditChannel from '../src/features/channels/edit-channel';
import { AuditDays } from '../src/features/moderation/audit-days';
import LeaveServer from '../src/features/servers/leave-server';
import { WebPages } from '../src/features/servers/web-pages';
import { apply } from '../src/store/store';
import { spokenName } from '../src/ui/channel-icon';
import { boot, channel, event } from './make';

let sent: { url: string; body: unknown }[];
let refuses: boolean;

beforeEach(() => {
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data: boot() });
	sent = [];
	refuses = false;
	vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
		if (String(url).endsWith('/members/@me') && (init?.method ?? 'GET') === 'GET')
			return Response.json({ last_in: ['10'] });
		sent.push({ url: String(url), body: JSON.parse(String(init.body)) });
		return new Response(refuses ? '{"code":"forbidden"}' : '{}', {
			status: refuses ? 403 : 200,
			headers: { 'Content-Type': 'application/json' },
		});
	});
});

test('days of the audit log: within the bounds only, and less than now warns', async () => {
	render(<AuditDays serverId="5" />);
	const field = screen.getByLabelText('Days to keep entries') as HTMLInputElement;
	expect(field.value).toBe('365');
	expect(screen.queryByRole('button')).toBe(null);
	for (const bad of ['29', '3651', '0', '-30', '1e3', '10000', 'x', '']) {
		fireEvent.change(field, { target: { value: bad } });
		fireEvent.click(screen.getByRole('button'));
		expect([bad, field.getAttribute('aria-invalid')]).toEqual([bad, 'true']);
	}
	expect(sent).toEqual([]);
	for (const good of ['30', '99', '3599', '3600', '3650']) {
		fireEvent.change(field, { target: { value: good } });
		const label = Number(good) < 365 ? 'Save, and erase what is older' : 'Save';
		fireEvent.click(screen.getByRole('button', { name: label }));
		await waitFor(() => expect(sent.at(-1)?.body).toEqual({ audit_days: Number(good) }));
		await waitFor(() => expect(screen.queryByRole('button')).toBe(null));
	}
});

test('pages on the web: which they are, and whether search engines list them', async () => {
	render(<WebPages serverId="5" />);
	screen.getByText(/^No channel of this server/);
	act(() =>
		apply(event('channel.updated', 1, channel({ web_public: true }), { stream: 'server:5' })),
	);
	const link = screen.getByRole('link', { name: '#general' });
	expect(link.getAttribute('href')).toBe('http://localhost:8191/web/10');
	const box = screen.getByRole('checkbox') as HTMLInputElement;
	expect(box.checked).toBe(false);
	fireEvent.click(box);
	await waitFor(() => expect(sent.map((s) => s.body)).toEqual([{ web_robots: true }]));
	expect(box.checked).toBe(true);
	const told = { ...boot().servers[0], web_robots: true };
	act(() => apply(event('server.updated', 2, told, { stream: 'server:5' })));
	refuses = true;
	fireEvent.click(box);
	await screen.findByRole('alert');
	expect(box.checked).toBe(true);
});

test('a channel is shown on the web after a question only, and says so by its name', async () => {
	let closed = false;
	render(
		<EditChannel
			channelId="10"
			onClose={() => {
				closed = true;
			}}
		/>,
	);
	const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
	fireEvent.click(screen.getByRole('checkbox', { name: /^Page on the web/ }));
	press('Save');
	const asked = await screen.findByRole('alert');
	expect(asked.textContent).toContain('http://localhost:8191/web/10');
	expect(document.activeElement).toBe(asked);
	press('Cancel');
	expect(closed).toBe(false);
	const box = await screen.findByRole('checkbox', { name: /^Page on the web/ });
	expect((box as HTMLInputElement).checked).toBe(true);
	expect(sent).toEqual([]);
	press('Save');
	await screen.findByRole('alert');
	press('Show on the web');
	await waitFor(() => expect(sent.map((s) => s.body)).toEqual([{ web_public: true }]));
	await waitFor(() => expect(closed).toBe(true));
	expect(spokenName(channel({ web_public: true }), 'general')).toBe('general, on the web');
	expect(spokenName(channel({ private: true, read_only: true }), 'a')).toBe(
		'a, private, few can write',
	);
});

test('a channel keeps its messages for ever, whatever the server says', async () => {
	render(<EditChannel channelId="10" onClose={() => undefined} />);
	const choice = screen.getByLabelText(/^Keep messages/);
	fireEvent.change(choice, { target: { value: '0' } });
	fireEvent.click(screen.getByRole('button', { name: 'Save' }));
	await waitFor(() => expect(sent.map((s) => s.body)).toEqual([{ retention_days: 0 }]));
});

test('who leaves a channel that nobody else sees is told what becomes of it', async () => {
	render(<LeaveServer serverId="5" onClose={() => undefined} />);
	const said = await screen.findByRole('alert');
	expect(said.textContent).toContain('Nobody but you sees #general.');
});
