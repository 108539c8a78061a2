// Servers, members, bans, invites, channels, conversations: what each call does.
import { assert, assertProblem, call, person, place, post, raw, test, unique, V1, want } from './lib.mjs';

async function servers() {
	const owner = await person('owner'), member = await person('member');
	await test('a new server has an owner, roles and a text channel general', async () => {
		const r = await call(owner, 'POST', '/servers', { name: ' My place ' });
		assert.equal(r.status, 201);
		assert.equal(r.json.name, 'My place');
		assert.equal(r.json.owner_id, owner.id);
		assert.deepEqual(r.json.channels.map((c) => [c.name, c.kind, c.last_seq, c.rev]), [['general', 'text', 0, 0]]);
		assert.ok(r.json.roles.some((x) => x.kind === 'everyone'));
		const again = await raw('GET', r.headers.location, { headers: { Authorization: `Bearer ${owner.token}` } });
		assert.equal(again.status, 200);
		assert.equal(again.json.id, r.json.id);
	});
	const home = await place(owner, member);
	await test('it can be read by members and renamed by who may', async () => {
		assert.equal((await want(200, member, 'GET', `/servers/${home.id}`)).id, home.id);
		await want(403, member, 'PATCH', `/servers/${home.id}`, { name: 'Mine now' });
		assert.equal((await want(200, owner, 'PATCH', `/servers/${home.id}`, { name: 'Renamed' })).name, 'Renamed');
	});
	await test('members are listed in pages that Link names', async () => {
		const r = await call(owner, 'GET', `/servers/${home.id}/members?limit=1`);
		assert.equal(r.status, 200);
		assert.equal(r.json.items.length, 1);
		assert.match(r.headers.link, /^<[^>]+limit=1&after=[0-9]+>; rel="next"$/);
		const next = await raw('GET', /<([^>]+)>/.exec(r.headers.link)[1], { headers: { Authorization: `Bearer ${owner.token}` } });
		assert.equal(next.json.items.length, 1);
		assert.notEqual(next.json.items[0].user.id, r.json.items[0].user.id);
		assert.equal(next.json.after, null);
		assert.ok(!next.text.includes('email'));
	});
	await test('roles and nicknames: by built-in name or id, only from above', async () => {
		const m = await want(200, owner, 'PATCH', `/servers/${home.id}/members/${member.id}`, { roles: ['moderator'], nickname: 'Mod' });
		assert.equal(m.nickname, 'Mod');
		assert.deepEqual(m.roles, [home.roles.find((r) => r.kind === 'moderator').id]);
		await want(403, member, 'PATCH', `/servers/${home.id}/members/${owner.id}`, { nickname: 'Demoted' });
		await want(403, member, 'PATCH', `/servers/${home.id}/members/@me`, { roles: ['owner'] });
		await want(403, member, 'PATCH', `/servers/${home.id}/members/@me`, { roles: ['admin'] });
		await want(422, owner, 'PATCH', `/servers/${home.id}/members/${member.id}`, { roles: ['nonsense'] });
		const twice = await want(200, owner, 'PATCH', `/servers/${home.id}/members/${member.id}`, { roles: ['moderator', 'moderator'] });
		assert.equal(twice.roles.length, 1);
		assert.equal((await want(200, member, 'PATCH', `/servers/${home.id}/members/@me`, { nickname: null })).nickname, null);
	});
	await test('leave, kick, and the owner stays', async () => {
		const a = await person(), b = await person(), there = await place(owner, a, b);
		await want(204, a, 'DELETE', `/servers/${there.id}/members/@me`);
		await want(404, a, 'GET', `/servers/${there.id}`);
		await want(403, b, 'DELETE', `/servers/${there.id}/members/${owner.id}`);
		await want(204, owner, 'DELETE', `/servers/${there.id}/members/${b.id}`);
		await want(404, b, 'GET', `/channels/${there.channel}/messages`);
		await want(404, owner, 'DELETE', `/servers/${there.id}/members/${b.id}`);
		assertProblem(await call(owner, 'DELETE', `/servers/${there.id}/members/@me`), 'owner_cannot_leave');
	});
	await test('a ban keeps out until it is lifted; the audit log says who', async () => {
		const a = await person(), there = await place(owner, a);
		await want(204, owner, 'PUT', `/servers/${there.id}/bans/${a.id}`, { reason: 'spam' });
		await want(404, a, 'GET', `/servers/${there.id}`);
		const refused = await call(a, 'POST', `/invites/${there.invite}/accept`);
		assert.ok([403, 404].includes(refused.status), refused.text);
		await want(204, owner, 'DELETE', `/servers/${there.id}/bans/${a.id}`);
		await want(404, owner, 'DELETE', `/servers/${there.id}/bans/${a.id}`);
		await want(200, a, 'POST', `/invites/${there.invite}/accept`);
		const log = (await want(200, owner, 'GET', `/servers/${there.id}/audit-log`)).items;
		assert.ok(log.length >= 2);
		assert.ok(log.every((e) => e.actor.id === owner.id && e.id && e.action));
		await want(403, a, 'GET', `/servers/${there.id}/audit-log`);
	});
	await test('only the owner deletes, and then it is gone', async () => {
		const a = await person(), there = await place(owner, a);
		await want(403, a, 'DELETE', `/servers/${there.id}`);
		await want(204, owner, 'DELETE', `/servers/${there.id}`);
		await want(404, owner, 'GET', `/servers/${there.id}`);
		await want(404, a, 'GET', `/channels/${there.channel}`);
		await want(404, null, 'GET', `/invites/${there.invite}`);
	});
}

async function invites() {
	const owner = await person(), there = await place(owner);
	await test('preview needs no account; accepting twice is 200 and no second membership', async () => {
		const a = await person();
		const preview = await want(200, null, 'GET', `/invites/${there.invite}`);
		assert.equal(preview.server.id, there.id);
		assert.ok(preview.code.length >= 22);
		assert.equal((await want(200, a, 'POST', `/invites/${there.invite}/accept`)).joined, true);
		assert.equal((await want(200, a, 'POST', `/invites/${there.invite}/accept`)).joined, false);
		assert.equal((await want(200, owner, 'GET', `/servers/${there.id}`)).member_count, 2);
	});
	await test('a used-up invite is 410, an unknown one 404', async () => {
		const one = await want(201, owner, 'POST', `/servers/${there.id}/invites`, { max_uses: 1, expires_in: 3600 });
		assert.equal(one.max_uses, 1);
		assert.match(one.expires_at, /Z$/);
		await want(200, await person(), 'POST', `/invites/${one.code}/accept`);
		assertProblem(await call(await person(), 'POST', `/invites/${one.code}/accept`), 'gone');
		assertProblem(await call(null, 'GET', `/invites/${one.code}`), 'gone');
		for (const code of ['AAAAAAAAAAAAAAAAAAAAAA', 'x', 'a%20b%20c%20d%20e', 'ü'.repeat(9)]) {
			await want(404, null, 'GET', `/invites/${encodeURIComponent(decodeURIComponent(code))}`);
			await want(404, owner, 'POST', `/invites/${encodeURIComponent(decodeURIComponent(code))}/accept`);
		}
	});
	await test('members see their own invites, managers all; revoked is gone', async () => {
		const a = await person();
		await want(200, a, 'POST', `/invites/${there.invite}/accept`);
		const mine = await want(201, a, 'POST', `/servers/${there.id}/invites`);
		assert.deepEqual((await want(200, a, 'GET', `/servers/${there.id}/invites`)).items.map((i) => i.code), [mine.code]);
		assert.ok((await want(200, owner, 'GET', `/servers/${there.id}/invites`)).items.length >= 3);
		await want(403, a, 'DELETE', `/invites/${there.invite}`);
		await want(204, owner, 'DELETE', `/invites/${mine.code}`);
		await want(404, null, 'GET', `/invites/${mine.code}`);
	});
}

async function channels() {
	const owner = await person(), member = await person(), other = await person();
	const there = await place(owner, member, other);
	await test('channels are made, read, changed and deleted', async () => {
		const r = await call(owner, 'POST', `/servers/${there.id}/channels`, { name: 'lounge', kind: 'audio', category: 'Voice', topic: 'hi' });
		assert.equal(r.status, 201);
		assert.deepEqual([r.json.kind, r.json.category, r.json.topic, r.json.private], ['audio', 'Voice', 'hi', false]);
		assert.ok(r.headers.location.endsWith(`/channels/${r.json.id}`));
		await want(403, member, 'PATCH', `/channels/${r.json.id}`, { name: 'x' });
		const c = await want(200, owner, 'PATCH', `/channels/${r.json.id}`, { name: 'hall', topic: null, category: '', position: 3 });
		assert.deepEqual([c.name, c.topic, c.category, c.position], ['hall', null, null, 3]);
		for (const position of [3.5, -0.1, 1e-9, 2 ** 53, 1.7976931348623157e308, -1e300, 5e-324, 0])
			assert.equal((await want(200, owner, 'PATCH', `/channels/${r.json.id}`, { position })).position, position);
		for (const bad of ['{"position":1e309}', '{"position":"3"}', '{"position":NaN}', '{"position":true}'])
			await want(400, owner, 'PATCH', `/channels/${r.json.id}`, bad);
		assert.equal((await want(200, member, 'GET', `/channels/${r.json.id}`)).name, 'hall');
		await want(403, member, 'DELETE', `/channels/${r.json.id}`);
		await want(204, owner, 'DELETE', `/channels/${r.json.id}`);
		await want(404, owner, 'GET', `/channels/${r.json.id}`);
		await want(403, member, 'POST', `/servers/${there.id}/channels`, { name: 'x', kind: 'text' });
	});
	await test('a private channel is seen by whom it is shared with, and no administrator', async () => {
		const secret = await want(201, owner, 'POST', `/servers/${there.id}/channels`, { name: 'secret', kind: 'text', private: true });
		await want(404, member, 'GET', `/channels/${secret.id}`);
		await want(200, owner, 'PATCH', `/servers/${there.id}/members/${other.id}`, { roles: ['admin'] });
		await want(404, other, 'GET', `/channels/${secret.id}`);
		assert.ok(!(await want(200, other, 'GET', '/bootstrap')).servers.some((s) => s.channels.some((c) => c.id === secret.id)));
		const put = await call(owner, 'PUT', `/channels/${secret.id}/members/${member.id}`);
		assert.ok([200, 204].includes(put.status), put.text);
		await want(200, member, 'GET', `/channels/${secret.id}`);
		const people = (await want(200, member, 'GET', `/channels/${secret.id}/members`)).items.map((m) => m.user.id);
		assert.ok(people.includes(member.id));
		const { timeout_until } = await want(200, owner, 'PUT', `/servers/${there.id}/timeouts/${member.id}`, { expires_in: 600 });
		const seen = (await want(200, owner, 'GET', `/channels/${secret.id}/members`)).items.map((m) => [m.user.id, m.timeout_until]);
		assert.deepEqual(Object.fromEntries(seen), { [owner.id]: null, [member.id]: timeout_until }, 'who is in a time-out');
		await want(200, owner, 'DELETE', `/servers/${there.id}/timeouts/${member.id}`);
		await want(404, other, 'GET', `/channels/${secret.id}/members`);
		const first = await want(200, member, 'GET', `/channels/${secret.id}/members?limit=1`);
		const rest = await want(200, member, 'GET', `/channels/${secret.id}/members?limit=1&after=${first.after}`);
		assert.deepEqual([first, rest].flatMap((p) => p.items.map((m) => m.user.id)), people);
		assert.equal(rest.after, null);
		const admin = (await want(200, owner, 'GET', '/bootstrap')).servers.find((s) => s.id === there.id).roles.find((x) => x.kind === 'admin');
		await want(204, owner, 'PUT', `/channels/${secret.id}/overrides/${admin.id}`, { allow: '1', deny: '0' });
		const all = (await want(200, member, 'GET', `/channels/${secret.id}/members`)).items;
		assert.equal(all.find((m) => m.user.id === other.id)?.joined_at, null, 'whom a role shows it to sees it too');
		await want(204, owner, 'DELETE', `/channels/${secret.id}/overrides/${admin.id}`);
		await want(404, other, 'GET', `/channels/${secret.id}/members`);
		const del = await call(owner, 'DELETE', `/channels/${secret.id}/members/${member.id}`);
		assert.ok([200, 204].includes(del.status), del.text);
		await want(404, member, 'GET', `/channels/${secret.id}/messages`);
	});
	await test('a guest stays until a moment that is said', async () => {
		const path = `/servers/${there.id}/members/${member.id}`, expires_at = '2099-01-01T12:00:00.000Z';
		assert.equal((await want(200, owner, 'PATCH', path, { roles: ['guest'], expires_at: '2099-01-01T13:00:00+01:00' })).expires_at, expires_at);
		assert.equal((await want(200, owner, 'GET', path)).expires_at, expires_at);
		for (const bad of ['2001-01-01T00:00:00Z', 'tomorrow, at about noon'])
			assertProblem(await call(owner, 'PATCH', path, { expires_at: bad }), 'invalid_fields');
		assert.equal((await want(200, owner, 'PATCH', path, { expires_at: null })).expires_at, null);
		await want(200, owner, 'PATCH', path, { roles: ['member'] });
		assertProblem(await call(owner, 'PATCH', path, { expires_at }), 'conflict');
	});
	await test('overrides take and give', async () => {
		const everyone = there.roles.find((r) => r.kind === 'everyone').id, memberRole = there.roles.find((r) => r.kind === 'member').id;
		const put = await call(owner, 'PUT', `/channels/${there.channel}/overrides/${memberRole}`, { allow: '0', deny: '4' });
		assert.ok([200, 204].includes(put.status), put.text);
		await want(403, member, 'POST', `/channels/${there.channel}/messages`, { content: 'no' });
		const own = await call(owner, 'PUT', `/channels/${there.channel}/overrides/${member.id}`, { allow: '4', deny: '0' });
		assert.ok([200, 204].includes(own.status), own.text);
		await post(member, there.channel, 'yes');
		const del = await call(owner, 'DELETE', `/channels/${there.channel}/overrides/${memberRole}`);
		assert.ok([200, 204].includes(del.status), del.text);
		await want(403, member, 'PUT', `/channels/${there.channel}/overrides/${everyone}`, { allow: '4', deny: '0' });
		await want(422, owner, 'PUT', `/channels/${there.channel}/overrides/${everyone}`, { allow: '4', deny: '4' });
		await want(422, owner, 'PUT', `/channels/${there.channel}/overrides/${everyone}`, { allow: '-1', deny: 'x' });
	});
}

async function conversations() {
	const a = await person(), b = await person(), c = await person(), out = await person();
	await test('a conversation is found whoever opens it', async () => {
		const first = await call(a, 'POST', '/dms', { user_ids: [b.id] });
		assert.equal(first.status, 201);
		assert.equal(first.json.kind, 'dm');
		assert.equal(first.json.server_id, null);
		assert.deepEqual(first.json.members.map((u) => u.id).sort(), [a.id, b.id].sort());
		assert.equal((await want(200, b, 'POST', '/dms', { user_ids: [a.id] })).id, first.json.id);
		assert.equal((await want(200, b, 'POST', '/dms', { user_ids: [a.id, b.id, a.id] })).id, first.json.id);
		await post(a, first.json.id, 'psst');
		assert.equal((await want(200, b, 'GET', '/bootstrap')).dms[0].id, first.json.id);
		await want(404, out, 'GET', `/channels/${first.json.id}`);
		await want(404, out, 'POST', `/channels/${first.json.id}/messages`, { content: 'x' });
	});
	await test('three to ten make a group; nobody, oneself and strangers do not', async () => {
		const g = await want(201, a, 'POST', '/dms', { user_ids: [b.id, c.id] });
		assert.equal(g.kind, 'group');
		assert.equal((await want(200, c, 'POST', '/dms', { user_ids: [a.id, b.id] })).id, g.id);
		await want(422, a, 'POST', '/dms', { user_ids: [] });
		await want(422, a, 'POST', '/dms', { user_ids: Array.from({ length: 10 }, (_, i) => String(1882527262043013132n + BigInt(i))) });
		await want(404, a, 'POST', '/dms', { user_ids: ['1882527262043013132'] });
		const self = await call(a, 'POST', '/dms', { user_ids: [a.id] });
		assert.ok(self.status < 500 && self.status !== 0, self.text);
	});
}

export default async function () {
	await servers();
	await invites();
	await channels();
	await conversations();
}
