// Presence over REST: who sees whom, what is kept, what is refused. Streams are the push tests' matter.
import { openStream } from '../support/stream.mjs';
import { assert, call, person, place, setting, skip, test, until, URL_BASE, want } from './lib.mjs';

const get = async (who, ...ids) => (await want(200, who, 'GET', `/presence?user_ids=${ids.join(',')}`)).items;

export default async function () {
	const [ann, bob, eve] = [await person('ann'), await person('bob'), await person('eve')];
	await place(ann, bob);

	await test('who shares something is told of, a stranger and an unknown id alike are not', async () => {
		const items = await get(ann, bob.id, eve.id, '123');
		assert.deepEqual(items, [{ user_id: bob.id, status: 'offline', last_seen_at: null }]);
		assert.deepEqual(await get(eve, ann.id), []);
		assert.equal((await get(eve, eve.id)).length, 1);
	});

	await test('to open a conversation and to write to somebody shows nothing of him', async () => {
		const dm = (await call(eve, 'POST', '/dms', { user_ids: [bob.id] })).json;
		const m = await want(201, eve, 'POST', `/channels/${dm.id}/messages`, { content: 'are you there?' });
		await want(204, bob, 'PUT', `/channels/${dm.id}/delivered`, { seq: m.seq });
		await want(200, bob, 'PUT', `/channels/${dm.id}/read`, { seq: m.seq });
		assert.deepEqual(await get(eve, bob.id), []);
		assert.deepEqual((await want(200, eve, 'GET', '/bootstrap')).presence, {});
		assert.deepEqual((await want(200, eve, 'GET', `/channels/${dm.id}/receipts`)).items, []);
		assert.equal((await get(bob, eve.id)).length, 1, 'she has said something there');
		await want(201, bob, 'POST', `/channels/${dm.id}/messages`, { content: 'yes' });
		assert.equal((await get(eve, bob.id)).length, 1);
		assert.equal((await want(200, eve, 'GET', `/channels/${dm.id}/receipts`)).items.length, 1);
	});

	await test('a list that is none is 400', async () => {
		for (const query of ['', '?user_ids=', '?user_ids=x', '?user_ids=1,,2', '?user_ids=1,-2', `?user_ids=${Array.from({ length: 201 }, (_, i) => i + 1)}`])
			assert.equal((await call(ann, 'GET', `/presence${query}`)).status, 400, query);
		const most = Array.from({ length: 200 }, (_, i) => String(7358329472183500800n + BigInt(i)));
		assert.deepEqual(await get(ann, ...most), []);
		assert.equal((await call(ann, 'GET', `/presence?user_ids=${encodeURIComponent(most.join(','))}`)).status, 200);
		assert.equal((await call(null, 'GET', '/presence?user_ids=1')).status, 401);
	});

	await test('a status is answered, is in me, and is one of four words', async () => {
		for (const status of ['dnd', 'invisible', 'online']) {
			const r = await call(ann, 'PUT', '/me/presence', { status });
			assert.equal(r.status, 200);
			assert.deepEqual(r.json, { status });
			assert.equal((await call(ann, 'GET', '/me')).json.status, status);
		}
		const idle = await call(ann, 'PUT', '/me/presence', { status: 'idle' });
		assert.deepEqual([idle.status, idle.json], [200, { status: 'idle' }]);
		assert.equal((await call(ann, 'GET', '/me')).json.status, 'online');
		assert.equal((await call(ann, 'PUT', '/me/presence', { status: 'away' })).status, 422);
		assert.equal((await call(ann, 'PUT', '/me/presence', {})).status, 422);
		assert.equal((await call(ann, 'PUT', '/me/presence', { status: 1 })).status, 400);
		assert.equal((await call(null, 'PUT', '/me/presence', { status: 'dnd' })).status, 401);
	});

	await test('watching is 204 for any ids, and bounded', async () => {
		assert.equal((await call(ann, 'PUT', '/me/watch', { user_ids: [bob.id, eve.id, '5'] })).status, 204);
		assert.equal((await call(ann, 'PUT', '/me/watch', { user_ids: [] })).status, 204);
		assert.equal((await call(ann, 'PUT', '/me/watch', { user_ids: ['x'] })).status, 422);
		assert.equal((await call(ann, 'PUT', '/me/watch', { user_ids: [7] })).status, 400);
		assert.equal((await call(ann, 'PUT', '/me/watch', { user_ids: Array.from({ length: 201 }, (_, i) => String(i + 1)) })).status, 422);
		assert.equal((await call(null, 'PUT', '/me/watch', { user_ids: [] })).status, 401);
	});

	await test('who turns invisible was seen just then; who hides it was never seen, both ways', async () => {
		await want(200, bob, 'PUT', '/me/presence', { status: 'invisible' });
		const [seen] = await get(ann, bob.id);
		const at = Date.parse(seen.last_seen_at);
		assert.ok(at % 300000 === 0 && Date.now() - at < 601000, seen.last_seen_at);
		await want(200, ann, 'PATCH', '/me', { show_last_seen: false });
		assert.equal((await get(ann, bob.id))[0].last_seen_at, null);
		await want(200, ann, 'PATCH', '/me', { show_last_seen: true });
		assert.equal((await get(ann, bob.id))[0].last_seen_at, seen.last_seen_at);
		await want(200, bob, 'PATCH', '/me', { show_last_seen: false });
		assert.equal((await get(ann, bob.id))[0].last_seen_at, null);
		await want(200, bob, 'PATCH', '/me', { show_last_seen: true });
		assert.equal((await get(ann, bob.id))[0].last_seen_at, null, 'what was hidden stays so');
	});

	await test('bootstrap has the people of my conversations', async () => {
		const dm = await call(ann, 'POST', '/dms', { user_ids: [bob.id] });
		assert.ok(dm.status < 300);
		const { json } = await call(ann, 'GET', '/bootstrap');
		assert.deepEqual(json.presence, { [bob.id]: { status: 'offline', last_seen_at: null } });
		assert.deepEqual(Object.keys((await call(eve, 'GET', '/bootstrap')).json.presence), [bob.id]);
	});

	if (!setting('push_socket')) {
		skip('streams are in the answers, and what they choose is stored', 'no push daemon');
		return;
	}
	await test('streams are in the answers, and what they choose is stored', async () => {
		const [cat, dog] = [await person('cat'), await person('dog')];
		await place(cat, dog);
		// Redis has 25 ms for an answer: on a busy machine a question is put again, as any client does
		const status = async () => (await call(cat, 'GET', `/presence?user_ids=${dog.id}`)).json.items?.[0].status;
		const is = (wanted, ms) => until(`${wanted} is seen`, async () => (await status()) === wanted, ms);
		const events = [];
		const stream = openStream({ base: URL_BASE, kind: 'ws', token: dog.token, event: (e) => events.push(e), control: () => {}, end: () => {} });
		await is('online');
		await want(200, dog, 'PUT', '/me/presence', { status: 'idle' });
		await is('idle');
		await want(200, dog, 'PUT', '/me/presence', { status: 'online' });
		await is('online');
		stream.send('{"op":"presence","status":"dnd"}');
		await is('dnd');
		await until('it is stored by the jobs', async () => (await call(dog, 'GET', '/me')).json.status === 'dnd', 30000);
		await until('my streams are told', () => events.some((e) => e.type === 'user.updated' && e.data.status === 'dnd'));
		await want(200, dog, 'PUT', '/me/presence', { status: 'invisible' });
		await is('offline');
		await want(200, dog, 'PUT', '/me/presence', { status: 'online' });
		await is('online');
		stream.close();
		await is('offline', 30000);
		const [seen] = await get(cat, dog.id);
		assert.ok(Date.now() - Date.parse(seen.last_seen_at) < 700000, seen.last_seen_at);
	});
}
