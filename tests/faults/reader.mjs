// One listener: keeps a stream open, loses it in every way a network can lose it, resumes at its cursor.
import { openStream } from '../support/stream.mjs';

const pauses = [0, 1, 5, 50, 400];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

export class Reader {
	position = new Map(); // stream -> rev last kept
	ends = {}; // why connections ended -> how often
	connections = 0;
	revoked = 0;
	resets = 0;
	lost = 0; // open streams that ended though nobody here cut them
	live = false;
	#wire = null;
	#cursor = null;
	#batch = null;
	#stopping = false;
	#calm = false;
	#failures = 0;
	#timers = new Set();
	#fetches = new Set();

	/** cuts: ms between cuts on average, 0 for never; stalls: the same for not reading for a while. */
	constructor(history, { name, person, kind, cuts = 0, stalls = 0 }) {
		Object.assign(this, { history, name, person, kind, cuts, stalls });
	}

	async start() {
		const picture = await this.person.must(200, 'GET', '/bootstrap');
		const heads = headsOf(picture);
		for (const [stream, rev] of Object.entries(heads)) this.position.set(stream, rev);
		this.#cursor = picture.stream.cursor;
		this.#open(heads);
		this.#plan('cuts', () => this.#cut());
		this.#plan('stalls', () => this.#stall());
	}

	#later(ms, work) {
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			if (!this.#stopping) work();
		}, ms);
		this.#timers.add(timer);
	}

	#plan(what, work) {
		if (!this[what] || this.#calm) return;
		this.#later(-Math.log(1 - Math.random()) * this[what], () => {
			if (this.#calm) return;
			work();
			this.#plan(what, work);
		});
	}

	#cut() {
		if (!this.live) return;
		const way = pick(['cut', 'cutInside', 'close']);
		this.#wire[way]();
	}

	#stall() {
		const wire = this.#wire;
		if (!this.live) return;
		wire.pause();
		this.#later(1000 + Math.random() * 3000, () => wire.resume());
	}

	#open(heads) {
		if (this.#stopping) return;
		const c = `${this.name}.${++this.connections}`;
		const { history } = this;
		history.add({ k: 'open', t: history.now(), r: this.name, c, u: this.person.id, how: this.kind, ...(heads && { heads }) });
		let silent = null;
		const wire = openStream({
			base: this.person.base, kind: this.kind, token: this.person.token, since: this.#cursor,
			event: (e, text) => this.#event(c, e, text),
			control: (name, data, cursor) => {
				clearTimeout(silent);
				this.#flush();
				this.#control(c, name, data, cursor);
			},
			end: (why) => {
				clearTimeout(silent);
				this.#flush();
				this.#ended(c, why);
			},
		});
		this.#wire = wire;
		silent = setTimeout(() => wire.cut(), 15_000);
	}

	#event(c, e, text) {
		if (e.rev === undefined) return;
		const { stream, rev, type } = e;
		if (rev > (this.position.get(stream) ?? 0)) this.position.set(stream, rev);
		const isMessage = type.startsWith('message.');
		this.#sameBytes(e, text);
		if (!this.#batch) {
			this.#batch = { k: 'd', t: this.history.now(), r: this.name, c, e: [] };
			queueMicrotask(() => this.#flush());
		}
		this.#batch.e.push([stream, rev, type, isMessage ? e.data.id : null, isMessage ? e.data.seq : null]);
	}

	#flush() {
		if (this.#batch) this.history.add(this.#batch);
		this.#batch = null;
	}

	#sameBytes(e, text) {
		const key = `${e.stream} ${e.rev}`;
		const first = this.history.bytes.get(key);
		if (first === undefined) return this.history.bytes.set(key, text);
		if (first === text) return;
		// An event kept for those who resume says what its message says now: a later rev's text, or none.
		const { data: x, ...envelope } = JSON.parse(first);
		const { data: y, ...other } = e;
		const changed = e.type.startsWith('message.') && x.id === y.id && x.seq === y.seq && (x.rev > e.rev || y.rev > e.rev);
		if (changed && JSON.stringify(envelope) === JSON.stringify(other)) return;
		this.history.add({ k: 'differs', r: this.name, stream: e.stream, rev: e.rev, first, text });
	}

	#control(c, name, data, cursor) {
		if (cursor) this.#cursor = cursor;
		if (name === 'hello') {
			this.live = true;
			this.#failures = 0;
			this.history.add({ k: 'hello', t: this.history.now(), r: this.name, c });
			for (const stream of data.reset ?? []) this.#reset(c, stream, null);
		} else if (name === 'reset') this.#reset(c, data.stream, data.head ?? null);
		else if (name === 'revoke') this.revoked++;
	}

	/** Position first, then what REST has: so nothing falls between the two. */
	#reset(c, stream, head) {
		const { history } = this;
		this.resets++;
		history.add({ k: 'reset', t: history.now(), r: this.name, c, stream, head });
		const work = this.#catchUp(stream, head).finally(() => this.#fetches.delete(work));
		this.#fetches.add(work);
	}

	async #catchUp(stream, head) {
		const at = head ?? (await this.#headOf(stream));
		if (stream.startsWith('channel:')) await this.#fetch(stream.slice(8));
		if (at !== null) this.position.set(stream, Math.max(at, this.position.get(stream) ?? 0));
	}

	/** null when the stream is not his any more. */
	async #headOf(stream) {
		const [kind, id] = stream.split(':');
		if (kind === 'user') return null;
		for (let tries = 0; tries < 200; tries++) {
			const answer = await this.person.call('GET', `/${kind}s/${id}`).catch(() => null);
			if (answer?.status === 200) return answer.body.rev;
			if (answer?.status === 404) return null;
			await new Promise((done) => setTimeout(done, 200));
		}
		return null;
	}

	async #fetch(ch) {
		const ids = [];
		for (let before = null, tries = 0; tries < 200; tries++) {
			const query = `limit=100${before ? `&before=${before}` : ''}`;
			const answer = await this.person.call('GET', `/channels/${ch}/messages?${query}`).catch(() => null);
			if (answer?.status === 404) break;
			if (answer?.status !== 200) {
				await new Promise((done) => setTimeout(done, 200));
				continue;
			}
			ids.push(...answer.body.items.map((m) => m.id));
			before = answer.body.before;
			if (!before) break;
		}
		this.history.add({ k: 'fetched', t: this.history.now(), r: this.name, ch, ids });
	}

	#ended(c, why) {
		const wasLive = this.live;
		this.live = false;
		const asked = why.error === 'cut' || why.error === 'closed';
		const reason = asked ? 'cut by us' : why.bye ? `bye ${why.bye.code}` : why.code ? `close ${why.code}` : why.status ? `status ${why.status}` : (why.error ?? 'ended');
		this.ends[reason] = (this.ends[reason] ?? 0) + 1;
		if (wasLive && !asked) this.lost++;
		this.history.add({ k: 'close', t: this.history.now(), r: this.name, c, why: reason });
		if (this.#stopping) return;
		if (asked) return this.#later(pick(pauses), () => this.#open());
		const floor = Math.min(why.bye?.retry ?? 0, 4000);
		const wait = floor + Math.random() * Math.min(2000, 100 * 2 ** this.#failures++);
		this.#later(wait, () => this.#open());
	}

	/** No more cuts and stalls: whatever is missing must come now. */
	calm() {
		this.#calm = true;
		this.#wire?.resume();
	}

	async stop() {
		this.#stopping = true;
		for (const timer of this.#timers) clearTimeout(timer);
		this.#wire?.cut();
		await Promise.all(this.#fetches);
	}
}

/** Where a picture ends: {stream: rev} of its servers, channels and conversations. */
export function headsOf(picture) {
	const heads = {};
	for (const s of picture.servers) {
		heads[`server:${s.id}`] = s.rev;
		for (const c of s.channels) heads[`channel:${c.id}`] = c.rev;
	}
	for (const c of picture.dms) heads[`channel:${c.id}`] = c.rev;
	return heads;
}
