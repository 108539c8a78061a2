// Lets people in and takes them out, channel by channel and server by server, while everything goes on.
import { backOff, pause } from '../support/until.mjs';
import { Writer } from './writer.mjs';

const pick = (list) => list[Math.floor(Math.random() * list.length)];

export class Mover {
	moves = 0;
	#inside = new Set(); // ids of private channels that this person is in
	#member = true;

	constructor(history, run, world, person) {
		Object.assign(this, { history, run, world, person });
		[this.server] = world.servers;
		this.writer = new Writer(history, run, person, []);
		this.closed = world.channels.filter((c) => c.server === this.server.id && c.private);
	}

	async work() {
		while (!this.run.stopped) {
			await this.#step();
			this.moves++;
			await pause(20 + Math.random() * 180);
		}
		// At rest everybody is in the server, so that its end can be compared.
		if (!this.#member) await this.#enter();
	}

	async #step() {
		if (!this.#member) {
			if (Math.random() < 0.3) await this.writer.post(pick(this.closed).id);
			return this.#enter();
		}
		const chance = Math.random();
		const c = pick(this.closed);
		// He tries to write whether he may or not: what is refused must never appear.
		if (chance < 0.3) return this.writer.post(c.id);
		if (chance < 0.45) return this.#leave();
		if (!this.#inside.has(c.id)) return this.#share(c);
		return this.#unshare(c);
	}

	#ask(stream) {
		this.history.add({ k: 'join', t: this.history.now(), u: this.person.id, stream });
	}

	async #enter() {
		this.#ask(`server:${this.server.id}`);
		await this.#sure(this.person, [200, 201], 'POST', `/invites/${this.server.code}/accept`, {});
		this.#member = true;
	}

	/** Half of the times he is kicked, half of the times he goes. */
	async #leave() {
		const [who, name] = Math.random() < 0.5 ? [this.world.owner, this.person.id] : [this.person, '@me'];
		await this.#sure(who, [204, 404], 'DELETE', `/servers/${this.server.id}/members/${name}`);
		this.#member = false;
		this.#inside.clear();
	}

	async #share(c) {
		this.#ask(`channel:${c.id}`);
		await this.#sure(this.world.owner, [204], 'PUT', `/channels/${c.id}/members/${this.person.id}`);
		this.#inside.add(c.id);
	}

	async #unshare(c) {
		const who = Math.random() < 0.5 ? this.world.owner : this.person;
		await this.#sure(who, [204, 404], 'DELETE', `/channels/${c.id}/members/${this.person.id}`);
		this.#inside.delete(c.id);
	}

	/** All of these may be repeated; they are until the answer is certain. */
	async #sure(who, statuses, method, path, json) {
		for (let attempt = 0; attempt < 40; attempt++) {
			const answer = await who.call(method, path, json).catch(() => null);
			if (answer && statuses.includes(answer.status)) return;
			if (answer && answer.status < 500 && answer.status !== 429)
				throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
			await backOff(attempt, 100, 1000);
		}
		throw new Error(`${method} ${path} never came to a certain answer`);
	}
}
