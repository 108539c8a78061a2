// Addresses that are verified by mail, and new passwords by a link; attacks A13 to A17.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { assert, assertProblem, call, cgi, CONF, PASSWORD, person, PROGRAM, skip, sql, test, unique, URL_BASE, V1, until, want } from './lib.mjs';
import { code, guarded } from './factor.mjs';
import { postbox } from './postbox.mjs';

const moot = (...args) => promisify(execFile)(PROGRAM.replace(/moot-api$/, 'moot'), ['-c', CONF, ...args]);
const login = (name, password = PASSWORD) => call(null, 'POST', '/auth/login', { login: name, password });
const fresh = () => `${unique('m')}@example.org`;
const confirm = (token, password = 'another password') => call(null, 'POST', '/auth/reset/confirm', { token, password });
// every person has one limit of letters for an address: a new address for each step
let box;

async function verified() {
	const p = await person(), email = fresh();
	await want(202, p, 'PUT', '/me/email', { email, password: PASSWORD });
	await want(204, null, 'POST', '/auth/verify', { token: (await box.wait(email, /confirm/)).secret });
	return { ...p, email };
}

async function asked(p) {
	const mine = () => box.letters().filter((l) => l.to === p.email && /choose one/.test(l.text)), before = mine().length;
	assert.equal((await call(null, 'POST', '/auth/reset', { login: p.email })).status, 202);
	await until('a letter', () => mine().length > before, 90_000);
	return mine().at(-1).secret;
}

async function addresses() {
	await test('an address counts once its link is opened', async () => {
		const email = fresh(), username = unique('u');
		const { user, access_token: token } = await want(201, null, 'POST', '/auth/register', { username, email, password: PASSWORD });
		assert.deepEqual([user.email, user.email_verified, user.email_pending], [email, false, null]);
		assertProblem(await login(email), 'bad_credentials');
		const letter = await box.wait(email, /confirm/);
		assert.ok(letter.link.startsWith(`${URL_BASE}/verify#`), letter.link);
		assert.match(letter.text, new RegExp(`Hello ${username},`));
		await want(204, null, 'POST', '/auth/verify', { token: letter.secret });
		assert.equal((await want(200, token, 'GET', '/me')).email_verified, true);
		assert.equal((await login(email.toUpperCase())).status, 200);
		assertProblem(await call(null, 'POST', '/auth/verify', { token: letter.secret }), 'ticket_invalid');
	});
	await test('A16: a change needs the password, a link to the new address, and tells the old one', async () => {
		const p = await verified(), email = fresh();
		assertProblem(await call(p, 'PUT', '/me/email', { email, password: 'not it at all' }), 'bad_credentials');
		const me = await want(202, p, 'PUT', '/me/email', { email, password: PASSWORD });
		assert.deepEqual([me.email, me.email_verified, me.email_pending], [p.email, true, email]);
		const letter = await box.wait(email, /confirm/);
		await box.wait(p.email, /another e-mail address/);
		assert.equal((await login(p.email)).status, 200, 'the old one counts until then');
		assertProblem(await login(email), 'bad_credentials');
		await want(202, null, 'POST', '/auth/reset', { login: email });
		await want(204, null, 'POST', '/auth/verify', { token: letter.secret });
		assertProblem(await login(p.email), 'bad_credentials');
		assert.equal((await login(email)).status, 200);
		assert.ok(!box.letters().some((l) => l.to === email && /choose one/.test(l.text)), 'an unverified one resets nothing');
	});
	await test('only the newest link works, and none after the address is given up', async () => {
		const p = await person(), one = fresh(), two = fresh();
		await want(202, p, 'PUT', '/me/email', { email: one, password: PASSWORD });
		const first = await box.wait(one, /confirm/);
		await want(202, p, 'PUT', '/me/email', { email: two, password: PASSWORD });
		const second = await box.wait(two, /confirm/);
		assertProblem(await call(null, 'POST', '/auth/verify', { token: first.secret }), 'ticket_invalid');
		assert.equal((await want(202, p, 'PUT', '/me/email', { email: null, password: PASSWORD })).email, null);
		assertProblem(await call(null, 'POST', '/auth/verify', { token: second.secret }), 'ticket_invalid');
		await want(404, p, 'POST', '/me/email/resend');
	});
	await test('A17: whoever verifies an address first has it, in whatever case it is written', async () => {
		const email = fresh(), p = await person(), q = await person();
		await want(202, p, 'PUT', '/me/email', { email: email.toUpperCase().replace('EXAMPLE.ORG', 'example.org'), password: PASSWORD });
		await want(202, q, 'PUT', '/me/email', { email, password: PASSWORD });
		const rows = await sql(`SELECT count(*) FROM account WHERE lower(email_unverified) = '${email}'`);
		assert.equal(rows[0], '2', 'it keeps nobody from it');
		await sql(`UPDATE account SET email = email_unverified, email_unverified = NULL WHERE id = ${p.id}`);
		const r = await call(null, 'POST', '/auth/register', { username: unique('u'), password: PASSWORD, email });
		assert.equal(r.status, 201, 'who asks is told nothing');
		for (const bad of ['\u0430nn@example.org', 'ann@ex\u0430mple.org', 'user@corp.com@evil', 'a b@example.org', 'a@example.org\r\nBcc: b@example.org'])
			assertProblem(await call(null, 'POST', '/auth/register', { username: unique('u'), password: PASSWORD, email: bad }), 'invalid_fields');
	});
	await test('a letter to an address that is somebody else\'s has no link', async () => {
		const p = await verified(), q = await person();
		await sql("DELETE FROM limit_bucket WHERE key LIKE 'mail:%'");
		await want(202, q, 'PUT', '/me/email', { email: p.email.toUpperCase().replace('EXAMPLE.ORG', 'example.org'), password: PASSWORD });
		const to = p.email.toUpperCase().replace('EXAMPLE.ORG', 'example.org');
		const letter = await box.wait(to, /belongs to yours/);
		assert.equal(letter.secret, undefined);
		assert.match(letter.text, new RegExp(`Hello ${p.username},`));
	});
	await test('personal tokens change no address', async () => {
		const p = await person(), t = (await want(201, p, 'POST', '/me/tokens', { name: 'x' })).token;
		assertProblem(await call(t, 'PUT', '/me/email', { email: fresh(), password: PASSWORD }), 'forbidden');
		assertProblem(await call(t, 'POST', '/me/email/resend'), 'forbidden');
		await want(401, null, 'PUT', '/me/email', { email: fresh(), password: PASSWORD });
	});
}

async function resets() {
	await test('A13: a link gives one new password, ends all sessions, and works once', async () => {
		const p = await verified(), token = await asked(p), other = (await login(p.username)).json.access_token;
		assert.equal((await confirm(token)).status, 204);
		await want(401, p, 'GET', '/me');
		await want(401, other, 'GET', '/me');
		assertProblem(await login(p.email), 'bad_credentials');
		assert.equal((await login(p.email, 'another password')).status, 200);
		assertProblem(await confirm(token), 'ticket_invalid');
		await box.wait(p.email, /was changed just now/);
	});
	await test('A13: the newest only, none after another change of the password, none after an hour', async () => {
		const p = await verified(), old = await asked(p), newest = await asked(p);
		assert.notEqual(old, newest);
		assertProblem(await confirm(old), 'ticket_invalid');
		await want(204, p, 'PUT', '/me/password', { current_password: PASSWORD, new_password: 'yet another one' });
		assertProblem(await confirm(newest), 'ticket_invalid');
		const late = await asked(p);
		await sql(`UPDATE ticket SET expires_at = now() WHERE account_id = ${p.id}`);
		assertProblem(await confirm(late), 'ticket_invalid');
		assert.equal((await login(p.username, 'yet another one')).status, 200);
	});
	await test('A12: a link of one kind opens nothing else, nor does what is none', async () => {
		const p = await verified(), email = fresh(), reset = await asked(p);
		await want(202, p, 'PUT', '/me/email', { email, password: PASSWORD });
		const verify = (await box.wait(email, /confirm/)).secret;
		assertProblem(await call(null, 'POST', '/auth/verify', { token: reset }), 'ticket_invalid');
		for (const token of [verify, p.token, p.refresh ?? 'x', 'A'.repeat(43), 'x', `${verify}A`])
			assertProblem(await confirm(token), 'ticket_invalid');
		await want(401, verify, 'GET', '/me');
	});
	await test('A13: who has a second factor shows it, and the link stays until then', async () => {
		const p = await guarded(), email = fresh();
		await want(202, p, 'PUT', '/me/email', { email, password: PASSWORD });
		await want(204, null, 'POST', '/auth/verify', { token: (await box.wait(email, /confirm/)).secret });
		const token = await asked({ ...p, email }), set = (shown) => call(null, 'POST', '/auth/reset/confirm', { token, password: 'another password', ...shown });
		assertProblem(await set({}), 'second_factor_required');
		assertProblem(await set({ totp: code(p.secret, 5) }), 'bad_credentials');
		assert.equal((await set({ totp: code(p.secret) })).status, 204);
		assertProblem(await set({ totp: code(p.secret) }), 'ticket_invalid');
	});
	await test('of ten who have the link one gets it', async () => {
		const p = await verified(), token = await asked(p);
		const all = await Promise.all(Array.from({ length: 10 }, (_, i) => confirm(token, `password number ${i}`)));
		assert.equal(all.filter((r) => r.status === 204).length, 1, all.map((r) => r.status).join(' '));
	});
	await test('A14: links lead to base_url, whatever a request says', async () => {
		const p = await verified(), evil = { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' };
		await call(null, 'POST', '/auth/reset', { login: p.email }, evil);
		const letter = await box.wait(p.email, /choose one/);
		assert.ok(letter.link.startsWith(`${URL_BASE}/reset#`), letter.link);
		const at = await verified();
		const r = await cgi('POST', `${V1}/auth/reset`, { json: { login: at.email }, headers: { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' } });
		assert.equal(r.status, 202);
		assert.ok((await box.wait(at.email, /choose one/)).link.startsWith(`${URL_BASE}/reset#`));
		assert.ok(!box.letters().some((l) => l.text.includes('evil')));
	});
	await test('A15: the answer does not say whether there is an account', async () => {
		const p = await verified(), q = await person();
		const ask = async (name) => {
			const r = await call(null, 'POST', '/auth/reset', { login: name });
			return [r.status, r.text, Object.keys(r.headers).sort().join()];
		};
		const answer = await ask(p.email);
		assert.equal(answer[0], 202);
		for (const name of [p.username, q.username, unique('nobody'), fresh(), 'no name at all'])
			assert.deepEqual(await ask(name), answer, name);
	});
	await test('A15: one letter in five minutes to an address, 429 to an address that asks too often', async () => {
		const p = await verified(), settings = { limits_scale: 1 }, address = `198.51.100.${1 + Math.floor(Math.random() * 250)}`;
		await sql("DELETE FROM limit_bucket WHERE key LIKE 'mail:%'");
		const ask = () => cgi('POST', `${V1}/auth/reset`, { json: { login: p.email }, settings, address });
		const said = new Set();
		for (let i = 0; i < 10; i++)
			said.add((await ask()).status);
		assert.deepEqual([...said], [202]);
		assertProblem(await ask(), 'rate_limited');
		await box.wait(p.email, /choose one/);
		const jobs = () => sql(`SELECT count(*) FROM job WHERE kind = 'mail' AND data->>'to' = '${p.email}'`);
		assert.deepEqual(await jobs(), ['0']);
		assert.equal(box.letters().filter((l) => l.to === p.email && /choose one/.test(l.text)).length, 1);
	});
	await test('without mail an administrator gives out the link; there is no other', async () => {
		const p = await person();
		const r = await cgi('POST', `${V1}/auth/reset`, { json: { login: p.username }, settings: { mail_smtp: '' } });
		assertProblem(r, 'mail_off');
		const { stdout } = await moot('user', 'reset-link', p.username);
		assert.ok(stdout.startsWith(`${URL_BASE}/reset#`));
		assert.equal((await confirm(stdout.trim().split('#')[1])).status, 204);
		assert.equal((await login(p.username, 'another password')).status, 200);
	});
	await test('no link is in any log of the handlers', async () => {
		const p = await verified(), token = await asked(p);
		const r = await cgi('POST', `${V1}/auth/reset/confirm`, { json: { token, password: 'another password' } });
		assert.equal(r.status, 204);
		assert.ok(!r.log.includes(token));
	});
}

export default async function run() {
	box = await postbox;
	if (box === undefined) {
		skip('addresses and resets by mail', 'need an instance with mail_smtp = smtp://127.0.0.1:PORT');
		return;
	}
	await addresses();
	await resets();
}
