// The checker: reads what a run recorded and says what the system promised and did not keep.
//
// A history is JSONL, every `t` in ms of one monotonic clock:
//   {k:"channel", ch, server|null, private, name}         what there is
//   {k:"base", u, stream, rev}                            u may read stream from its beginning on, without an event saying so
//   {k:"invoke", t, op, u, ch, what:"post"|"edit"|"delete", nonce?, content?, of?}   of: op of the message changed
//   {k:"ok", t, op, id, seq, rev} {k:"fail", t, op, status} {k:"unknown", t, op, why}
//   {k:"open", t, r, c, u, how, heads:{stream:rev}?}      reader r opens connection c; heads: where it starts (absent: at its cursor)
//   {k:"hello", t, r, c} {k:"close", t, r, c, why}
//   {k:"d", t, r, c, e:[[stream, rev, type, id|null, seq|null], …]}   events in the order they came
//   {k:"reset", t, r, c, stream, head|null}               the reader must fetch
//   {k:"fetched", t, r, ch, ids:[…]}                      and did
//   {k:"differs", r, stream, rev}                         other bytes than an earlier delivery of the same event
//   {k:"join", t, u, stream}                              the run asks for u to be let in (only if it comes to that)
//   {k:"fault", t, name} {k:"healed", t, name}
//   {k:"event", stream, rev, type, access, subject, parent, parent_rev, id|null}     the committed events, in rev order
//   {k:"message", ch, id, seq, u, nonce, content, deleted}   the whole history, read over REST at the end, oldest first
//   {k:"settled", r, u, c}                                reader r was connected when everything had come to rest
//
// Rules:
//   H1 durable     acknowledged: in the history, as acknowledged
//   H2 no phantom  in the history: intended and not refused
//   H3 once        no message and no intent twice
//   H4 seq         1,2,3… in each channel
//   H5 real time   acknowledged before another was begun: numbered before it
//   H6 versions    the text is that of the last acknowledged edit, or of an unknown one after it
//   R1 rev         1,2,3… in each stream, and acknowledgements name what is committed
//   D1 once        every entitled event reaches each reader exactly once, after dropping rev <= last seen
//   D2 order       within a connection rev rises in each stream, seq in each channel
//   D3 no leak     nothing reaches who may not see it
//   D4 committed   what is delivered is committed, and says the same
//   D5 same bytes  every reader gets the same bytes

const MOST_SHOWN = 5;

export function percentile(sorted, p) {
	if (sorted.length === 0) return null;
	return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)];
}

class Findings {
	rules = {};
	add(rule, text) {
		const found = (this.rules[rule] ??= { count: 0, shown: [] });
		found.count++;
		if (found.shown.length < MOST_SHOWN) found.shown.push(text);
	}
}

// ---- what was written -------------------------------------------------------

/** Sorts the records by kind. */
function collect(records) {
	const all = {
		channels: new Map(), base: [], ops: new Map(), events: new Map(), messages: new Map(),
		wire: [], settled: [], faults: [], differs: [], opens: [], joins: [],
	};
	for (const x of records) {
		switch (x.k) {
			case 'channel': all.channels.set(`channel:${x.ch}`, x); break;
			case 'base': all.base.push(x); break;
			case 'invoke': all.ops.set(x.op, { ...x, t0: x.t, t1: Infinity, end: 'unknown' }); break;
			case 'ok': case 'fail': case 'unknown': {
				const op = all.ops.get(x.op);
				Object.assign(op, { end: x.k, id: x.id, seq: x.seq, rev: x.rev, status: x.status });
				if (x.k === 'ok') op.t1 = x.t;
				op.ended = x.t;
				break;
			}
			case 'event': {
				if (!all.events.has(x.stream)) all.events.set(x.stream, []);
				all.events.get(x.stream).push(x);
				break;
			}
			case 'message': {
				if (!all.messages.has(x.ch)) all.messages.set(x.ch, []);
				all.messages.get(x.ch).push(x);
				break;
			}
			case 'open': all.opens.push(x); all.wire.push(x); break;
			case 'hello': case 'close': case 'd': case 'reset': case 'fetched': all.wire.push(x); break;
			case 'settled': all.settled.push(x); break;
			case 'fault': case 'healed': all.faults.push(x); break;
			case 'join': all.joins.push(x); break;
			case 'differs': all.differs.push(x); break;
		}
	}
	return all;
}

// ---- H: the history ---------------------------------------------------------

function checkHistory(all, found) {
	const posts = [...all.ops.values()].filter((o) => o.what === 'post');
	const byNonce = new Map(posts.map((o) => [`${o.u} ${o.nonce}`, o]));
	const byId = new Map();
	const taken = new Map();
	for (const [ch, list] of all.messages) {
		list.forEach((m, i) => {
			if (m.seq !== i + 1) found.add('H4', `channel ${ch}: message ${m.id} stands at ${i + 1} and has seq ${m.seq}`);
			if (byId.has(m.id)) found.add('H3', `message ${m.id} is in the history twice`);
			byId.set(m.id, m);
			const op = byNonce.get(`${m.u} ${m.nonce}`);
			if (!op) return found.add('H2', `message ${m.id} in channel ${ch} was never intended (nonce ${m.nonce})`);
			if (op.end === 'fail') found.add('H2', `message ${m.id} was refused with ${op.status} and is in the history`);
			if (op.ch !== ch) found.add('H2', `message ${m.id} was meant for channel ${op.ch} and is in ${ch}`);
			if (taken.has(op.op)) found.add('H3', `intent ${op.op} (${op.end}) made messages ${taken.get(op.op)} and ${m.id}`);
			taken.set(op.op, m.id);
		});
	}
	for (const op of posts) {
		if (op.end !== 'ok') continue;
		const m = byId.get(op.id);
		if (!m || m.ch !== op.ch) found.add('H1', `message ${op.id} (intent ${op.op}) was acknowledged and is not in channel ${op.ch}`);
		else if (m.seq !== op.seq || m.u !== op.u)
			found.add('H1', `message ${op.id} was acknowledged with seq ${op.seq} by ${op.u}, the history says ${m.seq} by ${m.u}`);
	}
	checkRealTime(all, posts, found);
	checkVersions(all, posts, byId, taken, found);
	return byId;
}

/** In each channel: no message that was acknowledged before another was begun stands after it. */
function checkRealTime(all, posts, found) {
	const byChannel = new Map();
	for (const op of posts) {
		if (op.end !== 'ok') continue;
		if (!byChannel.has(op.ch)) byChannel.set(op.ch, []);
		byChannel.get(op.ch).push(op);
	}
	for (const [ch, list] of byChannel) {
		list.sort((a, b) => b.seq - a.seq);
		let earliest = null;
		for (const op of list) {
			if (earliest && earliest.t1 < op.t0)
				found.add('H5', `channel ${ch}: ${op.id} (seq ${op.seq}) was begun ${Math.round(op.t0 - earliest.t1)} ms after ${earliest.id} (seq ${earliest.seq}) was acknowledged`);
			if (!earliest || op.t1 < earliest.t1) earliest = op;
		}
	}
}

/** Each message has one editor who waits for his answers, so its versions have one order. */
function checkVersions(all, posts, byId, taken, found) {
	const changes = new Map();
	for (const op of all.ops.values()) {
		if (op.what === 'post') continue;
		if (!changes.has(op.of)) changes.set(op.of, []);
		changes.get(op.of).push(op);
	}
	for (const op of posts) {
		const m = byId.get(taken.get(op.op));
		if (!m) continue;
		let may = [op.content];
		let deleted = [false];
		for (const change of changes.get(op.op) ?? []) {
			if (change.end === 'fail') continue;
			if (change.what === 'edit') may = change.end === 'ok' ? [change.content] : [...may, change.content];
			else deleted = change.end === 'ok' ? [true] : [...deleted, true];
		}
		if (!deleted.includes(m.deleted)) found.add('H6', `message ${m.id} is ${m.deleted ? '' : 'not '}deleted`);
		else if (m.deleted ? m.content !== '' : !may.includes(m.content))
			found.add('H6', `message ${m.id} says ${JSON.stringify(m.content)} instead of ${JSON.stringify(may.at(-1))}`);
	}
}

// ---- R: the numbers of streams ----------------------------------------------

function checkRevs(all, found) {
	const created = new Map();
	for (const [stream, list] of all.events) {
		list.forEach((e, i) => {
			if (e.rev !== i + 1) found.add('R1', `${stream}: event ${i + 1} has rev ${e.rev}`);
			if (e.type !== 'message.created') return;
			if (created.has(e.id)) found.add('R1', `${stream}: message ${e.id} was created twice`);
			created.set(e.id, e);
		});
	}
	for (const op of all.ops.values()) {
		if (op.end !== 'ok' || op.what !== 'post') continue;
		const e = created.get(op.id);
		if (!e) found.add('R1', `message ${op.id} was acknowledged and has no event`);
		else if (e.rev !== op.rev || e.stream !== `channel:${op.ch}`)
			found.add('R1', `message ${op.id} was acknowledged with rev ${op.rev}, its event is ${e.stream} ${e.rev}`);
	}
}

// ---- who may see what ---------------------------------------------------------

/**
 * For each person and stream the intervals of rev in which the stream was his: from the event that
 * let him in to the one that took him out, both included; `to` is Infinity while it lasts. `asked`
 * is when the run asked for it.
 */
class Access {
	#spans = new Map();
	#all;

	constructor(all) {
		this.#all = all;
		for (const b of all.base) this.#of(b.u, b.stream).push({ from: b.rev, to: Infinity, asked: -Infinity });
		for (const [stream, list] of all.events)
			if (!stream.startsWith('user:')) for (const e of list) this.#apply(stream, e);
		for (const [stream, list] of all.events)
			if (stream.startsWith('server:')) for (const e of list) if (e.access === 2) this.#below(stream, e);
		this.#date();
	}

	#of(u, stream) {
		const key = `${u} ${stream}`;
		let spans = this.#spans.get(key);
		if (!spans) this.#spans.set(key, (spans = []));
		return spans;
	}

	#apply(stream, e) {
		if (e.subject === '0' || (e.access !== 1 && e.access !== 2)) return;
		const spans = this.#of(e.subject, stream);
		const open = spans.find((s) => s.to === Infinity);
		// In again without having gone out: he had lost the whole server meanwhile.
		if (open) open.to = e.access === 2 ? e.rev : e.rev - 1;
		if (e.access === 1) spans.push({ from: e.rev, to: Infinity, asked: -Infinity });
	}

	/** Who loses a server loses what was shared with him below it, without an event for each. */
	#below(server, e) {
		for (const [stream, ch] of this.#all.channels) {
			if (`server:${ch.server}` !== server || !ch.private) continue;
			let last = 0;
			for (const x of this.#all.events.get(stream) ?? []) if (x.parent_rev < e.rev) last = x.rev;
			const held = this.#of(e.subject, stream).find((s) => s.from <= last && s.to > last);
			if (held) held.to = last;
		}
	}

	/** The n-th time he came in is the n-th time the run asked for it. */
	#date() {
		const asked = new Map();
		for (const j of this.#all.joins) {
			const key = `${j.u} ${j.stream}`;
			if (!asked.has(key)) asked.set(key, []);
			asked.get(key).push(j.t);
		}
		for (const [key, times] of asked) {
			const spans = (this.#spans.get(key) ?? []).filter((s) => s.from > 0);
			spans.forEach((s, i) => {
				s.asked = times[i + times.length - spans.length] ?? -Infinity;
			});
		}
	}

	/** In an interval of his; or, with `at`, before one that had been asked for by then. */
	#holds(u, stream, rev, at, strictly) {
		return this.#of(u, stream).some((s) =>
			s.from <= rev ? (strictly ? s.to > rev : s.to >= rev) : at !== null && s.asked <= at);
	}

	/**
	 * May u read this event: it is in an interval of his, and so is what it was committed under. With
	 * `at` (a time) also what an interval that he had been let into by then lets him read back.
	 */
	mayRead(u, stream, rev, at = null) {
		if (stream.startsWith('user:')) return stream === `user:${u}`;
		const ch = this.#all.channels.get(stream);
		if (!ch || !ch.server) return this.#holds(u, stream, rev, at, false);
		if (ch.private && !this.#holds(u, stream, rev, at, false)) return false;
		const e = this.#all.events.get(stream)?.[rev - 1];
		// Committed under the very event that took him out: not his.
		return Boolean(e) && this.#holds(u, `server:${ch.server}`, e.parent_rev, at, true);
	}

	/** Does the interval that lets him read this last to the end? */
	lasts(u, stream, rev) {
		if (stream.startsWith('user:')) return true;
		const ch = this.#all.channels.get(stream);
		const open = (s, r) => this.#of(u, s).some((x) => x.from <= r && x.to === Infinity);
		if (!ch || !ch.server) return open(stream, rev);
		if (ch.private && !open(stream, rev)) return false;
		const e = this.#all.events.get(stream)?.[rev - 1];
		return Boolean(e) && open(`server:${ch.server}`, e.parent_rev);
	}
}

// ---- D: what reached the readers ----------------------------------------------

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
	hello = Infinity; // when its connection began to be live
}

class Deliveries {
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
		this.users = new Map(all.opens.map((x) => [x.r, x.u]));
		for (const x of all.wire) this.take(x);
		for (const s of all.settled) this.checkTail(s);
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
		for (let missing = (r.last.get(stream) ?? 0) + 1; missing < rev; missing++)
			this.missed(x.r, u, stream, missing, `before ${rev}`, same);
	}

	missed(name, u, stream, rev, where, same) {
		if (!this.access.mayRead(u, stream, rev)) return;
		// An interval that ended while he was away is not played back to who came in again.
		if (!same && !this.access.lasts(u, stream, rev)) return;
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

// ---- all of it ------------------------------------------------------------------

const sorted = (list) => Float64Array.from(list).sort();

const figures = (list) => {
	const s = sorted(list);
	const ms = (v) => (v === null ? null : Math.round(v * 10) / 10);
	return { n: s.length, p50: ms(percentile(s, 50)), p99: ms(percentile(s, 99)), max: ms(s.at(-1) ?? null) };
};

function recoveries(all) {
	const acks = [...all.ops.values()].filter((o) => o.end === 'ok').sort((a, b) => a.t1 - b.t1);
	const deliveries = all.wire.filter((x) => x.k === 'd');
	return all.faults.filter((f) => f.k === 'healed').map((f) => {
		const ack = acks.find((o) => o.t0 >= f.t);
		const came = deliveries.find((x) => x.t >= f.t);
		const hello = all.wire.find((x) => x.k === 'hello' && x.t >= f.t);
		const after = (x, t) => (x ? Math.round(t - f.t) : null);
		return { name: f.name, ack: after(ack, ack?.t1), delivery: after(came, came?.t), hello: after(hello, hello?.t) };
	});
}

/** records: iterable of the objects above. Gives {violations, rules, counts, latency, recovery}. */
export function checkHistoryOf(records) {
	const all = collect(records);
	const found = new Findings();
	checkHistory(all, found);
	checkRevs(all, found);
	const d = new Deliveries(all, new Access(all), found);
	for (const x of all.differs) found.add('D5', `reader ${x.r}: ${x.stream} ${x.rev} came in other bytes than before`);
	const ops = [...all.ops.values()];
	const count = (what, end) => ops.filter((o) => o.what === what && o.end === end).length;
	const sum = (pick) => [...d.readers.values()].reduce((n, r) => n + (pick(r) ?? 0), 0);
	return {
		violations: Object.values(found.rules).reduce((n, r) => n + r.count, 0),
		rules: found.rules,
		counts: {
			posted: count('post', 'ok'), refused: count('post', 'fail'), unknown: count('post', 'unknown'),
			edited: count('edit', 'ok'), deleted: count('delete', 'ok'),
			history: [...all.messages.values()].reduce((n, l) => n + l.length, 0),
			events: [...all.events.values()].reduce((n, l) => n + l.length, 0),
			readers: d.readers.size, connections: all.opens.length,
			delivered: d.delivered, kept: sum((r) => r.kept), again: sum((r) => r.again), resets: sum((r) => r.resets),
		},
		latency: {
			ack: figures(ops.filter((o) => o.end === 'ok').map((o) => o.t1 - o.t0)),
			live: figures(d.liveLatency),
			all: figures(d.latency),
		},
		recovery: recoveries(all),
	};
}

export const RULES = {
	H1: 'acknowledged messages are durable', H2: 'no message that nobody intended or that was refused',
	H3: 'nothing twice in the history', H4: 'seq has no gap', H5: 'order in real time',
	H6: 'edits and deletions hold', R1: 'rev has no gap and matches the acknowledgements',
	D1: 'each entitled event once to each reader', D2: 'in order', D3: 'nothing to who may not see it',
	D4: 'nothing uncommitted', D5: 'the same bytes to all',
};
