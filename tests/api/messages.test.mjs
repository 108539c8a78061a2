// Messages: posting, history, editing, deleting, reading, for browsers and for scripts.
import { assert, assertProblem, call, person, place, post, raw, test, unique, V1, want } from './lib.mjs';

const SHAPE = ['attachments', 'author', 'channel_id', 'content', 'created_at', 'deleted', 'edited_at', 'embeds', 'id',
	'mention_roles', 'mentions', 'pinned', 'reactions', 'reply_to', 'rev', 'seq', 'thread'];

async function posting(owner, member) {
	const home = await place(owner, member), at = `/channels/${home.channel}/messages`;
	await test('a message has its shape, numbers without gaps, and a Location', async () => {
		const r = await call(member, 'POST', at, { content: 'Hello,\n🙂 "world" \\ \u00e9' });
		assert.equal(r.status, 201);
		assert.deepEqual(Object.keys(r.json).sort(), SHAPE);
		assert.equal(r.json.content, 'Hello,\n🙂 "world" \\ \u00e9');
		assert.deepEqual([r.json.seq, r.json.rev, r.json.author.id], [1, 1, member.id]);
		assert.match(r.json.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		const again = await raw('GET', r.headers.location, { headers: { Authorization: `Bearer ${owner.token}` } });
		assert.deepEqual(again.json, r.json);
		assert.equal((await post(owner, home.channel, 'second')).seq, 2);
	});
	await test('text/plain: the body is the message, without its last line feed', async () => {
		const send = (body, type = 'text/plain') => call(member, 'POST', at, body, { 'Content-Type': type });
		assert.equal((await send('done\n')).json.content, 'done');
		assert.equal((await send('{"a":1}\n\n', 'text/plain; charset="UTF-8"')).json.content, '{"a":1}\n');
		assert.equal((await send('x', 'text/plain; charset=latin1')).status, 415);
		assert.equal((await send('')).status, 422);
		assert.equal((await send('\n')).status, 422);
		assert.equal((await send(Buffer.from([0x66, 0xff]))).status, 400);
		assert.equal((await send('a\0b')).status, 400);
	});
	await test('1 to 4,000 characters, not only white space', async () => {
		await post(member, home.channel, '🙂'.repeat(4000));
		await want(422, member, 'POST', at, { content: 'x'.repeat(4001) });
		await want(422, member, 'POST', at, { content: ' \n\t\u3000\u200b' });
		await want(422, member, 'POST', at, { content: '' });
		await want(422, member, 'POST', at, {});
	});
	await test('a reply names a message of the same channel', async () => {
		const m = await post(member, home.channel, 'question');
		assert.equal((await post(owner, home.channel, 'answer', { reply_to: m.id })).reply_to, m.id);
		const other = await place(owner);
		await want(422, owner, 'POST', `/channels/${other.channel}/messages`, { content: 'x', reply_to: m.id });
		await want(422, owner, 'POST', at, { content: 'x', reply_to: '12x' });
		await want(400, owner, 'POST', at, { content: 'x', reply_to: 12 });
	});
	await test('mentions are those who can see it', async () => {
		const stranger = await person();
		const m = await post(member, home.channel, `<@${owner.id}> <@${stranger.id}> <@1>`);
		assert.deepEqual(m.mentions, [owner.id]);
	});
	await test('a role mentions who holds it, when it may be mentioned', async () => {
		const make = (mentionable) => want(201, owner, 'POST', `/servers/${home.id}/roles`, { name: unique('crew'), mentionable });
		const [open, shut] = [await make(true), await make(false)];
		await want(200, owner, 'PATCH', `/servers/${home.id}/members/${member.id}`, { roles: [home.roles.find((r) => r.kind === 'member').id, open.id, shut.id] });
		const said = async (who, content) => {
			const m = await post(who, home.channel, content);
			return [m.mentions, m.mention_roles];
		};
		const count = async () => (await want(200, member, 'GET', '/bootstrap')).read_states.find((s) => s.channel_id === home.channel).mention_count;
		const before = await count();
		assert.deepEqual(await said(owner, `<@&${open.id}> all hands`), [[member.id], [open.id]]);
		assert.deepEqual(await said(owner, `<@&${shut.id}>`), [[member.id], [shut.id]], 'who may mention all');
		assert.deepEqual(await said(owner, `\`<@&${open.id}>\` <@&${home.id}>`), [[], []]);
		assert.equal(await count(), before + 2);
		const m = await post(member, home.channel, `<@&${open.id}> <@&${shut.id}>`);
		assert.deepEqual([m.mentions, m.mention_roles], [[member.id], [open.id]], 'who may not');
		assert.deepEqual((await want(200, member, 'PATCH', `/channels/${home.channel}/messages/${m.id}`, { content: 'nobody' })).mention_roles, []);
		for (const r of [open, shut])
			await want(204, owner, 'DELETE', `/servers/${home.id}/roles/${r.id}`);
	});
}

async function idempotency(owner, member) {
	const home = await place(owner, member), at = `/channels/${home.channel}/messages`;
	await test('the same nonce gives the same message, another body 409, another author a new one', async () => {
		const nonce = unique('n');
		const first = await call(member, 'POST', at, { content: 'once', nonce });
		const second = await call(member, 'POST', at, { content: 'once', nonce });
		assert.deepEqual([first.status, second.status], [201, 201]);
		assert.equal(second.headers['idempotency-replayed'], 'true');
		assert.equal(first.headers['idempotency-replayed'], undefined);
		assert.equal(second.json.id, first.json.id);
		assert.equal(second.headers.location, first.headers.location);
		assertProblem(await call(member, 'POST', at, { content: 'twice', nonce }), 'idempotency_mismatch');
		assert.notEqual((await post(owner, home.channel, 'once', { nonce })).id, first.json.id);
		const header = await call(member, 'POST', at, 'once', { 'Content-Type': 'text/plain', 'Idempotency-Key': nonce });
		assert.equal(header.json.id, first.json.id);
		assert.equal((await want(200, owner, 'GET', at)).items.length, 2);
	});
	await test('20 parallel posts with one nonce make one message', async () => {
		const nonce = unique('n');
		const all = await Promise.all(Array.from({ length: 20 }, () => call(member, 'POST', at, { content: 'parallel', nonce })));
		assert.deepEqual([...new Set(all.map((r) => r.status))], [201]);
		assert.equal(new Set(all.map((r) => r.json.id)).size, 1);
		assert.equal(all.filter((r) => !r.headers['idempotency-replayed']).length, 1);
		assert.equal((await want(200, owner, 'GET', at)).items.filter((m) => m.content === 'parallel').length, 1);
	});
	await test('Idempotency-Key: the same answer, nothing made again, another body 409', async () => {
		const key = { 'Idempotency-Key': unique('k') }, body = { name: unique('Once') };
		const first = await call(owner, 'POST', '/servers', body, key), second = await call(owner, 'POST', '/servers', body, key);
		assert.deepEqual([first.status, second.status], [201, 201]);
		assert.equal(second.text, first.text);
		assert.equal(second.headers.location, first.headers.location);
		assert.equal(second.headers['idempotency-replayed'], 'true');
		assertProblem(await call(owner, 'POST', '/servers', { name: 'Other' }, key), 'idempotency_mismatch');
		assert.equal((await want(200, owner, 'GET', '/bootstrap')).servers.filter((s) => s.name === body.name).length, 1);
		assert.equal((await call(member, 'POST', '/servers', body, key)).status, 201);
		for (const bad of ['x'.repeat(65), 'caf\u00e9'])
			assert.equal((await call(owner, 'POST', '/servers', body, { 'Idempotency-Key': bad })).status, 400);
	});
	await test('20 parallel requests with one Idempotency-Key make one thing', async () => {
		const key = { 'Idempotency-Key': unique('k') }, body = { name: unique('Par') };
		const all = await Promise.all(Array.from({ length: 20 }, () => call(owner, 'POST', '/servers', body, key)));
		assert.deepEqual([...new Set(all.map((r) => r.status))], [201]);
		assert.equal(new Set(all.map((r) => r.json.id)).size, 1);
	});
	await test('a refused request keeps its key free', async () => {
		const key = { 'Idempotency-Key': unique('k') };
		await want(422, owner, 'POST', '/servers', { name: 'x' }, key);
		await want(201, owner, 'POST', '/servers', { name: unique('Free') }, key);
	});
}

async function history(owner, member) {
	const home = await place(owner, member), at = `/channels/${home.channel}/messages`;
	const ids = [];
	for (let i = 1; i <= 12; i++)
		ids.push((await post(i % 2 ? owner : member, home.channel, `m${i}`)).id);
	const contents = async (query) => (await want(200, member, 'GET', `${at}${query}`)).items.map((m) => m.content).join(' ');
	await test('newest first, and pages back to the beginning by Link', async () => {
		assert.equal(await contents('?limit=3'), 'm12 m11 m10');
		const seen = [];
		for (let path = `${V1}${at}?limit=5`; path;) {
			const r = await raw('GET', path, { headers: { Authorization: `Bearer ${member.token}` } });
			seen.push(...r.json.items.map((m) => m.seq));
			path = /<([^>]+)>; rel="next"/.exec(r.headers.link ?? '')?.[1];
		}
		assert.deepEqual(seen, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
	});
	await test('before, after and around', async () => {
		assert.equal(await contents(`?limit=2&before=${ids[5]}`), 'm5 m4');
		assert.equal(await contents(`?limit=2&after=${ids[5]}`), 'm7 m8');
		assert.equal(await contents(`?after=${ids[11]}`), '');
		assert.equal(await contents(`?before=${ids[0]}`), '');
		assert.match(await contents(`?limit=5&around=${ids[5]}`), /m6/);
		const page = await want(200, member, 'GET', `${at}?limit=2&after=${ids[5]}`);
		assert.equal(page.after, ids[7]);
		assert.equal(page.before, ids[6]);
	});
	await test('bad cursors and limits are 400, those of other channels 404', async () => {
		for (const q of ['limit=0', 'limit=101', 'limit=1000000000', 'limit=-1', 'limit=x', 'limit=', 'before=abc', 'before=-1',
			`before=${ids[0]}&after=${ids[1]}`])
			await want(400, member, 'GET', `${at}?${q}`);
		const other = await place(owner);
		const m = await post(owner, other.channel, 'elsewhere');
		await want(404, member, 'GET', `${at}?before=${m.id}`);
	});
	await test('a readable log, and one object a line', async () => {
		const get = (accept) => call(member, 'GET', `${at}?limit=3`, undefined, { Accept: accept });
		const text = await get('text/plain');
		assert.match(text.headers['content-type'], /^text\/plain/);
		assert.match(text.text, new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ <${member.username}> m10\n.*m11\n.*m12\n$`));
		const lines = (await get('application/x-ndjson')).text.trimEnd().split('\n').map((l) => JSON.parse(l).content);
		assert.deepEqual(lines, ['m12', 'm11', 'm10']);
		await post(owner, home.channel, 'two\nlines \u001b[31m');
		assert.match((await get('text/plain')).text, /two\n {4}lines \\x1b\[31m\n$/);
	});
	await test('nothing in the log moves a terminal’s cursor or turns its text round', async () => {
		const get = async () => (await call(member, 'GET', `${at}?limit=1`, undefined, { Accept: 'text/plain' })).text;
		const said = async (content) => { await post(owner, home.channel, content); return (await get()).split('> ').slice(1).join('> '); };
		assert.equal(await said('a\u009b31m\u0085\u007f\u0007b\tc'), 'a\\x9b31m\\x85\\x7f\\x07b\tc\n');
		assert.equal(await said('x\u2028y\u2029z\rw\r\nv'), 'x\\u2028y\\u2029z\n    w\n    v\n');
		for (const c of ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])
			assert.equal(await said(`1${c}2`), `1\\u${c.charCodeAt(0).toString(16)}2\n`);
		assert.equal(await said('\u00a0 é ⏎ 🙂 \u202f \\x1b'), '\u00a0 é ⏎ 🙂 \u202f \\x1b\n');
	});
	await test('sync gives what changed since a rev, in rev order', async () => {
		const before = (await want(200, member, 'GET', `/channels/${home.channel}`)).rev;
		await want(200, member, 'PATCH', `${at}/${ids[1]}`, { content: 'edited' });
		const m = await post(owner, home.channel, 'new');
		const s = await want(200, member, 'POST', '/sync', { channels: { [home.channel]: before, '1882527262043013132': 0 } });
		assert.deepEqual(s.channels[home.channel].items.map((x) => [x.id, x.rev]), [[ids[1], before + 1], [m.id, before + 2]]);
		assert.equal(s.channels['1882527262043013132'].items ?? 'none', 'none');
		await want(400, member, 'POST', '/sync', { channels: { [home.channel]: 'x' } });
		await want(422, member, 'POST', '/sync', { channels: { x: 1 } });
		await want(422, member, 'POST', '/sync', { channels: { [home.channel]: -1 } });
	});
}

async function changing(owner, member) {
	const home = await place(owner, member), at = `/channels/${home.channel}/messages`;
	await test('the author edits, and nobody else', async () => {
		const m = await post(member, home.channel, 'draft');
		const edited = await want(200, member, 'PATCH', `${at}/${m.id}`, { content: 'final' });
		assert.deepEqual([edited.content, edited.seq, edited.rev], ['final', m.seq, m.rev + 1]);
		assert.match(edited.edited_at, /Z$/);
		await want(403, owner, 'PATCH', `${at}/${m.id}`, { content: 'forged' });
		await want(422, member, 'PATCH', `${at}/${m.id}`, { content: '' });
		assert.equal((await want(200, owner, 'GET', `${at}/${m.id}`)).content, 'final');
	});
	await test('If-Match: an edit only of the rev that was read', async () => {
		const m = await post(member, home.channel, 'first'), path = `${at}/${m.id}`;
		const edit = (tag, content, who = member) => call(who, 'PATCH', path, { content }, { 'If-Match': tag });
		const second = await edit(`"${m.rev}"`, 'second');
		assert.deepEqual([second.status, second.json.content], [200, 'second']);
		for (const tag of [`"${m.rev}"`, '"0"', '"x"', '""', '"18446744073709551616"', '"9223372036854775807"', `W/"${second.json.rev}"`, `"0${second.json.rev} "`])
			assertProblem(await edit(tag, 'lost'), 'precondition_failed');
		for (const tag of [String(second.json.rev), '"', '"1', `"${second.json.rev}", "1"`, '"1"2"'])
			assertProblem(await edit(tag, 'lost'), 'bad_request');
		assert.equal((await edit(`"${second.json.rev}"`, 'forged', owner)).status, 403);
		assert.equal((await want(200, member, 'GET', path)).content, 'second');
		assert.equal((await edit('*', 'third')).json.content, 'third');
		const last = (await want(200, member, 'GET', path)).rev;
		const all = await Promise.all([1, 2, 3, 4].map((i) => edit(`"${last}"`, `race ${i}`)));
		assert.deepEqual(all.map((r) => r.status).sort(), [200, 412, 412, 412]);
	});
	await test('deletion leaves a tombstone, by the author or who manages messages', async () => {
		const m = await post(member, home.channel, 'secret words'), n = await post(owner, home.channel, 'owner words');
		await want(403, member, 'DELETE', `${at}/${n.id}`);
		await want(204, owner, 'DELETE', `${at}/${m.id}`);
		const t = await want(200, member, 'GET', `${at}/${m.id}`);
		assert.deepEqual([t.content, t.deleted, t.seq], ['', true, m.seq]);
		assert.ok(!(await call(member, 'GET', at)).text.includes('secret words'));
		await want(409, member, 'PATCH', `${at}/${m.id}`, { content: 'back' });
		assert.ok([204, 404].includes((await call(owner, 'DELETE', `${at}/${m.id}`)).status));
	});
	await test('fields of others are not taken from the body', async () => {
		const m = (await call(member, 'POST', at, { content: 'x', author_id: owner.id, seq: 99, id: '1', channel_id: '1', rev: 5 })).json;
		assert.equal(m.author.id, member.id);
		assert.notEqual(m.seq, 99);
		assert.equal(m.channel_id, home.channel);
	});
	await test('reading moves forward only; posting reads', async () => {
		const m = await post(owner, home.channel, 'unread');
		const seq = (n) => want(200, member, 'PUT', `/channels/${home.channel}/read`, { seq: n });
		assert.equal((await seq(m.seq)).read_seq, m.seq);
		assert.equal((await seq(1)).read_seq, m.seq);
		assert.ok((await seq(9007199254740991)).read_seq <= m.seq);
		const receipts = (await want(200, owner, 'GET', `/channels/${home.channel}/receipts`)).items;
		assert.equal(receipts.find((r) => r.user_id === member.id).read_seq, m.seq);
		const mine = await post(member, home.channel, 'mine');
		const state = (await want(200, member, 'GET', '/bootstrap')).read_states.find((s) => s.channel_id === home.channel);
		assert.equal(state.read_seq, mine.seq);
		await want(422, member, 'PUT', `/channels/${home.channel}/read`, { seq: -1 });
		await want(400, member, 'PUT', `/channels/${home.channel}/read`, { seq: 1.5 });
	});
	await test('typing is 204 and leaves nothing', async () => {
		const rev = (await want(200, member, 'GET', `/channels/${home.channel}`)).rev;
		await want(204, member, 'POST', `/channels/${home.channel}/typing`);
		assert.equal((await want(200, member, 'GET', `/channels/${home.channel}`)).rev, rev);
	});
}

export default async function () {
	const owner = await person('owner'), member = await person('member');
	await posting(owner, member);
	await idempotency(owner, member);
	await history(owner, member);
	await changing(owner, member);
}
