// The same program as plain CGI, one process a request, with settings of its own: what depends on
// the configuration, on addresses and on limits.
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { randomBytes } from 'node:crypto';
import { assert, assertProblem, call, cgi, cookiesOf, hasCgi, PASSWORD, person, place, post, skip, sql, test, transaction, unique, V1, want } from './lib.mjs';

const address = () => `198.51.${randomBytes(1)[0]}.${randomBytes(1)[0]}`;
const bearer = (p) => ({ Authorization: `Bearer ${p.token}` });

async function plain(owner, home) {
	await test('plain CGI answers as FastCGI does', async () => {
		const r = await cgi('GET', `${V1}/me`, { headers: bearer(owner) });
		assert.equal(r.code, 0, r.log);
		assert.equal(r.status, 200);
		assert.deepEqual(r.json, await want(200, owner, 'GET', '/me'));
		assert.equal(Number(r.headers['content-length']), Buffer.byteLength(r.text));
		const made = await cgi('POST', `${V1}/channels/${home.channel}/messages`, { headers: bearer(owner), json: { content: 'from CGI' } });
		assert.equal(made.status, 201);
		const head = await cgi('HEAD', `${V1}/me`, { headers: bearer(owner) });
		assert.deepEqual([head.status, head.text], [200, '']);
	});
	await test('the path is found in PATH_INFO, REQUEST_URI, DOCUMENT_URI or SCRIPT_NAME', async () => {
		const none = { PATH_INFO: '' };
		for (const env of [{ ...none }, { ...none, REQUEST_URI: '', DOCUMENT_URI: `${V1}/meta` }, { ...none, REQUEST_URI: '', SCRIPT_NAME: `${V1}/meta` },
			{ PATH_INFO: '/v1/meta', REQUEST_URI: '/api/v1/meta' }])
			assert.equal((await cgi('GET', `${V1}/meta`, { env })).status, 200, JSON.stringify(env));
		assert.equal((await cgi('GET', `${V1}/meta`, { env: { ...none, REQUEST_URI: '/api/v1/%6Deta' } })).status, 200);
		for (const uri of ['/api/v1%2Fmeta', '/api/v1/meta%00', '/api/v1/%256Deta', '/api/v1/%zz', '/api/v1/%ff'])
			assert.equal((await cgi('GET', `${V1}/meta`, { env: { ...none, REQUEST_URI: uri } })).status, 404, uri);
		assert.equal((await cgi('GET', `${V1}/meta`, { env: { REQUEST_URI: '/api/v1%2fmeta' } })).status, 404);
	});
	await test('a body that is shorter than announced is 400, one without length and end is none', async () => {
		const send = (env, body) => cgi('POST', `${V1}/servers`, { headers: { ...bearer(owner), 'Content-Type': 'application/json' }, body, env });
		assert.equal((await send({ CONTENT_LENGTH: '100' }, '{"name":"x"}')).status, 400);
		assert.equal((await send({ CONTENT_LENGTH: 'x' }, '{"name":"x"}')).status, 400);
		assert.equal((await send({ CONTENT_LENGTH: '99999999999999999999' }, '{"name":"x"}')).status, 413);
		assert.equal((await send({ CONTENT_LENGTH: '65537' }, '')).status, 413);
		assert.equal((await send({ CONTENT_LENGTH: '' }, '{"name":"x"}')).status, 400);
		assert.equal((await send({ CONTENT_LENGTH: '', HTTP_TRANSFER_ENCODING: 'chunked' }, `{"name":"${unique('chunked')}"}`)).status, 201);
		assert.equal((await send({ CONTENT_LENGTH: '', HTTP_TRANSFER_ENCODING: 'chunked' }, `{"name":"${'x'.repeat(70000)}"}`)).status, 413);
	});
	await test('a request id is kept when it is one, and made when it is not', async () => {
		assert.equal((await cgi('GET', `${V1}/meta`, { headers: { 'X-Request-Id': 'abc-12345678' } })).headers['x-request-id'], 'abc-12345678');
		for (const bad of ['short', 'x'.repeat(65), 'has space 12', 'a\u00e9aaaaaaaaa'])
			assert.match((await cgi('GET', `${V1}/meta`, { headers: { 'X-Request-Id': bad } })).headers['x-request-id'], /^[0-9a-f]{32}$/);
	});
	await test('one log line a request, with the trace, without secrets', async () => {
		const trace = '4bf92f3577b34da6a3ce929d0e0e4736', secret = 'very secret words';
		const r = await cgi('POST', `${V1}/channels/${home.channel}/messages?token=${secret.replace(/ /g, '+')}`, { headers: { ...bearer(owner), traceparent: `00-${trace}-00f067aa0ba902b7-01`, 'User-Agent': 'x\r\n"\u001b[31m' }, json: { content: secret } });
		assert.equal(r.status, 201);
		const lines = r.log.trim().split('\n').map((l) => JSON.parse(l)).filter((l) => l.msg === 'request');
		assert.equal(lines.length, 1);
		assert.equal(lines[0].tp, trace);
		assert.equal(lines[0].rid, r.headers['x-request-id']);
		assert.equal(lines[0].route, '/api/v1/channels/{channel_id}/messages');
		assert.equal(String(lines[0].status), '201');
		for (const hidden of [secret, owner.token, PASSWORD])
			assert.ok(!r.log.includes(hidden));
	});
}

async function configured(owner, home) {
	const register = (settings, json) => cgi('POST', `${V1}/auth/register`, { settings, address: address(), json: { username: unique('u'), password: PASSWORD, ...json } });
	await test('registration: closed refuses, invite lets in who has one', async () => {
		for (const mode of ['closed', 'invite'])
			assertProblem(await register({ registration: mode }), 'registration_closed');
		assertProblem(await register({ registration: 'invite' }, { invite: 'AAAAAAAAAAAAAAAAAAAA' }), 'registration_closed');
		assertProblem(await register({ registration: 'closed' }, { invite: home.invite }), 'registration_closed');
		const one = await want(201, owner, 'POST', `/servers/${home.id}/invites`, { max_uses: 1 });
		const r = await register({ registration: 'invite' }, { invite: one.code });
		assert.equal(r.status, 201);
		const mine = await want(200, r.json.access_token, 'GET', '/bootstrap');
		assert.deepEqual(mine.servers.map((s) => s.id), [home.id]);
		assertProblem(await register({ registration: 'invite' }, { invite: one.code }), 'registration_closed');
		for (const mode of ['closed', 'invite', 'approve', 'open'])
			assert.equal((await cgi('GET', `${V1}/meta`, { settings: { registration: mode } })).json.registration, mode);
	});
	// Somebody else holds the server, then wants what the request holds: Postgres ends the transaction of
	// the request, which waited longer, and it has to be done again. (On a machine so slow that a second
	// goes by in between it ends the other one: then it is tried anew.)
	const crossed = async (request, other) => {
		for (let i = 0; i < 5; i++) {
			const t = await transaction();
			await t.say(`SELECT FROM server WHERE id = ${home.id} FOR UPDATE;`);
			const name = unique('u'), asked = request(name);
			await t.waiting();
			const won = await t.say(other(name)) !== undefined;
			await t.end();
			const r = await asked;
			if (won)
				return r;
		}
		throw new Error('the request never was the one to be ended');
	};
	await test('registering by invite is done again after a deadlock', async () => {
		const r = await crossed((username) => register({ registration: 'invite' }, { invite: home.invite, username }),
			(username) => `INSERT INTO account (username, display_name) VALUES ('${username}', 'x');`);
		assert.equal(r.status, 201, r.text);
		assert.deepEqual((await want(200, r.json.access_token, 'GET', '/bootstrap')).servers.map((s) => s.id), [home.id]);
	});
	await test('a mutation under a key is done again after a deadlock', async () => {
		const p = await person();
		const r = await crossed((key) => call(p, 'POST', `/invites/${home.invite}/accept`, undefined, { 'Idempotency-Key': key }),
			(key) => `INSERT INTO idempotency (account_id, key, body_hash) VALUES (${p.id}, '${key}', '');`);
		assert.equal(r.status, 200, r.text);
		assert.equal(r.headers['idempotency-replayed'], undefined);
		assert.equal(r.json.server.id, home.id);
	});
	await test('signing out by the refresh cookie ends the session, in two round trips', async () => {
		const p = await person(), out = () => cgi('POST', `${V1}/auth/logout`, { address: address(),
			headers: { Cookie: `moot_refresh=${p.refresh}`, 'Sec-Fetch-Site': 'same-origin' } });
		const r = await out();
		assert.equal(r.status, 204, r.text);
		const line = r.log.trim().split('\n').map((l) => JSON.parse(l)).find((l) => l.msg === 'request');
		assert.equal(Number(line.trips), 2);
		assert.equal((await call(p, 'GET', '/me')).status, 401);
		assertProblem(await out(), 'session_ended');
	});
	await test('over https cookies are Secure and prefixed; below a path they are kept to it', async () => {
		const https = cookiesOf(await register({ base_url: 'https://chat.example' }));
		assert.ok(https['__Host-moot_access'].attributes.includes('Secure') && https['__Host-moot_access'].attributes.includes('Path=/'));
		assert.ok(https['__Secure-moot_refresh'].attributes.includes('Secure'));
		for (const [base_url, name] of [['https://chat.example:8443', '__Host-moot_access'], ['https://chat.example/a', '__Secure-moot_access'], ['https://chat.example/a/b', '__Secure-moot_access']])
			assert.ok(name in cookiesOf(await register({ base_url })), base_url);
		const r = await register({ base_url: 'http://host.example/chat' });
		assert.ok(cookiesOf(r).moot_access.attributes.includes('Path=/chat/'));
		assert.ok(cookiesOf(r).moot_refresh.attributes.includes('Path=/chat/api/v1/auth'));
		assert.match(r.headers.location, /^\/chat\/api\/v1\/users\//);
		assert.equal((await cgi('GET', `/chat${V1}/meta`, { settings: { base_url: 'http://host.example/chat' } })).status, 200);
		const token = https['__Host-moot_access'].value, settings = { base_url: 'https://chat.example' };
		const patch = (h) => cgi('PATCH', `${V1}/me`, { settings, json: { display_name: 'x' }, headers: { Cookie: `__Host-moot_access=${token}`, Host: 'chat.example', ...h } });
		assert.equal((await patch({ Origin: 'https://chat.example' })).status, 200);
		assert.equal((await patch({ Origin: 'http://chat.example' })).status, 403);
	});
	await test('a token of another installation is no token here', async () => {
		assert.equal((await cgi('GET', `${V1}/me`, { headers: bearer(owner), settings: { base_url: 'https://other.example' } })).status, 401);
	});
	await test('an expired access token says so', async () => {
		const r = await cgi('POST', `${V1}/auth/login`, { address: address(), json: { login: owner.username, password: PASSWORD }, settings: { access_token_life: 5 } });
		assert.equal(r.json.expires_in, 5);
		const exp = JSON.parse(Buffer.from(r.json.access_token.split('.')[1], 'base64url')).exp;
		while (Date.now() / 1000 <= exp)
			await new Promise((ok) => setTimeout(ok, 100));
		assertProblem(await cgi('GET', `${V1}/me`, { headers: { Authorization: `Bearer ${r.json.access_token}` } }), 'token_expired');
	});
	await test('the configured message length holds', async () => {
		const send = (content) => cgi('POST', `${V1}/channels/${home.channel}/messages`, { headers: bearer(owner), json: { content }, settings: { message_length: 10 } });
		assert.equal((await send('x'.repeat(10))).status, 201);
		assert.equal((await send('x'.repeat(11))).status, 422);
	});
	await test('without a token key, with a short one, or an unknown setting it does not start', async () => {
		const dir = mkdtempSync(`${tmpdir()}/moot-api-test-`);
		writeFileSync(`${dir}/short`, 'x'.repeat(31));
		for (const token_key_file of ['', `${dir}/none`, `${dir}/short`]) {
			const r = await cgi('GET', `${V1}/meta`, { settings: { token_key_file } });
			assert.notEqual(r.code, 0);
			assert.equal(r.text, '');
		}
		rmSync(dir, { recursive: true });
	});
	await test('the first administrator is made with the setup token, once', async () => {
		const token = randomBytes(24).toString('base64url');
		const kept = await sql("SELECT encode(setup_token_hash, 'hex'), setup_expires_at FROM instance");
		const admins = await sql('SELECT id FROM account WHERE admin');
		await sql('UPDATE account SET admin = false');
		await sql(`UPDATE instance SET setup_token_hash = sha256('${token}'), setup_expires_at = now() + interval '1 hour'`);
		const setup = (t) => cgi('POST', `${V1}/auth/setup`, { address: address(), settings: { registration: 'closed' }, json: { token: t, username: unique('admin'), password: PASSWORD } });
		try {
			assert.equal((await cgi('GET', `${V1}/meta`)).json.setup_needed, true);
			assertProblem(await setup('wrong'), 'setup_closed');
			const r = await setup(token);
			assert.equal(r.status, 201, r.text);
			assert.equal(r.json.user.admin, true);
			assert.equal((await cgi('GET', `${V1}/meta`)).json.setup_needed, false);
			assertProblem(await setup(token), 'setup_closed');
		} finally {
			const [hash, until] = (kept[0] ?? '|').split('|');
			await sql('UPDATE account SET admin = false');
			if (admins.length > 0)
				await sql(`UPDATE account SET admin = true WHERE id IN (${admins.join(',')})`);
			await sql(hash ? `UPDATE instance SET setup_token_hash = '\\x${hash}', setup_expires_at = '${until}'`
				: 'UPDATE instance SET setup_token_hash = NULL, setup_expires_at = NULL');
		}
	});
}

async function limits(owner, home) {
	const scale = { limits_scale: 1, new_account_hours: 0 };
	const login = (json, at, more = {}) => cgi('POST', `${V1}/auth/login`, { json, address: at, settings: { ...scale, ...more.settings }, headers: more.headers });
	for (const [where, settings] of [['Redis', {}], ['Postgres while Redis is away', { redis: 'unix:/nonexistent' }]]) {
		await test(`five wrong passwords close an account, from wherever they come (counted in ${where})`, async () => {
			const p = await person(), q = await person();
			for (let i = 0; i < 5; i++)
				assert.equal((await login({ login: p.username, password: 'wrong password' }, address(), { settings })).status, 401);
			const r = await login({ login: p.username.toUpperCase(), password: PASSWORD }, address(), { settings });
			assertProblem(r, 'rate_limited');
			assert.ok(Number(r.headers['retry-after']) > 60);
			assert.equal((await login({ login: q.username, password: PASSWORD }, address(), { settings })).status, 200);
		});
		await test(`twenty tries close an address, whatever headers it sends (counted in ${where})`, async () => {
			const at = address();
			for (let i = 0; i < 20; i++)
				assert.equal((await login({ login: unique('nobody'), password: 'wrong password' }, at, { settings, headers: { 'X-Forwarded-For': address(), Forwarded: `for=${address()}`, 'X-Real-IP': address() } })).status, 401);
			const r = await login({ login: unique('nobody'), password: 'wrong password' }, at, { settings, headers: { 'X-Forwarded-For': address() } });
			assertProblem(r, 'rate_limited');
			assert.deepEqual([r.headers['ratelimit-limit'], r.headers['ratelimit-remaining']], ['20', '0']);
		});
	}
	await test('right passwords are given back', async () => {
		const p = await person(), at = address();
		for (let i = 0; i < 8; i++)
			assert.equal((await login({ login: p.username, password: PASSWORD }, at)).status, 200);
	});
	await test('behind a trusted proxy the last foreign hop counts', async () => {
		const proxy = address(), client = address(), settings = { trusted_proxies: `10.0.0.1, ${proxy}` };
		const at = (xff) => cgi('POST', `${V1}/auth/login`, { address: proxy, settings: { ...scale, ...settings }, headers: { 'X-Forwarded-For': xff }, json: { login: unique('nobody'), password: 'wrong password' } });
		const first = await at(`${address()}, ${client}`);
		assert.equal(first.headers['ratelimit-remaining'], '19');
		assert.equal((await at(`1.1.1.1, ${client}, 10.0.0.1`)).headers['ratelimit-remaining'], '18');
		assert.equal((await at(address())).headers['ratelimit-remaining'], '19');
	});
	await test('posting too fast is 429 and leaves nothing', async () => {
		const p = await person(), there = await place(p);
		let refused;
		for (let i = 0; i < 30 && !refused; i++) {
			const r = await cgi('POST', `${V1}/channels/${there.channel}/messages`, { headers: bearer(p), json: { content: `m${i}` }, settings: scale });
			assert.ok(r.headers['ratelimit-limit']);
			if (r.status === 429) refused = { r, i };
			else assert.equal(r.status, 201);
		}
		assert.equal(refused.i, 20);
		assertProblem(refused.r, 'rate_limited');
		assert.equal((await want(200, p, 'GET', `/channels/${there.channel}`)).last_seq, 20);
	});
	await test('guessing invites is limited by address', async () => {
		const at = address();
		let status;
		for (let i = 0; i < 21; i++)
			({ status } = await cgi('GET', `${V1}/invites/${randomBytes(16).toString('base64url')}`, { address: at, settings: scale }));
		assert.equal(status, 429);
	});
	await test('an IPv6 network counts as one address', async () => {
		const net = `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}`;
		const get = (host) => cgi('GET', `${V1}/invites/AAAAAAAAAAAAAAAAAAAA`, { address: `${net}:0:0:0:${host}`, settings: scale });
		assert.deepEqual([(await get('1')).headers['ratelimit-remaining'], (await get('2')).headers['ratelimit-remaining']], ['19', '18']);
	});
	await test('metrics are for this machine only', async () => {
		assert.equal((await cgi('GET', '/metrics', { address: '192.0.2.9' })).status, 404);
		assert.equal((await cgi('GET', '/metrics', { address: '127.0.0.1', headers: { 'X-Forwarded-For': '192.0.2.9' } })).status, 404);
		const r = await cgi('GET', '/metrics', { address: '127.0.0.1' });
		assert.equal(r.status, 200);
		assert.match(r.text, /^moot_http_requests_2xx/m);
	});
}

export default async function () {
	if (!hasCgi()) {
		skip('plain CGI', 'needs MOOT_DIR/moot.conf and the program (MOOT_API)');
		return;
	}
	const owner = await person();
	const home = await place(owner);
	await post(owner, home.channel, 'x');
	await plain(owner, home);
	await configured(owner, home);
	await limits(owner, home);
}
