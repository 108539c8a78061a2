import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { Export, sizeOf } from '../src/features/account/export';
import { queries } from '../src/lib/queries';

const none = { state: 'none', requested_at: null, expires_at: null, size: null, url: null };
const asked = '2026-03-01T12:00:00.000Z';
const preparing = { ...none, state: 'preparing', requested_at: asked };
const ready = {
	...preparing,
	state: 'ready',
	expires_at: '2026-03-08T12:00:00.000Z',
	size: 1_234_567,
	url: '/api/v1/me/export/file',
};

let current: object;
let post: () => Response;
let sent: string[];
const answer = (status: number, body: object, headers = {}) =>
	new Response(JSON.stringify(body), {
		status,
		headers: { 'Content-Type': 'application/json', ...headers },
	});

beforeEach(() => {
	queries.clear();
	sent = [];
	current = none;
	post = () => {
		current = preparing;
		return answer(202, preparing);
	};
	vi.stubGlobal('fetch', async (url: string, { method = 'GET' }: RequestInit) => {
		sent.push(`${method} ${new URL(url, location.href).pathname}`);
		return method === 'POST' ? post() : answer(200, current);
	});
});

test('asked for, being made, ready to be fetched', async () => {
	render(<Export />);
	fireEvent.click(await screen.findByRole('button', { name: 'Ask for a copy' }));
	await screen.findByRole('progressbar');
	expect(screen.queryByRole('button')).toBe(null);
	current = ready;
	const link = await screen.findByRole('link', { name: 'Download (1.2 MB)' }, { timeout: 8000 });
	expect(link.getAttribute('href')).toBe('/api/v1/me/export/file');
	expect(screen.getByRole('status').textContent).toContain('kept until');
	expect(sent.slice(0, 2)).toEqual(['GET /api/v1/me/export', 'POST /api/v1/me/export']);
});

test('once a day: says when again, and asks no more until then', async () => {
	current = ready;
	post = () => answer(429, { code: 'rate_limited', status: 429 }, { 'Retry-After': '3600' });
	render(<Export />);
	const button = await screen.findByRole('button', { name: 'Ask for a new copy' });
	fireEvent.click(button);
	await screen.findByText(/^One copy a day: you can ask again from .*\d/);
	expect((button as HTMLButtonElement).disabled).toBe(true);
	expect(screen.queryByRole('alert')).toBe(null);
	screen.getByRole('link', { name: /^Download/ });
});

test('what went wrong is said, and it can be asked for again', async () => {
	current = { ...preparing, state: 'failed' };
	post = () => answer(503, { code: 'unavailable', status: 503 });
	render(<Export />);
	await screen.findByText('It could not be made. Ask for it again.');
	fireEvent.click(screen.getByRole('button', { name: 'Ask for a new copy' }));
	await screen.findByRole('alert');
});

test('with a session that has run out, something is asked for before the file', async () => {
	current = ready;
	localStorage.setItem('moot.expires', String(Date.now() - 1000));
	render(<Export />);
	const link = await screen.findByRole('link', { name: /^Download/ });
	let followed = 0;
	document.addEventListener('click', (e) => {
		if (!e.defaultPrevented) followed++;
		e.preventDefault();
	});
	const before = sent.length;
	fireEvent.click(link);
	expect(followed).toBe(0);
	await waitFor(() => expect(followed).toBe(1));
	expect(sent.slice(before)).toEqual(['GET /api/v1/me/export']);
	localStorage.clear();
});

test('sizes', () => {
	expect([0, 999, 1000, 1_540_000, 3e9, 5e12].map(sizeOf)).toEqual([
		'0 byte',
		'999 byte',
		'1 kB',
		'1.5 MB',
		'3 GB',
		'5,000 GB',
	]);
});
