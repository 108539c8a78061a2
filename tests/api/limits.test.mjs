// What credentials that are none may cost, and whom; limits of their own for what makes places.
// Counters are scaled up for the instance, so what uses one up runs as plain CGI at scale 1.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { guarded } from './factor.mjs';
import { assert, assertProblem, call, cgi, hasCgi, PASSWORD, person, place, post, setting, skip, sql, test, unique, V1, want } from './lib.mjs';

const scale = { limits_scale: 1, new_account_hours: 0 };
const address = () => `203.0.${randomBytes(1)[0]}.${randomBytes(1)[0]}`;
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

const be = (v) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(v)); return b; };
// A personal token of the right form that names the account, as anybody can write one.
const forged = (account) => `moot_pat_${Buffer.concat([randomBytes(1).fill(1), randomBytes(7), be(account), randomBytes(32)]).toString('base64url')}`;
const refresh = () => `moot_rt_${Buffer.concat([randomBytes(1).fill(1), randomBytes(7), Buffer.from([0, 0, 0, 1]), randomBytes(32)]).toString('base64url')}`;
// The access token with its last byte of the signature changed.
const broken = (token) => token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');

const line = (r) => r.log.trim().split('\n').map((l) => JSON.parse(l)).find((l) => l.msg === 'request');

// The 60 an address has, used up by all kinds of refused credentials; what is left after each.
async function useUp(at, victim) {
	const kinds = [() => ({ path: '/me', headers: bearer(forged(victim.id)) }), () => ({ path: '/me', headers: bearer(broken(victim.token)) }),
		() => ({ path: '/me', headers: { Authorization: 'Basic eDp5' } }), () => ({ path: '/me', headers: { Cookie: 'moot_access=x.y.z' } }),
		() => ({ method: 'POST', path: '/auth/refresh', json: { refresh_token: refresh() } })];
	const left = [];
	let closed = false;
	for (let i = 0; !closed; i += 4)
		await Promise.all([0, 1, 2, 3].map(async (k) => {
			const { method = 'GET', path, ...more } = kinds[(i + k) % kinds.length]();
			const r = await cgi(method, V1 + path, { ...more, address: at, settings: scale });
			assert.ok([401, 429].includes(r.status), r.text);
			assert.equal(r.headers['ratelimit-limit'], '60');
			if (r.status === 401) left.push(Number(r.headers['ratelimit-remaining']));
			closed ||= r.status === 429;
		}));
	return left.filter((n) => n < 60);	// 60: Redis was too slow to count it
}

async function refused(owner, home) {
	const at = `/channels/${home.channel}/messages`;
	const remaining = (r) => Number(r.headers['ratelimit-remaining']);
	await test('a forged token uses up nothing of whom it names', async () => {
		const victim = await person(), there = await place(victim), path = `${V1}/channels/${there.channel}/messages`;
		const send = (token, more) => cgi('POST', path, { json: { content: 'x' }, headers: bearer(token), settings: scale, address: address(), ...more });
		assert.equal(remaining(await send(victim.token)), 19);
		for (let i = 0; i < 5; i++)
			assert.equal((await send(forged(victim.id))).status, 401);
		const r = await send(victim.token);
		assert.deepEqual([r.status, remaining(r)], [201, 18]);
	});
	await test('nor does a session that has ended', async () => {
		const victim = await person(), there = await place(victim), path = `${V1}/channels/${there.channel}/messages`;
		const other = await want(200, null, 'POST', '/auth/login', { login: victim.username, password: PASSWORD });
		await want(204, other.access_token, 'POST', '/auth/logout');
		const send = (token) => cgi('POST', path, { json: { content: 'x' }, headers: bearer(token), settings: scale, address: address() });
		for (let i = 0; i < 3; i++)
			assertProblem(await send(other.access_token), 'session_ended');
		assert.equal(remaining(await send(victim.token)), 19);
	});
	const here = address();
	await test('60 refused credentials a minute close an address for more, counted one by one', async () => {
		const left = await useUp(here, owner);
		assert.equal(new Set(left).size, left.length);
		assert.ok(left.length > 50 && left.length <= 60 && Math.min(...left) < 5, left.join(' '));
	});
	await test('then none is looked up any more', async () => {
		const tries = [['GET', '/me', { headers: bearer(forged(owner.id)) }], ['POST', '/auth/refresh', { json: { refresh_token: refresh() } }],
			['POST', '/auth/logout', { headers: bearer(forged(owner.id)) }], ['GET', '/me/sessions', { headers: bearer(forged(owner.id)) }],
			['GET', '/me', { headers: bearer(broken(owner.token)) }]];
		for (const [method, path, more] of tries) {
			const r = await cgi(method, V1 + path, { ...more, address: here, settings: scale });
			assertProblem(r, 'rate_limited');
			assert.equal(Number(line(r).trips), 0, `${method} ${path}`);
			assert.equal(Number(line(r).uid), 0, 'nobody is named by what was not verified');
		}
	});
	await test('who has a session goes on there, and everybody elsewhere', async () => {
		assert.equal((await cgi('GET', `${V1}/me`, { headers: bearer(owner.token), address: here, settings: scale })).status, 200);
		const token = (await want(201, owner, 'POST', '/me/tokens', { name: 'script' })).token;
		assert.equal((await cgi('GET', `${V1}/me`, { headers: bearer(token), address: address(), settings: scale })).status, 200);
	});
	await test('requests without a credential, and expired ones, count as any other', async () => {
		const from = address(), get = (headers) => cgi('GET', `${V1}/me`, { headers, address: from, settings: scale });
		const first = await get({});
		assertProblem(first, 'unauthorized');
		assert.deepEqual([first.headers['ratelimit-limit'], remaining(first), remaining(await get({}))], ['600', 599, 598]);
	});
	await test('random tokens are one counter, not one each', async () => {
		const from = address(), get = () => cgi('GET', `${V1}/me`, { headers: bearer(forged(owner.id)), address: from, settings: scale });
		assert.deepEqual([remaining(await get()), remaining(await get())], [59, 58]);
	});
	await test('a token that is right but not enough is refused before its body is read', async () => {
		const token = (await want(201, owner, 'POST', '/me/tokens', { name: 'r', scopes: ['read'] })).token;
		assertProblem(await call(token, 'POST', at, '{'), 'scope_missing');
		assertProblem(await call(token, 'PUT', '/me/password', '{'), 'forbidden');
	});
}

// One of each is made with JSON of its own; the limit is the account's, wherever it is.
async function making() {
	const p = await person(), home = await place(p), q = await person();
	const rows = [['PATCH', '/me', () => ({ display_name: unique('n') }), 20], ['PUT', '/me/presence', () => ({ status: 'idle' }), 30, 60], ['POST', '/dms', () => ({ user_ids: [q.id] }), 30], ['POST', '/servers', () => ({ name: unique('more') }), 20],
		['POST', `/servers/${home.id}/channels`, () => ({ name: unique('c'), kind: 'text' }), 60], ['POST', `/servers/${home.id}/invites`, () => ({}), 60],
		['POST', `/servers/${home.id}/purge`, () => ({ user_id: p.id, within_s: 60 }), 30], ['PUT', `/servers/${home.id}/bans/${q.id}`, () => ({ delete_messages: 60 }), 60, 60]];
	for (const [method, path, json, most, window = 3600] of rows)
		await test(`${path.replace(/[0-9]{10,}/, 'ID')}: ${most} in ${window} s`, async () => {
			const token = (await want(201, p, 'POST', '/me/tokens', { name: 'another' })).token;
			const send = (t) => cgi(method, V1 + path, { json: json(), headers: bearer(t), address: address(), settings: scale });
			const first = await send(p.token), used = most - Number(first.headers['ratelimit-remaining']);
			assert.deepEqual([Math.floor(first.status / 100), Number(first.headers['ratelimit-limit'])], [2, most]);
			assert.ok(used >= 1 && used <= 2, 'those made for this test count as well');
			for (let i = used; i < most; i += 5)
				for (const r of await Promise.all(Array.from({ length: Math.min(5, most - i) }, (_, k) => send(k % 2 ? token : p.token))))
					assert.ok([200, 201, 202, 204].includes(r.status), r.text);
			let over = await send(token);
			for (let i = 0; i < 5 && over.status < 400; i++)	// Redis was too slow to count some
				over = await send(token);
			assertProblem(over, 'rate_limited');
			assert.ok(Number(over.headers['retry-after']) > window / 60);
			assert.ok((await cgi('GET', `${V1}/me`, { headers: bearer(token), settings: scale })).status === 200, 'nothing else is refused');
		});
}

// What stays in the audit log of the installation, or as a row, has 20 in an hour all together.
async function lasting() {
	const p = await guarded();
	const send = (method, path, json) => cgi(method, V1 + path, { json, headers: bearer(p.token), address: address(), settings: scale });
	await test('changes of what somebody is entered with: 20 in 3600 s', async () => {
		let n = 0;
		for (let r; (r = await send('POST', '/me/recovery-codes')).status !== 429; n++) {
			assert.deepEqual([r.status, r.headers['ratelimit-limit']], [200, '20'], r.text);
			assert.ok(n < 25, 'there is no end');	// Redis was too slow to count some
		}
		assert.ok(n >= 18, `${n} and the two that turned it on`);
		for (const [method, path, json] of [['POST', '/me/totp'], ['PUT', '/me/totp', { code: '123456' }], ['DELETE', '/me/totp'], ['POST', '/me/tokens', { name: 'x' }]])
			assertProblem(await send(method, path, json), 'rate_limited');
		assert.equal((await send('GET', '/me/security')).status, 200);
	});
}

// Straight into the counter: 3,000 processes would take their time.
const redis = (...args) => new Promise((ok, no) => {
	execFile('redis-cli', ['-s', setting('redis').replace(/^unix:/, ''), ...args], (error, out) => error ? no(error) : ok(out.trim()));
});

async function together() {
	await test('all sessions and tokens of an account share 3,000 a minute', async () => {
		const p = await person(), key = `l:account:a:${p.id}`;
		const token = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		const get = (t) => cgi('GET', `${V1}/me`, { headers: bearer(t), address: address(), settings: scale });
		assert.equal((await get(p.token)).status, 200);
		await redis('SET', key, '2997', 'EX', '60');
		const all = [];
		for (const t of [p.token, token, p.token, token, p.token, token, token])
			all.push((await get(t)).status);
		assert.deepEqual([all[0], all.at(-1)], [200, 429]);
		const ended = await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD });
		await want(204, ended.access_token, 'POST', '/auth/logout');
		await redis('SET', key, '10', 'EX', '60');
		assertProblem(await get(ended.access_token), 'session_ended');
		assert.ok(Number(await redis('GET', key)) <= 10, 'a session that ended counts for nobody');
	});
}

async function attempts() {
	const login = (name, password = 'wrong password') => cgi('POST', `${V1}/auth/login`, { json: { login: name, password }, address: address(), settings: scale });
	const change = (p, current) => cgi('PUT', `${V1}/me/password`, { headers: bearer(p.token), json: { current_password: current, new_password: PASSWORD }, address: address(), settings: scale });
	await test('five tries are five, whether by name, in capitals, or by address', async () => {
		const username = unique('tried'), email = `${username}@example.org`;
		await want(201, null, 'POST', '/auth/register', { username, password: PASSWORD, email });
		await sql(`UPDATE account SET email = email_unverified, email_unverified = NULL WHERE username = '${username}'`);
		for (const name of [username, email, username.toUpperCase(), email.toUpperCase(), username])
			assertProblem(await login(name), 'bad_credentials');
		for (const name of [username, email, email.toUpperCase()])
			assertProblem(await login(name, PASSWORD), 'rate_limited');
	});
	await test('a name spelt with letters that fold to others is another name', async () => {
		const tail = unique('iki'), username = `k${tail}`;
		await want(201, null, 'POST', '/auth/register', { username, password: PASSWORD });
		for (const name of [`\u212a${tail}`, `k\u0130${tail.slice(1)}`, `\u212a\u0131${tail.slice(1)}`])
			assertProblem(await login(name, PASSWORD), 'bad_credentials');
		assert.equal((await login(username.toUpperCase(), PASSWORD)).status, 200);
	});
	await test('an unknown name is closed after five as a known one is', async () => {
		const name = unique('nobody');
		for (let i = 0; i < 5; i++)
			assertProblem(await login(name), 'bad_credentials');
		// a try that Redis was too slow for stands in Postgres, and five more of those would be let in
		for (let i = 0; i < 5 && (await login(name)).json.code === 'bad_credentials'; i++);
		assertProblem(await login(name), 'rate_limited');
	});
	await test('what strangers try keeps nobody from changing his password, five of his own do', async () => {
		const p = await person();
		for (const name of [`#${p.id}`, p.username])
			for (let i = 0; i < 5; i++)
				assertProblem(await login(name), 'bad_credentials');
		assert.equal((await change(p, PASSWORD)).status, 204);
		for (let i = 0; i < 5; i++)
			assertProblem(await change(p, 'not it at all'), 'bad_credentials');
		assertProblem(await change(p, PASSWORD), 'rate_limited');
	});
}

async function networks() {
	const left = async (a) => Number((await cgi('GET', `${V1}/invites/AAAAAAAAAAAAAAAAAAAA`, { address: a, settings: scale })).headers['ratelimit-remaining']);
	const h = () => randomBytes(2).readUInt16BE().toString(16);
	await test('an IPv6 network of 64 bits is one address, however it is written', async () => {
		const [a, b] = [h(), h()];
		const all = [`2001:db8:${a}:${b}::1`, `2001:db8:${a}:${b}:0:0:0:2`, `2001:0DB8:${a}:${b}:a:b:c:d`, `2001:db8:${a}:${b}::192.0.2.1`];
		for (const [i, one] of all.entries())
			assert.equal(await left(one), 19 - i, one);
		assert.equal(await left(`2001:db8:${a}:${b === '0' ? '1' : '0'}::1`), 19);
	});
	await test('zero groups that are left out are there', async () => {
		const a = h(), all = [`2001:${a}::1`, `2001:${a}::2`, `2001:${a}::a:b`, `2001:${a}:0:0::c:d`];
		for (const [i, one] of all.entries())
			assert.equal(await left(one), 19 - i, one);
	});
	await test('an IPv4 address in IPv6 is that address', async () => {
		const a = address();
		assert.equal(await left(a), 19);
		assert.equal(await left(`::ffff:${a}`), 18);
	});
}

export default async function () {
	if (!hasCgi()) {
		skip('limits', 'needs MOOT_DIR/moot.conf and the program (MOOT_API)');
		return;
	}
	const owner = await person(), home = await place(owner);
	await refused(owner, home);
	await making();
	await lasting();
	await together();
	await attempts();
	await networks();
}
