// A REST client that hides nothing: no retry, no redirect, no cookie of its own.
import http from 'node:http';

export class NetworkError extends Error {}

const lively = new http.Agent({ keepAlive: true, maxSockets: 64 });
const single = new http.Agent({ keepAlive: false, maxSockets: 256 });

/**
 * One request. Resolves with {status, headers, text, body} whatever the status is (body: parsed
 * JSON, or null); rejects with NetworkError when no whole answer came.
 * options: token, json | text, headers, timeout (ms), keep (reuse connections; default true)
 */
export function request(base, method, path, options = {}) {
	const { token, json, text, headers = {}, timeout = 20_000, keep = true } = options;
	const payload = json !== undefined ? JSON.stringify(json) : text;
	const head = { accept: 'application/json', ...headers };
	if (token) head.authorization = `Bearer ${token}`;
	if (payload !== undefined) {
		head['content-type'] ??= json !== undefined ? 'application/json' : 'text/plain; charset=utf-8';
		head['content-length'] = Buffer.byteLength(payload);
	}
	return new Promise((resolve, reject) => {
		const fail = (e) => reject(new NetworkError(`${method} ${path}: ${e.message}`));
		const req = http.request(
			new URL(path, base),
			{ method, headers: head, agent: keep ? lively : single },
			(res) => {
				const parts = [];
				res.on('data', (part) => parts.push(part));
				res.on('error', fail);
				res.on('end', () => {
					if (!res.complete) return fail(new Error('the answer was cut'));
					const got = Buffer.concat(parts).toString('utf8');
					let body = null;
					try {
						body = got ? JSON.parse(got) : null;
					} catch {
						// Not JSON: the caller has the text.
					}
					resolve({ status: res.statusCode, headers: res.headers, text: got, body });
				});
			},
		);
		req.setTimeout(timeout, () => req.destroy(new Error(`no answer in ${timeout} ms`)));
		req.on('error', fail);
		req.end(payload);
	});
}

/** A signed-in account. Every call expects the status it names, or throws. */
export class Person {
	constructor(base, user, token, password) {
		Object.assign(this, { base, user, token, password, id: user.id, name: user.username });
	}

	call(method, path, json, options = {}) {
		return request(this.base, method, `/api/v1${path}`, { token: this.token, json, ...options });
	}

	async must(status, method, path, json, options) {
		const answer = await this.call(method, path, json, options);
		if (![status].flat().includes(answer.status))
			throw new Error(`${method} ${path} answered ${answer.status} instead of ${status}: ${answer.text.slice(0, 200)}`);
		return answer.body;
	}
}

export async function register(base, username, password = 'a long enough password') {
	const answer = await request(base, 'POST', '/api/v1/auth/register', {
		json: { username, password },
		timeout: 60_000,
	});
	if (answer.status !== 201)
		throw new Error(`register ${username} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
	return new Person(base, answer.body.user, answer.body.access_token, password);
}

/** A suffix that makes names of this run its own, in an instance used before. */
export const runName = () => `${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
