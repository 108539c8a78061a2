// The bus by hand: what is published, and any other command.
import net from 'node:net';
import { assert, setting, until } from './lib.mjs';

function connect() {
	const target = setting('redis');
	return target.startsWith('unix:') ? net.connect(target.slice(5)) : net.connect(Number(target.split(':')[1]), target.split(':')[0]);
}

// One command; its answer as Redis wrote it.
export function redis(...words) {
	return new Promise((resolve, reject) => {
		const socket = connect();
		let out = '';
		socket.on('error', reject);
		socket.on('data', (chunk) => { out += chunk; });
		socket.on('close', () => resolve(out));
		socket.end(`*${words.length}\r\n${words.map((w) => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('')}*1\r\n$4\r\nQUIT\r\n`);
	});
}

// SUBSCRIBE by hand; collects the payloads by topic.
export async function subscribe(topics) {
	const got = [], socket = connect();
	let buffer = Buffer.alloc(0), ready = 0;
	socket.on('data', (chunk) => {
		buffer = Buffer.concat([buffer, chunk]);
		for (;;) {
			const parsed = read(buffer);
			if (!parsed) return;
			buffer = buffer.subarray(parsed.used);
			if (parsed.items[0] === 'subscribe') ready++;
			else got.push({ topic: parsed.items[1], payload: parsed.items[2] });
		}
	});
	socket.write(`*${topics.length + 1}\r\n$9\r\nSUBSCRIBE\r\n${topics.map((t) => `$${t.length}\r\n${t}\r\n`).join('')}`);
	await until('the subscription', () => ready === topics.length);
	return { got, close: () => socket.destroy() };
}

// One array of three bulk strings (or an integer last), or undefined when it is not whole yet.
function read(b) {
	let at = 0;
	const line = () => {
		const end = b.indexOf('\r\n', at);
		if (end < 0) return undefined;
		const s = b.toString('utf8', at, end);
		at = end + 2;
		return s;
	};
	const head = line();
	if (head === undefined) return undefined;
	const items = [];
	for (let i = 0; i < Number(head.slice(1)); i++) {
		const kind = line();
		if (kind === undefined) return undefined;
		if (kind[0] === ':') {
			items.push(Number(kind.slice(1)));
			continue;
		}
		const n = Number(kind.slice(1));
		if (b.length < at + n + 2) return undefined;
		items.push(b.toString('utf8', at, at + n));
		at += n + 2;
	}
	return { items, used: at };
}

export function parse({ topic, payload }) {
	const at = payload.indexOf('\n');
	const [version, id, rev, parent, parentRev, access, subject, type] = payload.slice(0, at).split(' ');
	assert.equal(version, '1');
	const event = JSON.parse(payload.slice(at + 1));
	assert.equal(event.type, type);
	assert.equal(event.stream.split(':')[1], topic.slice(2));
	assert.equal(event.rev, rev === '0' ? undefined : Number(rev));
	assert.match(event.at, /Z$/);
	return { id, rev: Number(rev), parent, parentRev: Number(parentRev), access: Number(access), subject, type, event, text: payload.slice(at + 1) };
}
