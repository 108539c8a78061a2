// The browser's way in: cookies, origins, refreshing.
import { assert, assertProblem, call, cookiesOf, DIR, PASSWORD, person, raw, setting, skip, sql, test, unique, URL_BASE, V1, want } from './lib.mjs';

const origin = new URL(URL_BASE).origin;
const cookie = (p) => ({ Cookie: `theme=dark; moot_access=${p.token}; moot_refresh=${p.refresh}` });
const request = (method, path, headers, json) => raw(method, V1 + path, {
	headers: { ...headers, ...(json && { 'Content-Type': 'application/json' }) }, body: json && JSON.stringify(json) });

async function origins() {
	const p = await person();
	await test('a cookie reads from anywhere it is sent, and changes only from our own pages', async () => {
		assert.equal((await request('GET', '/me', cookie(p))).status, 200);
		assertProblem(await request('POST', '/servers', cookie(p), { name: 'No origin' }), 'cross_origin');
		const good = [{ 'Sec-Fetch-Site': 'same-origin' }, { Origin: origin }, { Origin: origin, 'Sec-Fetch-Site': 'same-origin' }];
		for (const h of good)
			assert.equal((await request('POST', '/servers', { ...cookie(p), ...h }, { name: unique('Ours') })).status, 201);
		const bad = [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': 'none' }, { Origin: 'null' }, { Origin: 'https://evil.example' },
			{ Origin: `${origin}.evil.example` }, { Origin: origin, 'Sec-Fetch-Site': 'cross-site' }, { Referer: `${origin}/` }];
		for (const h of bad)
			assertProblem(await request('POST', '/servers', { ...cookie(p), ...h }, { name: 'Theirs' }), 'cross_origin');
	});
	await test('a bearer token needs no origin, and wins over the cookie', async () => {
		const q = await person();
		const r = await request('PATCH', '/me', { ...cookie(p), Authorization: `Bearer ${q.token}`, 'Sec-Fetch-Site': 'cross-site' }, { display_name: 'Q' });
		assert.equal(r.status, 200);
		assert.equal(r.json.id, q.id);
	});
	await test('a foreign page cannot sign a browser in', async () => {
		assert.equal((await request('POST', '/auth/login', { Origin: 'https://evil.example' }, { login: p.username, password: PASSWORD })).status, 403);
		const form = await raw('POST', `${V1}/auth/login`, { headers: { 'Content-Type': 'text/plain' }, body: JSON.stringify({ login: p.username, password: PASSWORD }) });
		assert.equal(form.status, 415);
	});
	await test('no answer offers itself to other origins', async () => {
		const r = await request('GET', '/meta', { Origin: 'https://evil.example' });
		assert.equal(r.headers['access-control-allow-origin'], undefined);
		assert.equal((await request('OPTIONS', '/me', { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'PATCH' })).status, 405);
	});
}

async function refreshing() {
	await test('a refresh rotates; by cookie it needs our origin', async () => {
		const p = await person();
		assert.equal((await request('POST', '/auth/refresh', cookie(p))).status, 403);
		const r = await request('POST', '/auth/refresh', { ...cookie(p), Origin: origin });
		assert.equal(r.status, 200);
		assert.notEqual(r.json.refresh_token, p.refresh);
		assert.equal(cookiesOf(r).moot_refresh.value, r.json.refresh_token);
		assert.equal(cookiesOf(r).moot_access.value, r.json.access_token);
		await want(200, r.json.access_token, 'GET', '/me');
		assert.equal((await request('POST', '/auth/refresh', {})).status, 401);
	});
	await test('two tabs that refresh at once get the same successor', async () => {
		const p = await person();
		const both = await Promise.all([1, 2, 3].map(() => call(null, 'POST', '/auth/refresh', { refresh_token: p.refresh })));
		assert.deepEqual(both.map((r) => r.status), [200, 200, 200]);
		assert.equal(new Set(both.map((r) => r.json.refresh_token)).size, 1);
		await want(200, null, 'POST', '/auth/refresh', { refresh_token: both[0].json.refresh_token });
	});
	await test('a token two generations old ends the session, newest token included', async () => {
		const p = await person();
		const one = await want(200, null, 'POST', '/auth/refresh', { refresh_token: p.refresh });
		const two = await want(200, null, 'POST', '/auth/refresh', { refresh_token: one.refresh_token });
		const r = await call(null, 'POST', '/auth/refresh', { refresh_token: p.refresh });
		assertProblem(r, 'session_ended');
		assert.ok(Object.values(cookiesOf(r)).every((c) => c.value === ''));
		await want(401, null, 'POST', '/auth/refresh', { refresh_token: two.refresh_token });
		await want(401, two.access_token, 'GET', '/me');
	});
	await test('a forged refresh token ends nothing', async () => {
		const p = await person();
		const bytes = Buffer.from(p.refresh.slice('moot_rt_'.length), 'base64url');
		for (const change of [(b) => { b[11] += 3; }, (b) => { b[20] ^= 1; }, (b) => { b[0] ^= 1; }]) {
			const b = Buffer.from(bytes);
			change(b);
			assertProblem(await call(null, 'POST', '/auth/refresh', { refresh_token: `moot_rt_${b.toString('base64url')}` }), 'unauthorized');
		}
		await want(200, null, 'POST', '/auth/refresh', { refresh_token: p.refresh });
	});
	if (!DIR) {
		skip('the predecessor after its grace ends the session', 'no MOOT_DIR');
		return;
	}
	await test('the predecessor after its grace ends the session', async () => {
		const p = await person();
		const next = await want(200, null, 'POST', '/auth/refresh', { refresh_token: p.refresh });
		const session = JSON.parse(Buffer.from(next.access_token.split('.')[1], 'base64url')).sid;
		const grace = Number(setting('refresh_grace') || 10);
		await sql(`UPDATE session SET rotated_at = rotated_at - interval '${grace + 1} seconds' WHERE id = ${session}`);
		assertProblem(await call(null, 'POST', '/auth/refresh', { refresh_token: p.refresh }), 'session_ended');
		await want(401, null, 'POST', '/auth/refresh', { refresh_token: next.refresh_token });
	});
}

async function signingOut() {
	await test('signing out by the refresh cookie alone, when the access cookie has expired', async () => {
		const p = await person();
		const only = { Cookie: `moot_refresh=${p.refresh}` };
		assert.equal((await request('POST', '/auth/logout', only)).status, 403);
		const r = await request('POST', '/auth/logout', { ...only, Origin: origin });
		assert.equal(r.status, 204);
		await want(401, p, 'GET', '/me');
	});
}

export default async function () {
	await origins();
	await refreshing();
	await signingOut();
}
