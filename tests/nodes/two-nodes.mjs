// Two sets of handlers and push daemon behind one nginx: people on different nodes talk to each
// other, and whoever loses his node goes on at the other where he was.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { register, request, runName } from '../support/api.mjs';
import * as instance from '../support/instance.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { Listener } from './listener.mjs';

const KINDS = ['sse', 'ws', 'ndjson'];
const NODES = ['push', 'push-2'];

/** Posts one message after another until `enough()`; gives their texts. */
async function postUntil(person, channel, enough, texts) {
	for (let i = 0; !enough(); i++) {
		const content = `${person.user.username} ${texts.length}`;
		await person.must(201, 'POST', `/channels/${channel}/messages`, { content });
		texts.push(content);
	}
}

class World {
	texts = [];

	static async make(base) {
		const w = new World();
		const name = runName();
		w.base = base;
		w.owner = await register(base, `nodes-${name}-o`);
		w.server = await w.owner.must(201, 'POST', '/servers', { name: 'Nodes' });
		w.channel = w.server.channels[0].id;
		const invite = await w.owner.must(201, 'POST', `/servers/${w.server.id}/invites`, {});
		w.people = [w.owner];
		for (let i = 0; i < 5; i++) {
			const p = await register(base, `nodes-${name}-${i}`);
			await p.must([200, 201], 'POST', `/invites/${invite.code}/accept`, {});
			w.people.push(p);
		}
		w.listeners = w.people.flatMap((p, i) => [0, 1].map((k) => new Listener(base, p, KINDS[(i + k) % 3])));
		return w;
	}

	post(enough) {
		return postUntil(this.owner, this.channel, enough, this.texts);
	}

	/** Posts `count` more. */
	more(count) {
		const goal = this.texts.length + count;
		return this.post(() => this.texts.length >= goal);
	}

	on(node) {
		return this.listeners.filter((l) => l.live && l.node === node);
	}

	nodes() {
		return [...new Set(this.listeners.filter((l) => l.live).map((l) => l.node))];
	}

	async allHaveAll() {
		const stream = `channel:${this.channel}`;
		await until('everybody has everything', () => this.listeners.every((l) => l.texts(stream).length >= this.texts.length), 30_000)
			.catch(() => {});
		for (const l of this.listeners) {
			const got = l.texts(stream);
			expect(got.length === this.texts.length && got.every((t, i) => t === this.texts[i]),
				`${l.kind}: ${got.length} of ${this.texts.length}, ${l.flaw ?? 'no flaw'}`);
			expect(!l.flaw && l.resets === 0, `${l.kind}: ${l.flaw}, ${l.resets} resets`);
		}
	}
}

export async function twoNodes(base, report) {
	await report.step('a second node is added', () => instance.up('--nodes', '2'));
	const w = await World.make(base);
	try {
		await talk(w, report);
		await lose(w, report);
		await handlers(w, report);
		await reload(w, report);
	} finally {
		for (const l of w.listeners) l.stop();
		await report.step('and taken away again', async () => {
			await instance.up('--nodes', '1');
			expect((await request(base, 'GET', '/api/v1/meta')).status === 200, 'GET /meta');
			expect((await instance.pids('api')).length > 1, 'no handlers');
		});
	}
}

async function talk(w, report) {
	await report.step('streams are spread over both nodes', async () => {
		for (const l of w.listeners) l.open();
		await until('all are connected', () => w.listeners.every((l) => l.live));
		const counts = w.nodes().map((n) => w.on(n).length);
		expect(counts.length === 2 && Math.min(...counts) >= w.listeners.length / 4, `${counts}`);
	});
	await report.step('people on different nodes hear each other', async () => {
		await w.more(20);
		await w.allHaveAll();
	});
	await report.step('… also that somebody types', async () => {
		const typist = w.people[1];
		await typist.must(204, 'POST', `/channels/${w.channel}/typing`);
		await until('all others hear it', () => w.listeners.every((l) => l.person === typist || l.types.has('typing.started')));
	});
	await report.step('… and who is removed is told on whatever node he is', async () => {
		const gone = w.people.pop();
		const his = w.listeners.filter((l) => l.person === gone);
		await w.owner.must(204, 'DELETE', `/servers/${w.server.id}/members/${gone.user.id}`);
		await until('revoked', () => his.every((l) => l.revoked.has(`channel:${w.channel}`)));
		w.listeners = w.listeners.filter((l) => l.person !== gone);
		const before = his.map((l) => l.texts(`channel:${w.channel}`).length);
		await w.more(5);
		await w.allHaveAll();
		expect(his.every((l, i) => l.texts(`channel:${w.channel}`).length === before[i]), 'he heard more');
		for (const l of his) l.stop();
	});
}

async function lose(w, report) {
	for (const node of [...NODES].reverse()) {
		await report.step(`${node} killed: its clients go on at the other, nothing lost or doubled`, async () => {
			let over = false;
			const posting = w.post(() => over);
			try {
				await until('messages flow', () => w.texts.length > 0);
				const before = w.nodes();
				const counts = new Map(w.listeners.map((l) => [l, l.connections]));
				await instance.service('crash', node);
				await until('all are on one node', () => w.listeners.every((l) => l.live) && w.nodes().length === 1);
				const moved = w.listeners.filter((l) => l.connections > counts.get(l));
				expect(before.length === 2 && moved.length > 0 && moved.length < w.listeners.length, `${moved.length} of ${w.listeners.length} moved`);
			} finally {
				over = true;
				await posting;
			}
			await w.more(20);
			await w.allHaveAll();
		});
		await report.step(`${node} back: it gets clients again`, async () => {
			await instance.service('start', node);
			const there = w.nodes();
			for (const l of w.listeners.slice(0, w.listeners.length / 2)) l.cut();
			await until('two nodes again', () => w.listeners.every((l) => l.live) && w.nodes().length === 2 && there.length === 1);
			await w.more(5);
			await w.allHaveAll();
		});
	}
	await report.step('push-2 restarted in order: the same', async () => {
		await instance.service('restart', 'push-2');
		await w.more(20);
		await until('all are connected', () => w.listeners.every((l) => l.live));
		await w.allHaveAll();
	});
}

async function handlers(w, report) {
	for (const [name, other] of [['api', 'hash'], ['api-2', 'hash-2']])
		await report.step(`${name} and ${other} killed: the other node answers everything`, async () => {
			await instance.service('crash', name);
			await instance.service('crash', other);
			await w.more(20);
			for (let i = 0; i < 4; i++)
				await w.owner.must(200, 'POST', '/auth/login', { login: w.owner.user.username, password: 'a long enough password' });
			await instance.service('start', name);
			await instance.service('start', other);
			await w.allHaveAll();
		});
}

async function reload(w, report) {
	await report.step('nginx reloaded: old workers end in the time given, clients go on', async () => {
		const file = path.join(instance.dir, 'nginx/nginx.conf');
		const conf = readFileSync(file, 'utf8');
		expect(/worker_shutdown_timeout +30s;/.test(conf), 'no worker_shutdown_timeout');
		writeFileSync(file, conf.replace(/worker_shutdown_timeout +30s;/, 'worker_shutdown_timeout 1s;'));
		const working = async () => (await instance.pids('nginx')).filter((p) => /worker process$/.test(instance.title(p)));
		const anew = async () => {
			const old = await working();
			instance.signal(await instance.pid('nginx'), 'SIGHUP');
			await until('there are new workers', async () => (await working()).some((p) => !old.includes(p)));
			return old;
		};
		await anew();
		const old = await anew(); // these know the shorter time
		// one that had not yet heard of the first reload has the longer time
		await until('the old workers are gone', () => old.every((p) => instance.title(p) === ''), 60_000);
		await w.more(20);
		await until('all are connected', () => w.listeners.every((l) => l.live));
		await w.allHaveAll();
	});
}
