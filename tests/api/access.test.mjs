// Who may do what: every route of the program's own table, as everybody (access_table.mjs).
import { existsSync } from 'node:fs';
import { GROUPS, PEOPLE } from './access_table.mjs';
import { assert, call, hasCgi, PASSWORD, person, place, post, PROGRAM, raw, ROOT, skip, sql, test, V1, want } from './lib.mjs';
import { describe, operations, table } from './openapi.mjs';

const NOTHING = '1882527262043013132';	// an id, and nothing has it
const fits = (status, wanted) => wanted === '2xx' ? status >= 200 && status < 300 : status === Number(wanted);
const given = (x, values) => typeof x === 'function' ? x(values) : x;

function request(who, route, [, body, query], values) {
	const [method, pattern] = route.split(' ');
	const path = pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]) + (given(query, values) ?? '');
	if (!path.startsWith(V1))
		return raw(method, path, { headers: who ? { Authorization: `Bearer ${who.token}` } : {} });
	return call(who, method, path.slice(V1.length), given(body, values));
}

const said = (r) => {
	if (r.json === undefined)
		return r.text;	// a page
	const { request_id, ...rest } = r.json;
	return JSON.stringify(rest);
};

// Asks as everybody; the owner goes last, so that the object is still there for the others.
async function ask(route, row, people, values) {
	const order = PEOPLE.filter((p) => p !== 'owner' && people[p] !== undefined).concat('owner');
	const bodies = new Set();
	for (const name of order) {
		const wanted = row[0].split(' ')[PEOPLE.indexOf(name)];
		if (wanted === '404' && route.includes('{')) {
			const nowhere = await request(people[name], route, row, Object.fromEntries(Object.keys(values).map((k) => [k,
				k === 'code' ? 'x'.repeat(22) : /^(victim|owner_id)$/.test(k) ? values[k] : NOTHING])));
			bodies.add(said(nowhere));
		}
		const r = await request(people[name], route, row, values);
		assert.ok(fits(r.status, wanted), `${route} as ${name}: ${r.status}, not ${wanted}: ${r.text.slice(0, 200)}`);
		if (r.status === 404 && r.json !== undefined)
			bodies.add(said(r));
	}
	assert.ok(bodies.size <= 1, `${route}: 404 tells apart what it must not: ${[...bodies]}`);
}

const again = async (who) => (await want(200, null, 'POST', '/auth/login', { login: who.username, password: PASSWORD })).access_token;

async function cast() {
	const people = { anon: null };
	for (const name of PEOPLE.slice(1))
		people[name] = await person(name);
	const { owner, friend, member, stranger, guest, banned, disabled } = people, victim = await person('victim');
	await place(stranger);
	const home = await place(owner, friend, member, guest, banned, disabled, victim), gate = await place(owner, banned);
	const secret = await want(201, owner, 'POST', `/servers/${home.id}/channels`, { name: 'secret', kind: 'text', private: true });
	await want(200, owner, 'PATCH', `/servers/${home.id}/members/${guest.id}`, { roles: ['guest'] });
	for (const p of [friend, banned, disabled, victim])
		await want(204, owner, 'PUT', `/channels/${secret.id}/members/${p.id}`);
	for (const server of [home, gate])
		await want(204, owner, 'PUT', `/servers/${server.id}/bans/${banned.id}`);
	const role = await want(201, owner, 'POST', `/servers/${home.id}/roles`, { name: 'role' });
	const token = await want(201, owner, 'POST', '/me/tokens', { name: 'mine' });
	await again(owner);
	const session = (await want(200, owner, 'GET', '/me/sessions')).items.find((s) => !s.current);
	const m = await post(owner, secret.id, 'hidden words');
	const rule = await want(201, owner, 'POST', `/servers/${home.id}/rules`, { name: 'few mentions', kind: 'mentions', most: 50 });
	const report = await want(201, friend, 'POST', `/users/${member.id}/report`, { server_id: home.id, reason: 'other' });
	if (hasCgi())
		await sql(`UPDATE account SET disabled_at = now() WHERE id = ${disabled.id}`);
	else
		delete people.disabled;
	const values = { server_id: home.id, channel_id: secret.id, message_id: m.id, user: victim.id, user_id: victim.id, target_id: victim.id,
		role_id: role.id, report_id: report.id, rule_id: rule.id, token_id: token.id, session_id: session.id, code: home.invite, victim: victim.username, owner_id: owner.id };
	return { people, home, gate, secret, m, values };
}

async function sights({ people, home, secret, m, values }) {
	await test('who cannot see a channel finds it nowhere', async () => {
		for (const who of [people.member, people.stranger, people.guest, people.banned]) {
			assert.ok(!(await call(who, 'GET', '/bootstrap')).text.includes(secret.id));
			const s = await want(200, who, 'POST', '/sync', { channels: { [secret.id]: 0 } });
			assert.deepEqual(s.channels[secret.id], { revoked: true });
			await call(who, 'GET', `/servers/${home.id}`).then((r) => assert.ok(!r.text.includes(secret.id)));
		}
	});
	await test('a message is found only in its own channel', async () => {
		await want(404, people.owner, 'GET', `/channels/${home.channel}/messages/${m.id}`);
		await want(404, people.owner, 'PATCH', `/channels/${home.channel}/messages/${m.id}`, { content: 'x' });
		await want(404, people.owner, 'DELETE', `/channels/${home.channel}/messages/${m.id}`);
		await want(404, people.member, 'GET', `/channels/${home.channel}/messages?around=${m.id}`);
	});
	await test('a role is found only in its own server', async () => {
		const other = await place(people.owner);
		await want(404, people.owner, 'PATCH', `/servers/${other.id}/roles/${values.role_id}`, { name: 'x' });
		await want(404, people.owner, 'DELETE', `/servers/${other.id}/roles/${values.role_id}`);
		await want(404, people.owner, 'PUT', `/channels/${other.channel}/overrides/${values.role_id}`, { allow: '0', deny: '64' });
	});
	await test('a conversation is nobody else\'s', async () => {
		const dm = await want(201, people.owner, 'POST', '/dms', { user_ids: [people.friend.id] });
		const there = await post(people.owner, dm.id, 'private');
		for (const [route, row] of Object.entries(GROUPS['a private channel'])) {
			const r = await request(people.member, route, row, { ...values, channel_id: dm.id, message_id: there.id });
			assert.equal(r.status, 404, route);
		}
	});
}

export default async function () {
	const c = await cast();
	const rows = Object.values(GROUPS).flatMap((g) => Object.keys(g)).sort();
	if (!existsSync(PROGRAM))
		skip('every route of the program stands in the table', `no program ${PROGRAM}`);
	else
		await test('every route of the program stands in the table', () => {
			assert.deepEqual(table(PROGRAM).map((r) => `${r.method} ${r.path}`).sort(), rows);
		});
	await test('and every one that is described', () => {
		assert.deepEqual(operations(describe(`${ROOT}docs/openapi.yaml`)).map((o) => `${o.method} ${o.path}`).sort(), rows);
	});
	await sights(c);
	if (!hasCgi())
		skip('an account that has been disabled', 'MOOT_DIR is not set');
	for (const [title, group] of Object.entries(GROUPS)) {
		const leaving = title === 'coming and going';
		for (const [route, row] of Object.entries(group))
			await test(`${title}: ${route}`, () => ask(route, row, c.people, leaving ? { ...c.values, code: c.gate.invite } : c.values));
	}
}
