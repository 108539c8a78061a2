// Postgres or Redis away, slow, or back.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { assert, assertProblem, call, cgi, DIR, hasCgi, person, place, raw, ROOT, setting, skip, sql, test, unique, until, V1, want } from './lib.mjs';

const bearer = (p) => ({ Authorization: `Bearer ${p.token}` });

// The connections of the handlers, and an end to them; answers how many there were.
const OURS = "pg_stat_activity WHERE application_name = 'moot-api' AND datname = current_database()";
const cut = async () => (await sql(`SELECT count(pg_terminate_backend(pid)) FROM ${OURS}`, 'database'))[0];

// A server that takes connections and never says a word.
async function mute(listen) {
	const held = new Set();
	const server = net.createServer((s) => { held.add(s); s.on('error', () => {}); });
	await new Promise((ok) => server.listen(listen, ok));
	return { server, port: server.address().port, close: () => { held.forEach((s) => s.destroy()); server.close(); } };
}

// dev/service on the instance itself.
const service = (action, name) => new Promise((resolve, reject) => {
	execFile(`${process.env.MOOT_DEV ?? `${ROOT}dev`}/service`, ['--dir', DIR, action, name],
		(error, stdout, stderr) => error ? reject(new Error(stderr || error.message)) : resolve(stdout));
});

async function realFaults(owner, home) {
	const send = (content) => call(owner, 'POST', `/channels/${home.channel}/messages`, { content, nonce: unique('n') });
	await test('Postgres stops: every worker says 503 within a second; it starts: all goes on', async () => {
		await service('crash', 'postgres');
		try {
			const all = await Promise.all(Array.from({ length: 16 }, () => call(owner, 'GET', '/me')));
			for (const r of all) {
				assertProblem(r, 'unavailable');
				assert.ok(r.ms < 1000, `${r.ms} ms`);
			}
			const s = await send('while away');
			assert.equal(s.status, 503);
			const ready = await raw('GET', '/health/ready');
			assert.deepEqual([ready.status, ready.json.database], [503, 'down']);
			assert.equal((await raw('GET', '/health/live')).status, 200);
		} finally {
			await service('start', 'postgres');
		}
		await until('Postgres to take requests', async () => (await send('back')).status === 201, 30000);
		const after = await Promise.all(Array.from({ length: 16 }, () => call(owner, 'GET', '/me')));
		assert.deepEqual([...new Set(after.map((r) => r.status))], [200]);
	});
	await test('Redis is killed: messages are posted all the same; it starts: it is used again', async () => {
		await service('crash', 'redis');
		try {
			const all = await Promise.all(Array.from({ length: 16 }, (_, i) => send(`no redis ${i}`)));
			assert.deepEqual([...new Set(all.map((r) => r.status))], [201]);
			const ready = await raw('GET', '/health/ready');
			assert.deepEqual([ready.status, ready.json.redis, ready.json.status], [200, 'down', 'degraded']);
		} finally {
			await service('start', 'redis');
		}
		await until('Redis to be used again', async () => (await raw('GET', '/health/ready')).json.redis === 'ok', 30000);
	});
}

export default async function () {
	if (!hasCgi()) {
		skip('Postgres and Redis away', 'needs MOOT_DIR/moot.conf and the program (MOOT_API)');
		return;
	}
	const owner = await person(), home = await place(owner);
	const at = `${V1}/channels/${home.channel}/messages`;
	const plain = await cgi('GET', `${V1}/me`, { headers: bearer(owner) });

	await test('no Postgres: 503 with Retry-After, quickly; alive all the same', async () => {
		const settings = { database: 'host=/nonexistent dbname=moot' };
		for (const [method, path, json] of [['GET', `${V1}/me`], ['POST', at, { content: 'x' }], ['GET', `${V1}/bootstrap`], ['POST', `${V1}/servers`, { name: 'abc' }]]) {
			const r = await cgi(method, path, { headers: bearer(owner), json, settings });
			assertProblem(r, 'unavailable');
			assert.equal(r.status, 503);
			assert.ok(r.ms < 1000 + plain.ms, `${r.ms} ms`);
			assert.ok(!/nonexistent|socket|libpq/.test(r.text), r.text);
		}
		assert.equal((await cgi('GET', '/health/live', { settings })).status, 200);
		const ready = await cgi('GET', '/health/ready', { settings });
		assert.deepEqual([ready.status, ready.json.database], [503, 'down']);
		assert.equal((await cgi('GET', `${V1}/meta`, { settings })).status, 200);
	});
	await test('the line about a request is as loud as what came of it: 500 an error, 503 a warning', async () => {
		const level = async (database) => {
			const r = await cgi('GET', `${V1}/invites/AAAAAAAAAAAAAAAA`, { settings: { database } });
			return [r.status, r.log.trim().split('\n').map((l) => JSON.parse(l)).find((l) => l.msg === 'request').lvl];
		};
		assert.deepEqual(await level(setting('database')), [404, 'info']);
		assert.deepEqual(await level('host=/nonexistent dbname=moot'), [503, 'warn']);
		assert.deepEqual(await level(setting('database').replace(/dbname=\S+/, 'dbname=template1')), [500, 'error']);	// no schema in it
	});
	await test('a Postgres that accepts and says nothing: 503 within a second', async () => {
		const m = await mute({ port: 0, host: '127.0.0.1' });
		const r = await cgi('GET', `${V1}/me`, { headers: bearer(owner), settings: { database: `host=127.0.0.1 port=${m.port} dbname=moot` } });
		m.close();
		assertProblem(r, 'unavailable');
		assert.ok(r.ms < 1000 + plain.ms, `${r.ms} ms`);
	});
	await test('a Redis that was found away is left alone for the rest of the request', async () => {
		const r = await cgi('GET', `${V1}/bootstrap`, { headers: bearer(owner), settings: { redis: 'unix:/nonexistent' } });
		assert.deepEqual([r.status, r.log.split('\n').filter((l) => l.includes('redis away')).length], [200, 1]);
	});
	await test('nobody is said to be offline by who cannot know: GET /presence is 503, bootstrap names nobody', async () => {
		const friend = await person();
		const dm = await want(201, owner, 'POST', '/dms', { user_ids: [friend.id] });
		for (const p of [owner, friend])
			await want(201, p, 'POST', `/channels/${dm.id}/messages`, { content: 'here' });
		const ask = (path, redis) => cgi('GET', `${V1}${path}`, { headers: bearer(owner), settings: redis === undefined ? {} : { redis } });
		assert.equal((await ask(`/presence?user_ids=${friend.id}`)).json.items.length, 1);
		assert.ok(friend.id in (await ask('/bootstrap')).json.presence);
		const dir = mkdtempSync(`${tmpdir()}/moot-api-test-`), m = await mute(`${dir}/redis.sock`);
		for (const redis of ['unix:/nonexistent', '127.0.0.1:1', `unix:${dir}/redis.sock`]) {
			const r = await ask(`/presence?user_ids=${friend.id}`, redis);
			assertProblem(r, 'unavailable');
			assert.deepEqual([r.status, Number(r.headers['retry-after']) > 0], [503, true], redis);
			const picture = await ask('/bootstrap', redis);
			assert.deepEqual([picture.status, picture.json.presence], [200, {}], redis);
		}
		m.close();
		rmSync(dir, { recursive: true });
		assert.deepEqual((await ask(`/presence?user_ids=${friend.id}`, '')).json, { items: [] });
	});
	await test('no Redis: everything works', async () => {
		for (const redis of ['', 'unix:/nonexistent', '127.0.0.1:1']) {
			const r = await cgi('POST', at, { headers: bearer(owner), json: { content: unique('no redis') }, settings: { redis } });
			assert.equal(r.status, 201);
			const ready = await cgi('GET', '/health/ready', { settings: { redis } });
			assert.deepEqual([ready.status, ready.json.redis], [200, redis === '' ? 'none' : 'down']);
		}
	});
	await test('a Redis that accepts and says nothing costs less than 50 ms', async () => {
		const dir = mkdtempSync(`${tmpdir()}/moot-api-test-`), m = await mute(`${dir}/redis.sock`);
		const time = async (settings) => {
			const r = await cgi('POST', at, { headers: bearer(owner), json: { content: 'slow redis' }, settings });
			assert.equal(r.status, 201);
			const line = r.log.trim().split('\n').map((l) => JSON.parse(l)).find((l) => l.msg === 'request');
			return Number(line.ms) - Number(line.db_ms);
		};
		const ms = [];
		for (let i = 0; i < 5; i++)
			ms.push(await time({ redis: `unix:${dir}/redis.sock` }));
		m.close();
		rmSync(dir, { recursive: true });
		assert.ok(Math.min(...ms) < 50, ms.join(' '));
	});
	await test('connections that Postgres ends are made anew, and nobody notices', async () => {
		for (let round = 0; round < 3; round++) {
			await Promise.all(Array.from({ length: 12 }, () => call(owner, 'GET', '/me')));
			assert.notEqual(await cut(), '0');
			await until('the backends to be gone', async () => (await sql(`SELECT count(*) FROM ${OURS}`, 'database'))[0] === '0');
			const all = await Promise.all(Array.from({ length: 12 }, () => call(owner, 'GET', '/me')));
			assert.deepEqual([...new Set(all.map((r) => r.status))], [200]);
		}
	});
	await test('a connection ended in the middle of posting is 503 or 201, and the nonce makes it one', async () => {
		const nonces = Array.from({ length: 40 }, () => unique('n'));
		let stop = false, cuts = 0;
		const killer = (async () => {
			while (!stop)
				cuts += Number(await cut());
		})();
		const send = (nonce) => call(owner, 'POST', `/channels/${home.channel}/messages`, { content: `cut ${nonce}`, nonce });
		for (const nonce of nonces) {
			const r = await send(nonce);
			assert.ok([201, 503].includes(r.status), r.text);
			if (r.status === 503) assertProblem(r);
		}
		stop = true;
		await killer;
		for (const nonce of nonces)
			await until('the retry to succeed', async () => (await send(nonce)).status === 201);
		const n = await sql(`SELECT count(*) FROM message WHERE channel_id = ${home.channel} AND content LIKE 'cut %'`);
		assert.equal(n[0], '40');
		assert.ok(cuts > 0);
	});
	await test('a locked row is 503 after two seconds, and other channels go on', async () => {
		const other = await place(owner);
		const lock = sql(`BEGIN; SELECT 1 FROM channel WHERE id = ${home.channel} FOR UPDATE; SELECT pg_sleep(3.5); COMMIT`);
		await until('the lock', async () => (await sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3.5)%' AND wait_event = 'PgSleep'"))[0] !== '0');
		const blocked = call(owner, 'POST', `/channels/${home.channel}/messages`, { content: 'blocked' });
		await want(201, owner, 'POST', `/channels/${other.channel}/messages`, { content: 'free' });
		const r = await blocked;
		assertProblem(r, 'unavailable');
		assert.ok(r.ms > 1500 && r.ms < 3300, `${r.ms} ms`);
		await lock;
		await want(201, owner, 'POST', `/channels/${home.channel}/messages`, { content: 'free again' });
	});
	await test('40 who sign in at once are all answered', async () => {
		const all = await Promise.all(Array.from({ length: 40 }, () => call(null, 'POST', '/auth/login', { login: owner.username, password: 'correct horse battery' })));
		for (const r of all)
			assert.ok([200, 429, 503].includes(r.status), r.text);
		assert.ok(all.some((r) => r.status === 200));
		assert.equal((await raw('GET', '/health/live')).status, 200);
	});
	if (existsSync(`${DIR}/up.conf`))
		await realFaults(owner, home);
	else
		skip('Postgres and Redis stopped and started', 'MOOT_DIR is not of dev/up');
}
