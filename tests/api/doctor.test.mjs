// moot doctor beside the instance: what it says of the way through the web server.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import http from 'node:http';
import { assert, DIR, PROGRAM, skip, test, URL_BASE } from './lib.mjs';

const CONF = `${DIR}/moot.conf`;
const MOOT = PROGRAM.replace(/moot-api$/, 'moot');

/** {check: level} of what doctor finds, the site being at `base`. */
const doctor = (base) => new Promise((resolve, reject) => {
	execFile(MOOT, ['-c', CONF, 'doctor', '--json'], { env: { ...process.env, MOOT_BASE_URL: base } }, (error, stdout) => {
		try {
			resolve(Object.fromEntries(JSON.parse(stdout).findings.map((c) => [c.check, c.level])));
		} catch {
			reject(error ?? new Error(stdout));
		}
	});
});

/** A web server before the instance that changes the headers of a request. */
const before = (change) => new Promise((resolve) => {
	const server = http.createServer((req, res) => {
		const headers = { ...req.headers };
		change(headers);
		const on = http.request(new URL(req.url, URL_BASE), { method: req.method, headers }, (r) => {
			res.writeHead(r.statusCode, r.headers);
			r.pipe(res);
		});
		on.on('error', () => res.destroy());
		req.pipe(on);
	});
	server.listen(0, '127.0.0.1', () => resolve(server));
});

export default async function () {
	if (DIR === '' || !existsSync(CONF) || !existsSync(MOOT)) {
		skip('moot doctor', 'needs MOOT_DIR/moot.conf and the programs');
		return;
	}
	await test('doctor sees that scripts can sign in, and with which key', async () => {
		const said = await doctor(URL_BASE);
		assert.deepEqual([said.site, said.authorization, said.same_config, said.stream], ['ok', 'ok', 'ok', 'ok']);
	});
	await test('and that they cannot where the header is lost', async () => {
		const server = await before((headers) => delete headers.authorization);
		const said = await doctor(`http://127.0.0.1:${server.address().port}`);
		server.close();
		assert.deepEqual([said.site, said.authorization], ['ok', 'problem']);
	});
	await test('and that the handlers run with another base_url', async () => {
		const server = await before(() => {});
		const said = await doctor(`http://127.0.0.1:${server.address().port}`);
		server.close();
		assert.deepEqual([said.authorization, said.same_config], ['ok', 'problem']);
	});
}
