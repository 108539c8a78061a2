// People who sign in hold nobody else up, and their queue has an end.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { register, request, runName } from '../support/api.mjs';
import * as instance from '../support/instance.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';

const PASSWORD = 'a long enough password';
const QUEUE = 128; // the backlog of hash.sock in dev/lib/service.sh

/** Pictures that take for ever hold up neither sign-ins nor anything else. */
async function pictures(base, report, name, others) {
	const dir = mkdtempSync(path.join(tmpdir(), 'moot-nodes.')), program = path.join(dir, 'program'), started = path.join(dir, 'started');
	chmodSync(dir, 0o777);
	writeFileSync(program, `#!/bin/sh\n: >${started}\nexec sleep 1000\n`, { mode: 0o755 });
	const had = /^image_program = (.*)$/m.exec(readFileSync(path.join(instance.dir, 'moot.conf'), 'utf8'))[1];
	await instance.up('--set', `image_program=${program}`);
	try {
		await report.step('while a picture is decoded and 19 more come, five sign-ins, requests and messages are answered', async () => {
			const people = await Promise.all(Array.from({ length: 20 }, (_, i) => register(base, `${name}-face-${i}`, PASSWORD)));
			const answers = [];
			const all = people.map(async ({ token }) => {
				answers.push(await request(base, 'PUT', '/api/v1/me/avatar', { text: 'GIF89a'.padEnd(64), token, keep: false, timeout: 120_000 }));
			});
			await until('the program is started', () => existsSync(started));
			for (let i = 0; i < 5; i++) {
				const signed = signInAll(base, name, 1);
				await signed.promise;
				expect(signed.answers[0].status === 200, `sign-in: ${signed.answers[0].status}`);
				await others();
			}
			const meanwhile = answers.length;
			await Promise.all(all);
			expect(meanwhile < 20, 'the picture had been given up before');
			expect(answers.every((a) => a.status === 503), `pictures: ${answers.map((a) => a.status)}`);
		});
	} finally {
		await instance.up('--set', `image_program=${had}`);
		rmSync(dir, { recursive: true });
	}
}

/** So many sign-ins at once; `done` counts those answered. */
function signInAll(base, login, count) {
	const all = { done: 0, answers: [] };
	all.promise = Promise.all(Array.from({ length: count }, async () => {
		const answer = await request(base, 'POST', '/api/v1/auth/login', { json: { login, password: PASSWORD }, keep: false, timeout: 120_000 });
		all.done++;
		all.answers.push(answer);
	}));
	return all;
}

async function workers() {
	const [parent, ...children] = await instance.pids('hash');
	return children.filter((p) => p !== parent);
}

export async function signIns(base, report) {
	const name = `signs-${runName()}`;
	await register(base, name, PASSWORD);
	const person = await register(base, `${name}-other`, PASSWORD);
	const server = await person.must(201, 'POST', '/servers', { name: 'Sign-ins' });
	const channel = server.channels[0].id;
	const others = async () => {
		expect((await request(base, 'GET', '/api/v1/meta')).status === 200, 'GET /meta');
		await person.must(201, 'POST', `/channels/${channel}/messages`, { content: 'meanwhile' });
	};

	await report.step('while 60 people sign in, five requests and five messages are answered before half of them', async () => {
		const all = signInAll(base, name, 60);
		for (let i = 0; i < 5; i++) await others();
		const done = all.done;
		await all.promise;
		expect(all.answers.every((a) => a.status === 200), `answers ${all.answers.map((a) => a.status)}`);
		expect(done < 30, `${done} of 60 had been answered`);
	});

	await pictures(base, report, name, others);

	const stopped = await workers();
	for (const p of stopped) instance.signal(p, 'SIGSTOP');
	let all;
	try {
		await report.step('with nobody there to hash, everything else is answered', async () => {
			all = signInAll(base, name, QUEUE * 2);
			await until('the queue is full', () => all.done > 0);
			for (let i = 0; i < 20; i++) await others();
		});
		await report.step('the queue has an end: above it 503, as a problem, with Retry-After', async () => {
			await until('those above it are answered', () => all.done >= QUEUE - 20);
			for (const a of all.answers) {
				expect(a.status === 503 && a.body?.code === 'unavailable', `${a.status} ${a.text}`);
				expect(/problem\+json/.test(a.headers['content-type']) && Number(a.headers['retry-after']) > 0, JSON.stringify(a.headers));
			}
		});
	} finally {
		for (const p of stopped) instance.signal(p, 'SIGCONT');
	}
	await report.step('who stood in the queue is signed in', async () => {
		await all.promise;
		const ok = all.answers.filter((a) => a.status === 200).length;
		expect(ok >= QUEUE && all.answers.every((a) => a.status === 200 || a.status === 503), `${ok} of ${all.answers.map((a) => a.status)}`);
	});

	await report.step('every request that hashes goes there, and with it away is answered 503', async () => {
		await instance.service('stop', 'hash');
		const ask = (method, where, json, token) => request(base, method, `/api/v1${where}`, { json, token });
		const answers = [
			await ask('POST', '/auth/login', { login: name, password: PASSWORD }),
			await ask('POST', '/auth/register', { username: `${name}-2`, password: PASSWORD }),
			await ask('POST', '/auth/setup', { token: 'x', username: `${name}-3`, password: PASSWORD }),
			await ask('PUT', '/me/password', { current: PASSWORD, password: PASSWORD }, person.token),
		];
		expect(answers.every((a) => a.status === 503 && a.headers['retry-after']), `${answers.map((a) => a.status)}`);
		await others();
	});

	await report.step('one socket for everything works as well', async () => {
		const file = path.join(instance.dir, 'nginx/moot-http.conf');
		const conf = readFileSync(file, 'utf8');
		writeFileSync(file, conf.replaceAll('/hash.sock', '/api.sock'));
		try {
			await instance.service('restart', 'nginx');
			const answer = await until('nginx is back', () => request(base, 'POST', '/api/v1/auth/login', { json: { login: name, password: PASSWORD }, keep: false }));
			expect(answer.status === 200, `${answer.status} ${answer.text}`);
		} finally {
			await instance.up();
		}
		const answer = await request(base, 'POST', '/api/v1/auth/login', { json: { login: name, password: PASSWORD }, keep: false });
		expect(answer.status === 200, `${answer.status} ${answer.text}`);
	});
}
