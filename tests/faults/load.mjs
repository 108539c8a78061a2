// Writers, readers, movers and a nemesis against a running instance, then the checker.
//
//   node load.mjs [--messages 10000] [--clients 16] [--readers 100] [--fault NAME,…|all] [--out FILE]
//
// Half of the readers take Server-Sent Events, half WebSocket. MOOT_URL and MOOT_DIR name the instance.
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as instance from '../support/instance.mjs';
import { Report } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { RULES, checkHistory } from './history.mjs';
import { Mover } from './mover.mjs';
import { faults, inflict } from './nemesis.mjs';
import { Reader, headsOf } from './reader.mjs';
import { History } from './record.mjs';
import { describeWorld, makeWorld, readEvents, readMessages } from './world.mjs';
import { Writer } from './writer.mjs';

/** What the writers share: how much is left, how it went. */
class Run {
	statuses = {};
	fresh = {};
	acked = 0;
	stopped = false;
	held = false; // faults are still to come: go on past the number asked for
	watches = new Set();
	wrong = []; // answers that must never be
	#ops = 0;
	#begun = 0;

	constructor(messages) {
		this.messages = messages;
	}

	next() {
		if (this.stopped) return false;
		return this.#begun++ < this.messages || this.held;
	}

	op() {
		return ++this.#ops;
	}

	/** An intent begun at this time is acknowledged. */
	ack(begun) {
		this.acked++;
		for (const w of this.watches) if (begun >= w.from) w.count++;
	}

	/** Counts the acknowledgements of what is begun from now on. */
	watch(from) {
		const w = { from, count: 0 };
		this.watches.add(w);
		return w;
	}

	get progress() {
		return this.acked / this.messages;
	}

	count(status, keep, answer) {
		this.statuses[status] = (this.statuses[status] ?? 0) + 1;
		if (!keep) this.fresh[status] = (this.fresh[status] ?? 0) + 1;
		if (status === 500 || status === 401) this.wrong.push(`${status}: ${answer.text.slice(0, 200)}`);
	}

	static #bad = (statuses) => Object.entries(statuses).reduce((n, [s, k]) => n + (s === 'network' || Number(s) >= 500 ? k : 0), 0);
	errors = () => Run.#bad(this.statuses);
	freshErrors = () => Run.#bad(this.fresh);
}

function makeReaders(world, history, count) {
	const { owner, writers, movers, strangers } = world;
	// People who come and go listen twice each, strangers once; the others share the rest.
	const who = [...movers, ...movers, ...strangers];
	const steady = [owner, ...writers];
	for (let i = 0; who.length < count; i++) who.push(steady[i % steady.length]);
	return who.slice(0, count).map((person, i) => new Reader(history, {
		name: `r${i}`, person, kind: i % 2 ? 'ws' : 'sse',
		cuts: i % 10 === 9 ? 0 : 4000, stalls: i % 7 === 3 ? 6000 : 0,
	}));
}

/** Every reader has come as far as what its person sees now; or the ceiling is reached, and the checker says what is missing. */
async function settle(world, readers, history, report) {
	for (const r of readers) r.calm();
	const heads = new Map();
	for (const p of world.people) heads.set(p.id, headsOf(await p.must(200, 'GET', '/bootstrap')));
	const behind = () => readers.filter((r) => !r.live || Object.entries(heads.get(r.person.id))
		.some(([stream, rev]) => (r.position.get(stream) ?? 0) < rev));
	const begin = performance.now();
	const late = await until('all readers have everything', () => behind().length === 0, 45_000, 100).catch(() => behind());
	report.check(`all readers came to rest (${Math.round(performance.now() - begin)} ms)`, late === true,
		late === true ? '' : `${late.length} did not: ${late.slice(0, 8).map((r) => `${r.name}(${r.kind}${r.live ? '' : ', not connected'})`).join(' ')}`);
	for (const r of readers) history.add({ k: 'settled', r: r.name, u: r.person.id, c: r.connections });
}

async function wreck(names, ctx, report) {
	for (const [i, name] of names.entries()) {
		const at = (i + 1) / (names.length + 1);
		await until(`the run gets to ${Math.round(at * 100)} % before ${name}`, () => ctx.run.progress >= at, 300_000, 50);
		try {
			for (const [what, good, detail] of await inflict(name, ctx)) report.check(`${name}: ${what}`, good, detail ?? '');
		} catch (e) {
			report.check(`${name}: it heals`, false, e.message);
			await Promise.all(['postgres', 'redis'].map((s) => instance.service('start', s)));
		}
	}
	ctx.run.held = false;
}

export async function runLoad(base, options, report) {
	const { messages = 1000, clients = 16, readers: listeners = 100, fault = [], out } = options;
	const history = new History(out);
	const world = await makeWorld(base, { writers: clients });
	describeWorld(world, history);
	const run = new Run(messages);
	run.held = fault.length > 0;
	const readers = makeReaders(world, history, listeners);
	try {
		return await perform({ base, options, report, history, world, run, readers });
	} finally {
		run.stopped = true;
		for (const r of readers) await r.stop();
		history.close();
	}
}

async function perform({ base, options, report, history, world, run, readers }) {
	const { messages = 1000, fault = [] } = options;
	await Promise.all(readers.map((r) => r.start()));
	await until('all readers are connected', () => readers.every((r) => r.live), 60_000);

	const begin = performance.now();
	const probe = () => world.owner.call('GET', '/me', undefined, { keep: false });
	const ctx = { base, history, run, readers, probe };
	const writing = world.writers.map((person, i) =>
		new Writer(history, run, person, world.channels.filter((c) => c.people.includes(person)), { keep: i % 2 === 0 }).work());
	const movers = world.movers.map((person) => new Mover(history, run, world, person));
	const moving = movers.map((m) => m.work());
	const wrecking = wreck(fault, ctx, report).catch((e) => {
		run.held = false;
		report.check('the faults run', false, e.message);
	});
	await Promise.all([...writing, wrecking]);
	run.stopped = true;
	const seconds = (performance.now() - begin) / 1000;
	await report.step('who comes and goes gets certain answers', () => Promise.all(moving));
	await settle(world, readers, history, report);
	for (const r of readers) await r.stop();
	await readEvents(world, history, instance.sql);
	await readMessages(world, history);

	const result = checkHistory(history.records);
	if (result.violations > 0 && !options.out) {
		const kept = path.join(instance.source, 'tests/faults/out', `failed-${process.pid}-${Date.now()}.jsonl`);
		history.save(kept);
		report.note(`the record is kept in ${kept}`);
	}
	for (const [rule, words] of Object.entries(RULES)) {
		const found = result.rules[rule];
		report.check(`${rule} ${words}`, !found, found && `${found.count} times\n    ${found.shown.join('\n    ')}`);
	}
	report.check(`at least ${messages} messages are acknowledged`, result.counts.posted + result.counts.unknown + result.counts.refused >= messages && result.counts.posted > 0, JSON.stringify(result.counts));
	const needless = readers.filter((r) => !world.movers.includes(r.person) && r.resets > 0);
	report.check('nobody who stays where he is has to read anew', needless.length === 0, `${needless.length} readers had resets`);
	if (fault.length === 0)
		report.check('no open stream ended by itself', readers.every((r) => r.lost === 0), `${readers.reduce((n, r) => n + r.lost, 0)} did`);
	report.check('no answer was 401 or 500', run.wrong.length === 0, `${run.wrong.length} times, ${run.wrong[0]}`);
	tell(report, result, { run, readers, movers, seconds });
	return { result, run, readers };
}

function tell(report, result, { run, readers, movers, seconds }) {
	const ends = {};
	for (const r of readers) for (const [why, n] of Object.entries(r.ends)) ends[why] = (ends[why] ?? 0) + n;
	const line = (o) => Object.entries(o).map(([k, v]) => `${k} ${v}`).join(', ');
	report.note(`${line(result.counts)}; ${movers.reduce((n, m) => n + m.moves, 0)} moves, ${readers.reduce((n, r) => n + r.revoked, 0)} revokes`);
	report.note(`${seconds.toFixed(1)} s, ${Math.round(result.counts.posted / seconds)} messages/s, ${Math.round(result.counts.delivered / seconds)} deliveries/s`);
	for (const [what, f] of Object.entries(result.latency)) report.note(`latency ${what}: p50 ${f.p50} ms, p99 ${f.p99} ms, max ${f.max} ms (${f.n})`);
	report.note(`answers: ${line(run.statuses)}`);
	report.note(`connections ended: ${line(ends)}`);
	for (const r of result.recovery)
		report.note(`after ${r.name}: first acknowledgement ${r.ack} ms, first delivery ${r.delivery} ms, first new connection ${r.hello} ms`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const { values } = parseArgs({
		options: {
			messages: { type: 'string', default: '1000' }, clients: { type: 'string', default: '16' },
			readers: { type: 'string', default: '100' }, fault: { type: 'string', default: '' },
			out: { type: 'string' },
		},
	});
	instance.need('MOOT_URL', 'MOOT_DIR');
	const report = new Report();
	const fault = values.fault === 'all' ? Object.keys(faults) : values.fault.split(',').filter(Boolean);
	const unknown = fault.filter((f) => !faults[f]);
	if (unknown.length) {
		console.error(`no such fault: ${unknown}; there are ${Object.keys(faults).join(' ')}`);
		process.exit(2);
	}
	await runLoad(instance.url, {
		messages: Number(values.messages), clients: Number(values.clients), readers: Number(values.readers), fault, out: values.out,
	}, report).catch((e) => report.check('the run', false, e.stack));
	process.exitCode = report.close();
}
