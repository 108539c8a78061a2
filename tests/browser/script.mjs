// The third at the table: somebody who has nothing but curl.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Script {
	messages = []; // texts of the new messages heard
	greeted = false;
	#listener = null;
	#cursor = null;
	#seen = new Map();
	#over = false;

	/** person: the same account for what would only be slow by curl. */
	constructor(base, token, person) {
		Object.assign(this, { base, token, person });
	}

	async curl(...args) {
		const { stdout } = await run('curl', ['-sS', '--fail-with-body', '-u', `${this.token}:`, ...args]);
		return stdout;
	}

	async post(channelId, text) {
		return JSON.parse(await this.curl('-H', 'Content-Type: text/plain', '--data-binary', text,
			`${this.base}/api/v1/channels/${channelId}/messages`));
	}

	/** Listens from now on, one object a line; opened again at the last cursor when it ends. */
	listen() {
		const since = this.#cursor ? `?since=${encodeURIComponent(this.#cursor)}` : '';
		this.#listener = spawn('curl', ['-sSfN', '--retry', '20', '--retry-delay', '1', '-u', `${this.token}:`,
			'-H', 'Accept: application/x-ndjson', `${this.base}/api/v1/stream${since}`], { stdio: ['ignore', 'pipe', 'ignore'] });
		let rest = '';
		this.#listener.stdout.on('data', (b) => {
			const lines = (rest + b).split('\n');
			rest = lines.pop();
			for (const line of lines) this.#take(line);
		});
		this.#listener.on('close', () => {
			if (!this.#over) setTimeout(() => this.listen(), 200);
		});
	}

	#take(line) {
		const got = JSON.parse(line);
		if (got.cursor) this.#cursor = got.cursor;
		if (got.control === 'hello') this.greeted = true;
		if (!got.rev || got.rev <= (this.#seen.get(got.stream) ?? 0)) return;
		this.#seen.set(got.stream, got.rev);
		if (got.type === 'message.created') this.messages.push(got.data.content);
	}

	stop() {
		this.#over = true;
		this.#listener?.kill('SIGKILL');
	}
}
