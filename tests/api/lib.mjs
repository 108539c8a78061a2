// What the tests share: requests, a few people and places, counting.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

export { assert };
export const URL_BASE = (process.env.MOOT_URL ?? 'http://127.0.0.1:8080').replace(/\/+$/, '');
export const DIR = process.env.MOOT_DIR ?? '';
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROGRAM = process.env.MOOT_API ?? `${process.env.MOOT_BIN ?? `${ROOT}build`}/moot-api`;
export const V1 = '/api/v1';

// ---- counting ------------------------------------------------------------------------------

let count = 0, passed = 0, failed = 0, skipped = 0, current = '';

export function file(name, error) {
	current = name.replace('.test.mjs', '');
	if (error !== undefined)
		report(false, 'the file runs to its end', error);
}

function report(ok, name, error) {
	count++;
	if (ok) passed++; else failed++;
	console.log(`${ok ? 'ok' : 'not ok'} ${count} - ${current}: ${name}`);
	if (!ok)
		console.log(String(error?.stack ?? error).split('\n').slice(0, 12).map((l) => `# ${l}`).join('\n'));
}

const PATIENCE_MS = 120_000;	// for one test; a safeguard, not a measure

export async function test(name, body) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
	});
	try {
		await Promise.race([body(), late]);
		report(true, name);
	} catch (error) {
		report(false, name, error);
	} finally {
		clearTimeout(timer);
	}
}

export function skip(name, why) {
	count++;
	skipped++;
	console.log(`ok ${count} - ${current}: ${name} # SKIP ${why}`);
}

// Node ends without a word when it waits for what nothing can bring any more.
let finished = false;
process.on('exit', (code) => {
	if (finished)
		return;
	report(false, 'the run ended early', new Error(`status ${code}, in this file`));
	console.log(`${passed} passed, ${failed} failed, and the rest did not run`);
	process.exitCode = 1;
});

export function finish() {
	finished = true;
	console.log(`1..${count}`);
	console.log(`${passed} passed, ${failed} failed${skipped ? ` (${skipped} skipped)` : ''}`);
	process.exit(failed === 0 ? 0 : 1);
}

// ---- requests ------------------------------------------------------------------------------

const base = new URL(URL_BASE);
const client = base.protocol === 'https:' ? https : http;
const agent = new client.Agent({ keepAlive: true, maxSockets: 32 });

// One request. body: string or Buffer; json: a value. Resolves to {status, headers, text, json}.
export function raw(method, path, { headers = {}, body } = {}) {
	const data = body === undefined ? undefined : Buffer.from(body);
	const all = { ...headers };
	if (data !== undefined && all['Content-Length'] === undefined && all['Transfer-Encoding'] === undefined)
		all['Content-Length'] = data.length;
	return new Promise((resolve, reject) => {
		const began = performance.now();
		const req = client.request({ agent, hostname: base.hostname, port: base.port, method,
			path: base.pathname.replace(/\/$/, '') + path, headers: all }, (res) => {
			const chunks = [];
			res.on('data', (c) => chunks.push(c));
			res.on('end', () => {
				const bytes = Buffer.concat(chunks), text = bytes.toString();
				let json;
				if (/json/.test(res.headers['content-type'] ?? '') && !/ndjson/.test(res.headers['content-type']))
					json = text === '' ? undefined : JSON.parse(text);
				resolve({ status: res.statusCode, headers: res.headers, text, json, body: bytes,
					ms: performance.now() - began });
			});
			res.on('error', reject);
		});
		req.on('error', reject);
		req.end(data);
	});
}

// A request to /api/v1<path>. who: a person or a token; json: the body.
export function call(who, method, path, json, headers = {}) {
	const token = typeof who === 'string' ? who : who?.token;
	const all = { ...headers };
	if (token)
		all.Authorization ??= `Bearer ${token}`;
	let body;
	if (json !== undefined) {
		all['Content-Type'] ??= 'application/json';
		body = typeof json === 'string' || Buffer.isBuffer(json) ? json : JSON.stringify(json);
	}
	return raw(method, V1 + path, { headers: all, body });
}

// What is no text.
export const bytes = (who, path, headers = {}) => raw('GET', V1 + path, { headers: { Authorization: `Bearer ${who.token}`, ...headers } });

// As call(), and fails unless the status is the wanted one. Gives the JSON.
export async function want(status, who, method, path, json, headers) {
	const r = await call(who, method, path, json, headers);
	assert.equal(r.status, status, `${method} ${path}: ${r.status} ${r.text.slice(0, 300)}`);
	if (status >= 400)
		assertProblem(r);
	return r.json;
}

export function assertProblem(r, code) {
	assert.match(r.headers['content-type'] ?? '', /^application\/problem\+json/);
	const p = r.json;
	for (const key of ['type', 'title', 'detail', 'code', 'request_id'])
		assert.equal(typeof p[key], 'string', `problem without ${key}: ${r.text}`);
	assert.equal(p.status, r.status);
	assert.match(p.code, /^[a-z_]+$/);
	if (code)
		assert.equal(p.code, code);
	if (r.status === 422) {
		assert.ok(Array.isArray(p.errors) && p.errors.length > 0, r.text);
		for (const e of p.errors)
			for (const key of ['field', 'code', 'detail'])
				assert.equal(typeof e[key], 'string');
	}
	if (r.status === 401)
		assert.match(r.headers['www-authenticate'] ?? '', /^Bearer/);
	if (r.status === 429 || r.status === 503)
		assert.match(r.headers['retry-after'] ?? '', /^[0-9]+$/);
	if (r.status === 405)
		assert.ok(r.headers.allow);
}

export function cookiesOf(r) {
	const out = {};
	for (const line of r.headers['set-cookie'] ?? []) {
		const [pair, ...attributes] = line.split('; ');
		const at = pair.indexOf('=');
		out[pair.slice(0, at)] = { value: pair.slice(at + 1), attributes };
	}
	return out;
}

// ---- people and places ---------------------------------------------------------------------

export const PASSWORD = 'correct horse battery';
export const unique = (prefix) => `${prefix}-${randomBytes(5).toString('hex')}`;

export async function person(prefix = 'u') {
	const username = unique(prefix);
	const r = await want(201, null, 'POST', '/auth/register', { username, password: PASSWORD });
	return { id: r.user.id, username, token: r.access_token, refresh: r.refresh_token };
}

// A server of `owner` with a channel and an invite; the members have joined.
export async function place(owner, ...members) {
	const server = await want(201, owner, 'POST', '/servers', { name: unique('place') });
	const invite = await want(201, owner, 'POST', `/servers/${server.id}/invites`, {});
	for (const m of members)
		await want(200, m, 'POST', `/invites/${invite.code}/accept`);
	return { id: server.id, channel: server.channels[0].id, invite: invite.code, roles: server.roles };
}

export const post = (who, channel, content, more = {}) =>
	want(201, who, 'POST', `/channels/${channel}/messages`, { content, ...more });

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Waits for a condition, never for time alone.
export async function until(what, condition, ms = 10000) {
	const end = performance.now() + ms;
	for (;;) {
		const value = await condition();
		if (value)
			return value;
		if (performance.now() > end)
			throw new Error(`waited in vain for: ${what}`);
		await sleep(25);
	}
}

// ---- the program as plain CGI --------------------------------------------------------------

export const CONF = DIR ? `${DIR}/moot.conf` : '';
export const hasCgi = () => CONF !== '' && existsSync(CONF) && existsSync(PROGRAM);

const JOBS = PROGRAM.replace(/moot-api$/, 'moot-jobs');
export const hasJobs = () => hasCgi() && existsSync(JOBS);
// Everything that is due or waits is done when this is over.
export const jobs = () => new Promise((resolve, reject) => {
	execFile(JOBS, ['-c', CONF, '--once'], (error) => error ? reject(error) : resolve());
});

// One CGI request. settings: configuration keys for this process; env: more of its environment.
export function cgi(method, path, { json, body, headers = {}, settings = {}, env = {}, address = '192.0.2.1' } = {}) {
	const [where, query = ''] = path.split('?');
	const data = json !== undefined ? JSON.stringify(json) : body;
	const environment = { PATH: process.env.PATH, GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: method,
		PATH_INFO: where, REQUEST_URI: path, QUERY_STRING: query, REMOTE_ADDR: address, HTTP_HOST: 'localhost' };
	if (process.env.ASAN_OPTIONS)
		environment.ASAN_OPTIONS = process.env.ASAN_OPTIONS;
	if (json !== undefined)
		environment.CONTENT_TYPE = 'application/json';
	if (data !== undefined)
		environment.CONTENT_LENGTH = String(Buffer.byteLength(data));
	for (const [k, v] of Object.entries(headers))
		environment[/^content-type$/i.test(k) ? 'CONTENT_TYPE' : `HTTP_${k.toUpperCase().replace(/-/g, '_')}`] = v;
	for (const [k, v] of Object.entries(settings))
		environment[`MOOT_${k.toUpperCase()}`] = String(v);
	return new Promise((resolve, reject) => {
		const began = performance.now();
		const child = spawn(PROGRAM, ['-c', CONF], { env: { ...environment, ...env } });
		const out = [], err = [];
		child.stdout.on('data', (c) => out.push(c));
		child.stderr.on('data', (c) => err.push(c));
		child.on('error', reject);
		child.stdin.on('error', () => {});
		child.stdin.end(data);
		child.on('close', (code) => {
			const all = Buffer.concat(out).toString(), at = all.indexOf('\r\n\r\n');
			const lines = all.slice(0, at).split('\r\n'), head = {};
			for (const line of lines) {
				const [, k, v] = /^([^:]+): (.*)$/.exec(line) ?? [];
				if (k?.toLowerCase() === 'set-cookie') (head['set-cookie'] ??= []).push(v);
				else if (k) head[k.toLowerCase()] = v;
			}
			const text = all.slice(at + 4);
			const r = { code, status: Number.parseInt(head.status, 10), headers: head, text,
				log: Buffer.concat(err).toString(), ms: performance.now() - began };
			if (/json/.test(head['content-type'] ?? '') && !/ndjson/.test(head['content-type']) && text !== '')
				r.json = JSON.parse(text);
			if (code !== 0 && at >= 0)	// answered and then fell over, or leaked
				reject(new Error(`exit status ${code} after ${method} ${path}: ${r.log}`));
			resolve(r);
		});
	});
}

// A key of the instance's configuration, "" when it is not set.
export function setting(key) {
	const line = readFileSync(CONF, 'utf8').split('\n').reverse().find((l) => l.trim().startsWith(`${key} `) ||
		l.trim().startsWith(`${key}=`));
	return line === undefined ? '' : line.slice(line.indexOf('=') + 1).trim();
}

// SQL as the owner of the database, or as another of its users; the lines of the answer.
export function sql(text, as = 'database_owner') {
	return new Promise((resolve, reject) => {
		execFile('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', text, setting(as) || setting('database')],
			(error, stdout) => error ? reject(error) : resolve(stdout.trim().split('\n').filter((l) => l !== '')));
	});
}

// A transaction of the owner of the database that stays open. say(text) gives the lines of its answer,
// undefined when it failed and ended the transaction.
export async function transaction() {
	const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', setting('database_owner') || setting('database')],
		{ stdio: ['pipe', 'pipe', 'ignore'] });
	const closed = new Promise((resolve) => { child.on('close', resolve); });
	let out = '', n = 0;
	child.stdout.on('data', (c) => { out += c; });
	child.stdin.on('error', () => {});
	const say = async (text) => {
		const mark = `said ${++n}\n`, from = out.length;
		child.stdin.write(`${text}\n\\echo ${mark}`);
		await until(`psql to answer ${text}`, () => out.includes(mark) || child.exitCode !== null);
		return out.includes(mark) ? out.slice(from, out.indexOf(mark)).split('\n').filter((l) => l !== '') : undefined;
	};
	await say('BEGIN;');
	return {
		say,
		waiting: () => until('somebody to wait for the transaction', async () => (await say(
			'SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid));'))[0] !== '0'),
		end: () => {
			child.stdin.end();
			return closed;
		},
	};
}
