// The second factor, and confirming that it is oneself.
import { code, firstStep, forgetStep, guarded, secondStep } from './factor.mjs';
import { assert, assertProblem, call, cgi, cookiesOf, hasCgi, PASSWORD, person, raw, ROOT, setting, skip, sql, test, unique, URL_BASE, V1, want } from './lib.mjs';
import { describe, operations } from './openapi.mjs';

const api = operations(describe(`${ROOT}docs/openapi.yaml`));
const wrong = (secret) => code(secret, 3);

async function turningOn() {
	await test('an authenticator is on when it has shown a code, and recovery codes come with it', async () => {
		const p = await person();
		const made = await want(200, p, 'POST', '/me/totp'), host = encodeURIComponent(new URL(setting('base_url')).host);
		assert.match(made.secret, /^[A-Z2-7]{32}$/);
		assert.equal(made.uri, `otpauth://totp/${host}:${encodeURIComponent(p.username)}` +
			`?secret=${made.secret}&issuer=${host}&algorithm=SHA1&digits=6&period=30`);
		assertProblem(await call(p, 'PUT', '/me/totp', { code: wrong(made.secret) }), 'invalid_fields');
		assert.equal((await want(200, p, 'GET', '/me/security')).totp, false);
		await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD });	// not asked for yet
		const { recovery_codes: codes } = await want(200, p, 'PUT', '/me/totp', { code: code(made.secret) });
		assert.equal(new Set(codes).size, 10);
		for (const c of codes)
			assert.match(c, /^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/);
		const s = await want(200, p, 'GET', '/me/security');
		assert.deepEqual([s.password, s.second_factor, s.totp, s.recovery_codes_left], [true, true, true, 10]);
		assert.equal((await want(200, p, 'GET', '/me')).second_factor, true);
		assertProblem(await call(p, 'PUT', '/me/totp', { code: code(made.secret) }), 'gone');	// that was it
	});
	await test('nothing that is stored can be used', async () => {
		const p = await guarded();
		const [row] = await sql(`SELECT encode(secret, 'escape') FROM totp WHERE account_id = ${p.id}`);
		assert.ok(!row.includes(p.secret));
		const hashes = await sql(`SELECT encode(hash, 'hex') FROM recovery_code WHERE account_id = ${p.id}`);
		assert.equal(hashes.length, 10);
	});
	await test('another authenticator takes the place of the first, which stays until then; no new recovery codes', async () => {
		const p = await guarded();
		const { secret } = await want(200, p, 'POST', '/me/totp');
		assert.equal((await call(null, 'POST', '/auth/login', { login: p.username, password: PASSWORD, totp: code(p.secret) })).status, 200);
		assert.deepEqual((await want(200, p, 'PUT', '/me/totp', { code: code(secret) })).recovery_codes, []);
		await forgetStep(p);
		assert.equal((await call(null, 'POST', '/auth/login', { login: p.username, password: PASSWORD, totp: code(p.secret) })).status, 401);
		await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD, totp: code(secret) });
		assert.equal((await want(200, p, 'GET', '/me/security')).recovery_codes_left, 10);
	});
	await test('a secret that has waited ten minutes is none', async () => {
		const p = await person(), { secret } = await want(200, p, 'POST', '/me/totp');
		await sql(`UPDATE totp SET pending_at = now() - interval '601 s' WHERE account_id = ${p.id}`);
		assertProblem(await call(p, 'PUT', '/me/totp', { code: code(secret) }), 'gone');
	});
	await test('it goes, and takes the recovery codes along', async () => {
		const p = await guarded();
		await want(204, p, 'DELETE', '/me/totp');
		await want(404, p, 'DELETE', '/me/totp');
		await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD });
		const s = await want(200, p, 'GET', '/me/security');
		assert.deepEqual([s.second_factor, s.totp, s.recovery_codes_left], [false, false, 0]);
		assertProblem(await call(p, 'POST', '/me/recovery-codes'), 'conflict');
	});
	await test('each change stands in the audit log of the installation', async () => {
		const p = await guarded();
		await want(200, p, 'POST', '/me/recovery-codes');
		await want(204, p, 'DELETE', '/me/totp');
		assert.deepEqual(await sql(`SELECT action FROM audit WHERE server_id = 0 AND target_id = ${p.id} AND actor_id = ${p.id} ORDER BY id`),
			['security.totp.on', 'security.recovery_codes', 'security.totp.off']);
	});
}

async function signingIn() {
	await test('the password alone gives nothing but a ticket for the second step', async () => {
		const p = await guarded();
		const r = await call(null, 'POST', '/auth/login', { login: p.username, password: PASSWORD });
		assertProblem(r, 'second_factor_required');
		assert.match(r.json.ticket, /^[A-Za-z0-9_-]{43}$/);
		assert.deepEqual(r.json.methods, ['totp', 'recovery_code']);
		assert.deepEqual(cookiesOf(r), {});
		const g = await secondStep(r.json.ticket, { totp: code(p.secret) });
		assert.equal(g.status, 200, g.text);
		assert.ok(cookiesOf(g).moot_access && cookiesOf(g).moot_refresh);
		assert.equal((await want(200, g.json.access_token, 'GET', '/me')).id, p.id);
		assertProblem(await secondStep(r.json.ticket, { totp: code(p.secret) }), 'ticket_invalid');	// that was it
	});
	await test('or both at once', async () => {
		const p = await guarded();
		await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD, totp: ` ${code(p.secret)} ` });
	});
	await test('a wrong password says nothing of a second factor', async () => {
		const p = await guarded();
		for (const totp of [undefined, code(p.secret), '000000'])
			assertProblem(await call(null, 'POST', '/auth/login', { login: p.username, password: 'wrong password', totp }), 'bad_credentials');
	});
	await test('one of the two has to be shown', async () => {
		const { ticket } = await firstStep(await guarded());
		for (const shown of [{}, { totp: '123456', recovery_code: 'AAAA-AAAA' }])
			assertProblem(await secondStep(ticket, shown), 'invalid_fields');
	});
	await test('A18: a code is taken once, in its time and the step beside it', async () => {
		const p = await guarded(), [a, b] = [await firstStep(p), await firstStep(p)], now = code(p.secret);
		assertProblem(await secondStep(a.ticket, { totp: code(p.secret, -2) }), 'bad_credentials');
		assertProblem(await secondStep(a.ticket, { totp: code(p.secret, 3) }), 'bad_credentials');
		assert.equal((await secondStep(a.ticket, { totp: now })).status, 200);
		assertProblem(await secondStep(b.ticket, { totp: now }), 'bad_credentials');
		assertProblem(await call(null, 'POST', '/auth/login', { login: p.username, password: PASSWORD, totp: now }), 'bad_credentials');
		assertProblem(await call(p, 'POST', '/me/confirm', { totp: now }), 'bad_credentials');
	});
	await test('A18: at the sixth try the ticket is gone', async () => {
		const p = await guarded(), { ticket } = await firstStep(p);
		for (let i = 0; i < 5; i++)
			assertProblem(await secondStep(ticket, { totp: wrong(p.secret) }), 'bad_credentials');
		assertProblem(await secondStep(ticket, { totp: code(p.secret) }), 'rate_limited');
		assertProblem(await secondStep(ticket, { totp: code(p.secret) }), 'ticket_invalid');
	});
	await test('of two at once with one code one is let in', async () => {
		const p = await guarded(), tickets = [];
		for (let i = 0; i < 6; i++)
			tickets.push((await firstStep(p)).ticket);
		const totp = code(p.secret);
		const all = await Promise.all(tickets.map((t) => secondStep(t, { totp })));
		assert.deepEqual(all.map((r) => r.status).sort(), [200, 401, 401, 401, 401, 401]);
		const more = await Promise.all(tickets.map((t) => secondStep(t, { recovery_code: p.codes[0] })));
		assert.deepEqual(more.map((r) => r.status).sort(), [200, 400, 401, 401, 401, 401]);	// 400: the first one's ticket
	});
	await test('A20: a recovery code opens once, however it is typed', async () => {
		const p = await guarded();
		const typed = p.codes[3].toLowerCase().replaceAll('-', ' ');
		assert.equal((await secondStep((await firstStep(p)).ticket, { recovery_code: typed })).status, 200);
		for (const c of [typed, p.codes[3], 'nonsense', `${p.codes[4]}A`, p.codes[4].slice(1)])
			assertProblem(await secondStep((await firstStep(p)).ticket, { recovery_code: c }), 'bad_credentials');
		assert.equal((await want(200, p, 'GET', '/me/security')).recovery_codes_left, 9);
		const fresh = (await want(200, p, 'POST', '/me/recovery-codes')).recovery_codes;
		assertProblem(await secondStep((await firstStep(p)).ticket, { recovery_code: p.codes[4] }), 'bad_credentials');
		assert.equal((await secondStep((await firstStep(p)).ticket, { recovery_code: fresh[4] })).status, 200);
	});
	await test('what belongs to somebody else opens nothing', async () => {
		const [p, q] = [await guarded(), await guarded()];
		for (const shown of [{ totp: code(q.secret) }, { recovery_code: q.codes[0] }])
			assertProblem(await secondStep((await firstStep(p)).ticket, shown), 'bad_credentials');
	});
	await test('a ticket has its time, and ends with the password and the account', async () => {
		const p = await guarded(), late = await firstStep(p), old = await firstStep(p);
		await sql(`UPDATE ticket SET expires_at = now() WHERE account_id = ${p.id} AND hash = sha256('${late.ticket}')`);
		assertProblem(await secondStep(late.ticket, { totp: code(p.secret) }), 'ticket_invalid');
		await want(204, p, 'PUT', '/me/password', { current_password: PASSWORD, new_password: 'another password' });
		assertProblem(await secondStep(old.ticket, { totp: code(p.secret) }), 'ticket_invalid');
		const last = await firstStep(p, 'another password');
		await want(204, p, 'POST', '/me/deactivate', { password: 'another password' });
		assertProblem(await secondStep(last.ticket, { totp: code(p.secret) }), 'ticket_invalid');
	});
	await test('five wrong codes close the second step of an account, whatever the ticket and the address', async () => {
		const p = await guarded(), settings = { limits_scale: 1 };
		const second = async (n, totp) => cgi('POST', `${V1}/auth/login/second`, { json: { ticket: (await firstStep(p)).ticket, totp }, settings, address: `198.51.100.${n}` });
		for (let i = 1; i <= 5; i++)
			assert.equal((await second(i, wrong(p.secret))).status, 401);
		const r = await second(9, code(p.secret));
		assert.equal(r.status, 429);
		assert.ok(Number(r.headers['retry-after']) > 0);
	});
	await test('the right password counts until the second step is done', async () => {
		const p = await guarded(), login = () => cgi('POST', `${V1}/auth/login`, { json: { login: p.username, password: PASSWORD }, settings: { limits_scale: 1 }, address: '198.51.100.78' });
		for (let i = 0; i < 5; i++)
			assertProblem(await login(), 'second_factor_required');
		assertProblem(await login(), 'rate_limited');
	});
	await test('five wrong codes of a session that confirms are its own', async () => {
		const p = await guarded(), settings = { limits_scale: 1 };
		const confirm = (totp) => cgi('POST', `${V1}/me/confirm`, { headers: { Authorization: `Bearer ${p.token}` }, json: { totp }, settings, address: '198.51.100.79' });
		for (let i = 0; i < 5; i++)
			assertProblem(await confirm(wrong(p.secret)), 'bad_credentials');
		assertProblem(await confirm(code(p.secret)), 'rate_limited');
		const r = await cgi('POST', `${V1}/auth/login/second`, { json: { ticket: (await firstStep(p)).ticket, totp: code(p.secret) }, settings, address: '198.51.100.80' });
		assert.equal(r.status, 200, r.text);
	});
	await test('a right one gives back what it counted', async () => {
		const p = await guarded(), settings = { limits_scale: 1 };
		for (let i = 0; i < 8; i++) {
			const { ticket } = (await cgi('POST', `${V1}/auth/login`, { json: { login: p.username, password: PASSWORD }, settings, address: '198.51.100.77' })).json;
			await forgetStep(p);
			const r = await cgi('POST', `${V1}/auth/login/second`, { json: { ticket, totp: code(p.secret) }, settings, address: '198.51.100.77' });
			assert.equal(r.status, 200, r.text);
		}
	});
}

async function tickets() {
	const p = await guarded(), { ticket } = await firstStep(p);
	await test('A19: a ticket is no credential, on any route', async () => {
		for (const op of api.filter((o) => ['user', 'session'].includes(o['x-auth']))) {
			const path = op.path.replace(/\{\w+\}/g, '1');
			for (const headers of [{ Authorization: `Bearer ${ticket}` }, { Authorization: `Basic ${Buffer.from(`${ticket}:`).toString('base64')}` },
				{ Cookie: `moot_access=${ticket}; moot_refresh=${ticket}`, 'Sec-Fetch-Site': 'same-origin' }]) {
				const r = await raw(op.method, path, { headers: { ...headers, 'Content-Type': 'application/json' }, body: op.method === 'GET' ? undefined : '{}' });
				assert.equal(r.status, 401, `${op.method} ${path}: ${r.status} ${r.text}`);
			}
		}
	});
	await test('A19: nor on the stream', async () => {
		for (const accept of ['application/x-ndjson', 'text/plain'])
			assert.equal((await raw('GET', `${V1}/stream`, { headers: { Authorization: `Bearer ${ticket}`, Accept: accept } })).status, 401);
		const sse = await raw('GET', `${V1}/stream`, { headers: { Authorization: `Bearer ${ticket}`, Accept: 'text/event-stream' } });
		assert.match(sse.text, /event: bye\n(.*\n)*data: .*"code":4401/);
		const ws = await raw('GET', `${V1}/stream`, { headers: { Authorization: `Bearer ${ticket}`, Connection: 'Upgrade', Upgrade: 'websocket',
			'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', Origin: URL_BASE } });
		assert.equal(ws.status, 401);
	});
	await test('A12: nothing else is a ticket, and a ticket nothing else', async () => {
		const pat = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		for (const other of [p.token, p.refresh, pat, p.codes[0], 'x'.repeat(43), 'x'.repeat(64)]) {
			const r = await secondStep(other, { totp: code(p.secret) });
			assert.ok([400, 422].includes(r.status), `${r.status} ${r.text}`);
		}
		await want(401, null, 'POST', '/auth/refresh', { refresh_token: ticket });
		await want(410, null, 'POST', '/auth/setup', { token: ticket, username: 'somebody.new', password: PASSWORD });
	});
	await test('personal tokens are not asked for a code', async () => {
		const pat = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		assert.equal((await want(200, pat, 'GET', '/me')).id, p.id);
	});
}

async function confirming() {
	const age = (who) => sql(`UPDATE session SET confirmed_at = now() - interval '601 s' WHERE account_id = ${who.id}`);
	await test('A20: what a session left open must not do wants a confirmation', async () => {
		const p = await guarded();
		await age(p);
		assert.equal((await want(200, p, 'GET', '/me/security')).confirmed_until, null);
		const guardedOps = api.filter((o) => o['x-confirmed']);
		assert.ok(guardedOps.length >= 5);
		const bodies = { 'POST /api/v1/me/tokens': { name: 'x' }, 'PUT /api/v1/me/totp': { code: '123456' } };
		for (const op of guardedOps) {
			const r = await call(p, op.method, op.path.slice(V1.length).replace(/\{\w+\}/g, '1'), bodies[`${op.method} ${op.path}`]);
			assertProblem(r, 'confirmation_required');
			assert.equal(r.status, 403);
		}
		assert.equal((await want(200, p, 'GET', '/me/security')).totp, true);
	});
	await test('A20: nor does it change the name that signs in, but the rest of a profile', async () => {
		const p = await person(), username = unique('n');
		await age(p);
		assertProblem(await call(p, 'PATCH', '/me', { username, bio: 'x' }), 'confirmation_required');
		assert.equal((await want(200, p, 'PATCH', '/me', { bio: 'x' })).username, p.username);
		await want(204, p, 'POST', '/me/confirm', { password: PASSWORD });
		assert.equal((await want(200, p, 'PATCH', '/me', { username })).username, username);
	});
	await test('the password gives it, for this session and ten minutes', async () => {
		const p = await person();
		const other = (await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD })).access_token;
		await age(p);
		assertProblem(await call(p, 'POST', '/me/confirm', { password: 'wrong password' }), 'bad_credentials');
		assertProblem(await call(p, 'POST', '/me/tokens', { name: 'x' }), 'confirmation_required');
		await want(204, p, 'POST', '/me/confirm', { password: PASSWORD });
		await want(201, p, 'POST', '/me/tokens', { name: 'x' });
		assertProblem(await call(other, 'POST', '/me/tokens', { name: 'x' }), 'confirmation_required');
		const left = Date.parse((await want(200, p, 'GET', '/me/security')).confirmed_until) - Date.now();
		assert.ok(left > 0 && left <= 600_000, String(left));
	});
	await test('with a second factor the password does not, right or wrong', async () => {
		const p = await guarded();
		await age(p);
		for (const password of [PASSWORD, 'wrong password']) {
			const r = await call(p, 'POST', '/me/confirm', { password });
			assertProblem(r, 'invalid_fields');
			assert.deepEqual(r.json.errors.map((e) => [e.field, e.code]), [['password', 'second_factor']]);
		}
		assertProblem(await call(p, 'DELETE', '/me/totp'), 'confirmation_required');
		assertProblem(await call(p, 'POST', '/me/recovery-codes'), 'confirmation_required');
		assert.equal((await want(200, p, 'GET', '/me/security')).second_factor, true);
	});
	await test('a recovery code does, and is used up', async () => {
		const p = await guarded();
		await age(p);
		await want(204, p, 'POST', '/me/confirm', { recovery_code: p.codes[0] });
		assert.equal((await want(200, p, 'GET', '/me/security')).recovery_codes_left, 9);
		await age(p);
		assertProblem(await call(p, 'POST', '/me/confirm', { recovery_code: p.codes[0] }), 'bad_credentials');
		assertProblem(await call(p, 'DELETE', '/me/totp'), 'confirmation_required');
	});
	await test('so does a code of the authenticator', async () => {
		const p = await guarded();
		await age(p);
		assertProblem(await call(p, 'POST', '/me/confirm', { totp: wrong(p.secret) }), 'bad_credentials');
		await want(204, p, 'POST', '/me/confirm', { totp: code(p.secret) });
		await want(204, p, 'DELETE', '/me/totp');
		await age(p);
		assertProblem(await call(p, 'POST', '/me/confirm', { totp: code(p.secret) }), 'bad_credentials');	// there is none
	});
	await test('one of the three, and turning the refresh token over is no confirmation', async () => {
		const p = await person();
		for (const body of [undefined, {}, { password: PASSWORD, totp: '123456' }, { totp: '123456', recovery_code: 'A' }])
			assertProblem(await call(p, 'POST', '/me/confirm', body), 'invalid_fields');
		await age(p);
		const g = await want(200, null, 'POST', '/auth/refresh', { refresh_token: p.refresh });
		assertProblem(await call(g.access_token, 'POST', '/me/tokens', { name: 'x' }), 'confirmation_required');
	});
	await test('a personal token does nothing of it', async () => {
		const p = await person(), pat = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		for (const [method, path, body] of [['GET', '/me/security'], ['POST', '/me/confirm', { password: PASSWORD }], ['POST', '/me/totp'],
			['PUT', '/me/totp', { code: '123456' }], ['DELETE', '/me/totp'], ['POST', '/me/recovery-codes'], ['POST', '/me/tokens', { name: 'x' }]])
			assertProblem(await call(pat, method, path, body), 'forbidden');
	});
}

export default async function () {
	if (!hasCgi()) {
		skip('the second factor', 'MOOT_DIR is not set');
		return;
	}
	await turningOn();
	await signingIn();
	await tickets();
	await confirming();
}
