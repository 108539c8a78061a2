/*
 * One connection per browser: the tab that holds the Web Lock runs it and passes everything on by
 * BroadcastChannel; when it goes, the next tab in the lock's queue takes over at the cursor it has
 * seen. Without both (insecure origins, old browsers) every tab connects for itself.
 */
import type { Action } from '../store/merge';
import type { Health } from './ladder';
import type { Rung } from './transport';
import type { Incoming } from './wire';

export type TabMessage =
	| { t: 'frame'; frame: Incoming }
	| { t: 'health'; health: Health; rung: Rung }
	| { t: 'who' }
	| { t: 'action'; action: Action }
	| { t: 'outbox' }
	| { t: 'expired' }
	| { t: 'back' }
	| { t: 'signed-out' };

export interface Tabs {
	send(message: TabMessage): void;
	/** Resolves when this tab is the one to hold the connection. */
	lead(work: () => void): void;
	close(): void;
}

export function openTabs(userId: string, receive: (m: TabMessage) => void): Tabs {
	const channel =
		typeof BroadcastChannel === 'function' ? new BroadcastChannel(`moot:${userId}`) : null;
	if (channel) channel.onmessage = (e: MessageEvent<TabMessage>) => receive(e.data);
	const over = new AbortController();
	let release: (() => void) | null = null;
	return {
		send: (m) => channel?.postMessage(m),
		lead: (work) => {
			if (!channel || !navigator.locks) return work();
			navigator.locks
				.request(`moot-stream:${userId}`, { signal: over.signal }, () => {
					if (over.signal.aborted) return;
					work();
					return new Promise<void>((done) => {
						release = done;
					});
				})
				.catch(() => {
					// Aborted: the session ended before it was this tab's turn.
				});
		},
		close: () => {
			over.abort();
			release?.();
			channel?.close();
		},
	};
}
