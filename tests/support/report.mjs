// Counting checks. Every suite ends with `N passed, N failed`, and with status 1
// when something failed or nothing was checked.

export class Report {
	passed = 0;
	failed = 0;
	#closed = false;

	constructor() {
		// Node ends without a word when it waits for what nothing can bring any more.
		process.on('exit', (code) => {
			if (this.#closed) return;
			this.check('the run comes to its end', false, `status ${code} after the last line above`);
			process.exitCode = this.close();
		});
	}

	/** `detail` is shown only when the check failed. */
	check(name, good, detail = '') {
		if (verdict(good, name)) {
			this.passed++;
			console.log(`ok - ${name}`);
		} else {
			this.failed++;
			console.log(`not ok - ${name}${detail ? `: ${detail}` : ''}`);
		}
		return good;
	}

	/** The check passes when `work` returns; what it throws is the reason. */
	async step(name, work) {
		const begin = performance.now();
		try {
			await work();
			return this.check(`${name} (${Math.round(performance.now() - begin)} ms)`, true);
		} catch (e) {
			return this.check(name, false, e?.message ?? String(e));
		}
	}

	note(text) {
		console.log(`# ${text}`);
	}

	/** Prints the closing line and gives the exit status. */
	close() {
		this.#closed = true;
		console.log(`${this.passed} passed, ${this.failed} failed`);
		return this.failed === 0 && this.passed > 0 ? 0 : 1;
	}
}

export function expect(good, why) {
	if (!verdict(good, why)) throw new Error(why);
}

// A promise that nobody waits for, a name that stands where the condition should: such a check never fails.
function verdict(good, name) {
	if (typeof good !== 'boolean') throw new TypeError(`"${name}" is decided by a ${typeof good}: ${good}`);
	return good;
}
