/*
 * Keeps one connection alive:
 *
 *   idle → connecting → open → (ended) → waiting → connecting …
 *
 * A transport that fails twice in a row although the server answers is left for the next rung
 * (WebSocket → SSE → long poll → polling). From a lower rung the higher ones are tried again, soon
 * at first and ever later, beside the connection that works: it is given up only for one that has
 * said hello, so climbing costs no event and shows nothing. A server that does not answer says
 * nothing against a transport, so being offline never moves down.
 */
import { comeback, FAILURES_BEFORE_DOWN, isSilent, jitter, stepUp } from './policy';
import type { Link, Open, Rung } from './transport';
import type { Incoming } from './wire';

export type Health = 'connecting' | 'live' | 'delayed' | 'offline';

export interface LadderPorts {
	rungs: { name: Rung; open: Open }[];
	/** Asks the server anything that needs the session. */
	probe(): Promise<'ok' | 'signed-out' | 'unreachable'>;
	/** A fresh access token. */
	refresh(): Promise<'ok' | 'signed-out' | 'unreachable'>;
	incoming(frame: Incoming): void;
	health(h: Health, rung: Rung): void;
	signedOut(): void;
	now(): number;
	random(): number;
	setTimer(ms: number, work: () => void): number;
	clearTimer(id: number): void;
}

const HELLO_MS = 10_000;
const CHECK_MS = 5_000;
/** A check this late means that the machine slept or the page was frozen or hidden. */
const SLEPT_MS = 30_000;
/** What ends sooner after its hello was no connection; what held longer is forgiven its past. */
const HELD_MS = 10_000;
const PROVEN_MS = 60_000;

export class Ladder {
	private rung = 0;
	private attempt = 0;
	private failures = 0;
	private link: Link | null = null;
	private opened = false;
	private openedAt = 0;
	private lastByte = 0;
	private lastCheck = 0;
	private heartbeat = 25;
	private live = true;
	private said: Health | null = null;
	private timer = 0;
	private watch = 0;
	private stopped = true;
	private generation = 0;
	/** The attempt at a higher rung beside the connection, and when the next one is due. */
	private trial: { close(): void } | null = null;
	private trialTimer = 0;
	private trials = 0;
	private climbAt = 0;

	constructor(
		private readonly ports: LadderPorts,
		private cursor: string | null,
	) {}

	start(): void {
		this.stopped = false;
		this.report('connecting');
		this.connect();
		this.lastCheck = this.ports.now();
		this.check();
	}

	stop(): void {
		this.stopped = true;
		this.drop();
		this.ports.clearTimer(this.watch);
	}

	/** The network came back, or the page was looked at again: no reason to wait any longer. */
	nudge(): void {
		if (this.stopped) return;
		if (this.link) return this.checkSilence();
		this.attempt = 0;
		this.connect();
	}

	/** The network is another than before: whatever is open hangs in the old one. */
	renew(): void {
		if (this.stopped) return;
		this.attempt = 0;
		this.report('connecting');
		this.connect();
	}

	/** The browser says that there is no network. It may be wrong: what arrives says so. */
	unplugged(): void {
		if (!this.stopped) this.report('offline');
	}

	/** False where there is nobody to tell it to, or only by another way. */
	say(frame: object): boolean {
		return this.opened && this.link?.say?.(frame) === true;
	}

	private get current() {
		const rung = this.ports.rungs[this.rung];
		if (!rung) throw new Error('a ladder needs a rung');
		return rung;
	}

	/** Whether events come by themselves on this rung. */
	private get streams(): boolean {
		return this.current.name === 'socket' || this.current.name === 'sse';
	}

	private report(h: Health): void {
		this.said = h;
		this.ports.health(h, this.current.name);
	}

	private reportOpen(): void {
		this.report(this.live && this.streams ? 'live' : 'delayed');
	}

	/** Forgets every connection and every timer but the watch; what they still say is not heard. */
	private drop(): void {
		this.generation++;
		this.ports.clearTimer(this.timer);
		this.dropTrial();
		this.link?.close();
		this.link = null;
		this.opened = false;
	}

	private dropTrial(): void {
		this.ports.clearTimer(this.trialTimer);
		this.trial?.close();
		this.trial = null;
	}

	private connect(): void {
		if (this.stopped) return;
		this.drop();
		const mine = this.generation;
		this.lastByte = this.ports.now();
		this.timer = this.ports.setTimer(HELLO_MS, () => this.ended(mine, 1006, 0));
		this.link = this.current.open(this.cursor, {
			byte: () => {
				if (this.generation === mine) this.lastByte = this.ports.now();
			},
			incoming: (f) => this.generation === mine && this.take(f),
			end: (code, retry) => this.ended(mine, code, retry),
		});
	}

	private take(f: Incoming): void {
		if (f.kind === 'hello') this.greeted(f.heartbeat);
		if (f.kind === 'state') this.live = f.live;
		if (f.kind === 'state' || (this.opened && this.said !== 'live' && this.said !== 'delayed'))
			this.reportOpen();
		this.ports.incoming(f);
		// Only after what came before it has been handed over may the position move.
		if ((f.kind === 'hello' || f.kind === 'hb') && f.cursor) this.cursor = f.cursor;
		if (f.kind === 'hb') this.climb();
	}

	private greeted(heartbeat: number): void {
		this.ports.clearTimer(this.timer);
		this.opened = true;
		this.openedAt = this.ports.now();
		this.heartbeat = heartbeat;
		this.live = true;
		this.reportOpen();
	}

	/** Opens the rung above beside this one, when it is time to. */
	private climb(): void {
		if (this.rung === 0 || this.trial || !this.opened || this.ports.now() < this.climbAt) return;
		this.climbAt = this.ports.now() + stepUp(++this.trials, this.ports.random);
		this.tryRung(0);
	}

	private tryRung(rung: number): void {
		const { name, open } = this.ports.rungs[rung] ?? {};
		if (!name || !open || rung >= this.rung || this.stopped) return;
		const mine = this.generation;
		let over = false;
		const next = () => {
			if (over || this.generation !== mine) return;
			over = true;
			this.dropTrial();
			this.tryRung(rung + 1);
		};
		let link: Link | null = null;
		this.trial = { close: () => link?.close() };
		this.trialTimer = this.ports.setTimer(HELLO_MS, next);
		let adopted = 0;
		link = open(this.cursor, {
			byte: () => {
				if (this.generation === adopted) this.lastByte = this.ports.now();
			},
			incoming: (f) => {
				if (adopted === 0 && !over && this.generation === mine && f.kind === 'hello') {
					over = true;
					adopted = this.adopt(rung, link);
				}
				if (this.generation === adopted) this.take(f);
			},
			end: (code, retry) => (adopted === 0 ? next() : this.ended(adopted, code, retry)),
		});
	}

	/** The higher rung has said hello: it takes the place of the lower one. */
	private adopt(rung: number, link: Link | null): number {
		this.trial = null;
		this.drop();
		this.rung = rung;
		this.lastByte = this.ports.now();
		this.link = link;
		return this.generation;
	}

	private ended(mine: number, code: number, retry: number): void {
		if (this.stopped || this.generation !== mine) return;
		const { opened } = this;
		const held = opened ? this.ports.now() - this.openedAt : 0;
		this.drop();
		if (held > PROVEN_MS) this.trials = 0;
		// A connection that held for a while starts the back-off anew.
		if (held > HELD_MS) {
			this.attempt = 0;
			this.failures = 0;
		}
		this.attempt++;
		// Said goodbye, or broke after a while: the way is good, and the server was there.
		void this.decide(code, retry, opened && (held > HELD_MS || code >= 4000));
	}

	private async decide(code: number, retry: number, wasGood: boolean): Promise<void> {
		const mine = this.generation;
		const plan = comeback(code, retry);
		this.report('connecting');
		if (plan.do === 'sign-in') return this.giveUp();
		if (plan.do === 'back-off') return this.later(plan.floor, 'offline');
		const asked =
			plan.do === 'refresh'
				? await this.ports.refresh()
				: wasGood && plan.do === 'retry'
					? 'ok'
					: await this.ports.probe();
		if (this.stopped || this.generation !== mine) return;
		if (asked === 'signed-out') return this.giveUp();
		if (asked === 'unreachable') return this.later(retry, 'offline');
		if (plan.do === 'next') this.failures = FAILURES_BEFORE_DOWN;
		else if (!wasGood && plan.do !== 'refresh') this.failures++;
		if (this.failures >= FAILURES_BEFORE_DOWN) this.down();
		this.later(plan.do === 'retry' ? plan.floor : 0, 'connecting');
	}

	private down(): void {
		this.failures = 0;
		this.attempt = 1;
		// From the last rung there is nowhere to go but up.
		this.rung = (this.rung + 1) % this.ports.rungs.length;
		this.climbAt = this.ports.now() + stepUp(this.trials, this.ports.random);
	}

	private giveUp(): void {
		this.stop();
		this.report('offline');
		this.ports.signedOut();
	}

	private later(floor: number, health: Health): void {
		this.report(health);
		const wait = floor + jitter(this.attempt, this.ports.random);
		this.timer = this.ports.setTimer(wait, () => this.connect());
	}

	private check(): void {
		this.watch = this.ports.setTimer(CHECK_MS, () => {
			const late = this.ports.now() - this.lastCheck - CHECK_MS;
			this.lastCheck = this.ports.now();
			// What was open before a sleep is as good as lost, and finding out would take a minute. In
			// a page that is only hidden, whose timers are late too, the heartbeats have gone on.
			const quiet = this.ports.now() - this.lastByte > this.heartbeat * 1200;
			if (late > SLEPT_MS && quiet && this.link) this.renew();
			else this.checkSilence();
			if (!this.stopped) this.check();
		});
	}

	/** By time stamps, because timers of a hidden page or a sleeping machine tell nothing. */
	private checkSilence(): void {
		if (!this.link || !this.opened) return;
		if (isSilent(this.lastByte, this.ports.now(), this.heartbeat))
			this.ended(this.generation, 1006, 0);
	}
}
