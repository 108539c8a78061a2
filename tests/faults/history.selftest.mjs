// The checker itself: a good history passes, and one seeded violation of each kind is caught by the
// rule that it breaks.
import { checkHistory } from './history.mjs';
import { Report } from '../support/report.mjs';

// Server S with its people ann (owner), bob, cy, dan; public channel P, private Q of ann, bob and
// (for a while) cy; a conversation D of ann and bob.
const [P, Q, D] = ['101', '102', '103'];
const S = '900';

class Maker {
	records = [];
	revs = new Map();
	seqs = new Map();
	ops = 0;
	id = 5000;
	clock = 0;
	log = new Map(); // channel -> final messages

	add(x) {
		this.records.push(x);
		return x;
	}

	now() {
		this.clock += 10;
		return this.clock;
	}

	event(stream, type, more = {}) {
		const rev = (this.revs.get(stream) ?? 0) + 1;
		this.revs.set(stream, rev);
		const inServer = stream === `channel:${P}` || stream === `channel:${Q}`;
		return this.add({
			k: 'event', stream, rev, type, access: 0, subject: '0', parent: inServer ? S : '0',
			parent_rev: inServer ? this.revs.get(`server:${S}`) : 0, id: null, ...more,
		});
	}

	post(u, ch, end = 'ok', content = `text ${this.ops + 1}`) {
		const op = ++this.ops;
		const nonce = `n${op}`;
		this.add({ k: 'invoke', t: this.now(), op, what: 'post', u, ch, nonce, content });
		if (end === 'fail') {
			this.add({ k: 'fail', t: this.now(), op, status: 403 });
			return { op };
		}
		if (end === 'lost') {
			this.add({ k: 'unknown', t: this.now(), op, why: 'timeout' });
			return { op };
		}
		const id = String(++this.id);
		const seq = (this.seqs.get(ch) ?? 0) + 1;
		this.seqs.set(ch, seq);
		const e = this.event(`channel:${ch}`, 'message.created', { subject: id, id });
		if (end === 'ok') this.add({ k: 'ok', t: this.now(), op, id, seq, rev: e.rev });
		else this.add({ k: 'unknown', t: this.now(), op, why: 'reset' });
		const m = { k: 'message', ch, id, seq, u, nonce, content, deleted: false };
		if (!this.log.has(ch)) this.log.set(ch, []);
		this.log.get(ch).push(m);
		return { op, id, seq, rev: e.rev, m, e: [`channel:${ch}`, e.rev, 'message.created', id, seq] };
	}

	edit(p, what, content, end = 'ok') {
		const op = ++this.ops;
		this.add({ k: 'invoke', t: this.now(), op, what, u: p.m.u, ch: p.m.ch, of: p.op, content });
		const e = this.event(`channel:${p.m.ch}`, what === 'edit' ? 'message.updated' : 'message.deleted', { subject: p.id, id: p.id });
		if (end === 'ok') this.add({ k: 'ok', t: this.now(), op, id: p.id, seq: p.seq, rev: e.rev });
		else this.add({ k: 'unknown', t: this.now(), op, why: 'reset' });
		p.m.content = what === 'edit' ? content : '';
		p.m.deleted = what === 'delete';
		return [`channel:${p.m.ch}`, e.rev, e.type, p.id, p.seq];
	}

	open(r, u, c, heads) {
		this.add({ k: 'open', t: this.now(), r, c, u, how: 'sse', ...(heads && { heads }) });
		this.add({ k: 'hello', t: this.now(), r, c });
	}

	give(r, c, ...e) {
		return this.add({ k: 'd', t: this.now(), r, c, e });
	}
}

function goodHistory() {
	const m = new Maker();
	m.add({ k: 'channel', ch: P, server: S, private: false, name: 'p' });
	m.add({ k: 'channel', ch: Q, server: S, private: true, name: 'q' });
	m.add({ k: 'channel', ch: D, server: null, private: true, name: 'd' });
	for (const u of ['ann', 'bob', 'cy', 'dan']) m.event(`server:${S}`, 'member.joined', { access: 1, subject: u });
	for (const u of ['ann', 'bob']) {
		m.add({ k: 'base', u, stream: `channel:${Q}`, rev: 0 });
		m.add({ k: 'base', u, stream: `channel:${D}`, rev: 0 });
	}
	const heads = { [`server:${S}`]: 4, [`channel:${P}`]: 0, [`channel:${Q}`]: 0, [`channel:${D}`]: 0 };
	m.open('r1', 'ann', 1, heads);
	m.open('r2', 'bob', 2, heads);
	m.open('r3', 'cy', 3, { [`server:${S}`]: 4, [`channel:${P}`]: 0 });
	m.open('r4', 'out', 4, {});

	const a = m.post('ann', P);
	const b = m.post('bob', P);
	m.give('r1', 1, a.e, b.e);
	m.give('r3', 3, a.e, b.e);
	// bob is cut after the first and sees it again when he resumes.
	m.give('r2', 2, a.e);
	m.add({ k: 'close', t: m.now(), r: 'r2', c: 2, why: 'cut' });
	m.open('r2', 'bob', 5);
	m.give('r2', 5, a.e, b.e);

	// cy is shared into Q and taken out again.
	const q1 = m.post('ann', Q);
	m.give('r1', 1, q1.e);
	m.add({ k: 'join', t: m.now(), u: 'cy', stream: `channel:${Q}` });
	const cyIn = m.event(`channel:${Q}`, 'member.joined', { access: 1, subject: 'cy' });
	const q2 = m.post('bob', Q);
	const inEvent = [`channel:${Q}`, cyIn.rev, 'member.joined', null, null];
	m.give('r1', 1, inEvent, q2.e);
	m.give('r2', 5, q1.e, inEvent, q2.e);
	m.give('r3', 3, inEvent, q2.e);
	const cyOut = m.event(`channel:${Q}`, 'member.left', { access: 2, subject: 'cy' });
	const outEvent = [`channel:${Q}`, cyOut.rev, 'member.left', null, null];
	const q3 = m.post('ann', Q);
	m.give('r3', 3, outEvent);
	m.give('r1', 1, outEvent, q3.e);
	m.give('r2', 5, outEvent, q3.e);

	// dan is kicked from the server and comes back; his reader was away meanwhile.
	m.open('r5', 'dan', 6, { [`server:${S}`]: 4, [`channel:${P}`]: 2 });
	const c = m.post('bob', P);
	for (const [r, n] of [['r1', 1], ['r2', 5], ['r3', 3], ['r5', 6]]) m.give(r, n, c.e);
	const kicked = m.event(`server:${S}`, 'member.left', { access: 2, subject: 'dan' });
	const kick = [`server:${S}`, kicked.rev, 'member.left', null, null];
	m.give('r5', 6, kick);
	const d = m.post('ann', P);
	m.add({ k: 'join', t: m.now(), u: 'dan', stream: `server:${S}` });
	const back = m.event(`server:${S}`, 'member.joined', { access: 1, subject: 'dan' });
	const again = [`server:${S}`, back.rev, 'member.joined', null, null];
	const e = m.post('bob', P);
	for (const [r, n] of [['r1', 1], ['r2', 5], ['r3', 3]]) m.give(r, n, kick, d.e, again, e.e);
	m.give('r5', 6, again, e.e);

	// Unknown outcomes, one that happened and one that did not; a refusal; a reset that is fetched.
	const f = m.post('bob', D, 'unknown');
	m.post('bob', D, 'lost');
	m.post('dan', Q, 'fail');
	const g = m.post('ann', D);
	m.give('r2', 5, f.e, g.e);
	m.add({ k: 'reset', t: m.now(), r: 'r1', c: 1, stream: `channel:${D}`, head: 2 });
	m.add({ k: 'fetched', t: m.now(), r: 'r1', ch: D, ids: [f.id, g.id] });
	const h = m.post('bob', D);
	m.give('r1', 1, h.e);
	m.give('r2', 5, h.e);

	// Changes: an edit, one of unknown outcome that took, a deletion.
	const changes = [m.edit(a, 'edit', 'better'), m.edit(b, 'edit', 'maybe', 'unknown'), m.edit(c, 'delete')];
	for (const [r, n] of [['r1', 1], ['r2', 5], ['r3', 3], ['r5', 6]]) m.give(r, n, ...changes);

	m.add({ k: 'fault', t: m.now(), name: 'push-kill' });
	m.add({ k: 'healed', t: m.now(), name: 'push-kill' });
	const last = m.post('ann', P);
	for (const [r, n] of [['r1', 1], ['r2', 5], ['r3', 3], ['r5', 6]]) m.give(r, n, last.e);
	for (const list of m.log.values()) for (const x of list) m.add(x);
	for (const [r, u, n] of [['r1', 'ann', 1], ['r2', 'bob', 5], ['r3', 'cy', 3], ['r4', 'out', 4], ['r5', 'dan', 6]])
		m.add({ k: 'settled', r, u, c: n });
	return { records: m.records, a, b, c, d, e, f, g, h, q1, q2, q3, last, cyIn, changes };
}

const drop = (h, pick) => h.records.splice(h.records.findIndex(pick), 1)[0];
const find = (h, pick) => h.records.find(pick);
const isGift = (r, id) => (x) => x.k === 'd' && x.r === r && x.e.some((e) => e[3] === id);
const without = (h, r, id, type = 'message.created') => {
	for (const x of h.records) if (x.k === 'd' && x.r === r) x.e = x.e.filter((e) => e[3] !== id || e[2] !== type);
};
const after = (h, pick, x) => h.records.splice(h.records.findIndex(pick) + 1, 0, x);
const message = (p) => (x) => x.k === 'message' && x.id === p.id;

const seeds = [
	['H1', 'an acknowledged message is gone', (h) => { drop(h, message(h.last)); }],
	['H1', 'an acknowledged message has another seq', (h) => { find(h, (x) => x.k === 'ok' && x.op === h.q2.op).seq = 1; }],
	['H2', 'a message that nobody wrote', (h) => { h.records.push({ ...find(h, message(h.last)), id: '9999', seq: 6, nonce: 'x' }); }],
	['H2', 'a refused message is there', (h) => { Object.assign(find(h, (x) => x.k === 'ok' && x.op === h.last.op), { k: 'fail', status: 403 }); }],
	['H2', 'a message is in the wrong channel', (h) => { find(h, (x) => x.k === 'invoke' && x.op === h.last.op).ch = Q; }],
	['H3', 'one intent made two messages', (h) => { h.records.push({ ...find(h, message(h.h)), id: '9999', seq: 4 }); }],
	['H3', 'an unknown outcome happened twice', (h) => { h.records.push({ ...find(h, message(h.f)), id: '9999', seq: 4 }); }],
	['H3', 'a message is listed twice', (h) => { h.records.push({ ...find(h, message(h.h)), seq: 4 }); }],
	['H4', 'a seq is left out', (h) => { find(h, message(h.last)).seq++; }],
	['H4', 'two messages stand in the wrong order', (h) => {
		const [i, j] = [h.records.findIndex(message(h.a)), h.records.findIndex(message(h.b))];
		[h.records[i], h.records[j]] = [h.records[j], h.records[i]];
	}],
	['H5', 'a later message is numbered before an earlier one', (h) => {
		const [i, j] = [h.a, h.b].map((p) => find(h, (x) => x.k === 'ok' && x.op === p.op));
		[i.seq, j.seq] = [j.seq, i.seq];
	}],
	['H6', 'an acknowledged edit is lost', (h) => { find(h, message(h.a)).content = 'text 1'; }],
	['H6', 'an acknowledged deletion is undone', (h) => { Object.assign(find(h, message(h.c)), { deleted: false, content: 'text' }); }],
	['H6', 'a message is deleted by nobody', (h) => { Object.assign(find(h, message(h.last)), { deleted: true, content: '' }); }],
	['H6', 'a deleted message keeps its text', (h) => { find(h, message(h.c)).content = 'text'; }],
	['R1', 'a rev is left out', (h) => { drop(h, (x) => x.k === 'event' && x.stream === `channel:${D}` && x.rev === 1); }],
	['R1', 'an acknowledgement names another rev', (h) => { find(h, (x) => x.k === 'ok' && x.op === h.last.op).rev++; }],
	['D1', 'an event in the middle never comes', (h) => { without(h, 'r1', h.d.id); }],
	['D1', 'the last event never comes', (h) => { without(h, 'r2', h.last.id); }],
	['D1', 'what was missed while away is not made good', (h) => { without(h, 'r2', h.b.id); }],
	['D1', 'an edit never comes', (h) => { without(h, 'r3', h.a.id, 'message.updated'); }],
	['D1', 'who came in gets nothing', (h) => { without(h, 'r5', h.e.id); without(h, 'r5', h.last.id); }],
	['D1', 'a reset is not fetched', (h) => { drop(h, (x) => x.k === 'fetched'); }],
	['D1', 'a message comes under two revs', (h) => {
		const e = find(h, (x) => x.k === 'event' && x.id === h.last.id);
		h.records.push({ ...e, rev: e.rev + 1, type: 'message.created' });
		const again = [e.stream, e.rev + 1, 'message.created', h.last.id, h.last.seq];
		after(h, isGift('r1', h.last.id), { k: 'd', t: 9000, r: 'r1', c: 1, e: [again] });
	}],
	['D2', 'two events change places', (h) => { find(h, isGift('r1', h.a.id)).e.reverse(); }],
	['D2', 'an event comes twice in one connection', (h) => { const x = find(h, isGift('r1', h.last.id)); x.e.push(x.e[0]); }],
	['D3', 'who was taken out of a channel still gets its messages', (h) => { after(h, isGift('r1', h.q3.id), { k: 'd', t: 9000, r: 'r3', c: 3, e: [h.q3.e] }); }],
	['D3', 'who was never in gets a message', (h) => { after(h, isGift('r1', h.q1.id), { k: 'd', t: 9000, r: 'r5', c: 6, e: [h.q1.e] }); }],
	['D3', 'a stranger gets an event of a server', (h) => { h.records.push({ k: 'd', t: 9000, r: 'r4', c: 4, e: [[`server:${S}`, 1, 'member.joined', null, null]] }); }],
	['D3', 'a stranger gets a message of a public channel', (h) => { h.records.push({ k: 'd', t: 9000, r: 'r4', c: 4, e: [h.a.e] }); }],
	['D3', 'somebody else\'s conversation', (h) => { h.records.push({ k: 'd', t: 9000, r: 'r3', c: 3, e: [h.h.e] }); }],
	['D3', 'somebody else\'s own stream', (h) => {
		h.records.push({ k: 'event', stream: 'user:ann', rev: 1, type: 'read.updated', access: 0, subject: '0', parent: '0', parent_rev: 0, id: null });
		h.records.push({ k: 'd', t: 9000, r: 'r3', c: 3, e: [['user:ann', 1, 'read.updated', null, null]] });
	}],
	['D3', 'what was posted while he was kicked, before he is back', (h) => {
		const i = h.records.findIndex((x) => x.k === 'join' && x.u === 'dan');
		h.records.splice(i, 0, { k: 'd', t: h.records[i].t - 1, r: 'r5', c: 6, e: [h.d.e] });
	}],
	['D4', 'something uncommitted is delivered', (h) => { h.records.push({ k: 'd', t: 9000, r: 'r1', c: 1, e: [[`channel:${P}`, 99, 'message.created', '9999', 99]] }); }],
	['D4', 'an event says something else than was committed', (h) => { find(h, isGift('r2', h.last.id)).e[0] = [`channel:${P}`, h.last.rev, 'message.deleted', h.last.id, h.last.seq]; }],
	['D5', 'two readers get different bytes', (h) => { h.records.push({ k: 'differs', r: 'r2', stream: `channel:${P}`, rev: 1 }); }],
];

export function selfTest(report) {
	const good = checkHistory(goodHistory().records);
	report.check('a good history passes', good.violations === 0, JSON.stringify(good.rules));
	report.check('wire duplicates are counted', good.counts.again === 1, JSON.stringify(good.counts));
	for (const [rule, what, spoil] of seeds) {
		const h = goodHistory();
		spoil(h);
		const { rules } = checkHistory(h.records);
		report.check(`${rule} catches: ${what}`, rules[rule]?.count > 0, `found ${JSON.stringify(rules)}`);
	}
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const report = new Report();
	selfTest(report);
	process.exitCode = report.close();
}
