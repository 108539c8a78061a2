// What a channel goes through: read-only, slow mode, archived, order, deletion and coming back.
import { assert, assertProblem, call, hasJobs, jobs, person, place, post, skip, sql, test, until, want } from './lib.mjs';

async function settings() {
	const owner = await person('owner'), member = await person('member'), there = await place(owner, member);
	const path = `/channels/${there.channel}`, send = (who, more = {}) => call(who, 'POST', `${path}/messages`, { content: 'x', ...more });
	await test('a channel says how it is, and so does its server', async () => {
		const c = await want(200, owner, 'PATCH', path, { read_only: true, slow_mode: 7, web_public: true });
		assert.deepEqual([c.read_only, c.slow_mode, c.archived, c.web_public], [true, 7, false, true]);
		const s = await want(200, member, 'GET', `/servers/${there.id}`);
		assert.deepEqual(s.channels.find((x) => x.id === c.id), c);
		assertProblem(await send(member), 'read_only');
		await want(200, owner, 'PATCH', path, { read_only: false, slow_mode: 0, web_public: false });
		await want(201, member, 'POST', `${path}/messages`, { content: 'x' });
	});
	await test('what makes no sense is refused', async () => {
		for (const json of [{ slow_mode: -1 }, { slow_mode: 21601 }]) assertProblem(await call(owner, 'PATCH', path, json), 'invalid_fields');
		for (const json of [{ slow_mode: '5' }, { slow_mode: 1.5 }, { read_only: 1 }, { archived: 'yes' }, { web_public: {} }])
			assertProblem(await call(owner, 'PATCH', path, json), 'unreadable_body');
		assertProblem(await call(member, 'PATCH', path, { archived: true }), 'forbidden');
		const secret = await want(201, owner, 'POST', `/servers/${there.id}/channels`, { name: 'secret', kind: 'text', private: true });
		assertProblem(await call(owner, 'PATCH', `/channels/${secret.id}`, { web_public: true }), 'conflict');
		const dm = await want(201, owner, 'POST', '/dms', { user_ids: [member.id] });
		assertProblem(await call(owner, 'PATCH', `/channels/${dm.id}`, { archived: true }), 'forbidden');
	});
	await test('slow mode says how long to wait, and lets a repeated nonce through', async () => {
		await want(200, owner, 'PATCH', path, { slow_mode: 600 });
		const first = await post(member, there.channel, 'one', { nonce: 'n1' });
		const r = await send(member);
		assertProblem(r, 'slow_mode');
		assert.equal(r.status, 429);
		const wait = Number(r.headers['retry-after']);
		assert.ok(wait > 500 && wait <= 600, r.headers['retry-after']);
		assert.equal(r.json.retry_after, wait);
		const again = await send(member, { content: 'one', nonce: 'n1' });
		assert.deepEqual([again.status, again.json.id], [201, first.id]);
		await post(owner, there.channel, 'two');
		await post(owner, there.channel, 'three');
		await want(200, owner, 'PATCH', path, { slow_mode: 0 });
		await post(member, there.channel, 'four');
	});
	await test('a lockdown slows everybody down', async () => {
		const c = await want(201, owner, 'POST', `/servers/${there.id}/channels`, { name: 'locked', kind: 'text' });
		await want(200, owner, 'PATCH', `/servers/${there.id}`, { lockdown: true });
		await post(member, c.id, 'one');
		const r = await call(member, 'POST', `/channels/${c.id}/messages`, { content: 'two' });
		assertProblem(r, 'slow_mode');
		assert.ok(r.json.retry_after <= 60);
		await want(200, owner, 'PATCH', `/servers/${there.id}`, { lockdown: false });
	});
	await test('of many at once slow mode lets one through', async () => {
		const c = await want(201, owner, 'POST', `/servers/${there.id}/channels`, { name: 'slow', kind: 'text' });
		await want(200, owner, 'PATCH', `/channels/${c.id}`, { slow_mode: 60 });
		const codes = await Promise.all(Array.from({ length: 10 }, () =>
			call(member, 'POST', `/channels/${c.id}/messages`, { content: 'x' }).then((r) => r.status)));
		assert.deepEqual(codes.sort(), [201, ...Array(9).fill(429)]);
		assert.equal((await want(200, owner, 'GET', `/channels/${c.id}`)).last_seq, 1);
	});
	await test('an archived channel is read, and nothing more', async () => {
		const m = await post(owner, there.channel, 'said');
		await want(200, owner, 'PATCH', path, { archived: true });
		for (const [method, at, json] of [['POST', '/messages', { content: 'x' }], ['PATCH', `/messages/${m.id}`, { content: 'x' }],
			['DELETE', `/messages/${m.id}`], ['POST', '/typing'], ['POST', '/messages/bulk-delete', { ids: [m.id] }]]) {
			const r = await call(owner, method, path + at, json);
			assertProblem(r, 'archived');
			assert.equal(r.status, 409);
		}
		assert.ok((await want(200, member, 'GET', `${path}/messages`)).items.length > 0);
		await want(200, member, 'PUT', `${path}/read`, { seq: 1 });
		assert.equal((await want(200, owner, 'PATCH', path, { archived: false })).archived, false);
		await post(member, there.channel, 'back');
	});
	await test('a server says whether search engines may list it', async () => {
		assert.equal((await want(200, owner, 'GET', `/servers/${there.id}`)).web_robots, false);
		assert.equal((await want(200, owner, 'PATCH', `/servers/${there.id}`, { web_robots: true })).web_robots, true);
		assertProblem(await call(member, 'PATCH', `/servers/${there.id}`, { web_robots: false }), 'forbidden');
	});
}

async function order() {
	const owner = await person('owner'), admin = await person('admin'), member = await person('member'), there = await place(owner, admin, member);
	await want(200, owner, 'PATCH', `/servers/${there.id}/members/${admin.id}`, { roles: ['admin'] });
	const path = `/servers/${there.id}/channels/order`, make = (name, more = {}) => want(201, owner, 'POST', `/servers/${there.id}/channels`, { name, kind: 'text', ...more });
	const a = await make('a'), b = await make('b', { category: 'old' }), x = await make('x', { private: true }), c = await make('c');
	const general = there.channel, all = [c, b, a].map((y) => ({ id: y.id, category: null })).concat({ id: general, category: 'talk' });
	const names = async (who) => (await want(200, who, 'GET', `/servers/${there.id}`)).channels.map((y) => `${y.name}${y.category ? `:${y.category}` : ''}`).join(' ');
	await test('channels are put in order by who manages them, and what is hidden stays where it stood', async () => {
		const list = await want(200, admin, 'PUT', path, { channels: all });
		assert.deepEqual(list.items.map((y) => y.name), ['c', 'b', 'a', 'general']);
		assert.equal(await names(member), 'c b a general:talk');
		assert.equal(await names(owner), 'c b x a general:talk');
		const at = async (who) => (await want(200, who, 'GET', `/servers/${there.id}`)).channels.map((y) => y.position);
		const rising = (list) => list.every((n, i) => i === 0 || n > list[i - 1]);
		assert.ok(rising(await at(member)) && rising(await at(owner)));
		const shown = await make('shown');
		await make('hidden', { private: true });
		const next = await make('next');
		assert.ok(rising([...await at(member)]) && (await names(member)).endsWith('shown next'));
		for (const y of [shown, next]) assert.equal(y.position, Number(BigInt(y.id) >> 20n), 'of how many there are it says nothing');
		for (const y of [shown, next]) await want(204, owner, 'DELETE', `/channels/${y.id}`);
		assertProblem(await call(member, 'PUT', path, { channels: all }), 'forbidden');
	});
	await test('without a category it keeps the one it has', async () => {
		await want(200, admin, 'PUT', path, { channels: [{ id: general }, ...all.slice(0, 3).map((y) => ({ id: y.id, category: ' new ' }))] });
		assert.equal(await names(member), 'general:talk c:new b:new a:new');
	});
	await test('an order that is not whole or makes no sense is refused', async () => {
		const hidden = await call(admin, 'PUT', path, { channels: [...all, { id: x.id, category: null }] });
		const nothing = await call(admin, 'PUT', path, { channels: [...all, { id: '1', category: null }] });
		assertProblem(hidden, 'invalid_fields');
		assert.deepEqual({ ...hidden.json, request_id: 0 }, { ...nothing.json, request_id: 0 });
		for (const channels of [all.slice(1), [], [...all.slice(0, 3), all[0]], [...all, all[0]], all.map((y) => ({ ...y, id: 'x' })),
			all.map((y) => ({ ...y, category: 'x'.repeat(65) })), all.map((y) => ({ ...y, category: '' })), all.map((y) => ({ ...y, category: 'a\u0007b' })),
			Array.from({ length: 501 }, (_, i) => ({ id: String(i + 1), category: null }))])
			assertProblem(await call(admin, 'PUT', path, { channels }), 'invalid_fields');
		for (const channels of ['x', {}, 5, [5], ['1'], [null], [[]], [{ id: 5, category: null }], [{ id: general, category: 5 }], [{ id: general, category: [] }]])
			assertProblem(await call(admin, 'PUT', path, { channels }), 'unreadable_body');
		assertProblem(await call(admin, 'PUT', path, { channels: [{ category: null }] }), 'unreadable_body');
		assertProblem(await call(admin, 'PUT', path, {}), 'invalid_fields');
	});
}

async function undo() {
	const owner = await person('owner'), admin = await person('admin'), member = await person('member'), there = await place(owner, admin, member);
	await want(200, owner, 'PATCH', `/servers/${there.id}/members/${admin.id}`, { roles: ['admin'] });
	const make = (more) => want(201, owner, 'POST', `/servers/${there.id}/channels`, { kind: 'text', ...more });
	const open = await make({ name: 'open' }), secret = await make({ name: 'secret', private: true });
	const list = async (who) => (await want(200, who, 'GET', `/servers/${there.id}/channels/deleted`)).items;
	const m = await post(member, open.id, 'said');
	await test('a deleted channel is listed for who manages channels and saw it', async () => {
		for (const c of [open, secret]) await want(204, owner, 'DELETE', `/channels/${c.id}`);
		assert.deepEqual((await list(owner)).map((c) => c.name), ['secret', 'open']);
		const [c] = await list(admin);
		assert.equal(c.id, open.id);
		assert.equal(Date.parse(c.purge_at) - Date.parse(c.deleted_at), 7 * 86400000);
		assertProblem(await call(member, 'GET', `/servers/${there.id}/channels/deleted`), 'forbidden');
		assertProblem(await call(member, 'GET', `/channels/${open.id}`), 'not_found');
	});
	await test('it comes back with what was said, once', async () => {
		assertProblem(await call(member, 'POST', `/channels/${open.id}/restore`), 'forbidden');
		assertProblem(await call(admin, 'POST', `/channels/${secret.id}/restore`), 'not_found');
		const all = await Promise.all(Array.from({ length: 5 }, () => want(200, admin, 'POST', `/channels/${open.id}/restore`)));
		assert.equal(new Set(all.map((c) => c.rev)).size, 1);
		assert.equal((await want(200, member, 'GET', `/channels/${open.id}/messages`)).items[0].id, m.id);
		await post(member, open.id, 'more');
		assert.deepEqual((await list(owner)).map((c) => c.name), ['secret']);
		assert.equal((await want(200, owner, 'POST', `/channels/${secret.id}/restore`)).private, true);
		assertProblem(await call(admin, 'GET', `/channels/${secret.id}`), 'not_found');
	});
	await test('what never was does not come back', async () => {
		for (const id of ['1', '9223372036854775807', 'x']) assertProblem(await call(owner, 'POST', `/channels/${id}/restore`), 'not_found');
		for (const id of ['1', 'x']) assertProblem(await call(owner, 'POST', `/servers/${id}/restore`), 'not_found');
		const dm = await want(201, owner, 'POST', '/dms', { user_ids: [member.id] });
		assertProblem(await call(owner, 'POST', `/channels/${dm.id}/restore`), 'not_found');
	});
	await test('a server comes back by its owner, with its channels and people', async () => {
		await want(204, owner, 'DELETE', `/servers/${there.id}`);
		const [s] = (await want(200, owner, 'GET', '/me/servers/deleted')).items;
		assert.equal(s.id, there.id);
		assert.deepEqual((await want(200, admin, 'GET', '/me/servers/deleted')).items, []);
		for (const who of [admin, member]) assertProblem(await call(who, 'POST', `/servers/${there.id}/restore`), 'not_found');
		assertProblem(await call(owner, 'POST', `/channels/${open.id}/restore`), 'not_found');
		const back = await want(200, owner, 'POST', `/servers/${there.id}/restore`);
		assert.deepEqual(back.channels.map((c) => c.name).sort(), ['general', 'open', 'secret']);
		assert.equal((await want(200, member, 'GET', `/servers/${there.id}`)).member_count, 3);
		await post(member, open.id, 'again');
		assert.deepEqual((await want(200, owner, 'GET', '/me/servers/deleted')).items, []);
	});
	if (!hasJobs()) {
		skip('after seven days it is gone', 'MOOT_DIR is not set');
		return;
	}
	await test('after seven days it is gone, before the purge and after it', async () => {
		const gone = async (path, table, id) => {
			await sql(`UPDATE ${table} SET deleted_at = now() - interval '7 days 1 s' WHERE id = ${id}; UPDATE job SET run_at = now() WHERE kind = 'purge'`);
			assertProblem(await call(owner, 'POST', path), 'gone');
			await until('it is purged', async () => {
				await jobs();
				return (await sql(`SELECT count(*) FROM ${table === 'channel' ? `message WHERE channel_id = ${id}` : `member WHERE server_id = ${id}`}`))[0] === '0';
			});
			assertProblem(await call(owner, 'POST', path), 'gone');
		};
		await want(204, owner, 'DELETE', `/channels/${open.id}`);
		await gone(`/channels/${open.id}/restore`, 'channel', open.id);
		assert.deepEqual(await list(owner), []);
		await want(204, owner, 'DELETE', `/servers/${there.id}`);
		await gone(`/servers/${there.id}/restore`, 'server', there.id);
	});
}

async function heirs() {
	const owner = await person('owner'), last = await person('last'), other = await person('other'), there = await place(owner, last, other);
	await want(200, owner, 'PATCH', `/servers/${there.id}/members/${last.id}`, { roles: ['admin'] });
	const own = () => want(200, last, 'GET', `/servers/${there.id}/members/@me`);
	await test('who leaves what nobody else sees is told before, and the owner is let in', async () => {
		const c = await want(201, last, 'POST', `/servers/${there.id}/channels`, { name: 'last', kind: 'text', private: true }), path = `/channels/${c.id}`;
		const said = await post(last, c.id, 'said');
		assert.deepEqual((await own()).last_in, [c.id]);
		assert.equal((await want(200, owner, 'GET', `/servers/${there.id}/members/${last.id}`)).last_in, undefined);
		assertProblem(await call(owner, 'GET', path), 'not_found');
		for (const method of ['PUT', 'DELETE', 'PUT']) await want(204, last, method, `${path}/members/${other.id}`);
		assert.deepEqual((await own()).last_in, []);
		const log = async (who) => (await want(200, who, 'GET', `/servers/${there.id}/audit-log?target_id=${c.id}`)).items
			.flatMap(({ actor, action, detail }) => (action.startsWith('channel.member_') ? [[actor.id, action, detail]] : []));
		const [added, removed] = ['added', 'removed'].map((word) => [last.id, `channel.member_${word}`, { name: 'last', user: other.id }]);
		assert.deepEqual([await log(last), await log(owner)], [[added, removed, added], []]);
		await want(204, last, 'DELETE', `${path}/members/@me`);
		assertProblem(await call(owner, 'GET', path), 'not_found');
		await want(204, other, 'DELETE', `/servers/${there.id}/members/@me`);
		assert.equal((await want(200, owner, 'GET', `${path}/messages/${said.id}`)).content, 'said');
		const { items: [entry] } = await want(200, owner, 'GET', `/servers/${there.id}/audit-log?action=channel.inherited`);
		assert.deepEqual([entry.actor, entry.target_id, entry.detail], [null, c.id, { name: 'last', user: owner.id }]);
		assert.deepEqual((await want(200, last, 'GET', `/servers/${there.id}/audit-log?action=channel.inherited`)).items, []);
		assertProblem(await call(owner, 'DELETE', `${path}/members/@me`), 'conflict');
		await want(204, owner, 'DELETE', path);
	});
}

export default async function () {
	await settings();
	await heirs();
	await order();
	await undo();
}
