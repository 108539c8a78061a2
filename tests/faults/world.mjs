// Who and what a load run consists of: one owner, the people who write and listen, some who are let in
// and taken out all the time, and strangers who must hear nothing.
import { register, runName } from '../support/api.mjs';

async function inTurns(list, width, work) {
	const rest = [...list.entries()];
	const out = [];
	await Promise.all(Array.from({ length: width }, async () => {
		for (let next = rest.shift(); next; next = rest.shift()) out[next[0]] = await work(next[1], next[0]);
	}));
	return out;
}

/** base: address; writers, movers, strangers: how many people. 20 channels, as {id, name, server, private, people}. */
export async function makeWorld(base, { writers = 16, movers = 4, strangers = 2 } = {}) {
	const run = runName();
	const names = [
		'owner',
		...Array.from({ length: writers }, (_, i) => `w${i}`),
		...Array.from({ length: movers }, (_, i) => `m${i}`),
		...Array.from({ length: strangers }, (_, i) => `x${i}`),
	];
	const people = await inTurns(names, 4, (n) => register(base, `${n}.${run}`));
	const [owner] = people;
	const world = {
		base, people, owner,
		writers: people.slice(1, 1 + writers),
		movers: people.slice(1 + writers, 1 + writers + movers),
		strangers: people.slice(1 + writers + movers),
		servers: [], channels: [],
	};
	const most = world.writers.slice(0, Math.max(2, Math.ceil(writers * 0.75)));
	await addServer(world, 'A', [...world.writers, ...world.movers], 9, 3);
	await addServer(world, 'B', most, 3, 2);
	await addConversations(world);
	return world;
}

async function addServer(world, name, people, open, closed) {
	const { owner } = world;
	const made = await owner.must(201, 'POST', '/servers', { name: `Load ${name}` });
	const invite = await owner.must(201, 'POST', `/servers/${made.id}/invites`, {});
	await inTurns(people, 4, (p) => p.must([200, 201], 'POST', `/invites/${invite.code}/accept`, {}));
	const server = { id: made.id, code: invite.code, people: [owner, ...people] };
	world.servers.push(server);
	const general = made.channels.find((c) => c.name === 'general');
	world.channels.push({ id: general.id, name: `${name}-general`, server: made.id, private: false, people: server.people });
	for (let i = 0; i < open + closed; i++) {
		const isPrivate = i >= open;
		const c = await owner.must(201, 'POST', `/servers/${made.id}/channels`, {
			name: `${name.toLowerCase()}-${i}`, kind: 'text', private: isPrivate,
		});
		const inside = isPrivate ? [owner, ...people.filter((p, at) => world.writers.includes(p) && at % 2 === i % 2)] : server.people;
		if (isPrivate)
			await inTurns(inside.slice(1), 4, (p) => owner.must(204, 'PUT', `/channels/${c.id}/members/${p.id}`));
		world.channels.push({ id: c.id, name: `${name}-${i}`, server: made.id, private: isPrivate, people: inside });
	}
}

async function addConversations(world) {
	const [a, b, c, d] = world.writers;
	for (const people of [[a, b], [a, b, c ?? a, d ?? b]]) {
		const dm = await people[0].must([200, 201], 'POST', '/dms', { user_ids: people.slice(1).map((p) => p.id) });
		world.channels.push({ id: dm.id, name: dm.kind, server: null, private: true, people: [...new Set(people)] });
	}
}

/** What the checker must know beforehand. */
export function describeWorld(world, history) {
	for (const c of world.channels) {
		history.add({ k: 'channel', ch: c.id, server: c.server, private: c.private, name: c.name });
		// A channel's maker and the people of a conversation are in it without an event in its stream.
		const there = c.server === null ? c.people : c.private ? [world.owner] : [];
		for (const p of there) history.add({ k: 'base', u: p.id, stream: `channel:${c.id}`, rev: 0 });
	}
}

/** The committed events of this world, read from the database itself. */
export async function readEvents(world, history, sql) {
	const ids = [...world.servers, ...world.channels, ...world.people].map((x) => x.id);
	const words = { c: 'channel', s: 'server', u: 'user' };
	const rows = await sql(`SELECT kind, stream, rev, type, access, subject, parent, parent_rev FROM event
		WHERE stream IN (${ids.join(',')}) ORDER BY stream, rev`);
	for (const [kind, stream, rev, type, access, subject, parent, parentRev] of rows)
		history.add({
			k: 'event', stream: `${words[kind]}:${stream}`, rev: Number(rev), type, access: Number(access), subject,
			parent, parent_rev: Number(parentRev), id: type.startsWith('message.') ? subject : null,
		});
}

/** Every channel's whole history over REST, by the pages that a client would ask for. */
export async function readMessages(world, history) {
	for (const c of world.channels) {
		const [reader] = c.people;
		const pages = [];
		for (let before = null, first = true; first || before; first = false) {
			const query = `limit=100${before ? `&before=${before}` : ''}`;
			const page = await reader.must(200, 'GET', `/channels/${c.id}/messages?${query}`);
			pages.push(...page.items);
			before = page.before;
		}
		for (const m of pages.reverse())
			history.add({
				k: 'message', ch: c.id, id: m.id, seq: m.seq, u: m.author.id, nonce: m.nonce ?? null,
				content: m.content, deleted: m.deleted,
			});
	}
}
