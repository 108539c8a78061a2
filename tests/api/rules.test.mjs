// Rules about what is said: their shape, and what becomes of messages.
import { assert, assertProblem, call, person, place, post, test, want } from './lib.mjs';

export default async function () {
	const owner = await person('owner'), a = await person('a'), there = await place(owner, a);
	const path = `/servers/${there.id}/rules`, messages = `/channels/${there.channel}/messages`;
	const make = (json) => want(201, owner, 'POST', path, json), say = (content, headers) => call(a, 'POST', messages, { content }, headers);
	const refused = async (content, name) => {
		const r = await say(content);
		assertProblem(r, 'blocked_by_rule');
		assert.equal(r.status, 422);
		assert.equal(r.json.detail, name);
	};
	let words;
	await test('a rule has all its fields, those not given by themselves', async () => {
		words = await make({ name: 'no swearing', kind: 'words', words: ['darn', 'heck*', '悪い', 'buy now'] });
		assert.deepEqual({ ...words, id: 0 }, { id: 0, server_id: there.id, name: 'no swearing', kind: 'words', words: ['darn', 'heck*', '悪い', 'buy now'], allow: [],
			deny: [], most: null, action: 'block', timeout_s: 600, exempt_roles: [], enabled: true });
		assert.deepEqual((await want(200, owner, 'GET', path)).items, [words]);
		assert.deepEqual(await want(200, owner, 'GET', `${path}/${words.id}`), words);
		await want(403, a, 'GET', `${path}/${words.id}`);
		await want(404, owner, 'GET', `${path}/${there.id}`);
		await want(403, a, 'GET', path);
	});
	await test('words are refused however they are written', async () => {
		for (const content of ['darn', 'DARN!', 'd\u200barn', 'so h\u00adecking bad', 'とても悪いこと', 'ｄａｒｎ', 'Buy\n NOW']) await refused(content, 'no swearing');
		for (const content of ['darned', 'check', 'buy it now']) assert.equal((await say(content)).status, 201, content);
	});
	await test('whoever reads them: a text/plain post, an edit', async () => {
		assertProblem(await call(a, 'POST', messages, Buffer.from('darn'), { 'Content-Type': 'text/plain' }), 'blocked_by_rule');
		const m = await post(a, there.channel, 'fine');
		assertProblem(await call(a, 'PATCH', `${messages}/${m.id}`, { content: 'darn' }), 'blocked_by_rule');
		assert.equal((await want(200, a, 'GET', `${messages}/${m.id}`)).content, 'fine');
		await want(200, a, 'PATCH', `${messages}/${m.id}`, { content: 'better' });
	});
	await test('who may manage messages, and who is exempt, may', async () => {
		await post(owner, there.channel, 'darn');
		const role = there.roles.find((r) => r.kind === 'member').id;
		await want(200, owner, 'PATCH', `${path}/${words.id}`, { exempt_roles: [role] });
		assert.equal((await say('darn')).status, 201);
		await want(200, owner, 'PATCH', `${path}/${words.id}`, { exempt_roles: [] });
		await refused('darn', 'no swearing');
	});
	await test('a change is in force with the next message', async () => {
		await want(200, owner, 'PATCH', `${path}/${words.id}`, { words: ['gosh'] });
		assert.equal((await say('darn')).status, 201);
		await refused('gosh', 'no swearing');
		await want(200, owner, 'PATCH', `${path}/${words.id}`, { enabled: false });
		for (let i = 0; i < 8; i++) assert.equal((await say(`gosh ${i}`)).status, 201);
	});
	await test('a refused message may be sent again under its nonce', async () => {
		await want(200, owner, 'PATCH', `${path}/${words.id}`, { enabled: true });
		const key = { 'Idempotency-Key': `rule-${Date.now()}` };
		assertProblem(await say('gosh', key), 'blocked_by_rule');
		await want(200, owner, 'PATCH', `${path}/${words.id}`, { enabled: false });
		assert.equal((await say('gosh', key)).status, 201);
		await want(200, owner, 'PATCH', `${path}/${words.id}`, { enabled: true });
		const again = await say('gosh', key);
		assert.deepEqual([again.status, again.headers['idempotency-replayed']], [201, 'true']);
		await want(204, owner, 'DELETE', `${path}/${words.id}`);
	});
	await test('links: none, some, all but some', async () => {
		const rule = await make({ name: 'links', kind: 'links' });
		for (const content of ['see https://anything.example/x', '[win](https\\://evil.example)', '[x](&#104;ttps://evil.example)', '[x](https:&#47;/evil.example)', 'https://[2001:db8::1]/'])
			await refused(content, 'links');
		await want(200, owner, 'PATCH', `${path}/${rule.id}`, { allow: ['good.example'] });
		assert.equal((await say('see https://www.good.example/x')).status, 201);
		for (const content of ['https://evil.example', 'https://good.example@evil.example', 'https://good.example.evil.example',
			'[x](https://good.example\\@evil.example)', '[x](https://good.example&#64;evil.example)']) await refused(content, 'links');
		await want(200, owner, 'PATCH', `${path}/${rule.id}`, { allow: [], deny: ['evil.example'] });
		assert.equal((await say('see https://fine.example/')).status, 201);
		for (const content of ['HTTPS://www.EVIL.example', '[x](https://evil\\.example)']) await refused(content, 'links');
		await want(204, owner, 'DELETE', `${path}/${rule.id}`);
	});
	await test('an alert posts, and the moderators get a report of nobody', async () => {
		const rule = await make({ name: 'shouting at many', kind: 'mentions', most: 1, action: 'alert' });
		const m = (await say(`<@${owner.id}> <@${a.id}>`)).json;
		const [report] = (await want(200, owner, 'GET', `/servers/${there.id}/reports`)).items;
		assert.deepEqual([report.message_id, report.reporter, report.note, report.user.id, report.snapshot.content], [m.id, null, 'shouting at many', a.id, m.content]);
		await want(204, owner, 'DELETE', `${path}/${rule.id}`);
	});
	await test('the same again and again gives a time-out', async () => {
		const rule = await make({ name: 'spam', kind: 'duplicates', most: 2, action: 'timeout', timeout_s: 60 });
		for (const content of ['Come  here', 'come here']) assert.equal((await say(content)).status, 201);
		await refused('COME here', 'spam');
		assertProblem(await say('else'), 'timed_out');
		const [entry] = (await want(200, owner, 'GET', `/servers/${there.id}/audit-log?action=member.timeout`)).items;
		assert.deepEqual([entry.actor, entry.target_id, entry.detail.rule], [null, a.id, 'spam']);
		await want(204, owner, 'DELETE', `${path}/${rule.id}`);
		await want(200, owner, 'DELETE', `/servers/${there.id}/timeouts/${a.id}`);
	});
	await test('what is no rule is refused, and how many there may be', async () => {
		for (const json of [{ name: 'x', kind: 'words' }, { name: 'x', kind: 'words', words: ['*'] }, { name: 'x', kind: 'words', words: ['a\u200b', '\u200b'] },
			{ name: 'x', kind: 'words', words: ['x'.repeat(65)] }, { name: 'x', kind: 'mentions' }, { name: 'x', kind: 'duplicates', most: 0 }, { name: 'x', kind: 'other' },
			{ name: 'x', kind: 'links', exempt_roles: ['1'] }, { name: ' ', kind: 'links' }])
			assertProblem(await call(owner, 'POST', path, json), 'invalid_fields');
		for (let i = 0; i < 20; i++) await make({ name: `rule ${i}`, kind: 'words', words: [`word${i}`] });
		assertProblem(await call(owner, 'POST', path, { name: 'one more', kind: 'links' }), 'limit_reached');
		await refused('word0 word19', 'rule 0');
		await want(404, owner, 'PATCH', `${path}/1`, { name: 'x' });
	});
}
