// The audit log: filters, reasons, as a file for a spreadsheet.
import { assert, assertProblem, call, person, place, test, want } from './lib.mjs';

// RFC 4180, as lines of cells.
function parseCsv(text) {
	const lines = [];
	let line = [];
	for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
		line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
		if (end !== ',') {
			lines.push(line);
			line = [];
		}
	}
	return lines;
}

export default async function () {
	const owner = await person('owner'), mod = await person('mod'), a = await person('a'), there = await place(owner, mod, a);
	await want(200, owner, 'PATCH', `/servers/${there.id}/members/${mod.id}`, { roles: ['moderator'] });
	const log = (query = '') => want(200, owner, 'GET', `/servers/${there.id}/audit-log${query}`);
	const because = (who, why, status = 200) => call(who, 'PUT', `/servers/${there.id}/timeouts/${a.id}`, { expires_in: 60 }, { 'X-Audit-Reason': why })
		.then((r) => assert.equal(r.status, status, r.text));
	const newest = async (query = '') => (await log(`?limit=1${query}`)).items[0];
	await test('a change says why', async () => {
		await because(mod, 'too loud');
		assert.equal((await newest()).reason, 'too loud');
		await because(mod, encodeURIComponent(' zu laut – 100 % '));
		assert.equal((await newest()).reason, 'zu laut – 100 %');
		await because(mod, Buffer.from('zu laut für uns').toString('latin1'));	// the bytes of UTF-8
		assert.equal((await newest()).reason, 'zu laut für uns');
		await want(200, mod, 'DELETE', `/servers/${there.id}/timeouts/${a.id}`);
		assert.equal((await newest()).reason, null);
		await want(204, owner, 'PUT', `/servers/${there.id}/bans/${a.id}`, { reason: 'spam' });
		assert.equal((await newest()).reason, 'spam');
		await want(204, owner, 'DELETE', `/servers/${there.id}/bans/${a.id}`, undefined, { 'X-Audit-Reason': '%20' });
		assert.equal((await newest()).reason, null);
		await want(200, a, 'POST', `/invites/${there.invite}/accept`);
	});
	await test('an action that does not exist is not asked for', async () => {
		for (const query of ['action=member.banished', 'action=x', 'action=MEMBER.BANNED']) {
			assertProblem(await call(owner, 'GET', `/servers/${there.id}/audit-log?${query}`), 'invalid_fields');
			assertProblem(await call(owner, 'GET', `/servers/${there.id}/audit-log?${query}`, undefined, { Accept: 'text/csv' }), 'invalid_fields');
		}
	});
	await test('with an Idempotency-Key, too', async () => {
		await want(201, owner, 'POST', `/servers/${there.id}/roles`, { name: 'keyed' }, { 'X-Audit-Reason': 'keyed', 'Idempotency-Key': `k${Date.now()}` });
		assert.equal((await newest('&action=role.created')).reason, 'keyed');
	});
	await test('in a line of at most 512 characters', async () => {
		for (const c of ['x', 'ж', '字', '\u{1f600}']) {
			await because(mod, encodeURIComponent(c.repeat(512)));
			assert.equal((await newest()).reason, c.repeat(512));
			await because(mod, encodeURIComponent(c.repeat(513)), 400);
		}
		for (const why of ['%', '%zz', '%00', '%0a', '%ff', 'a%E2%80%AEb', '%C2%9B'])
			await because(mod, why, 400);
		assertProblem(await call(mod, 'PUT', `/servers/${there.id}/timeouts/${a.id}`, { expires_in: 60 }, { 'X-Audit-Reason': '%0d%0aSet-Cookie: x' }), 'bad_request');
		await want(200, mod, 'GET', '/me', undefined, { 'X-Audit-Reason': '%0a' });
	});
	await test('what a rule did is not explained by whom it was done to', async () => {
		const rule = await want(201, owner, 'POST', `/servers/${there.id}/rules`, { name: 'words', kind: 'words', words: ['darn'], action: 'timeout', timeout_s: 60 });
		await want(200, owner, 'DELETE', `/servers/${there.id}/timeouts/${a.id}`);
		assertProblem(await call(a, 'POST', `/channels/${there.channel}/messages`, { content: 'darn' }, { 'X-Audit-Reason': 'a mistake, please ignore' }), 'blocked_by_rule');
		const entry = await newest('&action=member.timeout');
		assert.deepEqual([entry.actor, entry.target_id, entry.reason, entry.detail.rule], [null, a.id, null, 'words']);
		await want(204, owner, 'DELETE', `/servers/${there.id}/rules/${rule.id}`);
	});
	await test('who did it, what, about whom', async () => {
		const by = async (query) => {
			const { items } = await log(query);
			assert.notEqual(items.length, 0, query);
			return items;
		};
		assert.ok((await by(`?actor_id=${mod.id}`)).every((e) => e.actor.id === mod.id));
		assert.ok((await by('?action=member.banned')).every((e) => e.action === 'member.banned' && e.target_id === a.id));
		assert.deepEqual((await by(`?actor_id=${owner.id}&action=member.banned&target_id=${a.id}`)).length, 1);
		assert.deepEqual((await log(`?target_id=${owner.id}`)).items, []);
		const page = await call(owner, 'GET', `/servers/${there.id}/audit-log?limit=1&actor_id=${mod.id}`);
		assert.ok(page.headers.link.includes(`actor_id=${mod.id}`), page.headers.link);
		for (const query of ['?actor_id=x', '?target_id=0', '?action=a%0ab', `?action=${'x'.repeat(65)}`])
			assertProblem(await call(owner, 'GET', `/servers/${there.id}/audit-log${query}`), 'bad_request');
	});
	await test('as CSV that no spreadsheet computes', async () => {
		for (const why of ['=cmd|\' /C calc\'!A0', '+1', '-1', '@SUM(1)', 'a, "b"']) await because(mod, encodeURIComponent(why));
		const r = await call(owner, 'GET', `/servers/${there.id}/audit-log?limit=5`, undefined, { Accept: 'text/csv' });
		assert.equal(r.status, 200);
		assert.match(r.headers['content-type'], /^text\/csv; charset=utf-8/);
		assert.ok(r.headers.link.includes('rel="next"') && r.headers.etag);
		const [head, ...lines] = parseCsv(r.text), { items } = await log('?limit=5');
		assert.deepEqual(head, ['id', 'at', 'actor_id', 'actor', 'action', 'target_id', 'reason', 'detail']);
		assert.deepEqual(lines.map((l) => l[6]), ['a, "b"', "'@SUM(1)", "'-1", "'+1", "'=cmd|' /C calc'!A0"]);
		assert.deepEqual(lines.map((l) => [l[0], l[1], l[2], l[3], l[4], l[5], JSON.parse(l[7])]),
			items.map((e) => [e.id, e.at, e.actor.id, e.actor.username, e.action, e.target_id, e.detail]));
		const json = await call(owner, 'GET', `/servers/${there.id}/audit-log`, undefined, { Accept: 'text/plain' });
		assert.match(json.headers['content-type'], /^application\/json/);
	});
	await test('it is only read', async () => {
		for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
			assert.equal((await call(owner, method, `/servers/${there.id}/audit-log`)).status, 405);
		const [e] = (await log('?limit=1')).items;
		for (const method of ['PATCH', 'DELETE'])
			assert.equal((await call(owner, method, `/servers/${there.id}/audit-log/${e.id}`)).status, 404);
	});
	await test('for as long as the server says', async () => {
		assert.equal((await want(200, owner, 'PATCH', `/servers/${there.id}`, { audit_days: 90 })).audit_days, 90);
		assert.equal((await newest()).detail.audit_days, 90);
		for (const audit_days of [29, 3651]) assertProblem(await call(owner, 'PATCH', `/servers/${there.id}`, { audit_days }), 'invalid_fields');
	});
}
