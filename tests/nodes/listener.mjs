// A client as it should be: keeps its position, comes back by itself, takes each event once.
import { openStream } from '../support/stream.mjs';

export class Listener {
	live = false;
	node = null;
	connections = 0;
	resets = 0;
	types = new Set();
	revoked = new Set();
	flaw = null; // a rule of the stream that was broken
	#cursor = null;
	#heads = new Map();
	#texts = new Map();
	#wire = null;
	#over = false;

	constructor(base, person, kind) {
		Object.assign(this, { base, person, kind });
	}

	texts(stream) {
		return this.#texts.get(stream) ?? [];
	}

	open() {
		this.connections++;
		this.#wire = openStream({
			base: this.base, kind: this.kind, token: this.person.token, since: this.#cursor,
			event: (e) => this.#event(e),
			control: (name, data, cursor) => this.#control(name, data, cursor),
			end: () => this.#ended(),
		});
	}

	#event(e) {
		this.types.add(e.type);
		if (!e.rev) return;
		const head = this.#heads.get(e.stream);
		if (head !== undefined && e.rev <= head) return; // again, because the position was older
		if (head !== undefined && e.rev !== head + 1) this.flaw ??= `${e.stream}: ${e.rev} after ${head}`;
		this.#heads.set(e.stream, e.rev);
		if (e.type !== 'message.created') return;
		if (!this.#texts.has(e.stream)) this.#texts.set(e.stream, []);
		this.#texts.get(e.stream).push(e.data.content);
	}

	#control(name, data, cursor) {
		if (cursor) this.#cursor = cursor;
		if (name === 'hello') {
			this.live = true;
			this.node = data.node;
			this.resets += data.reset.length;
		} else if (name === 'reset') this.resets++;
		else if (name === 'revoke') this.revoked.add(data.stream);
	}

	#ended() {
		this.live = false;
		if (!this.#over) setTimeout(() => this.#over || this.open(), 50 + Math.random() * 200);
	}

	/** Loses the connection, and comes back. */
	cut() {
		this.live = false;
		this.#wire?.cut();
	}

	stop() {
		this.#over = true;
		this.#wire?.cut();
	}
}
