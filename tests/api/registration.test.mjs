// Who may register, who waits and who decides; browsers that are known; what a new account may do.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';
import { assert, assertProblem, call, cgi, CONF, cookiesOf, hasCgi, PASSWORD, person, place, PROGRAM, setting, skip, sql, test, unique, V1, want } from './lib.mjs';
import { postbox } from './postbox.mjs';

const moot = (...args) => promisify(execFile)(PROGRAM.replace(/moot-api$/, 'moot'), ['-c', CONF, ...args]);
const fails = (...args) => moot(...args).then(() => assert.fail('it did'), (e) => e);
const address = () => `203.0.${randomBytes(1)[0]}.${randomBytes(1)[0]}`;
const register = (settings, json) => cgi('POST', `${V1}/auth/register`, { settings, address: address(), json: { username: unique('u'), password: PASSWORD, ...json } });
const login = (name, password = PASSWORD) => call(null, 'POST', '/auth/login', { login: name, password });
let box;

async function administrator() {
	const p = await person();
	await sql(`UPDATE account SET admin = true WHERE id = ${p.id}`);
	return p;
}

// Somebody who waits for an administrator: {id, username}.
async function waiting(more = {}) {
	const username = unique('w'), r = await register({ registration: 'approve' }, { username, ...more });
	assert.deepEqual([r.status, r.json], [202, { status: 'pending' }], r.text);
	return { username, id: (await sql(`SELECT id FROM account WHERE username = '${username}'`))[0] };
}

const listed = async (admin) => {
	const all = [];
	for (let after = ''; after !== null;) {
		const page = await want(200, admin, 'GET', `/admin/registrations?limit=50${after && `&after=${after}`}`);
		all.push(...page.items);
		after = page.after;
	}
	return all;
};

async function approving() {
	const admin = await administrator(), other = await person();
	await test('who registers where it is approved waits, and is told so only with the right password', async () => {
		const p = await waiting({ note: 'I am Ann.', display_name: 'Ann' });
		assertProblem(await login(p.username), 'approval_pending');
		assertProblem(await login(p.username, 'wrong password'), 'bad_credentials');
		assert.equal((await sql(`SELECT count(*) FROM session WHERE account_id = ${p.id}`))[0], '0');
		const one = (await listed(admin)).find((x) => x.id === p.id);
		assert.deepEqual([one.username, one.display_name, one.email, one.note], [p.username, 'Ann', null, 'I am Ann.']);
		await want(404, other, 'POST', '/dms', { user_ids: [p.id] });
		await want(204, admin, 'POST', `/admin/registrations/${p.id}/approve`);
		assert.equal((await login(p.username)).status, 200);
		await want(404, admin, 'POST', `/admin/registrations/${p.id}/approve`);
		await want(404, admin, 'POST', `/admin/registrations/${p.id}/refuse`);
		assert.ok(!(await listed(admin)).some((x) => x.id === p.id));
		const rows = await sql(`SELECT action, actor_id, target_id, detail->>'username' FROM audit WHERE server_id = 0 AND target_id = ${p.id}`);
		assert.deepEqual(rows, [`registration.approved|${admin.id}|${p.id}|${p.username}`]);
	});
	await test('who is refused is gone, and may come again under the same name', async () => {
		const p = await waiting();
		await want(204, admin, 'POST', `/admin/registrations/${p.id}/refuse`);
		assertProblem(await login(p.username), 'bad_credentials');
		assert.equal((await register({ registration: 'open' }, { username: p.username })).status, 201);
	});
	await test('only administrators of the installation decide, and not by a token', async () => {
		const p = await waiting(), { token } = await want(201, admin, 'POST', '/me/tokens', { name: 'x' });
		for (const who of [other, token]) {
			await want(403, who, 'GET', '/admin/registrations');
			const status = who === other ? 404 : 403;
			await want(status, who, 'POST', `/admin/registrations/${p.id}/approve`);
			await want(status, who, 'POST', `/admin/registrations/${p.id}/refuse`);
		}
		await want(401, null, 'GET', '/admin/registrations');
		assertProblem(await login(p.username), 'approval_pending');
		await want(404, admin, 'POST', `/admin/registrations/${other.id}/refuse`);
		await want(200, other, 'GET', '/me');
	});
	await test('of ten who decide at once one does', async () => {
		const p = await waiting();
		const all = await Promise.all(Array.from({ length: 10 }, (_, i) => call(admin, 'POST', `/admin/registrations/${p.id}/${i % 2 ? 'approve' : 'refuse'}`)));
		assert.deepEqual(all.map((r) => r.status).sort(), [204, ...Array(9).fill(404)]);
	});
	await test('the command line shows them and decides', async () => {
		const p = await waiting({ note: 'two\nlines' }), q = await waiting();
		assertProblem(await register({ registration: 'approve' }, { note: 'an \u001b[31mescape' }), 'invalid_fields');
		await sql(`UPDATE account SET registration_note = E'an \\x1b[31mescape and a\\nline' WHERE id = ${p.id}`);
		const { stdout } = await moot('user', 'pending');
		const line = stdout.split('\n').find((l) => l.startsWith(p.username));
		assert.match(line, /administrator/);
		assert.ok(line.includes('line') && !line.includes('\u001b'), line);
		assert.match((await moot('user', 'list')).stdout.split('\n').find((l) => l.startsWith(p.username)), /pending/);
		await moot('user', 'approve', p.username);
		assert.equal((await login(p.username)).status, 200);
		await moot('user', 'refuse', q.username);
		assert.match((await fails('user', 'approve', q.username)).stderr, /no user/);
		assert.match((await fails('user', 'refuse', p.username)).stderr, /does not wait/);
	});
	await test('a thousand may wait, and no more', async () => {
		const many = (sign) => sql(sign ? `INSERT INTO account (username, display_name, waits_for, disabled_at)
			SELECT 'crowd' || x, 'x', 'approve', now() FROM generate_series(1, 1000) AS x`
			: "DELETE FROM account WHERE username LIKE 'crowd%'");
		await many(true);
		try {
			assertProblem(await register({ registration: 'approve' }), 'registration_closed');
			assert.equal((await register({ registration: 'open' })).status, 201);
		} finally {
			await many(false);
		}
	});
}

async function domains() {
	// without a mail server nobody registers by his address; nothing is sent to those who are refused
	const at = { registration: 'open', registration_domains: 'corp.example, Example.org', ...(box ? {} : { mail_smtp: 'smtp://127.0.0.1:1', mail_from: 'moot@example.org' }) };
	await test('I6: only addresses of the domains, exactly', async () => {
		assert.deepEqual((await cgi('GET', `${V1}/meta`, { settings: at })).json.registration_domains, ['corp.example', 'Example.org']);
		for (const email of ['user@corp.example@evil.example', 'user@corp.example.evil.example', 'user@evilcorp.example', 'user@sub.corp.example', undefined])
			assertProblem(await register(at, { email }), 'invalid_fields');
		assertProblem(await register({ ...at, mail_smtp: '' }, { email: 'user@corp.example' }), 'registration_closed');
	});
	if (box === undefined)
		return;
	await test('I6: and not before the link was opened; then to who approves', async () => {
		for (const mode of ['open', 'approve']) {
			const username = unique('d'), email = `${username}@CORP.example`;
			const settings = { ...at, registration: mode, limits_scale: 1 };
			const r = await register(settings, { username, email });
			assert.deepEqual([r.status, r.json], [202, { status: 'verify' }]);
			// within five minutes that sends no other link, which would take the place of the first
			const early = await cgi('POST', `${V1}/auth/login`, { settings, address: address(), json: { login: username, password: PASSWORD } });
			assertProblem(early, 'email_unverified');
			const { secret } = await box.wait(email, /confirm/i);
			await want(204, null, 'POST', '/auth/verify', { token: secret });
			const then = await login(username);
			if (mode === 'open')
				assert.equal(then.status, 200, then.text);
			else
				assertProblem(then, 'approval_pending');
		}
	});
	await test('an administrator is not shown who has not verified, and tells the others by mail', async () => {
		const admin = await administrator(), username = unique('d'), email = `${username}@corp.example`;
		await register({ ...at, registration: 'approve' }, { username, email });
		const [id] = await sql(`SELECT id FROM account WHERE username = '${username}'`);
		assert.ok(!(await listed(admin)).some((x) => x.id === id));
		await want(404, admin, 'POST', `/admin/registrations/${id}/approve`);
		await want(204, null, 'POST', '/auth/verify', { token: (await box.wait(email, /confirm/i)).secret });
		assert.equal((await listed(admin)).find((x) => x.id === id).email_verified, true);
		await want(204, admin, 'POST', `/admin/registrations/${id}/refuse`);
		assert.match((await box.wait(email, /not approved/)).text, new RegExp(`Hello ${username},`));
	});
	await test('an invite lets nobody in who has not verified', async () => {
		const owner = await person(), home = await place(owner), username = unique('d'), email = `${username}@corp.example`;
		const r = await register({ ...at, registration: 'invite' }, { username, email, invite: home.invite });
		assert.equal(r.status, 202, r.text);
		assert.equal((await sql(`SELECT count(*) FROM member AS m JOIN account AS a ON a.id = m.account_id WHERE a.username = '${username}'`))[0], '0');
	});
	await test('whose address nobody verified is gone after a week', async () => {
		const make = async (days) => {
			const username = unique('late');
			await sql(`INSERT INTO account (id, username, display_name, waits_for, disabled_at)
				SELECT id_floor(now() - interval '${days} days') + ${1 + Math.floor(Math.random() * 1e5)}, '${username}', 'x', 'verify', now()`);
			return username;
		};
		const young = await make(6), old = await make(8);
		await sql('SELECT count(*) FROM housekeeping()');
		assert.deepEqual(await sql(`SELECT username FROM account WHERE username IN ('${young}', '${old}')`), [young]);
	});
}

async function known() {
	const settings = { limits_scale: 1 };
	const at = (name, password, cookie) => cgi('POST', `${V1}/auth/login`, { settings, address: address(), json: { login: name, password },
		headers: cookie ? { Cookie: `moot_known=${cookie}`, Origin: setting('base_url') } : {} });
	const cookie = (r) => cookiesOf(r).moot_known;
	await test('what strangers try keeps nobody out of a browser he has signed in with before', async () => {
		const p = await person(), first = cookie(await at(p.username, PASSWORD));
		assert.match(first.value, /^moot_kb_/);
		assert.ok(['HttpOnly', 'SameSite=Strict', 'Path=/api/v1/auth'].every((a) => first.attributes.includes(a)), first.attributes.join());
		for (let i = 0; i < 5; i++)
			assertProblem(await at(p.username, 'wrong password'), 'bad_credentials');
		assertProblem(await at(p.username, PASSWORD), 'rate_limited');
		const again = await at(p.username, PASSWORD, first.value);
		assert.equal(again.status, 200, again.text);
		assert.equal(cookie(again), undefined, 'it is known');
	});
	await test('it has five tries of its own, and opens nothing', async () => {
		const p = await person(), mine = cookie(await at(p.username, PASSWORD)).value;
		for (let i = 0; i < 5; i++)
			assertProblem(await at(p.username, 'wrong password', mine), 'bad_credentials');
		assertProblem(await at(p.username, PASSWORD, mine), 'rate_limited');
		assert.equal((await at(p.username, PASSWORD)).status, 200, 'elsewhere nobody tried');
		await want(401, mine, 'GET', '/me');
	});
	await test('one of somebody else, or a forged one, gives no more tries', async () => {
		const p = await person(), q = await person(), others = cookie(await at(q.username, PASSWORD)).value;
		const forged = `moot_kb_${Buffer.concat([Buffer.from(BigInt(p.id).toString(16).padStart(16, '0'), 'hex'), randomBytes(48)]).toString('base64url')}`;
		for (const c of [others, forged, 'x', undefined, undefined])
			assertProblem(await at(p.username, 'wrong password', c), 'bad_credentials');
		for (const c of [others, forged, 'x', undefined])
			assertProblem(await at(p.username, PASSWORD, c), 'rate_limited');
	});
	await test('who chose a new password by a link is not locked out', async () => {
		const p = await person();
		for (let i = 0; i < 5; i++)
			assertProblem(await at(p.username, 'wrong password'), 'bad_credentials');
		const token = (await moot('user', 'reset-link', p.username)).stdout.trim().split('#')[1];
		const r = await cgi('POST', `${V1}/auth/reset/confirm`, { settings, address: address(), json: { token, password: 'another password' } });
		assert.equal(r.status, 204, r.text);
		assertProblem(await at(p.username, 'another password'), 'rate_limited');
		assert.equal((await at(p.username, 'another password', cookie(r).value)).status, 200);
	});
}

async function growing() {
	await test('a new account may do half as much for its first hours', async () => {
		const p = await person(), home = await place(p);
		const most = async (method, path, json, hours) => Number((await cgi(method, V1 + path, { json, address: address(),
			headers: { Authorization: `Bearer ${p.token}` }, settings: { limits_scale: 1, new_account_hours: hours } })).headers['ratelimit-limit']);
		const rows = [['POST', `/channels/${home.channel}/messages`, { content: 'x' }, 20], ['POST', '/dms', { user_ids: [p.id] }, 30],
			['POST', '/servers', { name: 'x' }, 20], ['POST', `/servers/${home.id}/invites`, {}, 60]];
		for (const [method, path, json, full] of rows)
			assert.deepEqual([await most(method, path, json, 72), await most(method, path, json, 0)], [full / 2, full], path);
		assert.equal(await most('PATCH', '/me', { bio: 'x' }, 72), 20, 'the rest is as it is');
	});
}

export default async function run() {
	if (!hasCgi()) {
		skip('registration', 'needs MOOT_DIR/moot.conf and the program (MOOT_API)');
		return;
	}
	box = await postbox;
	await approving();
	await domains();
	await known();
	await growing();
}
