/*
 * The tabs of one browser among themselves: one of them leads (it holds the Web Lock), all hear each
 * other by BroadcastChannel. When the leader goes, the next in the lock's queue leads; one that is
 * there but does not answer can be robbed of the lock. Without both (insecure origins, old browsers)
 * every tab leads, and nothing about a connection is passed on.
 */
import type { Action } from '../store/merge';
import type { Health } from './ladder';
import type { Rung } from './transport';
import type { Incoming } from './wire';

export type TabMessage =
	| { t: 'frame'; frame: Incoming }
	| { t: 'health'; health: Health; rung: Rung }
	/** To the leader: answer with your health, and somebody looks at what you bring. */
	| { t: 'who' }
	/** People on the screen of a tab; it says so again now and then. */
	| { t: 'watching'; tab: string; ids: string[] }
	/** Somebody is at this browser. */
	| { t: 'input' }
	| { t: 'action'; action: Action }
	| { t: 'outbox' }
	| { t: 'expired' }
	| { t: 'back' }
	| { t: 'signed-out' };

export interface Tabs {
	/** One leads for all. */
	shared: boolean;
	send(message: TabMessage): void;
	/** `begin` when it is this tab's turn, at once or later; `lost` when it was robbed of it. */
	lead(begin: () => void, lost: () => void): void;
	/** Takes the lead from whoever has it. */
	rob(): void;
	close(): void;
}

export type OpenTabs = (userId: string, receive: (m: TabMessage) => void) => Tabs;

export const openTabs: OpenTabs = (userId, receive) => {
	const channel =
		typeof BroadcastChannel === 'function' ? new BroadcastChannel(`moot:${userId}`) : null;
	if (channel) channel.onmessage = (e: MessageEvent<TabMessage>) => receive(e.data);
	const shared = channel !== null && navigator.locks !== undefined;
	const name = `moot-stream:${userId}`;
	let queue = new AbortController();
	let closed = false;
	let release: (() => void) | null = null;
	let turn = () => {};
	let robbed = () => {};

	const hold = () => {
		if (closed) return;
		turn();
		return new Promise<void>((done) => {
			release = done;
		});
	};
	/** The promise of a lock is broken when another tab takes it. */
	const over = () => {
		if (closed || !release) return;
		release = null;
		robbed();
		wait();
	};
	const wait = () => {
		queue = new AbortController();
		navigator.locks.request(name, { signal: queue.signal }, hold).catch(over);
	};

	return {
		shared,
		send: (m) => {
			if (!closed) channel?.postMessage(m);
		},
		lead: (begin, lost) => {
			turn = begin;
			robbed = lost;
			if (shared) wait();
			else begin();
		},
		rob: () => {
			if (closed || !shared || release) return;
			queue.abort();
			navigator.locks.request(name, { steal: true }, hold).catch(over);
		},
		close: () => {
			closed = true;
			queue.abort();
			release?.();
			channel?.close();
		},
	};
};
