import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import decodeQR from 'qr/decode.js';
import { beforeEach, expect, test, vi } from 'vitest';
import { createToken, login } from '../src/api/endpoints';
import { SignInForm } from '../src/features/auth/credentials';
import Confirm from '../src/features/security/confirm';
import { outline } from '../src/features/security/qr';
import Security from '../src/features/security/security';
import { queries } from '../src/lib/queries';
import { useSession } from '../src/store/session';

const answer = (status: number, body: object | null) =>
	new Response(body === null ? null : JSON.stringify(body), {
		status,
		headers: { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json' },
	});
const problem = (status: number, code: string, more = {}) =>
	answer(status, { code, status, ...more });

let routes: Record<string, (body: never) => Response>;
let sent: string[];
beforeEach(() => {
	queries.clear();
	sent = [];
	routes = {};
	vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit) => {
		const at = `${method} ${new URL(url, location.href).pathname.replace('/api/v1', '')}`;
		sent.push(at);
		return (
			routes[at]?.(JSON.parse((body as string) ?? 'null') as never) ?? problem(404, 'not_found')
		);
	});
});

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const type = (label: string, value: string) =>
	fireEvent.change(screen.getByLabelText(label), { target: { value } });

test('the picture says what it is made of', () => {
	const text = `otpauth://totp/chat.example:ann?secret=${'A2'.repeat(16)}&issuer=chat.example&algorithm=SHA1&digits=6&period=30`;
	const { path, size } = outline(text);
	const scale = 4;
	const data = new Uint8Array(size * scale * size * scale * 4).fill(255);
	for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
		for (let i = 0; i < scale * scale; i++) {
			const at =
				((Number(y) * scale + Math.floor(i / scale)) * size * scale +
					Number(x) * scale +
					(i % scale)) *
				4;
			data.fill(0, at, at + 3);
		}
	expect(decodeQR({ width: size * scale, height: size * scale, data })).toBe(text);
});

test('what needs a confirmation is sent again after it, once, for all who wait', async () => {
	let confirmed = false;
	routes['POST /me/tokens'] = () =>
		confirmed
			? answer(201, {
					id: '1',
					name: 'x',
					scopes: [],
					token: 't',
					created_at: '2026-03-01T12:00:00.000Z',
				})
			: problem(403, 'confirmation_required');
	const both = Promise.all([createToken({ name: 'x' }), createToken({ name: 'x' })]);
	await waitFor(() => expect(useSession.getState().confirming).not.toBeNull());
	await waitFor(() => expect(sent.length).toBe(2));
	confirmed = true;
	useSession.getState().confirming?.(true);
	expect((await both).map((t) => t.token)).toEqual(['t', 't']);
	await waitFor(() => expect(useSession.getState().confirming).toBeNull());
});

test('and refused when nobody confirms', async () => {
	routes['POST /me/tokens'] = () => problem(403, 'confirmation_required');
	const asked = createToken({ name: 'x' });
	await waitFor(() => expect(useSession.getState().confirming).not.toBeNull());
	useSession.getState().confirming?.(false);
	await expect(asked).rejects.toMatchObject({ code: 'confirmation_required' });
	expect(sent).toEqual(['POST /me/tokens']);
});

test('the dialog asks for the password where there is nothing else', async () => {
	routes['GET /me/security'] = () =>
		answer(200, { second_factor: false, totp: false, recovery_codes_left: 0 });
	routes['POST /me/confirm'] = (body: { password?: string }) =>
		body.password === 'right' ? answer(204, null) : problem(401, 'bad_credentials');
	const done = vi.fn();
	render(<Confirm done={done} />);
	type('Password', 'wrong');
	press('Confirm');
	expect((await screen.findByRole('alert')).textContent).toBe('That is not right.');
	type('Password', 'right');
	press('Confirm');
	await waitFor(() => expect(done).toHaveBeenCalledWith(true));
});

test('of whom has a second factor it asks for a code, or a recovery code', async () => {
	routes['GET /me/security'] = () =>
		answer(200, { second_factor: true, totp: true, recovery_codes_left: 3 });
	routes['POST /me/confirm'] = (body: { recovery_code?: string }) =>
		body.recovery_code === 'abcd' ? answer(204, null) : problem(401, 'bad_credentials');
	const done = vi.fn();
	render(<Confirm done={done} />);
	await screen.findByLabelText('Code from the app');
	expect(screen.queryByLabelText('Password')).toBeNull();
	type('Code from the app', '123456');
	press('Confirm');
	expect((await screen.findByRole('alert')).textContent).toBe('That is not right.');
	press('Use a recovery code instead');
	type('Recovery code', 'abcd');
	press('Confirm');
	await waitFor(() => expect(done).toHaveBeenCalledWith(true));
});

const second = { ticket: 'T', methods: ['totp', 'recovery_code'] };

test('a sign-in hands on what its second step needs', async () => {
	routes['POST /auth/login'] = () => problem(401, 'second_factor_required', second);
	await expect(login({ login: 'ann', password: 'x' })).rejects.toMatchObject({
		kind: 'final',
		second,
	});
});

test('the second step asks for a code, or a recovery code, and says what is wrong', async () => {
	routes['POST /auth/login'] = () => problem(401, 'second_factor_required', second);
	const bodies: object[] = [];
	routes['POST /auth/login/second'] = (body: object) => {
		bodies.push(body);
		return bodies.length === 1 ? problem(401, 'bad_credentials') : problem(400, 'ticket_invalid');
	};
	render(<SignInForm />);
	type('Username', 'Ann');
	type('Password', 'correct horse');
	press('Sign in');
	await screen.findByLabelText('Code from the app');
	type('Code from the app', '000000');
	press('Sign in');
	expect((await screen.findByRole('alert')).textContent).toBe('That is not right.');
	press('Use a recovery code instead');
	type('Recovery code', 'AAAA-BBBB');
	press('Sign in');
	await waitFor(() => expect(screen.getByRole('alert').textContent).toMatch(/took too long/));
	expect(bodies).toEqual([
		{ ticket: 'T', totp: '000000' },
		{ ticket: 'T', recovery_code: 'AAAA-BBBB' },
	]);
	press('Back');
	expect(screen.getByLabelText('Password')).toBeTruthy();
});

test('an app is set up, and the recovery codes are shown', async () => {
	let on = false;
	routes['GET /me/security'] = () =>
		answer(200, { second_factor: on, totp: on, recovery_codes_left: on ? 10 : 0 });
	routes['POST /me/totp'] = () =>
		answer(200, { secret: 'A2'.repeat(16), uri: 'otpauth://totp/a:b?secret=A2' });
	routes['PUT /me/totp'] = (body: { code: string }) => {
		on = body.code === '123456';
		return on
			? answer(200, { recovery_codes: ['AAAA-BBBB', 'CCCC-DDDD'] })
			: problem(422, 'invalid_fields', { errors: [{ field: 'code', code: 'wrong', detail: '' }] });
	};
	render(<Security />);
	fireEvent.click(await screen.findByRole('button', { name: 'Set up an app' }));
	await screen.findByRole('img', { name: 'Picture for the authenticator app' });
	expect(screen.getByText('A2A2 '.repeat(8).trim())).toBeTruthy();
	type('Code from the app', '654321');
	press('Turn on');
	await screen.findByText('That is not right.');
	type('Code from the app', '123456');
	press('Turn on');
	await screen.findByText('CCCC-DDDD');
	await screen.findByText(/10 are left/);
});
