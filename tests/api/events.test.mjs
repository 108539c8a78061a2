// What goes to the bus after a commit: the header, the envelope, and the bytes of REST.
import { existsSync } from 'node:fs';
import { parse, subscribe } from './bus.mjs';
import { assert, call, CONF, hasJobs, jobs, person, place, post, setting, skip, test, unique, until, want } from './lib.mjs';

export default async function () {
	if (!existsSync(CONF) || setting('redis') === '') {
		skip('events on the bus', 'needs MOOT_DIR/moot.conf with a Redis');
		return;
	}
	const owner = await person(), member = await person();
	const home = await place(owner);
	const topics = [`s:${home.channel}`, `s:${home.id}`, `s:${owner.id}`, `s:${member.id}`];
	const bus = await subscribe(topics);
	const next = async (type, topic) => {
		const found = await until(`${type} on ${topic}`, () => bus.got.find((m) => m.topic === topic && m.payload.includes(`"type":"${type}"`)));
		bus.got.splice(bus.got.indexOf(found), 1);
		return parse(found);
	};

	await test('a message is an event with the same bytes, under the rev of the server', async () => {
		const r = await call(owner, 'POST', `/channels/${home.channel}/messages`, { content: 'to the bus "\\\n🙂', nonce: unique('n') });
		const e = await next('message.created', `s:${home.channel}`);
		assert.ok(e.text.includes(`"data":${r.text}`), 'the bytes of REST');
		assert.deepEqual([e.rev, e.parent, e.access], [r.json.rev, home.id, 0]);
		assert.equal(e.parentRev, (await want(200, owner, 'GET', `/servers/${home.id}`)).rev);
		assert.equal(e.event.nonce, r.json.nonce);
	});
	await test('a replayed post is no second event', async () => {
		const body = { content: 'once', nonce: unique('n') };
		await call(owner, 'POST', `/channels/${home.channel}/messages`, body);
		await next('message.created', `s:${home.channel}`);
		await call(owner, 'POST', `/channels/${home.channel}/messages`, body);
		await post(owner, home.channel, 'after');
		const e = await next('message.created', `s:${home.channel}`);
		assert.equal(e.event.data.content, 'after');
	});
	await test('editing, deleting and typing', async () => {
		const m = await post(owner, home.channel, 'draft');
		await next('message.created', `s:${home.channel}`);
		await want(200, owner, 'PATCH', `/channels/${home.channel}/messages/${m.id}`, { content: 'final' });
		assert.equal((await next('message.updated', `s:${home.channel}`)).event.data.content, 'final');
		await want(204, owner, 'DELETE', `/channels/${home.channel}/messages/${m.id}`);
		assert.equal((await next('message.deleted', `s:${home.channel}`)).rev, m.rev + 2);
		await want(204, owner, 'POST', `/channels/${home.channel}/typing`);
		const t = await next('typing.started', `s:${home.channel}`);
		assert.deepEqual([t.rev, t.id, t.event.data.user.id], [0, '0', owner.id]);
	});
	await test('joining, being kicked: who gains and loses is named', async () => {
		await want(200, member, 'POST', `/invites/${home.invite}/accept`);
		const joined = await next('member.joined', `s:${home.id}`), mine = await next('server.joined', `s:${member.id}`);
		assert.deepEqual([joined.access, joined.subject], [1, member.id]);
		assert.deepEqual([mine.access, mine.subject, mine.event.data.id], [1, member.id, home.id]);
		await want(204, owner, 'DELETE', `/servers/${home.id}/members/${member.id}`);
		const left = await next('member.left', `s:${home.id}`);
		assert.deepEqual([left.access, left.subject, left.event.data.reason], [2, member.id, 'kicked']);
		assert.equal((await next('server.left', `s:${member.id}`)).event.data.server_id, home.id);
	});
	await test('reading is told to my own devices only', async () => {
		await want(200, member, 'POST', `/invites/${home.invite}/accept`);
		const m = await post(owner, home.channel, 'unread');
		await want(200, member, 'PUT', `/channels/${home.channel}/read`, { seq: m.seq });
		const e = await next('read.updated', `s:${member.id}`);
		assert.deepEqual([e.event.data.channel_id, e.event.data.read_seq], [home.channel, m.seq]);
		assert.ok(!bus.got.some((x) => x.topic !== `s:${owner.id}` && x.payload.includes('read.updated')));
	});
	if (!hasJobs())
		skip('a new name is told to conversations by the jobs', 'needs moot-jobs');
	else await test('a new name is told to conversations by the jobs', async () => {
		const dm = await want(201, owner, 'POST', '/dms', { user_ids: [member.id] });
		const there = await subscribe([`s:${dm.id}`]);
		const me = await want(200, owner, 'PATCH', '/me', { display_name: 'Another' });
		await jobs();
		const e = parse(await until('the event', () => there.got[0]));
		there.close();
		assert.deepEqual([e.type, e.rev, e.access, e.event.data.channel_id, e.event.data.user.id, e.event.data.user.display_name],
			['member.updated', 1, 0, dm.id, me.id, 'Another']);
	});
	await test('signing out and a used refresh token end the session for its streams', async () => {
		const session = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sid;
		const other = await want(200, null, 'POST', '/auth/login', { login: member.username, password: 'correct horse battery' });
		await want(204, other.access_token, 'POST', '/auth/logout');
		const ended = await next('session.ended', `s:${member.id}`);
		assert.deepEqual([ended.access, ended.subject], [4, session(other.access_token)]);
		const one = await want(200, null, 'POST', '/auth/refresh', { refresh_token: member.refresh });
		await want(200, null, 'POST', '/auth/refresh', { refresh_token: one.refresh_token });
		await want(401, null, 'POST', '/auth/refresh', { refresh_token: member.refresh });
		assert.equal((await next('session.ended', `s:${member.id}`)).subject, session(member.token));
	});
	await test('revs in a stream have no gaps', async () => {
		bus.got.length = 0;
		await Promise.all(Array.from({ length: 20 }, (_, i) => post(owner, home.channel, `many ${i}`)));
		const seen = (await until('all of them', () => {
			const all = bus.got.filter((m) => m.topic === `s:${home.channel}`).map(parse).filter((e) => e.rev > 0);
			return all.filter((e) => e.type === 'message.created').length === 20 && all;
		})).map((e) => e.rev);
		seen.sort((a, b) => a - b);
		assert.deepEqual(seen, seen.map((_, i) => seen[0] + i));
	});
	bus.close();
}
