import { isDeepStrictEqual } from 'node:util';
import * as instance from '../support/instance.mjs';
import { register, request, runName } from '../support/api.mjs';
import { expect, Report } from '../support/report.mjs';
import { openStream } from '../support/stream.mjs';
import { until } from '../support/until.mjs';
import { apply, knows, normal, picture } from './apply.mjs';
import { differs, examples } from './page.mjs';
import { scenes } from './scenes.mjs';

instance.need('MOOT_URL');
const print = process.argv.includes('--print');
const report = new Report();
const run = runName();
const seen = {};
const controls = {};

const person = (name) => register(instance.url, `${name}.${run}`);

/** Follows a person's stream; everything that came is in .events and .controls. */
async function follow(who, kind, since) {
	const f = { events: [], controls: [], over: null };
	f.stream = openStream({
		base: instance.url,
		kind,
		token: who.token,
		since,
		event: (e) => {
			f.events.push(e);
			(seen[e.type] ??= []).push(e);
		},
		control: (name, data) => {
			f.controls.push({ name, data });
			controls[name] ??= data;
		},
		end: (why) => {
			f.over = why;
		},
	});
	await until('the stream says hello', () => f.controls.length > 0 || f.over);
	return f;
}

/** The first difference of two states, by path. */
function difference(a, b, at = '') {
	if (isDeepStrictEqual(a, b)) return '';
	if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return `${at}: ${JSON.stringify(a)} instead of ${JSON.stringify(b)}`;
	for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
		const found = difference(a[key], b[key], `${at}.${key}`);
		if (found) return found;
	}
	return `${at}: another order`;
}

async function play(scene) {
	const cast = await scene.prepare({ person, run });
	const who = cast.watcher;
	const scope = { channels: cast.channels, servers: cast.servers, reports: cast.reports };
	const before = await picture(who, scope);
	const f = await follow(who, 'ndjson', before.cursor);
	await scene.act(cast, f);
	for (const type of scene.gives)
		await until(`${type} arrives`, () => f.events.some((e) => e.type === type));
	// what the same action says in other streams is there when the positions of REST are
	let after;
	const state = () => {
		const s = structuredClone(before);
		for (const e of f.events) apply(s, e);
		return normal(s);
	};
	await until('the state before and the events are the state after', async () => {
		after = normal(await picture(who, scope));
		if (isDeepStrictEqual(state(), after)) return true;
		throw new Error(difference(state(), after));
	});
	f.stream.close();
}

for (const scene of scenes) await report.step(`${scene.gives.join(', ')}: ${scene.name}`, () => play(scene));

// ---- control events and client frames
await report.step('a session that ends says bye', async () => {
	const who = await person('bye');
	const f = await follow(who, 'ws');
	await who.must(204, 'POST', '/auth/logout');
	await until('the stream ends', () => f.over);
	expect(f.over.bye?.code === 4401, `bye ${JSON.stringify(f.over)}`);
});
await report.step('session.ended tells the other devices', async () => {
	const who = await person('ended');
	const f = await follow(who, 'ndjson');
	const other = await request(instance.url, 'POST', '/api/v1/auth/login', { json: { login: who.name, password: who.password } });
	await request(instance.url, 'POST', '/api/v1/auth/logout', { token: other.body.access_token });
	await until('session.ended', () => f.events.some((e) => e.type === 'session.ended'));
	f.stream.close();
});
await report.step('a heartbeat, a reset and a revocation', async () => {
	const [owner, who] = [await person('own'), await person('gain')];
	const server = await owner.must(201, 'POST', '/servers', { name: 'Controls' });
	const hidden = await owner.must(201, 'POST', `/servers/${server.id}/channels`, { name: 'hidden', kind: 'text', private: true });
	const { code } = await owner.must(201, 'POST', `/servers/${server.id}/invites`, {});
	await who.must(200, 'POST', `/invites/${code}/accept`);
	const f = await follow(who, 'ndjson');
	await owner.must([200, 204], 'PUT', `/channels/${hidden.id}/members/${who.id}`);
	// the event in my own stream comes before the node has let me into the channel's
	const label = `channel:${hidden.id}`;
	await until('I am let in', () => f.events.some((e) => e.stream === label) || f.controls.some((c) => c.data.stream === label));
	await owner.must(204, 'DELETE', `/channels/${hidden.id}/members/${who.id}`);
	await until('a revoke', () => f.controls.some((c) => c.name === 'revoke'));
	await until('a heartbeat', () => f.controls.some((c) => c.name === 'hb'), 40_000);
	f.stream.close();
});
const frames = examples('Client frames');
for (const [op, example] of Object.entries(frames)) {
	await report.step(`op ${op}`, async () => {
		const [owner, other] = [await person(`${op}-op`), await person(`${op}-peer`)];
		const dm = await owner.must([200, 201], 'POST', '/dms', { user_ids: [other.id] });
		const m = await owner.must(201, 'POST', `/channels/${dm.id}/messages`, { content: 'for the frames' });
		const f = await follow(other, 'ws');
		const frame = { ...example };
		if ('channel_id' in frame) frame.channel_id = dm.id;
		if ('seq' in frame) frame.seq = m.seq;
		if ('user_ids' in frame) frame.user_ids = [owner.id];
		f.stream.send(JSON.stringify(frame));
		f.stream.send('{"op":"no such op"}');
		await until('an answer to the wrong frame behind it', () => f.controls.some((c) => c.name === 'error'));
		const errors = f.controls.filter((c) => c.name === 'error').map((c) => `${c.data.op}: ${c.data.code}`);
		expect(errors.length === 1, errors.join(', '));
		f.stream.close();
	});
}

// ---- the page
const told = examples('Events');
if (print) {
	for (const [type, list] of Object.entries(seen)) console.log(`### \`${type}\`\n${JSON.stringify(list[0])}`);
	for (const [name, data] of Object.entries(controls)) console.log(`### \`${name}\`\n${JSON.stringify(data)}`);
}
for (const type of Object.keys(seen)) report.check(`${type} is on the page`, type in told);
for (const [type, example] of Object.entries(told)) {
	// an event of a server and one of a conversation may differ: the example is one of them
	const all = (seen[type] ?? []).map((e) => differs(example, e));
	const why = all.length ? (all.includes('') ? '' : all[0]) : 'it never came';
	report.check(`the example of ${type}`, why === '', why);
	report.check(`${type} is applied`, knows(type) || ['typing.started', 'session.ended', 'presence.updated'].includes(type));
}
for (const [name, example] of Object.entries(examples('Control events'))) {
	if (!controls[name]) {
		// it would take a broken bus: tests/push has it
		report.check(`the control event ${name} came`, name === 'state');
		continue;
	}
	const why = differs(example, controls[name]);
	report.check(`the example of ${name}`, why === '', why);
}
// a step that failed may have left its stream open
process.exit(report.close());
