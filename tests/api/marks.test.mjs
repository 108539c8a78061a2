// Read and delivered positions, and who sees those of others.
import { parse, redis, subscribe } from './bus.mjs';
import { assert, assertProblem, call, cgi, CONF, hasJobs, jobs, person, place, post, setting, skip, sql, test, until, V1, want } from './lib.mjs';

const read = (who, channel, seq) => want(200, who, 'PUT', `/channels/${channel}/read`, { seq });
const deliver = (who, channel, seq) => want(204, who, 'PUT', `/channels/${channel}/delivered`, { seq });
const receipts = async (who, channel) => (await want(200, who, 'GET', `/channels/${channel}/receipts`)).items;
const receipt = async (who, channel, of) => {
	const r = (await receipts(who, channel)).find((x) => x.user_id === of.id);
	return r && [r.read_seq, r.delivered_seq];
};
const state = async (who, channel) => (await want(200, who, 'GET', '/bootstrap')).read_states.find((s) => s.channel_id === channel);
const stored = async (who, channel) => (await sql(`SELECT read_seq, delivered_seq FROM read_state WHERE account_id = ${who.id} AND channel_id = ${channel}`))[0];
const events = async (type, stream, who) => Number((await sql(`SELECT count(*) FROM event WHERE type = '${type}' AND stream = ${stream}
	AND coalesce(body::json #>> '{data,user_id}', '${who.id}') = '${who.id}'`))[0]);

async function positions() {
	const ann = await person(), bob = await person(), home = await place(ann, bob), ch = home.channel;
	for (let i = 0; i < 5; i++)
		await post(ann, ch, i === 3 ? `look <@${bob.id}>` : `n${i}`);

	await test('a position is answered as a read state, and never goes back', async () => {
		assert.deepEqual(await read(bob, ch, 2), { channel_id: ch, read_seq: 2, mention_count: 1 });
		assert.deepEqual(await read(bob, ch, 1), { channel_id: ch, read_seq: 2, mention_count: 1 });
		assert.deepEqual(await read(bob, ch, 4), { channel_id: ch, read_seq: 4, mention_count: 0 });
		assert.deepEqual(await read(bob, ch, 9007199254740991), { channel_id: ch, read_seq: 5, mention_count: 0 });
		assert.deepEqual(await read(bob, ch, 0), { channel_id: ch, read_seq: 5, mention_count: 0 });
	});
	await test('all answers show it at once', async () => {
		assert.deepEqual(await state(bob, ch), { channel_id: ch, read_seq: 5, mention_count: 0 });
		assert.deepEqual(await receipt(ann, ch, bob), [5, 5]);
	});
	await test('what is no position is refused', async () => {
		for (const kind of ['read', 'delivered']) {
			for (const [body, status] of [[{}, 422], [{ seq: -1 }, 422], [{ seq: 'x' }, 400], [{ seq: 1.5 }, 400], [{ seq: null }, 400], [{ seq: 9007199254740992 }, 422]]) {
				const r = await call(bob, 'PUT', `/channels/${ch}/${kind}`, body);
				assert.ok([400, 422].includes(r.status), `${kind} ${JSON.stringify(body)}: ${r.status}`);
				if (status === 422) assert.equal(r.status, 422, `${kind} ${JSON.stringify(body)}`);
				assertProblem(r);
			}
			await want(404, bob, 'PUT', `/channels/1/${kind}`, { seq: 1 });
			await want(404, bob, 'PUT', `/channels/x/${kind}`, { seq: 1 });
		}
	});
	await test('who leaves has no read state, who comes back finds his', async () => {
		await want(204, bob, 'DELETE', `/servers/${home.id}/members/@me`);
		assert.equal(await state(bob, ch), undefined);
		assert.equal(await receipt(ann, ch, bob), undefined);
		await want(404, bob, 'PUT', `/channels/${ch}/read`, { seq: 5 });
		await want(404, bob, 'PUT', `/channels/${ch}/delivered`, { seq: 5 });
		await jobs();
		await want(200, bob, 'POST', `/invites/${home.invite}/accept`);
		assert.equal((await state(bob, ch)).read_seq, 5);
	});
	await test('delivered goes ahead of read, in a conversation too', async () => {
		const dm = await want(201, ann, 'POST', '/dms', { user_ids: [bob.id] });
		for (let i = 0; i < 4; i++)
			await post(ann, dm.id, `d${i}`);
		assert.deepEqual(await receipt(ann, dm.id, bob), [0, 0]);
		await deliver(bob, dm.id, 3);
		await deliver(bob, dm.id, 2);
		assert.deepEqual(await receipt(ann, dm.id, bob), [0, 3]);
		await read(bob, dm.id, 1);
		assert.deepEqual(await receipt(ann, dm.id, bob), [1, 3]);
		await deliver(bob, dm.id, 99);
		await jobs();
		assert.deepEqual(await receipt(ann, dm.id, bob), [1, 4]);
		assert.equal(await stored(bob, dm.id), '1|4');
		assert.deepEqual(await receipt(bob, dm.id, ann), [4, 4], 'who posts has read');
	});
	await test('delivering says nothing of reading', async () => {
		const m = await post(ann, ch, 'unread');
		await deliver(bob, ch, m.seq);
		assert.equal((await state(bob, ch)).read_seq, m.seq - 1);
	});
}

async function hiding() {
	const ann = await person(), bob = await person(), home = await place(ann, bob), ch = home.channel;
	const m = await post(ann, ch, 'hello');
	await test('receipts are shown until somebody hides his', async () => {
		assert.equal((await want(200, bob, 'GET', '/me')).receipts, true);
		await read(bob, ch, m.seq);
		assert.deepEqual(await receipt(ann, ch, bob), [m.seq, m.seq]);
		assert.deepEqual(await receipt(bob, ch, ann), [m.seq, m.seq]);
	});
	await test('then he is in nobody\'s list and sees nobody\'s', async () => {
		assert.equal((await want(200, bob, 'PATCH', '/me', { receipts: false })).receipts, false);
		assert.deepEqual(await receipts(bob, ch), []);
		assert.equal(await receipt(ann, ch, bob), undefined);
		const next = await post(ann, ch, 'again');
		await read(bob, ch, next.seq);
		await deliver(bob, ch, next.seq);
		await jobs();
		assert.equal(await receipt(ann, ch, bob), undefined);
		assert.equal((await state(bob, ch)).read_seq, next.seq, 'his own count goes on');
	});
	await test('and back', async () => {
		assert.equal((await want(200, bob, 'PATCH', '/me', { receipts: true })).receipts, true);
		assert.equal((await receipt(ann, ch, bob))[0], m.seq + 1);
		assert.equal((await want(200, bob, 'PATCH', '/me', { display_name: 'Bob' })).receipts, true);
		await want(400, bob, 'PATCH', '/me', { receipts: 'no' });
	});
}

async function throughRedis() {
	const ann = await person(), bob = await person(), home = await place(ann, bob), ch = home.channel;
	const bus = await subscribe([`s:${ch}`, `s:${ann.id}`, `s:${bob.id}`]);
	const told = (type, topic, seq, kept) => until(`${type} ${kept ? 'with' : 'without'} rev on ${topic}`, () => bus.got
		.filter((m) => m.topic === topic).map(parse).find((e) => e.type === type && (e.event.data.read_seq === seq || e.event.data.delivered_seq === seq) && e.rev > 0 === kept));

	await jobs();
	await test('a mark is told at once, and once more when it is stored: to his own devices with rev', async () => {
		const m = await post(ann, ch, 'hello');
		await read(bob, ch, m.seq);
		const mine = await told('read.updated', `s:${bob.id}`, m.seq, false);
		assert.deepEqual([mine.event.stream, mine.event.data], [`user:${bob.id}`, { channel_id: ch, read_seq: m.seq, mention_count: 0 }]);
		const shown = await told('receipt.updated', `s:${ch}`, m.seq, false);
		assert.deepEqual([shown.event.stream, shown.event.data], [`channel:${ch}`, { channel_id: ch, user_id: bob.id, read_seq: m.seq }]);
		await Promise.all([jobs(), jobs(), jobs()]);
		await told('read.updated', `s:${bob.id}`, m.seq, true);
		await until('told to the others once more', () => bus.got.filter((x) => x.topic === `s:${ch}`).map(parse)
			.some((e) => e.rev === 0 && e.event.rev === undefined && e.event.data.read_seq === m.seq && e.event.data.delivered_seq === m.seq));
		assert.equal((await stored(bob, ch)).split('|')[0], String(m.seq));
		await jobs();
		assert.deepEqual([await events('read.updated', bob.id, bob), await events('receipt.updated', ch, bob)], [1, 0]);
		assert.match(await redis('ZSCORE', 'm:dirty', `${bob.id}:${ch}:r`), /^\$-1/);
	});
	await test('a mark that does not move is told to nobody', async () => {
		const m = await post(ann, ch, 'twice');
		await read(bob, ch, m.seq);
		await told('read.updated', `s:${bob.id}`, m.seq, false);
		await jobs();
		bus.got.length = 0;
		await read(bob, ch, m.seq);
		await read(bob, ch, 1);
		await deliver(bob, ch, m.seq);
		await jobs();
		await post(ann, ch, 'end');
		await until('what was posted after', () => bus.got.some((x) => x.payload.includes('"end"')));
		assert.deepEqual(bus.got.map(parse).filter((e) => /^(read|receipt)/.test(e.type)), []);
	});
	await test('what reaches who hides is not kept, wherever that stands', async () => {
		const m = await post(ann, ch, 'are you there?'), dave = await person();
		for (const [hide, show] of [[() => redis('HSET', 'p:status', bob.id, 'invisible'), () => redis('HDEL', 'p:status', bob.id)],
			[() => redis('HSET', 'p:status:flush', bob.id, 'invisible'), () => redis('HDEL', 'p:status:flush', bob.id)],
			[() => want(200, bob, 'PUT', '/me/presence', { status: 'invisible' }), () => want(200, bob, 'PUT', '/me/presence', { status: 'online' })]]) {
			await hide();
			await deliver(bob, ch, m.seq);
			await show();
		}
		assert.ok((await receipt(ann, ch, bob))[1] < m.seq);
		await deliver(bob, ch, m.seq);
		assert.equal((await receipt(ann, ch, bob))[1], m.seq);
		assert.equal((await call(dave, 'PUT', `/channels/${ch}/delivered`, { seq: 1 })).status, 404);
	});
	await test('twenty devices at once: one position, the greatest', async () => {
		for (let i = 0; i < 20; i++)
			await post(ann, ch, `many ${i}`);
		const { last_seq } = await want(200, bob, 'GET', `/channels/${ch}`);
		const all = await Promise.all(Array.from({ length: 20 }, (_, i) => read(bob, ch, last_seq - i)));
		assert.ok(all.every((s) => s.read_seq <= last_seq));
		assert.equal(all[0].read_seq, last_seq);
		assert.equal((await state(bob, ch)).read_seq, last_seq);
		assert.equal((await read(bob, ch, 1)).read_seq, last_seq);
	});
	await test('when nobody flushes it is stored at once', async () => {
		await until('a mark stored while m:flusher is gone', async () => {
			const m = await post(ann, ch, 'nobody flushes');
			await redis('DEL', 'm:flusher');
			await read(bob, ch, m.seq);
			return await stored(bob, ch) >= String(m.seq) && (await stored(bob, ch)).split('|')[0] === String(m.seq);
		});
		await jobs();
		assert.match(await redis('EXISTS', 'm:flusher'), /^:1/);
	});
	await test('rubbish where marks wait is thrown away', async () => {
		for (const member of ['x', '1:2', `${bob.id}:${ch}:x`, `:${ch}:r`, `${bob.id}:9223372036854775808:r`, `5:${ch}:r`, `${bob.id}:5:d`])
			await redis('ZADD', 'm:dirty', '7', member);
		await redis('ZADD', 'm:dirty', '-3', `${bob.id}:${ch}:r`);
		await redis('ZADD', `m:r:${bob.id}`, 'GT', '1e300', '5', '3', 'x');
		await jobs();
		assert.match(await redis('ZCARD', 'm:dirty'), /^:0/);
		assert.ok((await state(bob, ch)).read_seq > 0);
	});
	bus.close();
}

async function withoutRedis() {
	const ann = await person(), bob = await person(), home = await place(ann, bob), ch = home.channel;
	await test('without Redis the same answers, stored at once', async () => {
		for (const to of ['', 'unix:/nonexistent']) {
			const m = await post(ann, ch, 'hello'), headers = { Authorization: `Bearer ${bob.token}` };
			const put = (kind, seq) => cgi('PUT', `${V1}/channels/${ch}/${kind}`, { headers, json: { seq }, settings: { redis: to } });
			assert.equal((await put('delivered', m.seq)).status, 204);
			assert.equal(await stored(bob, ch), `${m.seq - 1}|${m.seq}`);
			const r = await put('read', m.seq);
			assert.deepEqual([r.status, r.json], [200, { channel_id: ch, read_seq: m.seq, mention_count: 0 }]);
			assert.equal(await stored(bob, ch), `${m.seq}|${m.seq}`);
			assert.equal((await put('read', 1)).json.read_seq, m.seq);
			assert.deepEqual(await receipt(ann, ch, bob), [m.seq, m.seq]);
			const list = await cgi('GET', `${V1}/channels/${ch}/receipts`, { headers, settings: { redis: to } });
			assert.deepEqual(list.json.items.map((x) => x.user_id), [ann.id]);
		}
		assert.equal(await events('receipt.updated', ch, bob), 0);
	});
}

export default async function () {
	if (!hasJobs()) {
		skip('marks', 'needs MOOT_DIR/moot.conf and the programs (MOOT_API)');
		return;
	}
	await positions();
	await hiding();
	if (setting('redis') === '')
		skip('marks that wait in Redis', 'this instance has no Redis');
	else
		await throughRedis();
	await withoutRedis();
}
