// Counts against a recount: whatever happens, what bootstrap says is what a simple model says.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { redis } from './bus.mjs';
import { assert, call, CONF, DIR, hasCgi, person, place, post, PROGRAM, ROOT, setting, skip, sql, test, until, want } from './lib.mjs';

const JOBS = PROGRAM.replace(/moot-api$/, 'moot-jobs');
const STEPS = Number(process.env.MOOT_RECOUNT_STEPS ?? 250);
const run = (program, ...args) => new Promise((resolve, reject) => {
	execFile(program, args, (error, _, stderr) => error ? reject(new Error(stderr || error.message)) : resolve());
});
const flush = () => run(JOBS, '-c', CONF, '--once');
const service = (action, name) => run(`${process.env.MOOT_DEV ?? `${ROOT}dev`}/service`, '--dir', DIR, action, name);

// A seeded source of numbers (mulberry32), so that a failure can be had again.
function random(seed) {
	let a = seed >>> 0;
	return (n) => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = a;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) % n;
	};
}

/** What the server should say: who reads what, and every message with who it mentions. */
class Model {
	constructor(people, channels) {
		this.people = people;
		this.channels = channels; // {id, messages: [{author, mentions, id}], sees: Set of people, home}
		this.read = new Map();
		this.blocks = new Set();	// `${who.id} ${whom.id}`
	}

	blocked(a, b) {
		return this.blocks.has(`${a.id} ${b.id}`);
	}

	// in a conversation of two nobody posts any more
	closed(ch) {
		const [a, b] = [...ch.sees];
		return ch.home === undefined && (this.blocked(a, b) || this.blocked(b, a));
	}

	at(who, ch) {
		return this.read.get(`${who.id} ${ch.id}`) ?? 0;
	}

	mark(who, ch, seq) {
		this.read.set(`${who.id} ${ch.id}`, Math.max(this.at(who, ch), Math.min(seq, ch.messages.length)));
	}

	state(who, ch) {
		const read_seq = this.at(who, ch);
		return { channel_id: ch.id, read_seq, mention_count: ch.messages
			.filter((m, i) => i + 1 > read_seq && m.author !== who && m.mentions.includes(who) && !this.blocked(who, m.author)).length };
	}
}

async function agree(model, who, what) {
	const boot = await want(200, who, 'GET', '/bootstrap');
	const byId = (a, b) => (a.channel_id < b.channel_id ? -1 : 1);
	const ours = model.channels.filter((c) => c.sees.has(who));
	const names = new Set(ours.map((c) => c.id));
	assert.deepEqual(boot.read_states.filter((s) => names.has(s.channel_id)).sort(byId), ours.map((c) => model.state(who, c)).sort(byId), what);
	for (const c of model.channels.filter((x) => !x.sees.has(who)))
		assert.ok(!boot.read_states.some((s) => s.channel_id === c.id), `${what}: a channel he does not see`);
	const all = [...boot.servers.flatMap((s) => s.channels), ...boot.dms];
	for (const c of ours)
		assert.equal(all.find((x) => x.id === c.id).last_seq, c.messages.length, `${what}: last_seq`);
}

const text = (mentions, role) => `hello ${mentions.map((p) => `<@${p.id}>`).join(' ')} ${role ? `<@&${role}>` : ''} ${Math.random()}`;

// One thing that may happen; what it was, in words.
async function step(model, world, pick) {
	const ch = model.channels[pick(model.channels.length)];
	const inside = [...ch.sees];
	const who = inside[pick(inside.length)];
	const mentions = model.people.filter(() => pick(3) === 0 && true);
	const role = pick(3) === 0 && world.role;
	const seen = model.people.filter((p) => ch.sees.has(p) && (mentions.includes(p) || (role && ch.home && world.crew.has(p))));
	const mine = ch.messages.findIndex((m) => m.author === who && !m.deleted);
	const kind = pick(23);
	// of messages that mention roles there are five a minute, which this is not about
	if (role) await sql("DELETE FROM limit_bucket WHERE key LIKE 'role_mention:%'");
	if (kind === 22) {
		const p = model.people[pick(model.people.length)], held = world.crew.has(p);
		if (!world.open.sees.has(p)) return 'nothing';
		const mine = (await want(200, world.owner, 'GET', `/servers/${world.home.id}/members?q=${p.username}`)).items[0].roles;
		await want(200, world.owner, 'PATCH', `/servers/${world.home.id}/members/${p.id}`, { roles: held ? mine.filter((r) => r !== world.role) : [...mine, world.role] });
		world.crew[held ? 'delete' : 'add'](p);
		return 'a role is given or taken';
	}
	if (kind >= 20) {
		const whom = model.people.find((p) => p !== who && pick(2) === 0) ?? model.people.find((p) => p !== who);
		const was = model.blocked(who, whom);
		await want(204, who, was ? 'DELETE' : 'PUT', `/me/blocks/${whom.id}`);
		model.blocks[was ? 'delete' : 'add'](`${who.id} ${whom.id}`);
		return 'somebody blocks another, or does no more';
	}
	if (kind < 8 && model.closed(ch)) {
		await want(403, who, 'POST', `/channels/${ch.id}/messages`, { content: text(mentions, role) });
		return 'a post between two who are apart';
	}
	if (kind < 6) {
		const m = await post(who, ch.id, text(mentions, role));
		ch.messages.push({ id: m.id, author: who, mentions: seen });
		model.mark(who, ch, m.seq);
		return 'a post';
	}
	if (kind < 8 && mine >= 0) {
		await want(200, who, 'PATCH', `/channels/${ch.id}/messages/${ch.messages[mine].id}`, { content: text(mentions, role) });
		ch.messages[mine].mentions = seen;
		return 'an edit';
	}
	if (kind === 8 && mine >= 0) {
		await want(204, who, 'DELETE', `/channels/${ch.id}/messages/${ch.messages[mine].id}`);
		Object.assign(ch.messages[mine], { mentions: [], deleted: true });
		return 'a deletion';
	}
	if (kind < 15) {
		const seq = pick(ch.messages.length + 3);
		const answer = await want(200, who, 'PUT', `/channels/${ch.id}/read`, { seq });
		model.mark(who, ch, seq);
		assert.deepEqual(answer, model.state(who, ch), 'the answer of a mark');
		return `a mark at ${seq}`;
	}
	if (kind === 15) {
		await want(204, who, 'PUT', `/channels/${ch.id}/delivered`, { seq: pick(ch.messages.length + 3) });
		return 'a delivery';
	}
	if (kind === 16) {
		await flush();
		return 'a flush';
	}
	if (kind === 17 && who !== world.owner && ch.home) {
		await want(204, who, 'DELETE', `/servers/${ch.home.id}/members/@me`);
		for (const c of model.channels.filter((x) => x.home === ch.home)) c.sees.delete(who);
		world.crew.delete(who);
		return 'somebody leaves';
	}
	if (kind === 18) {
		const out = model.people.find((p) => !world.open.sees.has(p));
		if (!out) return 'nothing';
		await want(200, out, 'POST', `/invites/${world.home.invite}/accept`);
		world.open.sees.add(out);
		return 'somebody comes back';
	}
	if (kind === 19 && world.open.sees.has(world.guest)) {
		const hidden = world.hidden.sees.has(world.guest);
		await want(204, world.owner, hidden ? 'DELETE' : 'PUT', `/channels/${world.hidden.id}/members/${world.guest.id}`);
		world.hidden.sees[hidden ? 'delete' : 'add'](world.guest);
		return 'a private channel is shared or taken';
	}
	return 'nothing';
}

// Everybody's marks, in the tables, when nothing waits any more.
async function stored(model) {
	await flush();
	for (const ch of model.channels)
		for (const who of model.people) {
			const got = await sql(`SELECT read_seq FROM read_state WHERE account_id = ${who.id} AND channel_id = ${ch.id}`);
			assert.equal(Number(got[0] ?? 0), model.at(who, ch), 'what is stored');
		}
}

async function make() {
	const [owner, ann, guest] = [await person(), await person(), await person()];
	const people = [owner, ann, guest], home = await place(owner, ann, guest);
	const private_ = await want(201, owner, 'POST', `/servers/${home.id}/channels`, { name: 'hidden', kind: 'text', private: true });
	const dm = await want(201, owner, 'POST', '/dms', { user_ids: [ann.id] });
	const open = { id: home.channel, home, messages: [], sees: new Set(people) };
	const hidden = { id: private_.id, home, messages: [], sees: new Set([owner]) };
	const { id: role } = await want(201, owner, 'POST', `/servers/${home.id}/roles`, { name: 'crew', mentionable: true });
	const world = { owner, guest, home, open, hidden, role, crew: new Set() };
	return { world, model: new Model(people, [open, hidden, { id: dm.id, messages: [], sees: new Set([owner, ann]) }]) };
}

export default async function () {
	if (!hasCgi() || !existsSync(JOBS)) {
		skip('counts', 'needs MOOT_DIR/moot.conf and the programs (MOOT_API)');
		return;
	}
	const seed = Number(process.env.MOOT_RECOUNT_SEED ?? Date.now() % 1000000);
	await test(`${STEPS} steps: bootstrap's counts are those of a recount (MOOT_RECOUNT_SEED=${seed})`, async () => {
		const { world, model } = await make(), pick = random(seed);
		for (let i = 0; i < STEPS; i++) {
			const what = await step(model, world, pick);
			await agree(model, model.people[pick(model.people.length)], `after step ${i}, ${what}`);
		}
		for (const who of model.people)
			await agree(model, who, 'at the end');
		await stored(model);
	});
	if (setting('redis') === '' || !existsSync(`${process.env.MOOT_DEV ?? `${ROOT}dev`}/service`)) {
		skip('marks survive', 'needs a Redis and dev/service');
		return;
	}
	for (const name of ['redis', 'jobs', 'api'])
		await test(`no acknowledged mark is lost when ${name} is killed`, async () => {
			const { world, model } = await make(), pick = random(seed + 1);
			for (let i = 0; i < 20; i++)
				await post(world.owner, world.open.id, `n${i}`).then((m) => {
					world.open.messages.push({ id: m.id, author: world.owner, mentions: [] });
					model.mark(world.owner, world.open, m.seq);
				});
			let stop = false, acknowledged = 0;
			const reader = (async () => {
				while (!stop) {
					const who = model.people[1 + pick(2)], seq = pick(21);
					const r = await call(who, 'PUT', `/channels/${world.open.id}/read`, { seq }).catch(() => ({ status: 0 }));
					if (r.status === 200) {
						acknowledged++;
						model.mark(who, world.open, r.json.read_seq);
						assert.ok(r.json.read_seq >= seq, 'answers at least what was said');
					}
				}
			})();
			await until('some marks', () => acknowledged > 20);
			for (let i = 0; i < 2; i++) {
				const before = acknowledged;
				await Promise.all([service('crash', name), ...(name === 'jobs' ? [flush()] : [])]);
				await service('start', name);
				await until('more marks', () => acknowledged > before + 20, 30000);
			}
			stop = true;
			await reader;
			await until('Redis to answer', async () => /PONG/.test(await redis('PING').catch(() => '')), 20000);
			await until('what is overlaid', () => agree(model, model.people[1], 'after the crash').then(() => true, () => false), 20000);
			await agree(model, model.people[2], 'after the crash');
			await stored(model);
		});
}
