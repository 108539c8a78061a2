// Profiles, blocking, who may write to whom, and how an account ends.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert, assertProblem, bytes, call, cgi, hasCgi, hasJobs, jobs, PASSWORD, person, place, post, raw, setting, skip, sql, test, transaction, unique, until, V1, want } from './lib.mjs';

const patch = (who, json) => want(200, who, 'PATCH', '/me', json);
const refusedPost = async (code, who, channel) =>
	assertProblem(await call(who, 'POST', `/channels/${channel}/messages`, { content: 'x' }), code);

async function profile() {
	const [ann, bob, eve] = [await person('ann'), await person('bob'), await person('eve')];
	await place(ann, bob);
	await test('bio, time zone and custom status are mine to set and to remove', async () => {
		const expires_at = new Date(Date.now() + 3600e3).toISOString();
		const said = { bio: 'First line\n\tsecond é', time_zone: 'Europe/Berlin', custom_status: { emoji: '👩🏽‍🚀', text: 'away', expires_at } };
		const me = await patch(ann, said);
		assert.deepEqual({ bio: me.bio, time_zone: me.time_zone, custom_status: me.custom_status }, said);
		assert.equal(me.dms_from === 'everyone' || me.dms_from === 'shared', true);
		assert.deepEqual((await want(200, ann, 'GET', '/bootstrap')).me, me);
		assert.deepEqual((await patch(ann, { custom_status: { text: 'only text' } })).custom_status, { emoji: null, text: 'only text', expires_at: null });
		assert.equal((await patch(ann, { custom_status: null })).custom_status, null);
		const none = await patch(ann, { bio: null, time_zone: null, custom_status: {} });
		assert.deepEqual([none.bio, none.time_zone, none.custom_status], [null, null, null]);
	});
	await test('an expired status is none, for me and for others', async () => {
		const past = new Date(Date.now() - 1000).toISOString();
		assert.equal((await patch(ann, { custom_status: { text: 'gone', expires_at: past } })).custom_status, null);
		assert.equal((await want(200, bob, 'GET', `/users/${ann.id}`)).custom_status, null);
	});
	if (!hasCgi())
		skip('one that expires does so by itself', 'needs the database');
	else await test('one that expires does so by itself', async () => {
		await patch(ann, { custom_status: { text: 'soon', expires_at: new Date(Date.now() + 3600e3).toISOString() } });
		assert.equal((await want(200, bob, 'GET', `/users/${ann.id}`)).custom_status.text, 'soon');
		await sql(`UPDATE account SET status_until = now() WHERE id = ${ann.id}`);
		assert.equal((await want(200, bob, 'GET', `/users/${ann.id}`)).custom_status, null);
		assert.equal((await want(200, ann, 'GET', '/me')).custom_status, null);
	});
	await test('who shares a server sees the profile, a stranger the user only', async () => {
		await patch(ann, { bio: 'Hello', custom_status: { emoji: '🌴' } });
		const seen = await want(200, bob, 'GET', `/users/${ann.id}`);
		assert.deepEqual([seen.bio, seen.time_zone, seen.custom_status.emoji], ['Hello', null, '🌴']);
		assert.deepEqual(Object.keys(await want(200, eve, 'GET', `/users/${ann.id}`)).sort(), ['avatar_url', 'bot', 'display_name', 'id', 'username']);
	});
	await test('what is no emoji, no time zone, no moment is named', async () => {
		const wrong = {
			'custom_status.emoji': ['a', '12', '👍👍', '👍a', '\u200d', '🇩', '🇩🇪🇫', '1', '👍\n', 'é', '漢', '👍'.repeat(9)],
			'custom_status.text': ['\u200b', 'a\nb', '\u202eabc', 'x'.repeat(101)],
			'custom_status.expires_at': ['tomorrow', 'infinity', '2030-02-30T00:00:00Z', '2030-01-01 00:00:00Z', '2030-01-01T24:00:00Z', '2030-01-01T00:00:00', '1969-12-31T23:59:59Z', '2030-01-01T00:00:00+15:00'],
		};
		for (const [field, values] of Object.entries(wrong))
			for (const v of values) {
				const r = await call(ann, 'PATCH', '/me', { custom_status: { text: 'x', [field.split('.')[1]]: v } });
				assertProblem(r, 'invalid_fields');
				assert.deepEqual(r.json.errors.map((e) => e.field), [field], JSON.stringify(v));
			}
		for (const time_zone of ['Nowhere/City', 'UTC+3', 'EST5EDT4,M3', 'posixrules', 'posix/UTC', 'europe/berlin', '../../etc/passwd', 'Factory', "x'y"])
			assertProblem(await call(ann, 'PATCH', '/me', { time_zone }), 'invalid_fields');
		for (const bio of ['x'.repeat(501), '\u202eabc', 'a\u0007', ' \n '])
			assertProblem(await call(ann, 'PATCH', '/me', { bio }), 'invalid_fields');
		for (const json of [{ custom_status: 'x' }, { custom_status: [] }, { custom_status: { text: 7 } }, { bio: 1 }, { dms_from: true }])
			assert.equal((await call(ann, 'PATCH', '/me', json)).status, 400, JSON.stringify(json));
		assertProblem(await call(ann, 'PATCH', '/me', { dms_from: 'friends' }), 'invalid_fields');
		for (const emoji of ['👍', '❤️', '1️⃣', '🇩🇪', '👨‍👩‍👧', '☕', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'])
			assert.equal((await patch(ann, { custom_status: { emoji } })).custom_status.emoji, emoji);
		assert.equal((await patch(ann, { bio: 'é'.repeat(500) })).bio.length, 500);
	});
}

async function blocking() {
	const [ann, bob, cid] = [await person('ann'), await person('bob'), await person('cid')];
	const home = await place(ann, bob, cid);
	const dm = await want(201, ann, 'POST', '/dms', { user_ids: [bob.id] });
	const group = await want(201, ann, 'POST', '/dms', { user_ids: [bob.id, cid.id] });
	const mine = await post(bob, dm.id, 'before');
	await test('blocking is listed, done once, and never of oneself or nobody', async () => {
		await want(204, ann, 'PUT', `/me/blocks/${bob.id}`);
		await want(204, ann, 'PUT', `/me/blocks/${bob.id}`);
		assert.deepEqual((await want(200, ann, 'GET', '/me/blocks')).items.map((u) => u.id), [bob.id]);
		assert.deepEqual((await want(200, ann, 'GET', '/bootstrap')).blocks, [bob.id]);
		assert.deepEqual((await want(200, bob, 'GET', '/bootstrap')).blocks, []);
		assertProblem(await call(ann, 'PUT', `/me/blocks/${ann.id}`), 'conflict');
		await want(404, ann, 'PUT', '/me/blocks/123');
		await want(404, ann, 'DELETE', `/me/blocks/${cid.id}`);
	});
	await test('nobody posts in the conversation of the two, and only one is told why', async () => {
		await refusedPost('blocked', ann, dm.id);
		await refusedPost('forbidden', bob, dm.id);
		assertProblem(await call(bob, 'PATCH', `/channels/${dm.id}/messages/${mine.id}`, { content: 'after' }), 'forbidden');
		assertProblem(await call(bob, 'POST', `/channels/${dm.id}/typing`), 'forbidden');
		assertProblem(await call(ann, 'POST', `/channels/${dm.id}/typing`), 'blocked');
		assert.equal((await want(200, bob, 'GET', `/channels/${dm.id}/messages`)).items.length, 1);
		await want(200, bob, 'PUT', `/channels/${dm.id}/read`, { seq: 1 });
		assertProblem(await call(ann, 'POST', '/dms', { user_ids: [bob.id] }), 'blocked');
		assertProblem(await call(bob, 'POST', '/dms', { user_ids: [ann.id] }), 'forbidden');
	});
	await test('what the blocked one is told is what a stranger is told', async () => {
		const eve = await person('eve');
		await patch(ann, { dms_from: 'nobody' });
		const a = await call(bob, 'POST', '/dms', { user_ids: [ann.id] }), b = await call(eve, 'POST', '/dms', { user_ids: [ann.id] });
		for (const r of [a, b]) delete r.json.request_id;
		assert.deepEqual(a.json, b.json);
		await patch(ann, { dms_from: 'shared' });
	});
	await test('old groups go on, new ones with both are not made by either', async () => {
		await post(ann, group.id, 'x');
		await post(bob, group.id, 'y');
		await want(200, bob, 'POST', '/dms', { user_ids: [ann.id, cid.id] });
		const dan = await person('dan');
		await want(200, dan, 'POST', `/invites/${home.invite}/accept`);
		assertProblem(await call(bob, 'POST', '/dms', { user_ids: [ann.id, dan.id] }), 'forbidden');
		assertProblem(await call(ann, 'POST', '/dms', { user_ids: [bob.id, dan.id] }), 'blocked');
	});
	await test('mentions by the blocked one do not count, until he is not any more', async () => {
		const count = async () => (await want(200, ann, 'GET', '/bootstrap')).read_states.find((s) => s.channel_id === home.channel).mention_count;
		await post(bob, home.channel, `<@${ann.id}>`);
		assert.equal(await count(), 0);
		await post(cid, home.channel, `<@${ann.id}>`);
		assert.equal(await count(), 1);
		await want(204, ann, 'DELETE', `/me/blocks/${bob.id}`);
		assert.equal(await count(), 2);
		await want(204, ann, 'PUT', `/me/blocks/${bob.id}`);
		assert.equal(await count(), 1);
	});
	await test('receipts of the two stand still, and profiles are hidden from the blocked one', async () => {
		await patch(ann, { bio: 'mine', custom_status: { text: 'here' } });
		assert.equal((await want(200, bob, 'GET', `/users/${ann.id}`)).bio, undefined);
		assert.equal((await want(200, cid, 'GET', `/users/${ann.id}`)).bio, 'mine');
		for (const who of [ann, bob])
			assert.deepEqual((await want(200, who, 'GET', `/channels/${dm.id}/receipts`)).items, []);
	});
	await test('they see each other as offline, and are not left out', async () => {
		const seen = async (who, whom) => (await want(200, who, 'GET', `/presence?user_ids=${whom.id}`)).items;
		for (const [a, b] of [[ann, bob], [bob, ann]])
			assert.deepEqual(await seen(a, b), [{ user_id: b.id, status: 'offline', last_seen_at: null }]);
	});
	await test('unblocked, they talk again', async () => {
		await want(204, ann, 'DELETE', `/me/blocks/${bob.id}`);
		await want(404, ann, 'DELETE', `/me/blocks/${bob.id}`);
		await post(ann, dm.id, 'again');
		await post(bob, dm.id, 'again');
		assert.equal((await want(200, ann, 'GET', `/channels/${dm.id}/receipts`)).items.length, 1);
		await want(204, bob, 'PUT', `/me/blocks/${ann.id}`);
		await want(204, ann, 'PUT', `/me/blocks/${bob.id}`);
		await refusedPost('blocked', ann, dm.id);
		await want(204, ann, 'DELETE', `/me/blocks/${bob.id}`);
		await refusedPost('forbidden', ann, dm.id);
	});
	if (!hasCgi())
		skip('at most 1,000 people', 'needs the database');
	else await test('at most 1,000 people', async () => {
		const one = await person('many');
		await sql(`INSERT INTO account (id, username, display_name) SELECT ${one.id} + 1 + x, 'b' || ${one.id} + x, 'x' FROM generate_series(1, 1000) AS x ON CONFLICT DO NOTHING`);
		await sql(`INSERT INTO block SELECT ${one.id}, ${one.id} + 1 + x FROM generate_series(1, 1000) AS x`);
		assertProblem(await call(one, 'PUT', `/me/blocks/${ann.id}`), 'limit_reached');
		await want(204, one, 'PUT', `/me/blocks/${BigInt(one.id) + 2n}`);
		assert.equal((await want(200, one, 'GET', '/me/blocks')).items.length, 1000);
	});
}

async function writing() {
	const [ann, bob, eve] = [await person('ann'), await person('bob'), await person('eve')];
	await place(ann, bob);
	await test('dms_from says who begins a conversation; who has one keeps it', async () => {
		await patch(ann, { dms_from: 'shared' });
		assertProblem(await call(eve, 'POST', '/dms', { user_ids: [ann.id] }), 'forbidden');
		assertProblem(await call(eve, 'POST', '/dms', { user_ids: [ann.id, bob.id] }), 'forbidden');
		await want(201, bob, 'POST', '/dms', { user_ids: [ann.id] });
		await patch(ann, { dms_from: 'everyone' });
		const dm = await want(201, eve, 'POST', '/dms', { user_ids: [ann.id] });
		await patch(ann, { dms_from: 'nobody' });
		await want(200, bob, 'POST', '/dms', { user_ids: [ann.id] });
		assert.equal((await want(200, eve, 'POST', '/dms', { user_ids: [ann.id] })).id, dm.id);
		await post(eve, dm.id, 'still here');
		assertProblem(await call(bob, 'POST', '/dms', { user_ids: [ann.id, eve.id] }), 'forbidden');
		await patch(bob, { dms_from: 'everyone' });
		await want(201, ann, 'POST', '/dms', { user_ids: [bob.id, eve.id] });
	});
	await test('a block and the opening of a conversation, at once: never one that is open behind a block', async () => {
		for (let i = 0; i < 10; i++) {
			const [a, b] = [await person('a'), await person('b')];
			await patch(a, { dms_from: 'everyone' });
			const [opened, blocked] = await Promise.all([call(b, 'POST', '/dms', { user_ids: [a.id] }), call(a, 'PUT', `/me/blocks/${b.id}`)]);
			assert.equal(blocked.status, 204);
			assert.ok([201, 403].includes(opened.status), opened.text);
			if (opened.status === 201)
				await refusedPost('forbidden', b, opened.json.id);
		}
	});
	await test('who is blocked while posting gets nothing in afterwards', async () => {
		const [a, b] = [await person('a'), await person('b')];
		await patch(a, { dms_from: 'everyone' });
		const dm = await want(201, b, 'POST', '/dms', { user_ids: [a.id] });
		let over = false, after = 0, got = 0;
		const posting = Promise.all(Array.from({ length: 4 }, async () => {
			for (let i = 0; i < 40; i++) {
				const late = over, r = await call(b, 'POST', `/channels/${dm.id}/messages`, { content: `m${i}` });
				assert.ok([201, 403].includes(r.status), r.text);
				got += r.status === 201;
				after += late && r.status === 201;
			}
		}));
		while (got < 4) await new Promise((next) => { setImmediate(next); });
		await want(204, a, 'PUT', `/me/blocks/${b.id}`);
		over = true;
		await posting;
		assert.equal(after, 0);
	});
	if (!hasCgi()) {
		skip('a block waits for the post that is on its way', 'MOOT_DIR is not set');
		return;
	}
	await test('a block waits for the post that is on its way', async () => {
		const [a, b] = [await person('a'), await person('b')];
		await patch(a, { dms_from: 'everyone' });
		const dm = await want(201, b, 'POST', '/dms', { user_ids: [a.id] });
		const t = await transaction();
		await t.say(`SELECT kind FROM message_create(${b.id}, ${dm.id}, 'last', NULL, NULL, '\\x00');`);
		const blocking = call(a, 'PUT', `/me/blocks/${b.id}`);
		await t.waiting();
		await t.say('COMMIT;');
		await t.end();
		assert.equal((await blocking).status, 204);
		assert.equal((await want(200, a, 'GET', `/channels/${dm.id}/messages`)).items.length, 1);
	});
}

const signIn = (who, password = PASSWORD) => call(null, 'POST', '/auth/login', { login: who.username, password });

async function leaving() {
	await test('a deactivated account is signed out everywhere and cannot come back by itself', async () => {
		const [a, b] = [await person('a'), await person('b')];
		const home = await place(b, a);
		const token = (await want(201, a, 'POST', '/me/tokens', { name: 'x' })).token;
		await want(401, a, 'POST', '/me/deactivate', { password: 'not it at all' });
		assertProblem(await call(token, 'POST', '/me/deactivate', { password: PASSWORD }), 'forbidden');
		const r = await call(a, 'POST', '/me/deactivate', { password: PASSWORD });
		assert.equal(r.status, 204);
		assert.ok(r.headers['set-cookie'].every((line) => /Max-Age=0/.test(line)));
		await want(401, a, 'GET', '/me');
		await want(401, token, 'GET', '/me');
		assertProblem(await signIn(a), 'bad_credentials');
		await want(401, null, 'POST', '/auth/refresh', { refresh_token: a.refresh });
		assert.equal((await want(200, b, 'GET', `/servers/${home.id}`)).member_count, 2, 'it loses nothing');
	});
	await test('deleting takes what says who it was, and leaves what was said', async () => {
		const [a, b, c] = [await person('a'), await person('b'), await person('c')];
		const email = `${a.username}@example.org`;
		await want(202, a, 'PUT', '/me/email', { email, password: PASSWORD });
		await patch(a, { display_name: 'Very Own Name', bio: 'secret bio', time_zone: 'UTC', custom_status: { text: 'secret status' } });
		const home = await place(b, a), dm = await want(201, b, 'POST', '/dms', { user_ids: [a.id] });
		const group = await want(201, a, 'POST', '/dms', { user_ids: [b.id, c.id] });
		const said = await post(a, home.channel, 'what was said');
		await post(a, dm.id, 'in private');
		await post(a, group.id, 'in a group');
		await want(204, b, 'PUT', `/me/blocks/${a.id}`);
		await want(204, b, 'DELETE', `/me/blocks/${a.id}`);
		await want(204, a, 'PUT', `/me/blocks/${c.id}`);
		await want(401, a, 'DELETE', '/me', { password: 'not it at all' });
		await want(204, a, 'DELETE', '/me', { password: PASSWORD });
		await want(401, a, 'GET', '/me');
		assertProblem(await signIn(a), 'bad_credentials');
		const m = await want(200, b, 'GET', `/channels/${home.channel}/messages/${said.id}`);
		assert.deepEqual([m.content, m.author.id, m.author.display_name, m.author.username], ['what was said', a.id, 'Deleted user', `deleted-${a.id}`]);
		assert.equal((await want(200, b, 'GET', `/servers/${home.id}`)).member_count, 1);
		const boot = await want(200, b, 'GET', '/bootstrap');
		assert.deepEqual(boot.dms.find((d) => d.id === dm.id).members.map((u) => u.display_name).sort(), ['Deleted user', b.username].sort());
		assert.deepEqual(boot.dms.find((d) => d.id === group.id).members.map((u) => u.id).sort(), [b.id, c.id].sort());
		await want(404, b, 'POST', '/dms', { user_ids: [a.id] });
		await want(404, b, 'PUT', `/me/blocks/${a.id}`);
		assertProblem(await call(null, 'POST', '/auth/register', { username: a.username, password: PASSWORD }), 'username_taken');
		await want(201, null, 'POST', '/auth/register', { username: unique('u'), email, password: PASSWORD });
		if (!hasCgi()) return skip('what a deletion leaves in the database', 'needs MOOT_DIR');
		const left = await sql(`SELECT 'session' FROM session WHERE account_id = ${a.id} UNION ALL SELECT 'token' FROM token WHERE account_id = ${a.id}
			UNION ALL SELECT 'block' FROM block WHERE ${a.id} IN (account_id, blocked_id) UNION ALL SELECT 'read' FROM read_state WHERE account_id = ${a.id} AND (last_wrote IS NULL OR read_seq + delivered_seq > 0)
			UNION ALL SELECT 'event' FROM event WHERE stream = ${a.id} AND (body LIKE '%Very Own Name%' OR body LIKE '%${email}%' OR body LIKE '%secret%')
			UNION ALL SELECT 'account' FROM account WHERE id = ${a.id} AND (account::text LIKE '%${email}%' OR account::text LIKE '%secret%' OR account::text LIKE '%argon2%' OR disabled_at IS NULL)
			UNION ALL SELECT 'member' FROM member WHERE account_id = ${a.id}`);
		assert.deepEqual(left, []);
	});
	await test('nobody takes the name of a deleted account before', async () => {
		for (const username of ['deleted-1882527262043013132', 'Deleted-x'])
			assertProblem(await call(null, 'POST', '/auth/register', { username, password: PASSWORD }), 'username_taken');
		assertProblem(await call(await person(), 'PATCH', '/me', { username: 'deleted-y' }), 'username_taken');
	});
	await test('who owns a server hands it on first', async () => {
		const [a, b] = [await person('a'), await person('b')], home = await place(a, b);
		assertProblem(await call(a, 'DELETE', '/me', { password: PASSWORD }), 'owner_cannot_leave');
		await want(200, a, 'GET', '/me');
		await want(204, a, 'DELETE', `/servers/${home.id}`);
		await want(204, a, 'DELETE', '/me', { password: PASSWORD });
	});
	if (!hasJobs()) {
		skip('purged', 'needs MOOT_DIR and moot-jobs');
		return;
	}
	await test('the last administrator stays, one of two goes', async () => {
		const [a, b] = [await person('a'), await person('b')];
		const others = await sql('SELECT id FROM account WHERE admin');
		await sql(`UPDATE account SET admin = id IN (${a.id}, ${b.id})`);
		const all = await Promise.all([call(a, 'DELETE', '/me', { password: PASSWORD }), call(b, 'POST', '/me/deactivate', { password: PASSWORD })]);
		assert.deepEqual(all.map((r) => r.status).sort(), [204, 409]);
		await sql(`UPDATE account SET admin = id = ANY ('{${others}}')`);
	});
	await test('purged, everything that was said is deleted, wherever it was', async () => {
		const [a, b] = [await person('a'), await person('b')];
		const home = await place(b, a), left = await place(b, a), dm = await want(201, b, 'POST', '/dms', { user_ids: [a.id] });
		for (let i = 0; i < 130; i++)
			await post(i % 3 ? a : b, home.channel, `text ${i}`);
		await post(a, left.channel, 'there too');
		await want(204, a, 'DELETE', `/servers/${left.id}/members/@me`);
		await post(a, dm.id, 'and in private');
		await want(204, a, 'DELETE', '/me', { password: PASSWORD, purge: true });
		await jobs();
		assert.deepEqual(await sql(`SELECT count(*) FROM message WHERE author_id = ${a.id} AND (deleted_at IS NULL OR content <> '')`), ['0']);
		assert.deepEqual(await sql(`SELECT count(*) FROM message WHERE author_id = ${b.id} AND deleted_at IS NULL`), ['44']);
		assert.deepEqual(await sql(`SELECT count(*) FROM event WHERE body LIKE '%and in private%' OR body LIKE '%there too%'`), ['0']);
		assert.deepEqual(await sql(`SELECT count(*) FROM read_state WHERE account_id = ${a.id}`), ['0']);
	});
	await test('a purge and posts at once: nothing is left', async () => {
		const [a, b] = [await person('a'), await person('b')];
		const home = await place(b, a), dm = await want(201, b, 'POST', '/dms', { user_ids: [a.id] });
		let got = 0;
		const posting = Promise.all([home.channel, dm.id, home.channel, dm.id].map(async (channel) => {
			for (let i = 0; i < 60; i++) {
				const r = await call(a, 'POST', `/channels/${channel}/messages`, { content: `m${i}` });
				assert.ok([201, 401, 404].includes(r.status), r.text);
				if (r.status !== 201) return;
				got++;
			}
		}));
		while (got < 8) await new Promise((next) => { setImmediate(next); });
		await want(204, a, 'DELETE', '/me', { password: PASSWORD, purge: true });
		await posting;
		await jobs();
		assert.deepEqual(await sql(`SELECT count(*) FROM message WHERE author_id = ${a.id} AND deleted_at IS NULL`), ['0']);
	});
	await test('deleting waits for the post that is on its way, and the next finds nobody', async () => {
		const [a, b] = [await person('a'), await person('b')];
		const dm = await want(201, b, 'POST', '/dms', { user_ids: [a.id] });
		const t = await transaction();
		await t.say(`SELECT kind FROM message_create(${a.id}, ${dm.id}, 'last', NULL, NULL, '\\x00');`);
		const deleting = call(a, 'DELETE', '/me', { password: PASSWORD });
		await t.waiting();
		await t.say('COMMIT;');
		await t.end();
		assert.equal((await deleting).status, 204);
		assert.equal((await want(200, b, 'GET', `/channels/${dm.id}/messages`)).items.length, 1);
		await assert.rejects(sql(`SELECT message_create(${a.id}, ${dm.id}, 'later', NULL, NULL, '\\x00')`));
	});
}

async function exporting() {
	if (!hasJobs()) {
		skip('exports', 'needs MOOT_DIR and moot-jobs');
		return;
	}
	// by the instance's own moot-jobs: the file is for its user only
	const ready = (who) => until('the copy', async () => {
		const e = await want(200, who, 'GET', '/me/export');
		return e.state === 'ready' && e;
	}, 30000);
	await test('a copy of my data is written by a job, for me only, and names what I have said', async () => {
		const [a, b] = [await person('a'), await person('b')];
		const home = await place(b, a), dm = await want(201, b, 'POST', '/dms', { user_ids: [a.id] });
		await want(202, a, 'PUT', '/me/email', { email: `${a.username}@example.org`, password: PASSWORD });
		await patch(a, { bio: 'mine "quoted" é' });
		const said = [await post(a, home.channel, 'line one\nline two'), await post(a, dm.id, 'in private')];
		await post(b, home.channel, 'not mine');
		const gone = await post(a, home.channel, 'deleted');
		await want(204, a, 'DELETE', `/channels/${home.channel}/messages/${gone.id}`);
		assert.deepEqual(await want(200, a, 'GET', '/me/export'), { state: 'none', requested_at: null, expires_at: null, size: null, url: null });
		await want(404, a, 'GET', '/me/export/file');
		await sql(`UPDATE session SET confirmed_at = now() - interval '11 minutes' WHERE account_id = ${a.id}`);
		assertProblem(await call(a, 'POST', '/me/export'), 'confirmation_required');
		await want(204, a, 'POST', '/me/confirm', { password: PASSWORD });
		const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
		const { avatar_url: face } = await want(200, a, 'PUT', '/me/avatar', png, { 'Content-Type': 'image/png' });
		assert.equal((await want(202, a, 'POST', '/me/export')).state, 'preparing');
		const e = await ready(a);
		assert.match(e.url, /\/api\/v1\/me\/export\/file$/);
		const file = await bytes(a, '/me/export/file');
		assert.deepEqual([file.status, file.headers['content-type'], file.headers['content-disposition'], file.body.length],
			[200, 'application/zip', 'attachment; filename="moot-export.zip"', e.size]);
		assert.deepEqual([file.headers['cache-control'], file.headers['x-accel-redirect']], ['no-store', undefined]);
		if (setting('send_files') === 'x-accel-redirect') {
			const part = await bytes(a, '/me/export/file', { Range: 'bytes=1-3' });
			assert.deepEqual([part.status, part.body.toString('latin1')], [206, 'K\x03\x04'], 'nginx sends it');
			const [name] = await sql(`SELECT file FROM export WHERE account_id = ${a.id}`);
			assert.equal((await raw('GET', `/_files/export/${name}`)).status, 404, 'and to nobody who has not asked moot-api');
		}
		const dir = mkdtempSync(join(tmpdir(), 'moot-export.'));
		writeFileSync(join(dir, 'x.zip'), file.body);
		const zip = (...args) => promisify(execFile)('python3', ['-m', 'zipfile', ...args], { cwd: dir });
		assert.match((await zip('-t', 'x.zip')).stdout, /Done/);
		const today = [0, 60000].map((ms) => new Date(Date.now() - ms).toISOString().slice(0, 10));
		for (const [, day] of (await zip('-l', 'x.zip')).stdout.matchAll(/ (\d{4}-\d\d-\d\d) /g)) assert.ok(today.includes(day), day);
		await zip('-e', 'x.zip', dir);
		const shown = await raw('GET', face);
		assert.ok(readFileSync(join(dir, 'avatar.webp')).equals(shown.body));
		const profile = JSON.parse(readFileSync(join(dir, 'profile.json'), 'utf8'));
		assert.deepEqual([profile.me.id, profile.me.bio, profile.servers.map((x) => x.id), profile.conversations.map((x) => x.id)],
			[a.id, 'mine "quoted" é', [home.id], [dm.id]]);
		assert.ok(!/argon2|seed|secret_hash/.test(JSON.stringify(profile)));
		const lines = readFileSync(join(dir, 'messages.ndjson'), 'utf8').trim().split('\n').map((x) => JSON.parse(x));
		assert.deepEqual(lines.map((m) => m.id).sort(), said.map((m) => m.id).sort());
		rmSync(dir, { recursive: true });
		await want(404, b, 'GET', '/me/export/file');
		await want(401, null, 'GET', '/me/export/file');
		const [name] = await sql(`SELECT file FROM export WHERE account_id = ${a.id}`);
		assert.equal(statSync(join(setting('files_dir'), 'export', name)).mode & 0o777, 0o600);
		await sql(`UPDATE export SET ready_at = now() - interval '8 days' WHERE account_id = ${a.id}`);
		assert.equal((await want(200, a, 'GET', '/me/export')).state, 'none');
		await want(404, a, 'GET', '/me/export/file');
	});
	await test('of many messages too, and asked for twice', async () => {
		const a = await person('a'), home = await place(a);
		await sql(`SELECT count(*) FROM generate_series(1, 450) AS x, LATERAL message_create(${a.id}, ${home.channel}, 'm' || x, NULL, NULL, '\\x00') AS m`);
		await want(202, a, 'POST', '/me/export');
		await want(202, a, 'POST', '/me/export');
		const { size } = await ready(a), [name] = await sql(`SELECT file FROM export WHERE account_id = ${a.id}`);
		const by = (send_files) => cgi('GET', `${V1}/me/export/file`, { headers: { Authorization: `Bearer ${a.token}` }, settings: { send_files } });
		const own = await by('self'), left = await by('x-sendfile');
		assert.deepEqual([own.status, own.headers['content-length'], own.headers['x-sendfile'], own.text.slice(0, 2)], [200, String(size), undefined, 'PK'], 'plain CGI sends it');
		assert.deepEqual([left.status, left.headers['x-sendfile'], left.text], [200, join(setting('files_dir'), 'export', name), ''], 'or names it');
		const text = (await bytes(a, '/me/export/file')).body.toString();
		assert.equal(new Set([...text.matchAll(/"content":"(m[0-9]+)"/g)].map((m) => m[1])).size, 450);
	});
}

export default async function () {
	await profile();
	await blocking();
	await writing();
	await leaving();
	await exporting();
}
