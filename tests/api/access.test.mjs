// Who may do what: every route with an object, for people who stand in different places.
import { assert, call, person, place, post, ROOT, test, V1, want } from './lib.mjs';
import { describe, operations } from './openapi.mjs';

// Columns: nobody, the owner, a member the object is shared with, a member it is not shared with,
// someone of another server, someone banned. Statuses by route; objects are in a private channel.
const PEOPLE = ['anon', 'owner', 'friend', 'member', 'stranger', 'banned'];
const PRIVATE = {
	'GET /channels/{channel_id}': '401 200 200 404 404 404',
	'PATCH /channels/{channel_id}': '401 200 403 404 404 404',
	'GET /channels/{channel_id}/members': '401 200 200 404 404 404',
	'PUT /channels/{channel_id}/members/{user}': '401 2xx 2xx 404 404 404',
	'PUT /channels/{channel_id}/overrides/{target_id}': '401 2xx 403 404 404 404',
	'DELETE /channels/{channel_id}/overrides/{target_id}': '401 2xx 403 404 404 404',
	'GET /channels/{channel_id}/messages': '401 200 200 404 404 404',
	'POST /channels/{channel_id}/messages': '401 201 201 404 404 404',
	'GET /channels/{channel_id}/messages/{message_id}': '401 200 200 404 404 404',
	'PATCH /channels/{channel_id}/messages/{message_id}': '401 200 403 404 404 404',
	'PUT /channels/{channel_id}/read': '401 200 200 404 404 404',
	'PUT /channels/{channel_id}/delivered': '401 204 204 404 404 404',
	'GET /channels/{channel_id}/receipts': '401 200 200 404 404 404',
	'POST /channels/{channel_id}/typing': '401 204 204 404 404 404',
	'DELETE /channels/{channel_id}/messages/{message_id}': '401 204 403 404 404 404',
	'DELETE /channels/{channel_id}/members/{user}': '401 2xx 403 404 404 404',
	'DELETE /channels/{channel_id}': '401 204 403 404 404 404',
};
const SERVER = {
	'GET /servers/{server_id}': '401 200 200 200 404 404',
	'PATCH /servers/{server_id}': '401 200 403 403 404 404',
	'GET /servers/{server_id}/members': '401 200 200 200 404 404',
	'PATCH /servers/{server_id}/members/{user}': '401 200 403 403 404 404',
	'GET /servers/{server_id}/audit-log': '401 200 403 403 404 404',
	'GET /servers/{server_id}/invites': '401 200 200 200 404 404',
	'POST /servers/{server_id}/invites': '401 201 201 201 404 404',
	'POST /servers/{server_id}/channels': '401 201 403 403 404 404',
	'DELETE /servers/{server_id}/members/{user}': '401 204 403 403 404 404',
	'PUT /servers/{server_id}/bans/{user_id}': '401 204 403 403 404 404',
	'DELETE /servers/{server_id}/bans/{user_id}': '401 204 403 403 404 404',
	'DELETE /invites/{code}': '401 204 403 403 404 404',
	'DELETE /servers/{server_id}': '401 204 403 403 404 404',
};
// Objects of an account, or none at all: other tests look at these.
const OWN = ['GET /invites/{code}', 'POST /invites/{code}/accept', 'DELETE /me/sessions/{session_id}', 'DELETE /me/tokens/{token_id}',
	'GET /users/{user_id}'];

const BODIES = {
	'PATCH /channels/{channel_id}': { topic: 'x' }, 'POST /channels/{channel_id}/messages': { content: 'x' },
	'PATCH /channels/{channel_id}/messages/{message_id}': { content: 'y' }, 'PUT /channels/{channel_id}/read': { seq: 1 },
	'PUT /channels/{channel_id}/delivered': { seq: 1 },
	'PUT /channels/{channel_id}/overrides/{target_id}': { allow: '0', deny: '64' }, 'PATCH /servers/{server_id}': { name: 'Renamed' },
	'PATCH /servers/{server_id}/members/{user}': { nickname: 'x' }, 'POST /servers/{server_id}/channels': { name: 'x', kind: 'text' },
	'POST /servers/{server_id}/invites': {}, 'PUT /servers/{server_id}/bans/{user_id}': {},
};

const fits = (status, wanted) => wanted === '2xx' ? status >= 200 && status < 300 : status === Number(wanted);

// Asks as everybody; who may goes last, so that the object is still there for the others.
async function ask(route, wanted, people, values) {
	const [method, pattern] = route.split(' ');
	const path = pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
	const order = ['anon', 'stranger', 'banned', 'member', 'friend', 'owner'];
	const bodies = new Set();
	for (const name of order) {
		const want1 = wanted.split(' ')[PEOPLE.indexOf(name)];
		const r = await call(people[name], method, path, BODIES[route]);
		assert.ok(fits(r.status, want1), `${route} as ${name}: ${r.status}, not ${want1}: ${r.text.slice(0, 200)}`);
		if (r.status === 404) {
			const { request_id, ...rest } = r.json;
			bodies.add(JSON.stringify(rest));
		}
	}
	assert.ok(bodies.size <= 1, `${route}: 404 tells apart what it must not: ${[...bodies]}`);
}

export default async function () {
	const people = { anon: null, owner: await person('owner'), friend: await person('friend'), member: await person('member'),
		stranger: await person('stranger'), banned: await person('banned') };
	const victim = await person('victim');
	await place(people.stranger);
	const home = await place(people.owner, people.friend, people.member, people.banned, victim);
	const secret = await want(201, people.owner, 'POST', `/servers/${home.id}/channels`, { name: 'secret', kind: 'text', private: true });
	for (const p of [people.friend, people.banned, victim])
		await call(people.owner, 'PUT', `/channels/${secret.id}/members/${p.id}`);
	const m = await post(people.owner, secret.id, 'hidden words');
	await want(204, people.owner, 'PUT', `/servers/${home.id}/bans/${people.banned.id}`);
	const values = { server_id: home.id, channel_id: secret.id, message_id: m.id, user: victim.id, user_id: victim.id,
		target_id: victim.id, code: home.invite };

	await test('every route with an object stands in a table', () => {
		const described = operations(describe(`${ROOT}docs/openapi.yaml`)).filter((o) => o.path.includes('{'))
			.map((o) => `${o.method} ${o.path.replace(V1, '')}`).sort();
		assert.deepEqual(described, [...Object.keys(PRIVATE), ...Object.keys(SERVER), ...OWN].sort());
	});
	await test('who cannot see a channel finds it nowhere', async () => {
		for (const who of [people.member, people.stranger, people.banned]) {
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
	await test('a conversation is nobody else\'s', async () => {
		const dm = await want(201, people.owner, 'POST', '/dms', { user_ids: [people.friend.id] });
		const said = await post(people.owner, dm.id, 'private');
		for (const route of Object.keys(PRIVATE)) {
			const [method, pattern] = route.split(' ');
			const path = pattern.replace(/\{(\w+)\}/g, (_, n) => ({ ...values, channel_id: dm.id, message_id: said.id })[n]);
			await want(404, people.member, method, path, BODIES[route]);
		}
	});
	for (const [title, table] of [['private channel', PRIVATE], ['server', SERVER]])
		for (const [route, wanted] of Object.entries(table))
			await test(`${title}: ${route}`, () => ask(route, wanted, people, values));
}
