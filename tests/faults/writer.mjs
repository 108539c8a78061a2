// Clients that write: one intent at a time, tried again under the same key, its outcome recorded.
import { backOff } from '../support/until.mjs';

const TRIES = 5;
const texts = ['hello', 'déjà vu', '今日は世界', '🎉🎊 party', 'a "quoted" \\ line', 'two\nlines', '<b>not bold</b>', '\u200fשלום'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

export class Writer {
	#mine = []; // own messages that may still be changed: {op, id, ch}

	/** run: {next(): number|null, op(): number, statuses, stopped} shared by all writers. */
	constructor(history, run, person, channels, { keep = true } = {}) {
		Object.assign(this, { history, run, person, channels, keep });
	}

	async work() {
		while (this.run.next()) {
			const chance = Math.random();
			if (chance < 0.04 && this.#mine.length) await this.#change('edit');
			else if (chance < 0.05 && this.#mine.length) await this.#change('delete');
			await this.post(pick(this.channels).id);
		}
	}

	async post(ch) {
		const op = this.run.op();
		const nonce = `${this.person.name}-${op}`;
		const content = `${pick(texts)} ${op}`;
		const plain = op % 10 === 0;
		const path = `/channels/${ch}/messages`;
		const how = plain
			? { text: content, headers: { 'idempotency-key': nonce } }
			: { json: { content, nonce } };
		const got = await this.#try({ op, what: 'post', ch, nonce, content }, 'POST', path, how);
		if (got && this.#mine.push({ op, id: got.id, ch, n: 0 }) > 20) this.#mine.shift();
		return got;
	}

	async #change(what) {
		const at = Math.floor(Math.random() * this.#mine.length);
		const m = this.#mine[at];
		const op = this.run.op();
		const path = `/channels/${m.ch}/messages/${m.id}`;
		const content = what === 'edit' ? `${pick(texts)} edited ${op}` : undefined;
		const intent = { op, what, ch: m.ch, of: m.op, content };
		const got = await this.#try(intent, what === 'edit' ? 'PATCH' : 'DELETE', path, what === 'edit' ? { json: { content } } : {});
		// A change of unknown outcome may still happen later: that message is left alone from now on.
		if (what === 'delete' || !got) this.#mine.splice(at, 1);
	}

	async #try(intent, method, path, how) {
		const { history, run } = this;
		intent.begun = history.now();
		const { begun, ...said } = intent;
		history.add({ k: 'invoke', t: begun, u: this.person.id, ...said });
		let doubt = '';
		for (let attempt = 0, limited = 0; attempt < TRIES; attempt++) {
			let answer = null;
			try {
				answer = await this.person.call(method, path, undefined, { keep: this.keep, ...how });
			} catch (e) {
				doubt = e.message;
				run.count('network', this.keep);
				await backOff(attempt);
				continue;
			}
			run.count(answer.status, this.keep, answer);
			if (answer.status < 300 && answer.status !== 202) return this.#done(intent, answer);
			if (answer.status === 429 && limited++ < 50) {
				attempt--;
				await backOff(0, 1000 * Number(answer.headers['retry-after'] ?? 1));
				continue;
			}
			if (answer.status >= 400 && answer.status < 500) {
				// A refusal settles only what was not in doubt before.
				if (doubt) break;
				history.add({ k: 'fail', t: history.now(), op: intent.op, status: answer.status });
				return null;
			}
			doubt = `status ${answer.status}`;
			await backOff(attempt);
		}
		history.add({ k: 'unknown', t: history.now(), op: intent.op, why: doubt });
		return null;
	}

	#done(intent, answer) {
		const { history } = this;
		const m = answer.body ?? {};
		history.add({ k: 'ok', t: history.now(), op: intent.op, id: m.id ?? null, seq: m.seq ?? null, rev: m.rev ?? null });
		this.run.ack(intent.begun);
		return m;
	}
}
