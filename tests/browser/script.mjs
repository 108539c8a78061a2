// The third at the table: somebody who has nothing but curl.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Script {
	heard = '';
	#listener = null;

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

	/** Listens from now on, one readable line a message. */
	listen() {
		this.#listener = spawn('curl', ['-sSN', '-u', `${this.token}:`, '-H', 'Accept: application/x-ndjson',
			`${this.base}/api/v1/stream`], { stdio: ['ignore', 'pipe', 'inherit'] });
		this.#listener.stdout.on('data', (b) => {
			this.heard += b;
		});
	}

	/** The new messages heard, as texts. */
	get messages() {
		return this.heard.split('\n').slice(0, -1).map((l) => JSON.parse(l))
			.filter((e) => e.type === 'message.created').map((e) => e.data.content);
	}

	stop() {
		this.#listener?.kill('SIGKILL');
	}
}
