// The record of a run: in memory for the checker, and as JSONL for whoever wants to look.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

export class History {
	records = [];
	bytes = new Map(); // "stream rev" -> first bytes delivered
	#file;
	#lines = [];

	constructor(file) {
		this.#file = file ? openSync(file, 'w') : null;
	}

	now() {
		return performance.now();
	}

	add(x) {
		this.records.push(x);
		if (this.#file === null) return;
		this.#lines.push(JSON.stringify(x));
		if (this.#lines.length >= 2000) this.#flush();
	}

	#flush() {
		if (this.#lines.length) writeSync(this.#file, `${this.#lines.join('\n')}\n`);
		this.#lines = [];
	}

	/** All of it into a file, afterwards. */
	save(file) {
		mkdirSync(path.dirname(file), { recursive: true });
		const fd = openSync(file, 'w');
		for (let i = 0; i < this.records.length; i += 2000)
			writeSync(fd, `${this.records.slice(i, i + 2000).map((x) => JSON.stringify(x)).join('\n')}\n`);
		closeSync(fd);
	}

	close() {
		if (this.#file === null) return;
		this.#flush();
		closeSync(this.#file);
		this.#file = null;
	}
}
