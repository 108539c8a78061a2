/* People, places and talk made over HTTP, as a script would. */
import { BASE, run } from './lib.mjs';

export class Client {
	constructor(token, user) {
		this.token = token;
		this.user = user;
	}

	static async register(username, display_name, password = 'correct horse battery') {
		const data = await call(null, 'POST', '/auth/register', { username, display_name, password });
		return new Client(data.access_token, data.user);
	}

	call(method, path, body) {
		return call(this.token, method, path, body);
	}

	say(channelId, content, more = {}) {
		return this.call('POST', `/channels/${channelId}/messages`, { content, ...more });
	}
}

export async function call(token, method, path, body) {
	const response = await fetch(`${BASE}/api/v1${path}`, {
		method,
		headers: {
			...(token ? { Authorization: `Bearer ${token}` } : {}),
			...(body ? { 'Content-Type': 'application/json' } : {}),
		},
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	if (!response.ok)
		throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
	return response.status === 204 ? null : response.json();
}

/** A server with its owner and other members; `names` are display names. */
export async function place(names, server) {
	const people = [];
	for (const name of names) {
		const username = `${name
			.split(' ')[0]
			.toLowerCase()
			.replace(/[^a-z]/g, 'x')}.${run}`;
		people.push(await Client.register(username, name));
	}
	const [owner, ...others] = people;
	const made = await owner.call('POST', '/servers', { name: server });
	const { code } = await owner.call('POST', `/servers/${made.id}/invites`, {});
	for (const p of others) await p.call('POST', `/invites/${code}/accept`);
	const boot = await owner.call('GET', '/bootstrap');
	const full = boot.servers.find((s) => s.id === made.id);
	return { people, server: full, general: full.channels[0], code };
}
