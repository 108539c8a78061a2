// Invites that grant, bans and time-outs that end, deletion in bulk: what each call does and refuses.
import { assert, assertProblem, call, person, place, post, test, until, want } from './lib.mjs';

async function invites() {
	const owner = await person('owner'), member = await person('member'), there = await place(owner, member);
	const guest = there.roles.find((r) => r.kind === 'guest').id, moderator = there.roles.find((r) => r.kind === 'moderator').id;
	const secret = await want(201, owner, 'POST', `/servers/${there.id}/channels`, { name: 'secret', kind: 'text', private: true });
	const invite = (who, json) => call(who, 'POST', `/servers/${there.id}/invites`, json);
	await test('an invite lasts a week, unless it says something else', async () => {
		const days = (i) => Math.round((Date.parse(i.expires_at) - Date.parse(i.created_at)) / 86400000);
		assert.equal(days((await invite(owner, {})).json), 7);
		assert.equal(days((await invite(owner, { expires_in: 86400 })).json), 1);
		const forever = (await invite(owner, { expires_in: 0, max_uses: 0 })).json;
		assert.deepEqual([forever.expires_at, forever.max_uses], [null, null]);
	});
	await test('a guest is let into one channel, and sees and reads nothing else', async () => {
		const gina = await person('gina');
		assertProblem(await invite(member, { role_id: guest }), 'invalid_fields');
		const { code } = (await invite(member, { role_id: guest, channel_id: there.channel })).json;
		const preview = await want(200, null, 'GET', `/invites/${code}`);
		assert.deepEqual([preview.creator, preview.channel_id, preview.role_id], [null, null, null]);
		const other = await want(201, owner, 'POST', `/servers/${there.id}/channels`, { name: 'public', kind: 'text' });
		const joined = await want(200, gina, 'POST', `/invites/${code}/accept`);
		assert.equal(joined.channel_id, there.channel);
		assert.deepEqual(joined.server.channels.map((c) => c.id), [there.channel]);
		await post(gina, there.channel, 'hello');
		await want(404, gina, 'GET', `/channels/${other.id}`);
		assertProblem(await call(gina, 'GET', `/servers/${there.id}/bans`), 'forbidden');
	});
	await test('nobody lets people in above himself, or to what he does not see', async () => {
		assertProblem(await invite(member, { role_id: moderator }), 'forbidden');
		const hidden = await invite(member, { channel_id: secret.id }), none = await invite(member, { channel_id: '1' });
		assertProblem(hidden, 'invalid_fields');
		assert.deepEqual({ ...hidden.json, request_id: 0 }, { ...none.json, request_id: 0 });
		for (const json of [{ channel_id: 'x' }, { role_id: {} }, { max_uses: -1 }, { expires_in: 31536001 }])
			assert.ok([400, 422].includes((await invite(owner, json)).status), JSON.stringify(json));
	});
	await test('a new code makes the old one unknown', async () => {
		const old = (await invite(member, {})).json, stranger = await person('stranger');
		await want(404, stranger, 'POST', `/invites/${old.code}/regenerate`);
		const fresh = await want(200, owner, 'POST', `/invites/${old.code}/regenerate`);
		assert.notEqual(fresh.code, old.code);
		assert.equal(fresh.creator.id, member.id);
		await want(404, null, 'GET', `/invites/${old.code}`);
		await want(200, stranger, 'POST', `/invites/${fresh.code}/accept`);
	});
	await test('in a lockdown nobody joins', async () => {
		const late = await person('late');
		assert.equal((await want(200, owner, 'PATCH', `/servers/${there.id}`, { lockdown: true })).lockdown, true);
		assertProblem(await call(late, 'POST', `/invites/${there.invite}/accept`), 'lockdown');
		await want(200, owner, 'PATCH', `/servers/${there.id}`, { lockdown: false });
		await want(200, late, 'POST', `/invites/${there.invite}/accept`);
	});
}

async function bans() {
	const owner = await person('owner'), a = await person('a'), b = await person('b'), there = await place(owner, a, b);
	await test('bans are listed with their reason and end', async () => {
		await want(204, owner, 'PUT', `/servers/${there.id}/bans/${a.id}`, { reason: 'noise', expires_in: 3600 });
		const { items } = await want(200, owner, 'GET', `/servers/${there.id}/bans`);
		assert.deepEqual(items.map((x) => [x.user.id, x.reason, x.actor_id]), [[a.id, 'noise', owner.id]]);
		const s = (Date.parse(items[0].expires_at) - Date.parse(items[0].created_at)) / 1000;
		assert.equal(s, 3600);
		await want(403, b, 'GET', `/servers/${there.id}/bans`);
		await want(204, owner, 'DELETE', `/servers/${there.id}/bans/${a.id}`);
	});
	await test('a ban takes along what was written lately', async () => {
		await want(200, a, 'POST', `/invites/${there.invite}/accept`);
		const said = [];
		for (const text of ['one', 'two']) said.push(await post(a, there.channel, text));
		const kept = await post(b, there.channel, 'mine');
		await want(204, owner, 'PUT', `/servers/${there.id}/bans/${a.id}`, { delete_messages: 3600 });
		await until('both are gone', async () => (await Promise.all(said.map((m) =>
			want(200, b, 'GET', `/channels/${there.channel}/messages/${m.id}`)))).every((m) => m.deleted && m.content === ''));
		assert.equal((await want(200, b, 'GET', `/channels/${there.channel}/messages/${kept.id}`)).content, 'mine');
	});
}

async function timeouts() {
	const owner = await person('owner'), a = await person('a'), there = await place(owner, a);
	const path = `/servers/${there.id}/timeouts/${a.id}`;
	await test('in a time-out somebody reads, and nothing else', async () => {
		const m = await want(200, owner, 'PUT', path, { expires_in: 60, reason: 'calm down' });
		assert.ok(Date.parse(m.timeout_until) > Date.now());
		assertProblem(await call(a, 'POST', `/channels/${there.channel}/messages`, { content: 'x' }), 'timed_out');
		assertProblem(await call(a, 'POST', `/channels/${there.channel}/typing`), 'timed_out');
		assertProblem(await call(a, 'POST', `/servers/${there.id}/invites`, {}), 'timed_out');
		await want(200, a, 'GET', `/channels/${there.channel}/messages`);
		await want(200, a, 'PUT', `/channels/${there.channel}/read`, { seq: 0 });
		assert.equal((await want(200, owner, 'DELETE', path)).timeout_until, null);
		await post(a, there.channel, 'back');
	});
	await test('who leaves in one comes back into it, unless it is taken back of him', async () => {
		const { code } = await want(201, owner, 'POST', `/servers/${there.id}/invites`, {});
		const again = async () => {
			await want(200, owner, 'PUT', path, { expires_in: 60 });
			await want(204, a, 'DELETE', `/servers/${there.id}/members/@me`);
		};
		await again();
		const back = await want(200, a, 'POST', `/invites/${code}/accept`);
		assert.ok(Date.parse(back.server.timeout_until) > Date.now());
		assertProblem(await call(a, 'POST', `/channels/${there.channel}/messages`, { content: 'x' }), 'timed_out');
		await again();
		await want(204, owner, 'DELETE', path);
		await want(404, owner, 'DELETE', path);
		await want(200, a, 'POST', `/invites/${code}/accept`);
		await post(a, there.channel, 'back again');
	});
	await test('not for less than a minute, more than four weeks, oneself or the owner', async () => {
		for (const expires_in of [59, 2419201, -1]) assertProblem(await call(owner, 'PUT', path, { expires_in }), 'invalid_fields');
		await want(403, owner, 'PUT', `/servers/${there.id}/timeouts/${owner.id}`, { expires_in: 60 });
		await want(403, a, 'PUT', `/servers/${there.id}/timeouts/${owner.id}`, { expires_in: 60 });
	});
}

async function bulk() {
	const owner = await person('owner'), a = await person('a'), there = await place(owner, a);
	const said = [];
	for (let i = 0; i < 5; i++) said.push(await post(i % 2 ? a : owner, there.channel, `<@${owner.id}> ${i}`));
	const path = `/channels/${there.channel}/messages/bulk-delete`;
	await test('many are deleted under one number, and sync tells', async () => {
		const before = await want(200, owner, 'GET', `/channels/${there.channel}`);
		await want(204, owner, 'POST', path, { ids: [...said.slice(0, 4).map((m) => m.id), '1'] });
		const after = await want(200, owner, 'GET', `/channels/${there.channel}`);
		assert.equal(after.rev, before.rev + 1);
		const sync = (await want(200, a, 'POST', '/sync', { channels: { [there.channel]: before.rev } })).channels[there.channel];
		assert.deepEqual([sync.rev, sync.items.length, sync.items.every((m) => m.deleted && m.content === '' && m.rev === after.rev)],
			[after.rev, 4, true]);
	});
	await test('nothing, too much, or others\' by a member is refused', async () => {
		assertProblem(await call(a, 'POST', path, { ids: [said[4].id] }), 'forbidden');
		for (const ids of [[], Array.from({ length: 101 }, (_, i) => String(i + 1))]) assertProblem(await call(owner, 'POST', path, { ids }), 'invalid_fields');
		const dm = await want(201, owner, 'POST', '/dms', { user_ids: [a.id] }), m = await post(owner, dm.id, 'x');
		assertProblem(await call(owner, 'POST', `/channels/${dm.id}/messages/bulk-delete`, { ids: [m.id] }), 'forbidden');
	});
}

export default async function () {
	await invites();
	await bans();
	await timeouts();
	await bulk();
}
