// What an idle stream costs nginx: private bytes of its workers, between one number of streams and twice that.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { register, request, runName } from '../support/api.mjs';
import * as instance from '../support/instance.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';

const STREAMS = 600;
const BOUND = 15_000;

// As Chromium sends them; what does not fit nginx's first buffer would cost 16 KB more.
const head = (host, token) => [
	'GET /api/v1/stream HTTP/1.1', `Host: ${host}`, 'Connection: keep-alive', 'sec-ch-ua-platform: "Linux"',
	'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
	'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"', 'sec-ch-ua-mobile: ?0', 'Accept: text/event-stream',
	'Cache-Control: no-cache', 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty',
	`Referer: http://${host}/channels/1882538264667095050`, 'Accept-Encoding: gzip, deflate, br, zstd',
	'Accept-Language: en-US,en;q=0.9,de;q=0.8', `Cookie: moot_access=${token}`, '', '',
].join('\r\n');

// A page has been loaded by the connection before: nginx relays the very first request of one another way.
const page = (host) => `HEAD / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

function openOne(url, token) {
	return new Promise((resolve, reject) => {
		const socket = net.connect(Number(url.port), url.hostname, () => socket.write(page(url.host)));
		let got = '';
		socket.once('data', () => socket.write(head(url.host, token)));
		socket.setTimeout(60_000, () => socket.destroy(new Error(`nothing after: ${got.slice(0, 300)}`)));
		socket.on('data', (b) => {
			got += b;
			if (/event: hello\n[^]*\n\n/.test(got)) {
				socket.setTimeout(0);
				resolve(socket);
			}
		});
		socket.on('error', reject);
		socket.on('close', () => reject(new Error(`closed: ${got.slice(0, 300)}`)));
	});
}

const privateBytes = (pids) => pids.reduce((sum, p) => sum + [...readFileSync(`/proc/${p}/smaps_rollup`, 'utf8')
	.matchAll(/^Private_\w+: +(\d+) kB$/gm)].reduce((n, m) => n + Number(m[1]) * 1024, 0), 0);

export async function idle(base, report) {
	await instance.up('--set', 'push_connections_per_user=1000');
	// what it had for streams before would be used again
	await instance.service('restart', 'nginx');
	await until('nginx is back', async () => (await request(base, 'GET', '/api/v1/meta', { keep: false })).status === 200);
	const url = new URL(base);
	const people = [];
	for (let i = 0; i < 4; i++) people.push(await register(base, `idle-${runName()}-${i}`));
	const sockets = [];
	const open = async (count) => {
		while (sockets.length < count)
			sockets.push(...await Promise.all(people.map((p) => openOne(url, p.token))));
		return privateBytes(await instance.pids('nginx'));
	};
	try {
		await report.step('an idle stream costs nginx 15,000 bytes at most', async () => {
			const before = await open(STREAMS);
			const each = Math.round((await open(2 * STREAMS) - before) / STREAMS);
			report.note(`${each} private bytes of nginx for each stream`);
			expect(each <= BOUND, `${each}`);
		});
	} finally {
		for (const s of sockets) s.destroy();
	}
}
