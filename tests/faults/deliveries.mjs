// Rules D1 to D4: what reached the readers, against what was committed and who may see it.

/** One reader: what a client would have kept, stream by stream. */
class Reader {
	last = new Map(); // stream -> rev last kept
	lastIn = new Map(); // stream -> connection of that
	here = new Map(); // stream -> rev last seen in this connection
	seqs = new Map(); // stream -> seq of the last message kept
	got = new Set(); // messages kept or fetched
	kept = 0;
	again = 0;
	resets = 0;
	vain = new Map(); // stream -> head up to which there is nothing to be had any more
	hello = Infinity; // when its connection began to be live
}

export class Deliveries {
	readers = new Map();
	latency = [];
	liveLatency = [];
	delivered = 0;

	constructor(all, access, found) {
		Object.assign(this, { all, access, found });
		this.posted = new Map();
		for (const op of all.ops.values()) if (op.what === 'post' && op.end === 'ok') this.posted.set(op.id, op);
		// A fetch may come after the event that follows the hole, so they are known beforehand.
		this.fetched = new Map();
		for (const x of all.wire) {
			if (x.k !== 'fetched') continue;
			if (!this.fetched.has(x.r)) this.fetched.set(x.r, new Set());
			for (const id of x.ids) this.fetched.get(x.r).add(id);
		}
		this.#findVain(all.wire);
		this.users = new Map(all.opens.map((x) => [x.r, x.u]));
		for (const x of all.wire) this.take(x);
		for (const s of all.settled) this.checkTail(s);
	}

	/** Resets whose fetch found nothing: the stream was not his any more when he asked. */
	#findVain(wire) {
		const open = new Map();
		for (const x of wire) {
			if (x.k === 'reset') open.set(`${x.r} ${x.stream}`, [...(open.get(`${x.r} ${x.stream}`) ?? []), x]);
			if (x.k !== 'fetched') continue;
			for (const reset of open.get(`${x.r} channel:${x.ch}`) ?? []) reset.vain = x.ids.length === 0;
			open.delete(`${x.r} channel:${x.ch}`);
		}
	}

	reader(r) {
		if (!this.readers.has(r)) this.readers.set(r, new Reader());
		return this.readers.get(r);
	}

	take(x) {
		const r = this.reader(x.r);
		switch (x.k) {
			case 'open':
				r.here = new Map();
				r.hello = Infinity;
				for (const [stream, rev] of Object.entries(x.heads ?? {})) r.last.set(stream, rev);
				break;
			case 'hello':
				r.hello = x.t;
				break;
			case 'reset':
				// What it skips is a hole like any other, which only a fetch can fill.
				r.resets++;
				if (x.vain) r.vain.set(x.stream, x.head ?? Infinity);
				break;
			case 'd':
				for (const e of x.e) this.event(r, x, ...e);
				break;
		}
	}

	event(r, x, stream, rev, type, id, seq) {
		const { found } = this;
		const u = this.users.get(x.r);
		this.delivered++;
		const here = r.here.get(stream) ?? 0;
		if (rev <= here) found.add('D2', `reader ${x.r}, connection ${x.c}: ${stream} ${rev} after ${here}`);
		r.here.set(stream, Math.max(here, rev));
		this.checkCommitted(x, stream, rev, type, id);
		this.checkEntitled(x, u, stream, rev);
		const last = r.last.get(stream);
		if (last !== undefined && rev <= last) {
			r.again++;
			return;
		}
		this.checkHole(r, x, u, stream, rev);
		r.last.set(stream, rev);
		r.lastIn.set(stream, x.c);
		r.kept++;
		if (type !== 'message.created') return;
		if (r.got.has(id)) found.add('D1', `reader ${x.r}: message ${id} was delivered twice under different revs`);
		r.got.add(id);
		if (seq <= (r.seqs.get(stream) ?? 0)) found.add('D2', `reader ${x.r}: ${stream} seq ${seq} after ${r.seqs.get(stream)}`);
		r.seqs.set(stream, seq);
		const op = this.posted.get(id);
		if (!op) return;
		this.latency.push(x.t - op.t0);
		if (r.hello < op.t0) this.liveLatency.push(x.t - op.t0);
	}

	/** Every event between the last kept and this one must have been none of his, or fetched. */
	checkHole(r, x, u, stream, rev) {
		if (stream.startsWith('user:') && r.last.get(stream) === undefined) return;
		const same = r.lastIn.get(stream) === x.c;
		const from = Math.max(r.last.get(stream) ?? 0, r.vain.get(stream) ?? 0) + 1;
		r.vain.delete(stream);
		for (let missing = from; missing < rev; missing++)
			this.missed(x.r, u, stream, missing, `before ${rev}`, same && this.access.unbroken(u, stream, missing, rev));
	}

	/**
	 * `present`: connected all the time, and what came next was his within the same stay. Otherwise a stay
	 * that has ended is not played back.
	 */
	missed(name, u, stream, rev, where, present) {
		if (!this.access.mayRead(u, stream, rev)) return;
		if (!present && !this.access.lasts(u, stream, rev)) return;
		const e = this.all.events.get(stream)?.[rev - 1];
		if (e?.id && this.fetched.get(name)?.has(e.id)) return;
		// A fetch brings messages as they are; other events of a reset stream are in what it brings.
		if (e && !e.id && this.reader(name).resets) return;
		this.found.add('D1', `reader ${name}: ${stream} ${rev} (${e?.type}) never came, ${where}`);
	}

	checkTail({ r: name, u }) {
		const r = this.reader(name);
		for (const [stream, list] of this.all.events) {
			if (stream.startsWith('user:') && r.last.get(stream) === undefined) continue;
			for (let rev = (r.last.get(stream) ?? 0) + 1; rev <= list.length; rev++)
				if (this.access.lasts(u, stream, rev)) this.missed(name, u, stream, rev, 'at the end', true);
		}
	}

	checkCommitted(x, stream, rev, type, id) {
		const e = this.all.events.get(stream)?.[rev - 1];
		if (!e) this.found.add('D4', `reader ${x.r}: ${stream} ${rev} (${type}) is not committed`);
		else if (e.type !== type || (id !== null && e.id !== null && e.id !== id))
			this.found.add('D4', `reader ${x.r}: ${stream} ${rev} came as ${type} ${id}, committed is ${e.type} ${e.id}`);
	}

	checkEntitled(x, u, stream, rev) {
		if (this.access.mayRead(u, stream, rev)) return;
		// Let in again, he may read back over what he was not there for; but not before.
		if (this.access.mayRead(u, stream, rev, x.t)) return;
		this.found.add('D3', `reader ${x.r} of ${u} got ${stream} ${rev}`);
	}
}
