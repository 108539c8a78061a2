// How long messages are kept, and what somebody wrote lately: the calls. What comes of them is in tests/db.
import { assert, assertProblem, call, person, place, post, test, until, want } from './lib.mjs';

export default async function () {
	const owner = await person('owner'), a = await person('a'), there = await place(owner, a);
	await test('a server and a channel say how long, and say nothing again', async () => {
		for (const path of [`/servers/${there.id}`, `/channels/${there.channel}`]) {
			assert.equal((await want(200, owner, 'GET', path)).retention_days, null);
			assert.equal((await want(200, owner, 'PATCH', path, { retention_days: 30 })).retention_days, 30);
			assert.equal((await want(200, owner, 'PATCH', path, { name: 'renamed' })).retention_days, 30);
			assert.equal((await want(200, owner, 'PATCH', path, { retention_days: null })).retention_days, null);
			for (const retention_days of [...path.startsWith('/servers') ? [0] : [], -1, 3651]) assertProblem(await call(owner, 'PATCH', path, { retention_days }), 'invalid_fields');
			assertProblem(await call(a, 'PATCH', path, { retention_days: 1 }), 'forbidden');
		}
	});
	await test('a channel keeps all of it, whatever the server says', async () => {
		const path = `/channels/${there.channel}`;
		assert.equal((await want(200, owner, 'PATCH', path, { retention_days: 0 })).retention_days, 0);
		assert.equal((await want(200, owner, 'PATCH', path, { topic: 'kept' })).retention_days, 0);
		assert.equal((await want(200, a, 'GET', path)).retention_days, 0);
		assert.equal((await want(200, owner, 'PATCH', path, { retention_days: null })).retention_days, null);
	});
	await test('what would go is counted before', async () => {
		for (const path of [`/servers/${there.id}/retention`, `/channels/${there.channel}/retention`]) {
			assert.deepEqual(await want(200, owner, 'GET', `${path}?days=1`), { messages: 0 });	// tests/db has old ones
			for (const query of ['', '?days=', '?days=0', '?days=3651', '?days=-1', '?days=1.5', '?days=x']) assertProblem(await call(owner, 'GET', path + query), 'bad_request');
			assertProblem(await call(a, 'GET', `${path}?days=1`), 'forbidden');
		}
		await want(200, owner, 'PATCH', `/channels/${there.channel}`, { archived: true });
		assertProblem(await call(owner, 'GET', `/channels/${there.channel}/retention?days=1`), 'archived');
		await want(200, owner, 'PATCH', `/channels/${there.channel}`, { archived: false });
	});
	await test('what somebody wrote lately is counted, and deleted soon', async () => {
		const said = [await post(a, there.channel, 'one'), await post(a, there.channel, 'two')];
		const path = `/servers/${there.id}/purge`;
		assert.deepEqual(await want(200, owner, 'GET', `${path}?user_id=${a.id}&within_s=3600`), { count: 2 });
		assert.deepEqual(await want(200, owner, 'GET', `${path}?user_id=${owner.id}`), { count: 0 });
		for (const query of ['', '?user_id=', '?within_s=60', '?user_id=x', `?user_id=${a.id}&within_s=604801`, `?user_id=${a.id}&within_s=0`]) assertProblem(await call(owner, 'GET', path + query), 'bad_request');
		assertProblem(await call(a, 'POST', path, { user_id: a.id, within_s: 60 }), 'forbidden');
		assertProblem(await call(owner, 'POST', path, { user_id: a.id, within_s: 604801 }), 'invalid_fields');
		await want(404, owner, 'POST', path, { user_id: '1', within_s: 60 });
		assert.deepEqual(await want(202, owner, 'POST', path, { user_id: a.id, within_s: 3600 }), {});
		await until('both are gone', async () => (await Promise.all(said.map((m) =>
			want(200, owner, 'GET', `/channels/${there.channel}/messages/${m.id}`)))).every((m) => m.deleted));
		assert.deepEqual(await want(200, owner, 'GET', `${path}?user_id=${a.id}`), { count: 0 });
	});
}
