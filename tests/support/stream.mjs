// Readers of /api/v1/stream on the bare protocol: Server-Sent Events, WebSocket and NDJSON, written
// apart from the server's codecs and without a library, so that a connection can be cut inside a
// frame or left unread.
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { StringDecoder } from 'node:string_decoder';

const agent = new http.Agent({ keepAlive: false, maxSockets: 4096 });

/** Splits a text/event-stream into {event, data, id}. Give it bytes, it calls back per block. */
export class SseParser {
	#decoder = new StringDecoder('utf8');
	#rest = '';

	constructor(block) {
		this.block = block;
	}

	write(bytes) {
		const text = this.#rest + this.#decoder.write(bytes);
		const blocks = text.split('\n\n');
		this.#rest = blocks.pop();
		for (const one of blocks) this.#take(one);
	}

	#take(text) {
		const got = { event: '', data: null, id: null };
		for (const line of text.split('\n')) {
			const at = line.indexOf(':');
			if (at <= 0) continue;
			const value = line.slice(line[at + 1] === ' ' ? at + 2 : at + 1);
			const name = line.slice(0, at);
			if (name === 'data') got.data = got.data === null ? value : `${got.data}\n${value}`;
			else if (name in got) got[name] = value;
		}
		if (got.data !== null) this.block(got);
	}
}

/** Server-to-client WebSocket frames (RFC 6455, 5.2). Anything a server must not send throws. */
export class FrameParser {
	#rest = Buffer.alloc(0);
	#parts = [];

	constructor(take) {
		this.take = take;
	}

	write(bytes) {
		let buf = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
		for (;;) {
			const frame = this.#frame(buf);
			if (!frame) break;
			buf = buf.subarray(frame.size);
			this.#deliver(frame);
		}
		this.#rest = buf;
	}

	#frame(buf) {
		if (buf.length < 2) return null;
		if (buf[0] & 0x70) throw new Error('a reserved bit is set');
		if (buf[1] & 0x80) throw new Error('a frame from the server is masked');
		let length = buf[1];
		let start = 2;
		if (length === 126) {
			if (buf.length < 4) return null;
			length = buf.readUInt16BE(2);
			if (length < 126) throw new Error('a length is not in its shortest form');
			start = 4;
		} else if (length === 127) {
			if (buf.length < 10) return null;
			length = Number(buf.readBigUInt64BE(2));
			if (length < 65536) throw new Error('a length is not in its shortest form');
			start = 10;
		}
		if (buf.length < start + length) return null;
		const opcode = buf[0] & 15;
		return { fin: buf[0] & 0x80, opcode, payload: buf.subarray(start, start + length), size: start + length };
	}

	#deliver({ fin, opcode, payload }) {
		if (opcode >= 8) {
			if (!fin || payload.length > 125) throw new Error('a control frame is in parts or too long');
			return this.take(opcode, payload);
		}
		if ((opcode === 0) !== this.#parts.length > 0) throw new Error('a continuation without a start, or none');
		this.#parts.push(Buffer.from(payload));
		if (!fin) return;
		const whole = Buffer.concat(this.#parts);
		this.#parts = [];
		this.take(1, whole);
	}
}

function maskedFrame(opcode, payload) {
	if (payload.length > 125) throw new Error('only short frames here');
	const mask = randomBytes(4);
	const frame = Buffer.alloc(6 + payload.length);
	frame[0] = 0x80 | opcode;
	frame[1] = 0x80 | payload.length;
	mask.copy(frame, 2);
	for (let i = 0; i < payload.length; i++) frame[6 + i] = payload[i] ^ mask[i & 3];
	return frame;
}

const strict = new TextDecoder('utf-8', { fatal: true });

/**
 * Opens the stream. kind: 'sse' | 'ws' | 'ndjson'. Calls back:
 *   event(envelope, text)    a numbered or ephemeral event and its bytes
 *   control(name, data, cursor)
 *   end(why)                 once; why: {status?, code?, bye?, error?}
 * Gives {cut(), cutInside(), close(), pause(), resume(), send()}.
 */
export function openStream({ base, kind, token, since, query = '', event, control, end }) {
	const url = new URL('/api/v1/stream', base);
	url.search = query;
	if (since) url.searchParams.set('since', since);
	const headers = { accept: { sse: 'text/event-stream', ndjson: 'application/x-ndjson', ws: '*/*' }[kind] };
	if (token) headers.authorization = `Bearer ${token}`;
	const key = randomBytes(16).toString('base64');
	if (kind === 'ws')
		Object.assign(headers, {
			connection: 'Upgrade',
			upgrade: 'websocket',
			'sec-websocket-version': '13',
			'sec-websocket-key': key,
		});

	let over = false;
	let socket = null;
	let source = null;
	let inside = false;
	let bye = null;
	let gotCode = null;
	const finish = (why) => {
		if (over) return;
		over = true;
		req.destroy();
		socket?.destroy();
		end({ bye, code: gotCode, ...why });
	};
	const value = (text) => {
		if (over) return;
		const got = JSON.parse(text);
		if (got.control === undefined) return event(got, text);
		if (got.control === 'bye') bye = got;
		control(got.control, got, got.cursor ?? null);
	};
	const blocks = new SseParser((b) => {
		if (over) return;
		if (!b.event) return event(JSON.parse(b.data), b.data);
		const data = JSON.parse(b.data);
		if (b.event === 'bye') bye = data;
		control(b.event, data, b.id);
	});
	const frames = new FrameParser((opcode, payload) => {
		if (opcode === 1) value(strict.decode(payload));
		else if (opcode === 9) socket.write(maskedFrame(10, payload));
		else if (opcode === 8) {
			gotCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
			if (!over) socket.end(maskedFrame(8, payload.subarray(0, 2)));
		}
	});
	let line = '';
	const decoder = new StringDecoder('utf8');
	const lines = (bytes) => {
		const all = (line + decoder.write(bytes)).split('\n');
		line = all.pop();
		for (const one of all) if (one) value(one);
	};
	const parse = { sse: (b) => blocks.write(b), ws: (b) => frames.write(b), ndjson: lines }[kind];
	const take = (bytes) => {
		try {
			if (!inside) return parse(bytes);
			// Take a part only, so that the cut falls inside a frame or an event.
			parse(bytes.subarray(0, Math.max(1, Math.floor(bytes.length * Math.random()))));
			finish({ error: 'cut' });
		} catch (e) {
			finish({ error: `unreadable: ${e.message}`, broken: true });
		}
	};

	const req = http.request(url, { headers, agent });
	req.setTimeout(90_000, () => finish({ error: 'silent for 90 s' }));
	req.on('error', (e) => finish({ error: e.message }));
	req.on('response', (res) => {
		if (res.statusCode !== 200 || kind === 'ws') {
			const parts = [];
			res.on('data', (b) => parts.push(b));
			res.on('end', () => finish({ status: res.statusCode, text: Buffer.concat(parts).toString() }));
			res.on('error', (e) => finish({ error: e.message }));
			return;
		}
		source = res;
		res.on('data', take);
		res.on('end', () => finish({}));
		res.on('error', (e) => finish({ error: e.message }));
	});
	req.on('upgrade', (res, sock, first) => {
		const want = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
		if (res.headers['sec-websocket-accept'] !== want)
			return finish({ error: 'wrong Sec-WebSocket-Accept', broken: true });
		socket = sock;
		source = sock;
		sock.on('error', (e) => finish({ error: e.message }));
		sock.on('close', () => finish({}));
		sock.on('data', take);
		if (first.length) take(first);
	});
	req.end();

	return {
		cut: () => finish({ error: 'cut' }),
		cutInside: () => {
			inside = true;
		},
		close: () => {
			if (socket) socket.write(maskedFrame(8, Buffer.from([0x03, 0xe8])));
			finish({ error: 'closed' });
		},
		pause: () => source?.pause(),
		resume: () => source?.resume(),
		send: (text) => socket?.write(maskedFrame(1, Buffer.from(text))),
	};
}
