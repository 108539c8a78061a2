// Bad input over all routes, made from docs/openapi.yaml: whatever comes, the status is one of
// docs/openapi.yaml, the answer is problem+json (a page to who wants one), and nothing is written.
import { assert, assertProblem, call, person, place, post, raw, ROOT, test, unique, V1, want } from './lib.mjs';
import { bodyOf, describe, operations, resolve } from './openapi.mjs';

const FOREIGN = '1882527262043013132';
const doc = describe(`${ROOT}docs/openapi.yaml`);
const ops = operations(doc);
const auth = (who) => ({ Authorization: `Bearer ${who.token}` });

// A path with values for its variables.
function fill(path, values) {
	return path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? FOREIGN);
}

// A value that fits a schema.
function sample(schema) {
	const s = resolve(doc, schema), type = Array.isArray(s.type) ? s.type[0] : s.type;
	if (s.enum) return s.enum[0];
	if (type === 'string') return s.pattern?.startsWith('^[1-9]') ? FOREIGN : s.pattern ? '0' : unique('s').replace(/-/g, '').slice(0, Math.max(s.minLength ?? 1, 10)).padEnd(Math.min(s.minLength ?? 1, 8), 'x');
	if (type === 'integer' || type === 'number') return s.minimum ?? 1;
	if (type === 'boolean') return false;
	if (type === 'array') return Array.from({ length: Math.max(1, s.minItems ?? 0) }, () => sample(s.items));
	return s.properties ? good(s) : {};
}

const WRONG = { string: [7, true, ['x'], { x: 1 }], integer: ['7', 1.5, true, []], number: ['7', true, [], {}], boolean: ['true', 1, []], array: ['x', 1, {}], object: ['x', 1, []] };

function good(schema) {
	return Object.fromEntries(Object.entries(schema.properties).filter(([k]) => schema.required?.includes(k)).map(([k, s]) => [k, sample(s)]));
}

// Sends and looks at what every refusal has to be.
async function refused(method, path, options, statuses, why) {
	const r = await raw(method, path, options);
	assert.ok(statuses.includes(r.status), `${method} ${path} ${why}: ${r.status} ${r.text.slice(0, 200)}`);
	assert.match(r.headers['x-request-id'] ?? '', /^[A-Za-z0-9-]{8,64}$/, why);
	assert.equal(r.headers['cache-control'], 'no-store', why);
	if (path.startsWith('/web/'))
		assert.match(r.headers['content-type'], /^text\/html/, why);
	else if (method !== 'HEAD')
		assertProblem(r);
	return r;
}

export default async function () {
	const owner = await person(), me = await person();
	const home = await place(owner, me), m = await post(owner, home.channel, 'x');
	// requests go to things I can see but mostly may not change, so that even a hit changes little
	const mine = { server_id: home.id, channel_id: home.channel, message_id: m.id, user_id: me.id, user: me.id,
		code: home.invite, session_id: FOREIGN, token_id: FOREIGN, target_id: FOREIGN };
	const api = ops.filter((o) => o.path.startsWith(V1));
	const json = { ...auth(me), 'Content-Type': 'application/json' };
	// what a GET must be asked with
	const query = (o) => (o.method !== 'GET' ? '' : o.path.endsWith('/presence') ? '?user_ids=1' : o.path.endsWith('/retention') ? '?days=1' : o.path.endsWith('/purge') ? `?user_id=${FOREIGN}` : '');
	const withBody = api.filter((o) => bodyOf(o));
	const state = async () => {
		const b = (await call(me, 'GET', '/bootstrap')).json;
		return { me: b.me, servers: b.servers.map((x) => [x.id, x.name, x.my_roles, x.nickname, x.channels.map((c) => [c.id, c.name, c.topic])]),
			dms: b.dms.length, tokens: (await call(me, 'GET', '/me/tokens')).json.items };
	};
	const before = await state();

	await test('other methods are 405 with all methods of the path', async () => {
		for (const path of new Set(ops.map((o) => o.path))) {
			const has = ops.filter((o) => o.path === path).map((o) => o.method);
			for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'LOCK']) {
				if (has.includes(method))
					continue;
				const r = await refused(method, fill(path, mine), { headers: auth(me) }, [405], 'method');
				const allow = r.headers.allow.split(', ').filter((x) => x !== 'HEAD').sort();
				assert.deepEqual(allow, [...has].sort(), path);
				assert.equal(r.headers.allow.includes('HEAD'), has.includes('GET'), path);
			}
		}
	});
	await test('HEAD is GET without a body', async () => {
		for (const op of ops.filter((o) => o.method === 'GET')) {
			const r = await raw('HEAD', fill(op.path, mine) + query(op), { headers: auth(me) });
			assert.ok([200, 403, 404].includes(r.status), `${op.path} ${r.status}`);
			assert.equal(r.text, '');
		}
	});
	await test('unknown paths, malformed ids and tricks with escapes are 404', async () => {
		const bad = ['/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v2/me', '/api/v1/me/', '/api/v1/ME', '/api/v1/me.css',
			'/api/v1/channels/1%2F2', '/api/v1/channels/%31%00', '/api/v1/%6de/%00', '/api/v1/invites/%ff%fe%ff%fe%ff%fe%ff%fe', '/api/v1/channels/..%2f..%2fme'];
		for (const path of bad)
			await refused('GET', path, { headers: auth(me) }, path.includes('%00') ? [404, 400] : [404], 'path').catch((e) => {
				if (!path.includes('%00')) throw e;	// some web servers answer these themselves
			});
		const ids = ['0', '-1', 'abc', '1x', '01', '99999999999999999999', '9223372036854775808', '1e3', '%201', '1.0', '٣'];
		for (const op of api.filter((o) => /_id\}/.test(o.path)))
			for (const id of ids) {
				const path = op.path.replace(/\{(\w+_id)\}/, encodeURIComponent(decodeURIComponent(id))).replace(/\{(\w+)\}/g, (_, n) => mine[n] ?? FOREIGN);
				await refused(op.method, path, { headers: json, body: op.method === 'GET' ? undefined : '{}' }, [404], `id ${id}`);
			}
	});
	await test('unknown ids are 404, with the same body as any other', async () => {
		for (const op of api.filter((o) => /\{/.test(o.path) && o['x-auth'] !== 'none')) {
			const schema = bodyOf(op), body = schema ? JSON.stringify(good(schema)) : undefined;
			const headers = schema ? json : auth(me);
			const a = await refused(op.method, fill(op.path, { user: FOREIGN, code: 'AAAAAAAAAAAAAAAAAAAA' }) + query(op), { headers, body }, [404], 'unknown id');
			const b = await refused(op.method, fill(op.path, { user: FOREIGN, code: 'BBBBBBBBBBBBBBBBBBBB' }).concat(query(op)).replaceAll(FOREIGN, '1882527262043013199'), { headers, body }, [404], 'unknown id');
			delete a.json.request_id;
			delete b.json.request_id;
			assert.deepEqual(a.json, b.json);
		}
	});
	await test('without a credential: 401', async () => {
		for (const op of api.filter((o) => ['user', 'session'].includes(o['x-auth'])))
			await refused(op.method, fill(op.path, mine), {}, [401], 'anonymous');
	});
	await test('without or with another content type: 415', async () => {
		for (const op of withBody) {
			const types = [undefined, 'text/html', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json; charset=latin1', 'json', 'text/json'];
			if (!('text/plain' in op.requestBody.content))
				types.push('text/plain');
			for (const type of types)
				await refused(op.method, fill(op.path, mine), { headers: { ...auth(me), ...(type && { 'Content-Type': type }) }, body: '{"a":1}' }, [415], `type ${type}`);
		}
	});
	await test('bodies that cannot be read: 400', async () => {
		const deep = (n) => '{"a":'.repeat(n) + '1' + '}'.repeat(n);
		const bad = ['{', '[]', '"x"', '1', 'null', '{"a":1} x', '{"a":1,"a":2}', "{'a':1}", '{"a":NaN}', '{"a":1,}', '// x\n{}', '{"a":"\\u0000"}', '{"a":"\\ud800"}',
			'{"a":99999999999999999999}', '{"a":1e999}', '{"a":"\u0001"}', '\ufeff{}', deep(33), `{"x":[${'['.repeat(3000)}`, '{"a":1}\0', '{"name":"a","name":"b"}',
			`{${Array.from({ length: 5400 }, (_, i) => `"${i}":1`).join(',').slice(0, 60000).replace(/,[^,]*$/, '')}${',"z":1'.repeat(2)}}`];
		const bytes = [Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0x80, 0x22, 0x7d]),
			Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d])];
		for (const op of withBody)
			for (const body of [...bad, ...bytes])
				await refused(op.method, fill(op.path, mine), { headers: json, body }, [400], `body ${String(body).slice(0, 40)}`);
		for (const op of withBody.filter((o) => o.requestBody.required))
			await refused(op.method, fill(op.path, mine), { headers: json, body: '' }, [400], 'empty body');
	});
	await test('more than 64 KiB: 413; exactly 64 KiB is read', async () => {
		for (const op of withBody) {
			await refused(op.method, fill(op.path, mine), { headers: json, body: `{"x":"${'y'.repeat(65536)}"}` }, [413], 'too large');
			const r = await raw(op.method, fill(op.path, mine), { headers: json, body: `{"x":"${'y'.repeat(65536 - 8)}"}` });
			assert.ok(r.status !== 413 && r.status < 500, `${op.path}: ${r.status}`);
		}
	});
	await test('a field of another type: 400', async () => {
		for (const op of withBody) {
			const schema = bodyOf(op);
			for (const [name, field] of Object.entries(schema.properties)) {
				const s = resolve(doc, field), type = Array.isArray(s.type) ? s.type[0] : s.type;
				for (const value of WRONG[type])
					await refused(op.method, fill(op.path, mine), { headers: json, body: JSON.stringify({ ...good(schema), [name]: value }) }, [400], `${name} = ${JSON.stringify(value)}`);
			}
		}
	});
	await test('a required field missing or null: 422, and it is named', async () => {
		for (const op of withBody)
			for (const name of bodyOf(op).required ?? [])
				for (const body of [{}, ...([bodyOf(op).properties[name].type].flat().includes('null') ? [] : [{ [name]: null }])]) {
					const r = await refused(op.method, fill(op.path, mine), { headers: json, body: JSON.stringify(body) }, [422], `${name} missing`);
					assert.ok(r.json.errors.some((e) => e.field === name && e.code === 'required'), r.text);
				}
	});
	await test('a field too long, too short or out of range: 422, and it is named', async () => {
		for (const op of withBody)
			for (const [name, field] of Object.entries(bodyOf(op).properties)) {
				const s = resolve(doc, field), bad = [];
				if (s.maxLength !== undefined) bad.push('x'.repeat(s.maxLength + 1));
				if (s.minLength > 1) bad.push('x');
				if (s.maximum !== undefined && s.maximum < 2 ** 52) bad.push(s.maximum + 1);
				if (s.minimum !== undefined) bad.push(s.minimum - 1);
				if (s.maxItems !== undefined) bad.push(Array.from({ length: s.maxItems + 1 }, (_, i) => resolve(doc, s.items).pattern ? String(BigInt(FOREIGN) + BigInt(i)) : `word${i}`));
				if (s.enum) bad.push('another');
				if (s.pattern) bad.push('no number', '', '-1');
				for (const value of bad) {
					const r = await refused(op.method, fill(op.path, mine), { headers: json, body: JSON.stringify({ ...good(bodyOf(op)), [name]: value }) }, [422], `${name} = ${String(value).slice(0, 20)}`);
					assert.ok(r.json.errors.some((e) => e.field === name), r.text);
				}
			}
	});
	await test('odd text is kept as it is or refused, never mangled', async () => {
		const odd = ["'; DROP TABLE account; --", '%s%n%x', '\\', '"', "$1", '\u202e', 'e\u0301', '\u00e9', '\u{10ffff}', '\u200b.', '<script>', '{{7*7}}', '\u0085', 'a\u0300'.repeat(500)];
		for (const content of odd) {
			const r = await call(owner, 'POST', `/channels/${home.channel}/messages`, { content });
			assert.ok([201, 422].includes(r.status), r.text);
			if (r.status === 201) {
				assert.equal(r.json.content, content);
				await want(204, owner, 'DELETE', `/channels/${home.channel}/messages/${r.json.id}`);
			}
		}
	});
	await test('a long path is 414, a long query too, and duplicated query keys do no harm', async () => {
		for (const path of [`/api/v1/invites/${'x'.repeat(3000)}`, `/api/v1/me?x=${'y'.repeat(5000)}`]) {
			const r = await raw('GET', path, { headers: auth(me) });
			assert.ok([404, 414].includes(r.status), `${r.status}`);
		}
		for (const q of ['limit=1&limit=2', '%zz=1', 'limit=%', 'limit=%00', 'a&b&c', '&&&', '=', 'limit=1;limit=2', Array(50).fill('a=1').join('&')]) {
			const r = await raw('GET', `/api/v1/channels/${home.channel}/messages?${q}`, { headers: auth(me) });
			assert.ok([200, 400].includes(r.status), `${q}: ${r.status}`);
		}
	});
	await test('nothing of all this was written', async () => {
		const after = await state();
		assert.deepEqual(after, before);
		assert.equal((await want(200, owner, 'GET', `/channels/${home.channel}/messages/${m.id}`)).content, 'x');
	});
}
