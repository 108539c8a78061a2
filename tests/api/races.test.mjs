// Things done at once: what must be one is one.
import { guarded } from './factor.mjs';
import { assert, assertProblem, call, hasCgi, PASSWORD, person, place, post, skip, sleep, sql, test, transaction, unique, want } from './lib.mjs';

const counts = (all) => all.reduce((n, r) => ({ ...n, [r.status]: (n[r.status] ?? 0) + 1 }), {});

// What waits for a change of the password is judged by the new one, though its own was right when it came.
async function overtaken() {
	if (!hasCgi()) {
		skip('what a change of the password overtakes', 'MOOT_DIR is not set');
		return;
	}
	for (const [what, who, request] of [
		['a sign-in', await person(), (p) => call(null, 'POST', '/auth/login', { login: p.username, password: PASSWORD })],
		['the first step of one', await guarded(), (p) => call(null, 'POST', '/auth/login', { login: p.username, password: PASSWORD })],
		['another change', await person(), (p) => call(p, 'PUT', '/me/password', { current_password: PASSWORD, new_password: 'what the other wanted' })],
	])
		await test(`${what} that a change of the password overtakes is refused`, async () => {
			const t = await transaction();
			await t.say(`UPDATE account SET password_hash = 'another' WHERE id = ${who.id};`);
			const late = request(who);
			await t.waiting();
			await t.say('COMMIT;');
			await t.end();
			assertProblem(await late, 'bad_credentials');
			assert.deepEqual(await sql(`SELECT password_hash, (SELECT count(*) FROM ticket WHERE account_id = ${who.id}) FROM account WHERE id = ${who.id}`), ['another|0']);
		});
}

export default async function () {
	await overtaken();
	const owner = await person();
	const home = await place(owner);

	await test('20 at once accept a one-use invite: one gets in', async () => {
		const people = await Promise.all(Array.from({ length: 20 }, () => person('racer')));
		const invite = await want(201, owner, 'POST', `/servers/${home.id}/invites`, { max_uses: 1 });
		const all = await Promise.all(people.map((p) => call(p, 'POST', `/invites/${invite.code}/accept`)));
		assert.deepEqual(counts(all), { 200: 1, 410: 19 });
		assert.equal((await want(200, owner, 'GET', `/servers/${home.id}`)).member_count, 2);
	});
	await test('one person accepting 10 times at once is one member and one use', async () => {
		const p = await person(), invite = await want(201, owner, 'POST', `/servers/${home.id}/invites`, {});
		const all = await Promise.all(Array.from({ length: 10 }, () => call(p, 'POST', `/invites/${invite.code}/accept`)));
		assert.deepEqual(counts(all), { 200: 10 });
		assert.equal(all.filter((r) => r.json.joined).length, 1);
		assert.equal((await want(200, null, 'GET', `/invites/${invite.code}`)).uses, 1);
	});
	await test('two who open a conversation with each other at once find the same one', async () => {
		for (let i = 0; i < 5; i++) {
			const [a, b] = await Promise.all([person(), person()]);
			const all = await Promise.all([[a, b], [b, a], [a, b], [b, a]].map(([x, y]) => call(x, 'POST', '/dms', { user_ids: [y.id] })));
			assert.equal(new Set(all.map((r) => r.json.id)).size, 1);
			assert.deepEqual(counts(all), { 200: 3, 201: 1 });
		}
	});
	await test('20 at once take one name: one gets it', async () => {
		const username = unique('same');
		const all = await Promise.all(Array.from({ length: 20 }, () => call(null, 'POST', '/auth/register', { username, password: 'correct horse' })));
		assert.deepEqual(counts(all), { 201: 1, 409: 19 });
	});
	await test('messages posted at once are numbered without a gap, and pages agree', async () => {
		const people = await Promise.all(Array.from({ length: 8 }, () => person()));
		const there = await place(owner, ...people);
		const all = (await Promise.all(people.map(async (p) => {
			const mine = [];
			for (let i = 0; i < 10; i++)
				mine.push(await post(p, there.channel, `${p.username} ${i}`));
			return mine;
		}))).flat();
		assert.deepEqual(all.map((m) => m.seq).sort((x, y) => x - y), Array.from({ length: 80 }, (_, i) => i + 1));
		assert.deepEqual(all.map((m) => m.rev).sort((x, y) => x - y), Array.from({ length: 80 }, (_, i) => i + 1));
		const items = (await want(200, owner, 'GET', `/channels/${there.channel}/messages?limit=100`)).items;
		assert.deepEqual(items.map((m) => m.seq), Array.from({ length: 80 }, (_, i) => 80 - i));
		assert.deepEqual(new Set(items.map((m) => m.id)), new Set(all.map((m) => m.id)));
	});
	await test('whoever is kicked while posting gets nothing in afterwards', async () => {
		const p = await person(), there = await place(owner, p);
		let kicked = false, after = 0;
		const posting = (async () => {
			for (let i = 0; i < 40; i++) {
				const late = kicked;
				const r = await call(p, 'POST', `/channels/${there.channel}/messages`, { content: `m${i}` });
				assert.ok([201, 404].includes(r.status), r.text);
				if (late && r.status === 201) after++;
			}
		})();
		await sleep(20);
		await want(204, owner, 'DELETE', `/servers/${there.id}/members/${p.id}`);
		kicked = true;
		await posting;
		assert.equal(after, 0);
	});
	await test('edits of one message at once leave one of them and count each', async () => {
		const m = await post(owner, home.channel, 'start');
		const all = await Promise.all(Array.from({ length: 8 }, (_, i) => call(owner, 'PATCH', `/channels/${home.channel}/messages/${m.id}`, { content: `e${i}` })));
		assert.deepEqual(counts(all), { 200: 8 });
		assert.equal(new Set(all.map((r) => r.json.rev)).size, 8);
		const last = all.reduce((x, y) => (x.json.rev > y.json.rev ? x : y)).json.content;
		assert.equal((await want(200, owner, 'GET', `/channels/${home.channel}/messages/${m.id}`)).content, last);
	});
}
