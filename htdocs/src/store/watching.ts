/*
 * Whose presence is asked for: of the people on the screen of any tab. Each tab tells the others
 * its list; the one with the connection tells the server all of them together, at most once a second.
 */
import type { Rung } from '../stream/transport';

export interface WatchPorts {
	leads(): boolean;
	rung(): Rung;
	/** To the other tabs. */
	share(ids: string[]): void;
	say(frame: object): boolean;
	put(ids: string[]): Promise<unknown>;
	/** Asks once, where nothing is told by itself. */
	ask(ids: string[]): Promise<unknown>;
	now(): number;
}

export const DEBOUNCE_MS = 1000;
/** Repeated this often; a tab not heard of for longer than three times that is gone. */
export const REPEAT_MS = 60_000;
/** As many as may be watched at all. */
const MOST = 200;

export class Watching {
	/** id → how often it is on the screen of this tab. */
	private readonly here = new Map<string, number>();
	private readonly tabs = new Map<string, { ids: string[]; at: number }>();
	private shared = '';
	/** What the server was told for this connection; null = nothing. */
	private told: string | null = null;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private readonly repeat: ReturnType<typeof setInterval>;

	constructor(private readonly ports: WatchPorts) {
		this.repeat = setInterval(() => this.again(), REPEAT_MS);
	}

	close(): void {
		clearTimeout(this.timer);
		clearInterval(this.repeat);
	}

	/** Somebody came on screen. Returns what to call, once, when he is not any more. */
	look(id: string): () => void {
		this.here.set(id, (this.here.get(id) ?? 0) + 1);
		this.soon();
		return () => {
			const left = (this.here.get(id) ?? 1) - 1;
			if (left > 0) this.here.set(id, left);
			else this.here.delete(id);
			this.soon();
		};
	}

	/** The list of another tab. */
	heard(tab: string, ids: string[]): void {
		if (ids.length > 0) this.tabs.set(tab, { ids: ids.slice(0, MOST), at: this.ports.now() });
		else this.tabs.delete(tab);
		this.soon();
	}

	/** The stream is a new one, here or in the tab that leads: it watches nobody yet. */
	greeted(): void {
		this.told = null;
		this.shared = '';
		this.tell();
		this.soon();
	}

	/** Things may be other than they were told, because of what I may see. */
	anew(): void {
		this.told = null;
		this.soon();
	}

	private soon(): void {
		this.timer ??= setTimeout(() => {
			this.timer = undefined;
			this.share();
			this.tell();
		}, DEBOUNCE_MS);
	}

	private again(): void {
		if (this.here.size > 0) this.shared = '';
		const polls = this.ports.rung() === 'long-poll' || this.ports.rung() === 'poll';
		if (polls) this.told = null;
		this.soon();
	}

	private own(): string[] {
		return [...this.here.keys()].slice(0, MOST);
	}

	private share(): void {
		const ids = this.own();
		const key = ids.join();
		if (key === this.shared) return;
		this.shared = key;
		this.ports.share(ids);
	}

	/** Of all tabs; this one's come first where there are too many. */
	private all(): string[] {
		const ids = new Set(this.own());
		for (const [tab, list] of this.tabs) {
			if (this.ports.now() - list.at > 3 * REPEAT_MS) this.tabs.delete(tab);
			else for (const id of list.ids) ids.add(id);
		}
		return [...ids].slice(0, MOST);
	}

	private tell(): void {
		if (!this.ports.leads()) {
			this.told = null;
			return;
		}
		const ids = this.all();
		const key = [...ids].sort().join();
		if (key === (this.told ?? '')) return;
		this.told = key;
		const rung = this.ports.rung();
		if (rung === 'socket') {
			// Not open: the next hello tells it.
			if (!this.ports.say({ op: 'watch', user_ids: ids })) this.told = null;
			return;
		}
		if (rung !== 'sse' && ids.length === 0) return;
		(rung === 'sse' ? this.ports.put(ids) : this.ports.ask(ids)).catch(() => {
			// Tried again with the next change, or when the lists are repeated.
			if (this.told === key) this.told = null;
		});
	}
}
