// Registering, signing in and out, sessions, tokens, one's own data.
import { assert, assertProblem, call, cookiesOf, hasCgi, PASSWORD, person, place, post, raw, sql, test, unique, URL_BASE, V1, want } from './lib.mjs';

async function registering() {
	await test('registering answers me, tokens, both cookies and a Location', async () => {
		const username = unique('Reg');
		const r = await call(null, 'POST', '/auth/register', { username, password: PASSWORD, email: `${username}@example.org`, display_name: 'Réne 🙂' });
		assert.equal(r.status, 201);
		assert.equal(r.json.user.username, username.toLowerCase());
		assert.equal(r.json.user.display_name, 'Réne 🙂');
		assert.equal(r.json.user.admin, false);
		assert.equal(r.json.expires_in, 900);
		assert.match(r.json.refresh_token, /^moot_rt_/);
		assert.equal(r.headers.location, `${new URL(URL_BASE).pathname.replace(/\/$/, '')}${V1}/users/${r.json.user.id}`);
		const c = cookiesOf(r);
		assert.ok(c.moot_access.attributes.includes('HttpOnly') && c.moot_access.attributes.includes('SameSite=Lax'));
		assert.ok(c.moot_access.attributes.some((a) => a === 'Path=/'));
		assert.ok(c.moot_refresh.attributes.includes('SameSite=Strict'));
		assert.ok(c.moot_refresh.attributes.some((a) => a.endsWith('/api/v1/auth')));
	});
	await test('a name is taken in any case; whether an address is, is not said', async () => {
		const p = await person(), email = `${unique('m')}@example.org`;
		assertProblem(await call(null, 'POST', '/auth/register', { username: p.username.toUpperCase(), password: PASSWORD }), 'username_taken');
		await want(201, null, 'POST', '/auth/register', { username: unique('u'), password: PASSWORD, email });
		await want(201, null, 'POST', '/auth/register', { username: unique('u'), password: PASSWORD, email: email.toUpperCase() });
	});
	await test('all bad fields are named at once', async () => {
		const r = await call(null, 'POST', '/auth/register', { username: 'a b', password: 'short', email: 'nobody', display_name: '\u2003' });
		assertProblem(r, 'invalid_fields');
		assert.deepEqual(r.json.errors.map((e) => e.field).sort(), ['display_name', 'email', 'password', 'username']);
	});
	await test('passwords: no truncation, at most 256 characters and 1,024 bytes, spaces and emoji kept', async () => {
		const long = 'x'.repeat(72), username = unique('u');
		await want(201, null, 'POST', '/auth/register', { username, password: `${long}A` });
		await want(401, null, 'POST', '/auth/login', { login: username, password: `${long}B` });
		await want(200, null, 'POST', '/auth/login', { login: username, password: `${long}A` });
		await want(422, null, 'POST', '/auth/register', { username: unique('u'), password: 'y'.repeat(257) });
		await want(201, null, 'POST', '/auth/register', { username: unique('u'), password: '🙂'.repeat(256) });
		await want(422, null, 'POST', '/auth/register', { username: unique('u'), password: '🙂'.repeat(257) });
		const spaced = unique('u');
		await want(201, null, 'POST', '/auth/register', { username: spaced, password: ' with spaces ' });
		await want(401, null, 'POST', '/auth/login', { login: spaced, password: 'with spaces' });
	});
	await test('setup needs the one-time token', async () => {
		await want(410, null, 'POST', '/auth/setup', { token: 'not-the-token', username: unique('u'), password: PASSWORD });
		await want(422, null, 'POST', '/auth/setup', { username: unique('u'), password: PASSWORD });
	});
}

async function signingIn() {
	const p = await person();
	await test('a wrong name and a wrong password are the same answer', async () => {
		const a = await call(null, 'POST', '/auth/login', { login: p.username, password: 'wrong password' });
		const b = await call(null, 'POST', '/auth/login', { login: unique('nobody'), password: 'wrong password' });
		assertProblem(a, 'bad_credentials');
		assertProblem(b, 'bad_credentials');
		delete a.json.request_id;
		delete b.json.request_id;
		assert.deepEqual(a.json, b.json);
	});
	await test('a wrong name takes as long as a wrong password', async () => {
		const times = { known: [], unknown: [] };
		for (let i = 0; i < 40; i++) {
			times.known.push((await call(null, 'POST', '/auth/login', { login: p.username, password: 'wrong password' })).ms);
			times.unknown.push((await call(null, 'POST', '/auth/login', { login: unique('nobody'), password: 'wrong password' })).ms);
		}
		const median = (l) => l.sort((x, y) => x - y)[l.length / 2];
		const [known, unknown] = [median(times.known), median(times.unknown)];
		assert.ok(Math.abs(known - unknown) < Math.max(0.25 * known, 2), `known ${known} ms, unknown ${unknown} ms`);
	});
	await test('signing in with name in any case or address gives working tokens', async () => {
		const g = await want(200, null, 'POST', '/auth/login', { login: p.username.toUpperCase(), password: PASSWORD });
		assert.equal((await want(200, g.access_token, 'GET', '/me')).id, p.id);
	});
	await test('a token in the query never signs in', async () => {
		await want(401, null, 'GET', `/me?access_token=${p.token}`);
	});
	await test('a refresh token is no bearer, an access token no refresh token', async () => {
		await want(401, p.refresh, 'GET', '/me');
		await want(401, null, 'POST', '/auth/refresh', { refresh_token: p.token });
	});
	await test('forged and cut tokens are 401', async () => {
		for (const t of [`${p.token.slice(0, -2)}AA`, p.token.slice(0, -1), `${p.token}x`, 'x.y.z', '', 'a'.repeat(5000), 'moot_pat_AAAA'])
			await want(401, null, 'GET', '/me', undefined, { Authorization: `Bearer ${t}` });
		await want(401, null, 'GET', '/me', undefined, { Authorization: 'Digest x' });
	});
}

async function sessions() {
	await test('sessions are listed, one can be ended, and it is dead at once', async () => {
		const p = await person();
		const other = await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD }, { 'User-Agent': 'test/1' });
		const list = (await want(200, p, 'GET', '/me/sessions')).items;
		assert.equal(list.length, 2);
		assert.equal(list.filter((s) => s.current).length, 1);
		assert.ok(list.some((s) => s.user_agent === 'test/1'));
		await want(204, p, 'DELETE', `/me/sessions/${list.find((s) => !s.current).id}`);
		assertProblem(await call(other.access_token, 'GET', '/me'), 'session_ended');
		await want(401, null, 'POST', '/auth/refresh', { refresh_token: other.refresh_token });
		await want(404, p, 'DELETE', `/me/sessions/${list.find((s) => !s.current).id}`);
		await want(404, await person(), 'DELETE', `/me/sessions/${list.find((s) => s.current).id}`);
	});
	await test('signing out ends the session and clears the cookies', async () => {
		const p = await person();
		const r = await call(p, 'POST', '/auth/logout');
		assert.equal(r.status, 204);
		assert.ok(Object.values(cookiesOf(r)).every((c) => c.value === '' && c.attributes.includes('Max-Age=0')));
		await want(401, p, 'GET', '/me');
		await want(401, p, 'POST', '/auth/logout');
		await want(401, null, 'POST', '/auth/logout');
	});
	await test('a new password ends all other sessions and needs the old one', async () => {
		const p = await person();
		const other = await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD });
		await want(401, p, 'PUT', '/me/password', { current_password: 'wrong password', new_password: 'another password' });
		await want(204, p, 'PUT', '/me/password', { current_password: PASSWORD, new_password: 'another password' });
		await want(200, p, 'GET', '/me');
		await want(401, other.access_token, 'GET', '/me');
		await want(401, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD });
		await want(200, null, 'POST', '/auth/login', { login: p.username, password: 'another password' });
	});
}

async function tokens() {
	const p = await person();
	await test('a personal token works as Bearer and Basic, and is shown once', async () => {
		const made = await call(p, 'POST', '/me/tokens', { name: 'script', expires_in: 3600 }), t = made.json;
		assert.deepEqual([made.status, made.headers.location], [201, undefined]);	// nothing is there to be read
		assert.match(t.token, /^moot_pat_[A-Za-z0-9_-]{64}$/);
		assert.equal((await want(200, t.token, 'GET', '/me')).id, p.id);
		for (const pair of [`${t.token}:`, `:${t.token}`])
			await want(200, null, 'GET', '/me', undefined, { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
		const list = (await want(200, p, 'GET', '/me/tokens')).items;
		assert.ok(list.some((x) => x.id === t.id && x.token === undefined && x.name === 'script'));
		await want(204, p, 'DELETE', `/me/tokens/${t.id}`);
		await want(401, t.token, 'GET', '/me');
		await want(404, p, 'DELETE', `/me/tokens/${t.id}`);
	});
	await test('a personal token makes no tokens, no password, and sees no sessions', async () => {
		const t = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		for (const [method, path, json] of [['POST', '/me/tokens', { name: 'more' }], ['POST', '/me/export'], ['DELETE', '/me', { password: 'x' }]]) {
			const r = await call(t, method, path, json);
			assertProblem(r, 'forbidden');
			assert.match(r.json.detail, /sign-in/);
		}
		await want(403, t, 'PUT', '/me/password', { current_password: PASSWORD, new_password: 'another password' });
		await want(403, t, 'GET', '/me/sessions');
	});
	await test('a token for reading only reads', async () => {
		const t = (await want(201, p, 'POST', '/me/tokens', { name: 'r', scopes: ['read'] })).token;
		await want(200, t, 'GET', '/bootstrap');
		assertProblem(await call(t, 'POST', '/servers', { name: 'Nope' }), 'scope_missing');
		await want(422, p, 'POST', '/me/tokens', { name: 'r', scopes: ['everything'] });
	});
	await test('scopes come back as they were sent', async () => {
		for (const scopes of [['read'], ['write'], ['read', 'write'], []]) {
			const t = await want(201, p, 'POST', '/me/tokens', { name: 's', scopes });
			assert.deepEqual(t.scopes, scopes);
			assert.deepEqual((await want(200, p, 'GET', '/me/tokens')).items.find((x) => x.id === t.id).scopes, scopes);
		}
		assert.deepEqual((await want(201, p, 'POST', '/me/tokens', { name: 'd', scopes: ['read', 'read'] })).scopes, ['read']);
	});
	await test('a token with one changed bit is refused', async () => {
		const t = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		const at = t.length - 5, other = t[at] === 'A' ? 'B' : 'A';
		await want(401, t.slice(0, at) + other + t.slice(at + 1), 'GET', '/me');
	});
}

async function oneself() {
	const p = await person(), q = await person();
	await test('me can be read and changed; others see only the public part', async () => {
		const me = await want(200, p, 'PATCH', '/me', { display_name: '  Someone  ' });
		assert.equal(me.display_name, 'Someone');
		assert.equal((await want(200, p, 'PATCH', '/me', { email: `${p.username}@example.org` })).email, null, 'not without the password');
		assert.deepEqual(Object.keys(await want(200, q, 'GET', `/users/${p.id}`)).sort(),
			['avatar_url', 'bot', 'display_name', 'id', 'username']);
		await want(409, p, 'PATCH', '/me', { username: q.username });
	});
	await test('nothing to change changes nothing, and answers what is', async () => {
		const version = async () => (await sql(`SELECT xmin, rev FROM account WHERE id = ${p.id}`))[0];
		const before = hasCgi() ? await version() : '', me = await want(200, p, 'GET', '/me');
		for (const body of [{}, { display_name: null }, { nothing: 1 }])
			assert.deepEqual(await want(200, p, 'PATCH', '/me', body), me);
		if (before !== '')
			assert.equal(await version(), before);
	});
	await test('what a name is signed in with is not for personal tokens to change', async () => {
		const t = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		for (const email of [`${unique('m')}@example.org`, null])
			assertProblem(await call(t, 'PUT', '/me/email', { email, password: PASSWORD }), 'forbidden');
		assertProblem(await call(t, 'PATCH', '/me', { username: unique('stolen') }), 'forbidden');
		assert.equal((await want(200, t, 'PATCH', '/me', { display_name: 'By token' })).display_name, 'By token');
	});
	await test('a name given up is held for who had it', async () => {
		const [owner, other] = [await person(), await person()], username = owner.username;
		await want(200, owner, 'PATCH', '/me', { username: unique('new') });
		assertProblem(await call(other, 'PATCH', '/me', { username }), 'username_taken');
		assertProblem(await call(null, 'POST', '/auth/register', { username, password: PASSWORD }), 'username_taken');
		assert.equal((await want(200, owner, 'PATCH', '/me', { username })).username, username);
	});
	await test('what may not be set is ignored', async () => {
		const me = await want(200, p, 'PATCH', '/me', { admin: true, id: '1', created_at: 'x', bot: true });
		assert.equal(me.admin, false);
		assert.equal(me.id, p.id);
		assert.equal(me.bot, false);
	});
	await test('bootstrap is one picture with a cursor', async () => {
		const home = await place(p, q);
		await post(p, home.channel, `hello <@${q.id}>`);
		const b = await want(200, q, 'GET', '/bootstrap');
		for (const key of ['me', 'servers', 'dms', 'read_states', 'presence', 'limits', 'features', 'stream'])
			assert.ok(key in b, key);
		assert.match(b.stream.cursor, /^[0-9]+\.[A-Za-z0-9_-]+$/);
		const server = b.servers.find((s) => s.id === home.id);
		assert.equal(server.channels[0].last_seq, 1);
		assert.match(server.my_permissions, /^[0-9]+$/);
		assert.deepEqual(b.read_states.find((s) => s.channel_id === home.channel),
			{ channel_id: home.channel, read_seq: 0, mention_count: 1 });
		assert.ok(!JSON.stringify(b.servers).includes('email'));
	});
	await test('what is polled has an ETag, and 304 when nothing is new', async () => {
		const first = await call(p, 'GET', '/bootstrap');
		assert.match(first.headers.etag, /^W\/"[0-9a-f]+"$/);
		const second = await call(p, 'GET', '/bootstrap', undefined, { 'If-None-Match': `"x", ${first.headers.etag}` });
		assert.equal(second.status, 304);
		assert.equal(second.text, '');
		const head = await raw('HEAD', `${V1}/me`, { headers: { Authorization: `Bearer ${p.token}` } });
		assert.equal(head.status, 200);
		assert.equal(head.text, '');
		assert.ok(Number(head.headers['content-length']) > 0);
	});
}

export default async function () {
	await registering();
	await signingIn();
	await sessions();
	await tokens();
	await oneself();
}
