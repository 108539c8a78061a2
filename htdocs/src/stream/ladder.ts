/*
 * Keeps one connection alive:
 *
 *   idle → connecting → open → (ended) → waiting → connecting …
 *
 * A transport that fails twice in a row although the server answers is left for the next rung
 * (WebSocket → SSE → long poll → polling); every five minutes the top is tried again. A server
 * that does not answer says nothing against a transport, so being offline never moves down.
 */
import { comeback, FAILURES_BEFORE_DOWN, isSilent, jitter, STEP_UP_MS } from './policy';
import type { Open, Rung } from './transport';
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

export class Ladder {
	private rung = 0;
	private attempt = 0;
	private failures = 0;
	private close: (() => void) | null = null;
	private opened = false;
	private openedAt = 0;
	private lastByte = 0;
	private heartbeat = 25;
	private live = true;
	private wentDownAt = 0;
	private timer = 0;
	private watch = 0;
	private stopped = true;
	private generation = 0;

	constructor(
		private readonly ports: LadderPorts,
		private cursor: string | null,
	) {}

	start(): void {
		this.stopped = false;
		this.report('connecting');
		this.connect();
		this.check();
	}

	stop(): void {
		this.stopped = true;
		this.generation++;
		this.ports.clearTimer(this.timer);
		this.ports.clearTimer(this.watch);
		this.close?.();
		this.close = null;
	}

	/** The network came back, or the page was looked at again: no reason to wait any longer. */
	nudge(): void {
		if (this.stopped) return;
		if (this.close) return this.checkSilence();
		this.attempt = 0;
		this.ports.clearTimer(this.timer);
		this.connect();
	}

	/** The network is another than before: whatever is open hangs in the old one. */
	renew(): void {
		if (this.stopped) return;
		this.attempt = 0;
		this.ports.clearTimer(this.timer);
		this.report('connecting');
		this.connect();
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
		this.ports.health(h, this.current.name);
	}

	private connect(): void {
		if (this.stopped) return;
		this.close?.();
		const mine = ++this.generation;
		const { ports } = this;
		if (this.rung > 0 && ports.now() - this.wentDownAt >= STEP_UP_MS) this.rung = 0;
		this.opened = false;
		this.live = true;
		this.lastByte = ports.now();
		this.timer = ports.setTimer(HELLO_MS, () => this.ended(mine, 1006, 0));
		this.close = this.current.open(this.cursor, {
			byte: () => {
				this.lastByte = ports.now();
			},
			incoming: (f) => this.generation === mine && this.take(f),
			end: (code, retry) => this.ended(mine, code, retry),
		});
	}

	private take(f: Incoming): void {
		if (f.kind === 'hello') {
			this.ports.clearTimer(this.timer);
			this.opened = true;
			this.openedAt = this.ports.now();
			this.failures = 0;
			this.heartbeat = f.heartbeat;
			this.report(this.streams ? 'live' : 'delayed');
		}
		if (f.kind === 'state') {
			this.live = f.live;
			this.report(this.live && this.streams ? 'live' : 'delayed');
		}
		this.ports.incoming(f);
		// Only after what came before it has been handed over may the position move.
		if ((f.kind === 'hello' || f.kind === 'hb') && f.cursor) this.cursor = f.cursor;
		if (f.kind === 'hb' && this.rung > 0) this.climb();
	}

	private climb(): void {
		if (this.ports.now() - this.wentDownAt < STEP_UP_MS) return;
		this.connect();
	}

	private ended(mine: number, code: number, retry: number): void {
		if (this.stopped || this.generation !== mine) return;
		this.generation++;
		this.ports.clearTimer(this.timer);
		this.close?.();
		this.close = null;
		// A connection that held for a while starts the back-off anew.
		if (this.opened && this.ports.now() - this.openedAt > 10_000) this.attempt = 0;
		this.attempt++;
		void this.decide(code, retry);
	}

	private async decide(code: number, retry: number): Promise<void> {
		const mine = this.generation;
		const plan = comeback(code, retry);
		this.report('connecting');
		if (plan.do === 'sign-in') return this.giveUp();
		if (plan.do === 'back-off') return this.later(plan.floor, 'offline');
		const asked =
			plan.do === 'refresh'
				? await this.ports.refresh()
				: this.opened && plan.do !== 'next'
					? 'ok'
					: await this.ports.probe();
		if (this.stopped || this.generation !== mine) return;
		if (asked === 'signed-out') return this.giveUp();
		if (asked === 'unreachable') return this.later(retry, 'offline');
		if (plan.do === 'next') this.failures = FAILURES_BEFORE_DOWN;
		else if (!this.opened && plan.do !== 'refresh') this.failures++;
		if (this.failures >= FAILURES_BEFORE_DOWN) this.down();
		this.later(plan.do === 'retry' ? plan.floor : 0, 'connecting');
	}

	private down(): void {
		this.failures = 0;
		this.attempt = 1;
		this.wentDownAt = this.ports.now();
		// From the last rung there is nowhere to go but up.
		this.rung = (this.rung + 1) % this.ports.rungs.length;
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
			this.checkSilence();
			if (!this.stopped) this.check();
		});
	}

	/** By time stamps, because timers of a hidden page or a sleeping machine tell nothing. */
	private checkSilence(): void {
		if (!this.close || !this.opened) return;
		if (isSilent(this.lastByte, this.ports.now(), this.heartbeat))
			this.ended(this.generation, 1006, 0);
	}
}
