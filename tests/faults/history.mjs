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

import { Access } from './access.mjs';
import { Deliveries } from './deliveries.mjs';

const MOST_SHOWN = 5;

function percentile(sorted, p) {
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

function checkWritten(all, found) {
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
export function checkHistory(records) {
	const all = collect(records);
	const found = new Findings();
	checkWritten(all, found);
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
