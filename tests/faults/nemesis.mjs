// What is broken during a run, and how it is known to be whole again. Each fault gives a list of
// [what must hold, whether it did, detail].
import { request } from '../support/api.mjs';
import * as instance from '../support/instance.mjs';
import { pause, until } from '../support/until.mjs';

/** ctx: {base, history, run (acked, statuses), readers} */
export const faults = {
	'api-kill': apiKill,
	'push-kill': pushKill,
	'redis-kill': redisKill,
	'bus-cut': busCut,
	'pg-backend': pgBackend,
	'pg-stop': pgStop,
	'jobs-kill': jobsKill,
	'nginx-reload': nginxReload,
	'stop-cont': stopCont,
};

export async function inflict(name, ctx) {
	const mark = (k, what) => ctx.history.add({ k, t: ctx.history.now(), name: what ?? name });
	return faults[name](ctx, mark);
}

const liveReaders = (ctx) => ctx.readers.filter((r) => r.live).length;

async function workers() {
	const [parent, ...children] = await instance.pids('api');
	return children.filter((p) => p !== parent);
}

/** What is begun from now on is acknowledged. Gives the ms until `atLeast` of it is. */
async function acksAgain(ctx, atLeast = 5) {
	const begin = performance.now();
	const watch = ctx.run.watch(ctx.history.now());
	await until('messages are acknowledged again', () => watch.count >= atLeast);
	ctx.run.watches.delete(watch);
	return Math.round(performance.now() - begin);
}

/** Somebody who asks every 25 ms gets an answer again; writers come back at the pace of their back-off. */
async function answersAgain(ctx) {
	const begin = performance.now();
	await until('requests are answered again', async () => (await ctx.probe()).status === 200);
	const ms = Math.round(performance.now() - begin);
	await acksAgain(ctx);
	return ms;
}

async function apiKill(ctx, mark) {
	const out = [];
	for (let i = 0; i < 3; i++) {
		const before = await workers();
		const victim = before[Math.floor(Math.random() * before.length)];
		mark('fault', 'api-kill one');
		instance.signal(victim, 'SIGKILL');
		await until('a killed worker is replaced', async () => (await workers()).filter((p) => !before.includes(p)).length > 0);
		mark('healed', 'api-kill one');
	}
	out.push(['a killed handler is replaced, three times', true]);
	const all = await workers();
	mark('fault', 'api-kill all');
	for (const p of all) instance.signal(p, 'SIGKILL');
	mark('healed', 'api-kill all');
	const ms = await answersAgain(ctx);
	out.push([`all handlers killed: requests are answered again (${ms} ms)`, true]);
	return out;
}

async function pushKill(ctx, mark) {
	const before = await instance.pid('push');
	const wanted = liveReaders(ctx);
	const errors = ctx.run.errors();
	mark('fault');
	instance.signal(before, 'SIGKILL');
	await until('the daemon is started again', async () => {
		const now = await instance.pid('push');
		return now && now !== before;
	});
	mark('healed');
	const begin = performance.now();
	await until('the readers are back', () => liveReaders(ctx) >= wanted * 0.9);
	const ms = Math.round(performance.now() - begin);
	return [
		[`push daemon killed: readers are back (${ms} ms)`, true],
		['push daemon killed: REST noticed nothing', ctx.run.errors() === errors, `${ctx.run.errors() - errors} errors`],
	];
}

async function redisKill(ctx, mark) {
	const out = [];
	const ends = unaskedEnds(ctx);
	mark('fault');
	await instance.service('crash', 'redis');
	const acked = ctx.run.acked;
	const errors = ctx.run.errors();
	const goesOn = await until('messages are acknowledged without Redis', () => ctx.run.acked >= acked + 50).catch((e) => e);
	out.push(['without Redis messages are still acknowledged', goesOn === true, goesOn.message]);
	out.push(['without Redis no message is answered with an error', ctx.run.errors() === errors, `${ctx.run.errors() - errors} errors`]);
	await instance.service('start', 'redis');
	mark('healed');
	const sample = ctx.run.acked;
	await until('messages go on with Redis', () => ctx.run.acked >= sample + 20);
	out.push(['without Redis no stream ended', unaskedEnds(ctx) === ends, `${unaskedEnds(ctx) - ends} ended`]);
	return out;
}

const unaskedEnds = (ctx) => ctx.readers.reduce((n, r) => n + r.lost, 0);

async function pgStop(ctx, mark) {
	const out = [];
	const ends = unaskedEnds(ctx);
	mark('fault');
	await instance.service('crash', 'postgres');
	const begin = performance.now();
	const refused = await until('the answer is 503', async () => {
		const answer = await ctx.probe();
		return answer.status === 503 ? answer : null;
	}).catch((e) => e);
	const ms = Math.round(performance.now() - begin);
	out.push([`without Postgres the answer is 503 (${ms} ms)`, refused.status === 503, refused.message]);
	out.push(['… as problem+json with Retry-After', Boolean(refused.headers?.['retry-after']) &&
		/problem\+json/.test(refused.headers?.['content-type'] ?? '') && refused.body?.code === 'unavailable', JSON.stringify(refused.headers)]);
	const page = await request(ctx.base, 'GET', '/', { headers: { accept: 'text/html' } });
	out.push(['… the sign-in page is there', page.status === 200 && page.text.includes('<html')]);
	const health = await request(ctx.base, 'GET', '/health/ready');
	out.push(['… and readiness says no', health.status === 503, `status ${health.status}`]);
	out.push(['… no stream ended', unaskedEnds(ctx) === ends, `${unaskedEnds(ctx) - ends} ended`]);
	await instance.service('start', 'postgres');
	mark('healed');
	const back = await answersAgain(ctx);
	out.push([`Postgres is back: requests are answered (${back} ms)`, true]);
	return out;
}

/** The bus loses its listener and everything it holds, while it stays up. */
async function busCut(ctx, mark) {
	const ends = unaskedEnds(ctx);
	const errors = ctx.run.errors();
	mark('fault');
	await instance.redis('CLIENT', 'KILL', 'TYPE', 'pubsub');
	await instance.redis('FLUSHALL');
	mark('healed');
	await acksAgain(ctx, 50);
	return [
		['bus cut and emptied: no stream ended', unaskedEnds(ctx) === ends, `${unaskedEnds(ctx) - ends} ended`],
		['bus cut and emptied: REST noticed nothing', ctx.run.errors() === errors, `${ctx.run.errors() - errors} errors`],
	];
}

/** One killed backend makes Postgres end all of them and recover. */
async function pgBackend(ctx, mark) {
	const ends = unaskedEnds(ctx);
	const backends = (await instance.pids('postgres')).filter((p) => /moot_api/.test(instance.title(p)));
	mark('fault');
	instance.signal(backends[Math.floor(Math.random() * backends.length)], 'SIGKILL');
	await until('somebody notices', async () => (await ctx.probe()).status !== 200, 2000).catch(() => {});
	const ms = await answersAgain(ctx);
	mark('healed');
	return [
		[`a backend of Postgres killed: requests are answered again (${ms} ms)`, true],
		['a backend of Postgres killed: no stream ended', unaskedEnds(ctx) === ends, `${unaskedEnds(ctx) - ends} ended`],
	];
}

async function jobsKill(ctx, mark) {
	const before = await instance.pid('jobs');
	mark('fault');
	instance.signal(before, 'SIGKILL');
	await until('the worker of jobs is started again', async () => {
		const now = await instance.pid('jobs');
		return now && now !== before;
	});
	mark('healed');
	return [['the worker of jobs is started again', true]];
}

async function nginxReload(ctx, mark) {
	const errors = ctx.run.freshErrors();
	mark('fault');
	instance.signal(await instance.pid('nginx'), 'SIGHUP');
	await acksAgain(ctx, 100);
	mark('healed');
	return [['nginx reloaded: no new connection was refused', ctx.run.freshErrors() === errors, `${ctx.run.freshErrors() - errors} errors`]];
}

/** Three seconds of silence, one process after another, and none of them may lose or double anything. */
async function stopCont(ctx, mark) {
	const out = [];
	const [worker] = await workers();
	for (const [name, pid] of [['handler', worker], ['push daemon', await instance.pid('push')], ['redis', await instance.pid('redis')]]) {
		mark('fault', `stop ${name}`);
		instance.signal(pid, 'SIGSTOP');
		try {
			await pause(3000);
		} finally {
			instance.signal(pid, 'SIGCONT');
		}
		mark('healed', `stop ${name}`);
		const ms = await acksAgain(ctx);
		out.push([`${name} stopped for 3 s and continued: messages are acknowledged (${ms} ms)`, true]);
	}
	return out;
}
