// Stands between a browser and Moot, and does to connections what networks and proxies do.
import http from 'node:http';
import net from 'node:net';

/** What of the stream a request is: socket, sse, long, or null for anything else. */
function kindOf(req) {
	if (!/\/api\/v1\/stream(\?|$)/.test(req.url)) return null;
	if (req.headers.upgrade) return 'socket';
	return /event-stream/.test(req.headers.accept ?? '') ? 'sse' : 'long';
}

export class Proxy {
	/** Nothing behind answers: 502 for all. */
	down = false;
	/** Kinds of stream that do not get through. */
	blocked = new Set();
	/** How many streams were ever let through. */
	opened = 0;
	/** How often each kind was asked for. A long poll is open only once it is answered. */
	asked = { socket: 0, sse: 0, long: 0 };
	#streams = new Set();
	#target;
	#server;

	constructor(target) {
		this.#target = new URL(target);
	}

	async listen() {
		this.#server = http.createServer((req, res) => this.#pass(req, res));
		this.#server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket, head));
		await new Promise((done) => this.#server.listen(0, 'localhost', done));
		return `http://localhost:${this.#server.address().port}`;
	}

	/** Streams that are open now, by kind. */
	get streams() {
		return [...this.#streams].map((s) => s.kind);
	}

	/** All streams break, as when a daemon is killed. */
	cut() {
		for (const s of this.#streams) s.socket.destroy();
	}

	/** Nothing more comes through the streams that are open, and nobody says so. */
	freeze() {
		for (const s of this.#streams) {
			s.from.unpipe();
			s.from.resume();
		}
	}

	close() {
		this.cut();
		this.#server.closeAllConnections();
		this.#server.close();
	}

	#is(kind) {
		return this.down || (kind !== null && this.blocked.has(kind));
	}

	#keep(kind, socket, from) {
		const stream = { kind, socket, from };
		this.opened++;
		this.#streams.add(stream);
		socket.on('close', () => this.#streams.delete(stream));
	}

	#pass(req, res) {
		const kind = kindOf(req);
		const refuse = () => {
			if (!res.headersSent) res.writeHead(502, { 'content-type': 'text/html' });
			res.end('<h1>502 Bad Gateway</h1>');
		};
		if (kind) this.asked[kind]++;
		if (this.#is(kind)) return refuse();
		const { hostname, port } = this.#target;
		const up = http.request({ hostname, port, method: req.method, path: req.url, headers: req.headers }, (answer) => {
			res.writeHead(answer.statusCode, answer.headers);
			if (kind) this.#keep(kind, res, answer);
			answer.pipe(res);
		});
		up.on('error', refuse);
		res.on('close', () => up.destroy());
		req.pipe(up);
	}

	#upgrade(req, socket, head) {
		socket.on('error', () => {});
		this.asked.socket++;
		if (this.#is('socket')) return socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
		const up = net.connect(this.#target.port, this.#target.hostname, () => {
			const lines = req.rawHeaders.flatMap((h, i) => (i % 2 ? [] : `${h}: ${req.rawHeaders[i + 1]}`));
			up.write(`${req.method} ${req.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
			up.write(head);
			up.pipe(socket);
			socket.pipe(up);
			this.#keep('socket', socket, up);
		});
		up.on('error', () => socket.destroy());
		up.on('close', () => socket.destroy());
		socket.on('close', () => up.destroy());
	}
}
