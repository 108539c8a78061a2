// Roles over REST: who may make, change, order and delete them, handing a server on, who is listed.
import { assert, assertProblem, call, PASSWORD, person, place, post, raw, test, want } from './lib.mjs';

const PIN = 1 << 24, KICK = 1 << 15, BAN = 1 << 16, ROLES = 1 << 18, SEND = 4;
const set = (owner, home, who, ...roles) => want(200, owner, 'PATCH', `/servers/${home.id}/members/${who.id}`, { roles });
const list = async (who, home, query = '') => (await want(200, who, 'GET', `/servers/${home.id}/members${query}`)).items.map((m) => m.user.id);

async function roles() {
	const owner = await person('owner'), keeper = await person('keeper'), member = await person('member');
	const home = await place(owner, keeper, member), at = `/servers/${home.id}/roles`;
	const builtIn = (kind) => home.roles.find((r) => r.kind === kind).id;
	let keepers, low;
	await test('a role is made, listed and changed', async () => {
		const r = await call(owner, 'POST', at, { name: ' Keepers ', permissions: String(ROLES | KICK), color: 0xff8800, mentionable: true });
		assert.equal(r.status, 201);
		keepers = r.json;
		assert.equal(r.headers.location, undefined);	// roles are read as a list
		assert.deepEqual([keepers.name, keepers.kind, keepers.color, keepers.mentionable], ['Keepers', 'custom', 0xff8800, true]);
		await set(owner, home, keeper, 'member', keepers.id);
		const all = (await want(200, member, 'GET', at)).items;
		assert.deepEqual(all.map((x) => x.kind), ['owner', 'admin', 'moderator', 'custom', 'member', 'guest', 'everyone']);
		assert.deepEqual(all.map((x) => x.member_count), [1, 0, 0, 1, 2, 0, 3]);
		assert.equal((await want(200, owner, 'PATCH', `${at}/${keepers.id}`, { color: null })).color, null);
		assert.equal((await want(200, owner, 'PATCH', `${at}/${keepers.id}`, {})).name, 'Keepers');
	});
	await test('a list that has not changed is 304', async () => {
		const r = await call(member, 'GET', at);
		assert.equal((await call(member, 'GET', at, undefined, { 'If-None-Match': r.headers.etag })).status, 304);
	});
	await test('what a role must not be', async () => {
		for (const body of [{}, { name: '' }, { name: '  ' }, { name: 'x'.repeat(65) }, { name: 'a\u0000b' }, { name: 'x', color: -1 }, { name: 'x', color: 1 << 24 },
			{ name: 'x', permissions: '-1' }, { name: 'x', permissions: 'x' }, { name: 'x', permissions: '33554432' }, { name: 'x', permissions: '9'.repeat(30) }]) {
			const r = await call(owner, 'POST', at, body);
			assert.ok([400, 422].includes(r.status), `${JSON.stringify(body)}: ${r.status}`);
			assertProblem(r);
		}
		for (const body of ['{"name":"x","permissions":4}', '{"name":"x","color":"red"}', '{"name":"x","mentionable":1}', '{"name":1}'])
			await want(400, owner, 'POST', at, body);
	});
	await test('one key makes one role', async () => {
		const key = { 'Idempotency-Key': `role-${home.id}` };
		low = await want(201, keeper, 'POST', at, { name: 'Low', permissions: String(KICK) }, key);
		assert.equal((await want(201, keeper, 'POST', at, { name: 'Low', permissions: String(KICK) }, key)).id, low.id);
	});
	await test('only below oneself, and only what one holds', async () => {
		await want(403, keeper, 'POST', at, { name: 'x', permissions: String(BAN) });
		await want(403, keeper, 'POST', at, { name: 'x', permissions: String(1 << 30) });
		await want(403, keeper, 'PATCH', `${at}/${low.id}`, { permissions: String(KICK | BAN) });
		await want(403, keeper, 'PATCH', `${at}/${keepers.id}`, { name: 'mine' });
		await want(403, keeper, 'PATCH', `${at}/${builtIn('moderator')}`, { permissions: '0' });
		await want(403, keeper, 'DELETE', `${at}/${keepers.id}`);
		await want(403, keeper, 'PATCH', `/servers/${home.id}/members/@me`, { roles: ['moderator'] });
		await want(200, keeper, 'PATCH', `${at}/${low.id}`, { name: 'Lower', permissions: '0' });
		await want(403, member, 'POST', at, { name: 'x' });
		await want(403, member, 'PATCH', `${at}/${low.id}`, { name: 'x' });
		await want(403, member, 'DELETE', `${at}/${low.id}`);
		await want(403, member, 'PUT', `${at}/order`, { role_ids: [low.id, keepers.id] });
	});
	await test('a built-in role keeps its name, the admins their power', async () => {
		assertProblem(await call(owner, 'PATCH', `${at}/${builtIn('member')}`, { name: 'x' }), 'conflict');
		assertProblem(await call(owner, 'PATCH', `${at}/${builtIn('admin')}`, { permissions: '0' }), 'conflict');
		assertProblem(await call(owner, 'DELETE', `${at}/${builtIn('guest')}`), 'conflict');
		assertProblem(await call(owner, 'PATCH', `${at}/${builtIn('owner')}`, { color: 1 }), 'forbidden');
		assert.equal((await want(200, owner, 'PATCH', `${at}/${builtIn('admin')}`, { color: 1 })).color, 1);
	});
	await test('they are put in order', async () => {
		const third = await want(201, owner, 'POST', at, { name: 'Third' });
		const page = await want(200, owner, 'PUT', `${at}/order`, { role_ids: [third.id, keepers.id, low.id] });
		assert.deepEqual(page.items.filter((r) => r.kind === 'custom').map((r) => r.name), ['Third', 'Keepers', 'Lower']);
		await want(403, keeper, 'PUT', `${at}/order`, { role_ids: [keepers.id, third.id, low.id] });
		assertProblem(await call(owner, 'PUT', `${at}/order`, { role_ids: [third.id, low.id] }), 'conflict');
		assertProblem(await call(owner, 'PUT', `${at}/order`, { role_ids: [third.id, low.id, builtIn('member')] }), 'conflict');
		await want(422, owner, 'PUT', `${at}/order`, { role_ids: ['x'] });
		await want(422, owner, 'PUT', `${at}/order`, {});
		await want(204, owner, 'DELETE', `${at}/${third.id}`);
	});
	await test('a demotion is felt by the next request', async () => {
		await post(member, home.channel, 'before');
		const mask = home.roles.find((r) => r.kind === 'member').permissions;
		await want(200, owner, 'PATCH', `${at}/${builtIn('member')}`, { permissions: String(Number(mask) & ~SEND) });
		await want(403, member, 'POST', `/channels/${home.channel}/messages`, { content: 'after' });
		await want(200, owner, 'PATCH', `${at}/${builtIn('member')}`, { permissions: mask });
		await post(member, home.channel, 'again');
		await set(owner, home, keeper, 'member');
		await want(403, keeper, 'PATCH', `${at}/${low.id}`, { name: 'x' });
		await set(owner, home, keeper, 'member', keepers.id);
		await want(204, owner, 'DELETE', `${at}/${keepers.id}`);
		await want(403, keeper, 'PATCH', `${at}/${low.id}`, { name: 'x' });
		assert.ok(!(await want(200, keeper, 'GET', `/servers/${home.id}`)).my_roles.includes(keepers.id));
		await want(404, owner, 'PATCH', `${at}/${keepers.id}`, { name: 'x' });
		await want(422, owner, 'PATCH', `/servers/${home.id}/members/${keeper.id}`, { roles: [keepers.id] });
	});
	await test('all of it stands in the audit log', async () => {
		const log = (await want(200, owner, 'GET', `/servers/${home.id}/audit-log?limit=100`)).items.map((e) => e.action);
		for (const action of ['role.created', 'role.updated', 'role.deleted', 'roles.ordered', 'member.roles'])
			assert.ok(log.includes(action), action);
	});
	await test('what a role shows and hides goes with it', async () => {
		const secret = await want(201, owner, 'POST', `/servers/${home.id}/channels`, { name: 'secret', kind: 'text', private: true });
		await set(owner, home, keeper, 'member', low.id);
		await want(204, owner, 'PUT', `/channels/${secret.id}/overrides/${low.id}`, { allow: '1', deny: String(PIN) });
		await want(200, keeper, 'GET', `/channels/${secret.id}`);
		assert.deepEqual((await want(200, owner, 'GET', `/channels/${secret.id}/overrides`)).items,
			[{ target_id: low.id, is_role: true, allow: '1', deny: String(PIN) }]);
		await want(403, keeper, 'GET', `/channels/${secret.id}/overrides`);
		await want(404, member, 'GET', `/channels/${secret.id}/overrides`);
		await want(204, owner, 'DELETE', `${at}/${low.id}`);
		await want(404, keeper, 'GET', `/channels/${secret.id}`);
		assert.deepEqual((await want(200, owner, 'GET', `/channels/${secret.id}/overrides`)).items, []);
	});
}

async function people() {
	const owner = await person('owner'), ann = await person('ann'), guest = await person('guest'), other = await person('other');
	const home = await place(owner, ann, guest, other);
	await test('members by role and by the beginning of a name', async () => {
		const role = await want(201, owner, 'POST', `/servers/${home.id}/roles`, { name: 'r' });
		await set(owner, home, ann, 'member', role.id);
		await want(200, owner, 'PATCH', `/servers/${home.id}/members/${ann.id}`, { nickname: '100% Änne' });
		await want(200, other, 'PATCH', '/me', { display_name: '100 Others' });
		assert.deepEqual(await list(guest, home, `?role_id=${role.id}`), [ann.id]);
		assert.deepEqual(await list(guest, home, `?q=${encodeURIComponent('100% ä')}`), [ann.id]);
		assert.deepEqual(await list(guest, home, '?q=100'), [ann.id, other.id]);
		assert.deepEqual(await list(guest, home, `?q=${guest.username.toUpperCase()}`), [guest.id]);
		assert.deepEqual(await list(guest, home, '?q=%25'), []);
		assert.deepEqual(await list(guest, home, '?q='), [owner.id, ann.id, guest.id, other.id]);
		assert.deepEqual(await list(guest, home, `?user_ids=${other.id},${ann.id},${ann.id},5`), [ann.id, other.id]);
		assert.deepEqual(await list(guest, home, `?user_ids=${guest.id},${ann.id}&role_id=${role.id}`), [ann.id]);
		for (const bad of ['?user_ids=', '?user_ids=x', `?user_ids=${Array.from({ length: 101 }, (_, i) => i + 1)}`, '?role_id=x', `?q=${'x'.repeat(65)}`, '?q=a%0ab'])
			await want(400, guest, 'GET', `/servers/${home.id}/members${bad}`);
		const r = await call(owner, 'GET', `/servers/${home.id}/members?q=100&limit=1&x=y`);
		const next = /<([^>]+)>; rel="next"/.exec(r.headers.link)[1];
		assert.deepEqual((await raw('GET', next, { headers: { Authorization: `Bearer ${owner.token}` } })).json.items.map((m) => m.user.id), [other.id]);
		assert.ok(!next.includes('x=y'));
	});
	await test('a guest is shown the people of his channels, and his own roles', async () => {
		await set(owner, home, guest, 'guest');
		assert.deepEqual(await list(guest, home), [guest.id]);
		const room = await want(201, owner, 'POST', `/servers/${home.id}/channels`, { name: 'room', kind: 'text', private: true });
		await want(204, owner, 'PUT', `/channels/${room.id}/members/${guest.id}`);
		assert.deepEqual(await list(guest, home), [owner.id, guest.id]);
		assert.deepEqual(await list(guest, home, '?q=100'), []);
		const one = (who, id) => call(who, 'GET', `/servers/${home.id}/members/${id}`);
		assert.deepEqual((await one(guest, owner.id)).json, (await want(200, owner, 'GET', `/servers/${home.id}/members`)).items.find((m) => m.user.id === owner.id));
		assert.deepEqual([(await one(guest, '@me')).json.user.id, (await one(guest, ann.id)).status, (await one(ann, other.id)).status], [guest.id, 404, 200]);
		assert.deepEqual((await want(200, guest, 'GET', `/servers/${home.id}/roles`)).items.map((r) => r.kind), ['guest', 'everyone']);
		assert.deepEqual((await want(200, guest, 'GET', `/servers/${home.id}`)).roles.map((r) => r.kind), ['guest', 'everyone']);
		assert.equal((await list(owner, home)).length, 4);
	});
	await test('a server is handed on, by its owner who knows his password', async () => {
		const at = `/servers/${home.id}/owner`, body = { user_id: ann.id, password: PASSWORD };
		await want(403, ann, 'POST', at, body);
		await want(403, ann, 'POST', at, { ...body, password: 'wrong password' });
		assertProblem(await call(owner, 'POST', at, { ...body, password: 'wrong password' }), 'bad_credentials');
		await want(422, owner, 'POST', at, { user_id: ann.id });
		await want(409, owner, 'POST', at, { ...body, user_id: owner.id });
		await want(404, owner, 'POST', at, { ...body, user_id: (await person('out')).id });
		const token = (await want(201, owner, 'POST', '/me/tokens', { name: 't' })).token;
		assert.ok([401, 403].includes((await call(token, 'POST', at, body)).status), 'a personal token is not enough');
		assert.equal((await want(200, owner, 'POST', at, body)).owner_id, ann.id);
		await want(403, owner, 'POST', at, { ...body, user_id: owner.id });
		await want(403, owner, 'DELETE', `/servers/${home.id}`);
		const mine = await want(200, owner, 'GET', `/servers/${home.id}`);
		assert.deepEqual(mine.my_roles.map((id) => mine.roles.find((r) => r.id === id).kind).sort(), ['admin']);
		await want(204, owner, 'DELETE', `/servers/${home.id}/members/@me`);
		assertProblem(await call(ann, 'DELETE', `/servers/${home.id}/members/@me`), 'owner_cannot_leave');
		await want(204, ann, 'DELETE', `/servers/${home.id}`);
	});
}

export default async function () {
	await roles();
	await people();
}
