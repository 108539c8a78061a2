/*
 * Whether somebody is at this browser: input in any of its tabs counts for all of them. The tab with
 * the connection tells when it changes.
 */
import type { Rung } from '../stream/transport';

export const IDLE_MS = 5 * 60_000;
const CHECK_MS = 10_000;
/** How often input is passed on to the other tabs. */
const PASS_ON_MS = 15_000;

export interface ActivityPorts {
	leads(): boolean;
	rung(): Rung;
	share(): void;
	say(frame: object): boolean;
	/** Without a socket: by a request. */
	putIdle(): Promise<unknown>;
	renew(): void;
	changed(idle: boolean): void;
	now(): number;
}

export class Activity {
	idle = false;
	private last: number;
	private passedOn = 0;
	/** What the server was told for this connection. */
	private told = false;
	private readonly check: ReturnType<typeof setInterval>;

	constructor(private readonly ports: ActivityPorts) {
		this.last = ports.now();
		this.check = setInterval(() => this.look(), CHECK_MS);
	}

	close(): void {
		clearInterval(this.check);
	}

	/** Input in this tab. */
	input(): void {
		this.heard();
		if (this.last - this.passedOn < PASS_ON_MS) return;
		this.passedOn = this.last;
		this.ports.share();
	}

	/** Input in another one. */
	heard(): void {
		this.last = this.ports.now();
		if (this.idle) this.look();
	}

	/** A new connection counts as one where somebody is. */
	greeted(): void {
		this.told = false;
		this.tell();
	}

	private look(): void {
		const idle = this.ports.now() - this.last >= IDLE_MS;
		if (idle !== this.idle) {
			this.idle = idle;
			this.ports.changed(idle);
		}
		this.tell();
	}

	private tell(): void {
		if (!this.ports.leads() || this.told === this.idle) return;
		switch (this.ports.rung()) {
			case 'socket':
				if (this.ports.say({ op: 'presence', status: this.idle ? 'idle' : 'online' }))
					this.told = this.idle;
				return;
			case 'sse':
				this.told = this.idle;
				if (this.idle) {
					this.ports.putIdle().catch(() => {
						this.told = false;
					});
					// Asking for "online" would also take back what was chosen by hand on another device,
					// which may be to hide. A stream opened anew is awake and says nothing else.
				} else this.ports.renew();
				return;
		}
		// Each poll says it itself.
	}
}
