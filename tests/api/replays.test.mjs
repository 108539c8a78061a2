// An answer that was kept for an Idempotency-Key is given again only to who still may see it.
import { assert, assertProblem, call, person, place, test, unique, want } from './lib.mjs';

// Asks; gives a function that asks the same again.
async function keyed(who, method, path, body, status) {
	const headers = { 'Idempotency-Key': unique('key') };
	const first = await call(who, method, path, body, headers);
	assert.equal(first.status, status, first.text);
	assert.equal(first.headers['idempotency-replayed'], undefined);
	return { first, again: () => call(who, method, path, body, headers) };
}

// The kept answer, byte for byte.
async function replays(k) {
	const r = await k.again();
	assert.deepEqual([r.status, r.text, r.headers.location, r.headers['idempotency-replayed']],
		[k.first.status, k.first.text, k.first.headers.location, 'true']);
}

async function notFound(k) {
	const r = await k.again();
	assert.equal(r.status, 404, r.text);
	assertProblem(r, 'not_found');
}

export default async function () {
	const owner = await person(), guest = await person(), home = await place(owner);
	const boss = `/servers/${home.id}`;
	const promote = () => want(200, owner, 'PATCH', `${boss}/members/${guest.id}`, { roles: ['admin'] });

	await test('who is banned is not shown again what he was shown of the server', async () => {
		const kept = [await keyed(guest, 'POST', `/invites/${home.invite}/accept`, undefined, 200)];
		await promote();
		kept.push(await keyed(guest, 'POST', `${boss}/channels`, { name: 'more', kind: 'text' }, 201),
			await keyed(guest, 'POST', `${boss}/invites`, {}, 201),
			await keyed(guest, 'POST', `/channels/${home.channel}/messages`, { content: 'posted' }, 201));
		for (const k of kept)
			await replays(k);
		await want(204, owner, 'PUT', `${boss}/bans/${guest.id}`, {});
		for (const k of kept)
			await notFound(k);
		const back = await want(201, owner, 'POST', `${boss}/invites`, {});
		await want(204, owner, 'DELETE', `${boss}/bans/${guest.id}`);
		await want(200, guest, 'POST', `/invites/${back.code}/accept`);
		for (const k of kept)
			await replays(k);
	});
	await test('who loses a private channel is not shown it again, nor the deleted one', async () => {
		await promote();
		const k = await keyed(guest, 'POST', `${boss}/channels`, { name: 'secret', kind: 'text', private: true }, 201);
		const channel = k.first.json.id;
		await want(204, guest, 'PUT', `/channels/${channel}/members/${owner.id}`);
		await replays(k);
		await want(204, owner, 'DELETE', `/channels/${channel}/members/${guest.id}`);
		await notFound(k);
		const gone = await keyed(owner, 'POST', `/channels/${channel}/messages`, { content: 'last' }, 201);
		await want(204, owner, 'DELETE', `/channels/${channel}`);
		await notFound(gone);
	});
	await test('nor a conversation that he left', async () => {
		const third = await person();
		const k = await keyed(guest, 'POST', '/dms', { user_ids: [owner.id, third.id] }, 201);
		const same = await keyed(guest, 'POST', '/dms', { user_ids: [owner.id, third.id] }, 200);
		await replays(k);
		await replays(same);
		await want(204, guest, 'DELETE', `/channels/${k.first.json.id}/members/${guest.id}`);
		await notFound(k);
		await notFound(same);
	});
}
