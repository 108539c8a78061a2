// Reports: the shape, the list, what is refused.
import { assert, assertProblem, call, person, place, post, test, want } from './lib.mjs';

export default async function () {
	const owner = await person('owner'), a = await person('a'), b = await person('b'), there = await place(owner, a, b);
	const bad = await post(a, there.channel, 'rude <b>words</b>');
	const report = (who, json, id = bad.id) => call(who, 'POST', `/channels/${there.channel}/messages/${id}/report`, json);
	const list = (query = '') => want(200, owner, 'GET', `/servers/${there.id}/reports${query}`);
	let made;
	await test('a message is reported with what it said', async () => {
		const r = await report(b, { reason: 'abuse', note: 'line one\nline two' });
		assert.equal(r.status, 201, r.text);
		assert.deepEqual(Object.keys(r.json), ['id']);
		made = r.json.id;
		const [one] = (await list()).items;
		assert.equal(one.id, made);
		assert.deepEqual([one.server_id, one.channel_id, one.message_id, one.user.id, one.reporter.id, one.reason, one.note, one.state, one.actor_id, one.closed_at],
			[there.id, there.channel, bad.id, a.id, b.id, 'abuse', 'line one\nline two', 'open', null, null]);
		assert.deepEqual([one.snapshot.content, one.snapshot.author.id, one.snapshot.created_at], [bad.content, a.id, bad.created_at]);
	});
	await test('once, until it is closed', async () => {
		assertProblem(await report(b, { reason: 'spam' }), 'conflict');
		const closed = await want(200, owner, 'PATCH', `/servers/${there.id}/reports/${made}`, { state: 'dismissed' });
		assert.deepEqual([closed.state, closed.actor_id, closed.closed_at !== null], ['dismissed', owner.id, true]);
		assert.equal((await report(b, { reason: 'spam' })).status, 201);
		assert.deepEqual((await list('?state=dismissed')).items.map((x) => x.id), [made]);
		assert.equal((await list('?state=open')).items.length, 1);
	});
	await test('a page at a time', async () => {
		const r = await call(owner, 'GET', `/servers/${there.id}/reports?limit=1`);
		assert.ok(r.headers.link.includes(`before=${r.json.before}`) && r.headers.link.includes('rel="next"'));
		assert.deepEqual((await list(`?limit=1&before=${r.json.before}`)).items.map((x) => x.id), [made]);
	});
	await test('a person is reported in a server that both are in', async () => {
		const made = await call(b, 'POST', `/users/${a.id}/report`, { server_id: there.id, reason: 'illegal' }), r = made.json;
		assert.deepEqual([made.status, made.headers.location], [201, undefined]);	// who reports does not read it
		const one = (await list()).items.find((x) => x.id === r.id);
		assert.deepEqual([one.channel_id, one.message_id, one.snapshot, one.note], [null, null, null, null]);
		assert.deepEqual(await want(200, owner, 'GET', `/servers/${there.id}/reports/${r.id}`), one);
		for (const [who, status] of [[b, 403], [await person('outsider'), 404]]) await want(status, who, 'GET', `/servers/${there.id}/reports/${r.id}`);
		await want(404, owner, 'GET', `/servers/${there.id}/reports/${there.id}`);
		const stranger = await person('stranger'), elsewhere = await place(stranger);
		await want(404, b, 'POST', `/users/${a.id}/report`, { server_id: elsewhere.id, reason: 'illegal' });
		await want(404, b, 'POST', `/users/${stranger.id}/report`, { server_id: there.id, reason: 'illegal' });
	});
	await test('other words are refused, and nobody else may look', async () => {
		for (const json of [{ reason: 'boring' }, { reason: 'spam', note: 'x'.repeat(501) }, { reason: 'spam', note: 'a\u202eb' }, { reason: 'spam', note: 'a\u001b[2J' }, {}]) assertProblem(await report(b, json), 'invalid_fields');
		assertProblem(await call(owner, 'GET', `/servers/${there.id}/reports?state=shut`), 'bad_request');
		assertProblem(await call(b, 'GET', `/servers/${there.id}/reports`), 'forbidden');
		assertProblem(await call(b, 'PATCH', `/servers/${there.id}/reports/${made}`, { state: 'open' }), 'forbidden');
		assertProblem(await call(owner, 'PATCH', `/servers/${there.id}/reports/${made}`, { state: 'shut' }), 'invalid_fields');
		await want(404, owner, 'PATCH', `/servers/${there.id}/reports/1`, { state: 'open' });
	});
}
