/*
 * This tab's share of the browser's one connection. The tab that leads runs the ladder and passes
 * on what comes; the others listen, apply the same frames and so know the position from which they
 * would go on. A listener with a reader before it does not trust silence: it asks, and takes the
 * lead from a leader that does not answer (frozen, asleep, hung).
 *
 * A page that the browser puts away (back/forward cache, freezing) gives up its part, so that
 * another tab can take it, and comes back as if it were new.
 */
import { Ladder, type LadderPorts } from './ladder';
import { type OpenTabs, openTabs as openReal, type TabMessage, type Tabs } from './tabs';
import type { Rung } from './transport';
import type { Incoming } from './wire';

type Ports = Pick<LadderPorts, 'probe' | 'refresh' | 'health' | 'signedOut'> & {
	rungs(): LadderPorts['rungs'];
	/** In order, each once from here; it may still repeat what a bootstrap has told. */
	frame(f: Incoming): void;
	/** Messages of other tabs that are not about the connection. */
	message(m: TabMessage): void;
	/** The page was away: whatever it knows may be old. */
	reread(): void;
};

const CHECK_MS = 5000;
/** A leader says something at least at every heartbeat. */
const QUIET_MS = 40_000;
const ANSWER_MS = 3000;
const WATCHED_MS = 3 * CHECK_MS;

const isVisible = (): boolean => document.visibilityState === 'visible';

export class Connection {
	private tabs: Tabs;
	private ladder: Ladder | null = null;
	/** Position for a takeover: that of the last checkpoint which has been applied here. */
	private cursor: string | null = null;
	private held: Incoming[] | null = [];
	private health: Parameters<LadderPorts['health']> = ['connecting', 'socket'];
	private heardAt = Date.now();
	private watchedAt = 0;
	private watch = 0;
	private asking = 0;
	private away = false;
	private readonly over = new AbortController();

	/** Hears from now on, but hands nothing over before `start`. */
	constructor(
		private readonly userId: string,
		private readonly ports: Ports,
		private readonly openTabs: OpenTabs = openReal,
	) {
		this.tabs = this.openTabs(userId, (m) => this.receive(m));
		this.listen();
	}

	/** `cursor`: the position of what is known already. */
	start(cursor: string | null): void {
		this.cursor ??= cursor;
		const waiting = this.held ?? [];
		this.held = null;
		for (const f of waiting) this.take(f);
		this.heardAt = Date.now();
		this.tabs.lead(
			() => this.begin(),
			() => this.robbed(),
		);
		this.tabs.send({ t: 'who' });
		this.watch = window.setInterval(() => this.check(), CHECK_MS);
	}

	close(): void {
		this.over.abort();
		this.leave();
	}

	send(m: TabMessage): void {
		this.tabs.send(m);
	}

	/** This tab has the connection; the others hear by it. */
	leads(): boolean {
		return this.ladder !== null;
	}

	get rung(): Rung {
		return this.health[1];
	}

	/** Tells the server something on the stream; false when it has to be told by a request. */
	say(frame: object): boolean {
		return this.ladder?.say(frame) === true;
	}

	/** Opens the stream anew, where it was. */
	renew(): void {
		this.ladder?.renew();
	}

	/** Signed in again: what had given up goes on. */
	again(): void {
		this.ladder?.stop();
		this.ladder?.start();
	}

	/** Somebody looks at another tab, which gets its news from here. */
	isWatched(): boolean {
		return Date.now() - this.watchedAt < WATCHED_MS;
	}

	private leave(): void {
		clearInterval(this.watch);
		clearTimeout(this.asking);
		this.asking = 0;
		this.ladder?.stop();
		this.ladder = null;
		this.tabs.close();
	}

	private begin(): void {
		this.ladder = new Ladder(
			{
				...this.ports,
				rungs: this.ports.rungs(),
				incoming: (frame) => {
					if (this.tabs.shared) this.tabs.send({ t: 'frame', frame });
					this.take(frame);
				},
				health: (health, rung) => {
					if (this.tabs.shared) this.tabs.send({ t: 'health', health, rung });
					this.note(health, rung);
				},
				now: Date.now,
				random: Math.random,
				setTimer: (ms, work) => window.setTimeout(work, ms),
				clearTimer: (id) => clearTimeout(id),
			},
			this.cursor,
		);
		this.ladder.start();
	}

	private robbed(): void {
		this.ladder?.stop();
		this.ladder = null;
		this.heardAt = Date.now();
	}

	private receive(m: TabMessage): void {
		switch (m.t) {
			case 'frame':
				this.heardAt = Date.now();
				return this.held ? void this.held.push(m.frame) : this.take(m.frame);
			case 'health':
				this.heardAt = Date.now();
				return this.ladder ? undefined : this.note(m.health, m.rung);
			case 'who':
				if (!this.ladder || !this.tabs.shared) return;
				this.watchedAt = Date.now();
				this.tabs.send({ t: 'health', health: this.health[0], rung: this.health[1] });
				return this.ladder.nudge();
			default:
				return this.ports.message(m);
		}
	}

	private note(...health: Parameters<LadderPorts['health']>): void {
		this.health = health;
		this.ports.health(...health);
	}

	private take(f: Incoming): void {
		this.ports.frame(f);
		if ((f.kind === 'hello' || f.kind === 'hb') && f.cursor) this.cursor = f.cursor;
	}

	/** What a listener does about silence. Polling for others is quicker while somebody looks. */
	private check(): void {
		if (this.ladder || !isVisible()) return;
		const rung: Rung = this.health[1];
		if (rung === 'poll' || Date.now() - this.heardAt > QUIET_MS) this.ask();
	}

	private ask(): void {
		if (!this.tabs.shared || this.asking || this.away) return;
		const askedAt = Date.now();
		this.tabs.send({ t: 'who' });
		// Not all at once, where several look.
		this.asking = window.setTimeout(
			() => {
				this.asking = 0;
				if (this.ladder || this.heardAt >= askedAt || !isVisible()) return;
				this.note('connecting', this.health[1]);
				this.tabs.rob();
			},
			ANSWER_MS + Math.random() * 1000,
		);
	}

	private look(): void {
		if (this.away || this.held) return;
		if (this.ladder) this.ladder.nudge();
		else this.ask();
	}

	private goAway(): void {
		if (this.away || this.held) return;
		this.away = true;
		this.held = [];
		this.leave();
	}

	private comeBack(): void {
		if (!this.away) return;
		this.away = false;
		this.tabs = this.openTabs(this.userId, (m) => this.receive(m));
		this.note('connecting', this.health[1]);
		this.ports.reread();
		this.start(null);
	}

	private listen(): void {
		const { signal } = this.over;
		const on = (target: EventTarget, name: string, work: (e: Event) => void) =>
			target.addEventListener(name, work, { signal });
		on(window, 'online', () => (this.ladder ? this.ladder.renew() : this.look()));
		on(window, 'offline', () => this.ladder?.unplugged());
		on(window, 'focus', () => this.look());
		on(document, 'visibilitychange', () => isVisible() && this.look());
		on(window, 'pagehide', () => this.goAway());
		on(document, 'freeze', () => this.goAway());
		on(document, 'resume', () => this.comeBack());
		on(window, 'pageshow', () => (this.away ? this.comeBack() : this.look()));
	}
}
