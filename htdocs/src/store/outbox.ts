/*
 * My own messages until the server has them. Every entry stands in IndexedDB before its first
 * attempt and keeps one nonce for all attempts, so a lost answer, a reload or a second tab ends in
 * one message. One tab at a time sends (Web Lock), in order for each channel:
 *
 *   queued → sending → (gone: delivered)
 *                    → waiting  network, 429, 5xx: again after 1, 2, 4 … 30 s or Retry-After
 *                    → failed   refused (4xx), slowed for more than a minute, or not taken within
 *                               two minutes of answers
 *
 * Without network an entry waits as long as it takes. A failed entry does not hold up the next.
 */
import type { postMessage } from '../api/core';
import { type ApiError, asApiError } from '../api/problem';
import type { Message } from '../api/schema';
import { serverNow } from '../lib/clock';
import type { Pending } from './types';

export const GIVE_UP_MS = 120_000;
/** Of slow mode: so long a message waits by itself. */
const SHORT_S = 60;

export interface OutboxPorts {
	all(userId: string): Promise<Pending[]>;
	put(entry: Pending): Promise<void>;
	remove(nonce: string): Promise<void>;
	post: typeof postMessage;
	exclusive(work: () => Promise<void>): Promise<void>;
	now(): number;
	later(ms: number, work: () => void): void;
	/** The entry changed, here or in another tab. */
	changed(entry: Pending): void;
	delivered(entry: Pending, message: Message | null): void;
}

export const backOff = (attempts: number): number => Math.min(30_000, 1000 * 2 ** (attempts - 1));

export class Outbox {
	/** Nonce → time before which this tab does not try again. */
	private readonly until = new Map<string, number>();
	private running = false;
	private again = false;
	private hurry = false;

	constructor(
		private readonly userId: string,
		private readonly ports: OutboxPorts,
	) {}

	async restore(): Promise<void> {
		for (const entry of await this.list()) this.ports.changed(entry);
		void this.flush();
	}

	async add(entry: Pending): Promise<void> {
		this.ports.changed(entry);
		await this.ports.put(entry);
		await this.flush();
	}

	async retry(nonce: string): Promise<void> {
		const entry = (await this.list()).find((p) => p.nonce === nonce);
		if (!entry) return;
		await this.save({ ...entry, state: 'queued', reason: null, attempts: 0, firstFailure: 0 });
		await this.flush();
	}

	/** Everything that waits is due at once: the network is back. */
	async wake(): Promise<void> {
		await this.flush(true);
	}

	private async list(): Promise<Pending[]> {
		return (await this.ports.all(this.userId)).sort(
			(a, b) => a.createdAt - b.createdAt || a.nonce.localeCompare(b.nonce),
		);
	}

	private async save(entry: Pending): Promise<void> {
		await this.ports.put(entry);
		this.ports.changed(entry);
	}

	async flush(impatient = false): Promise<void> {
		if (this.running) {
			this.again = true;
			this.hurry ||= impatient;
			return;
		}
		this.running = true;
		try {
			do {
				const hurry = impatient || this.hurry;
				this.again = false;
				this.hurry = false;
				await this.ports.exclusive(() => this.drain(hurry));
			} while (this.again);
		} finally {
			this.running = false;
		}
	}

	private async drain(impatient: boolean): Promise<void> {
		const blocked = new Set<string>();
		for (;;) {
			const entry = (await this.list()).find(
				(p) => p.state !== 'failed' && !blocked.has(p.channelId),
			);
			if (!entry) return;
			const wait = await this.attempt(entry, impatient);
			if (wait === 0) continue;
			blocked.add(entry.channelId);
			if (wait < Number.POSITIVE_INFINITY) this.ports.later(wait, () => void this.flush());
		}
	}

	/** Milliseconds until this channel may go on; 0 = the entry is done with. */
	private async attempt(entry: Pending, impatient: boolean): Promise<number> {
		const early = (this.until.get(entry.nonce) ?? 0) - this.ports.now();
		if (!impatient && entry.state === 'waiting' && early > 0) return early;
		const sending: Pending = { ...entry, state: 'sending', attempts: entry.attempts + 1 };
		await this.save(sending);
		try {
			const { status, data } = await this.ports.post(entry.channelId, {
				content: entry.content,
				nonce: entry.nonce,
				...(entry.replyTo ? { reply_to: entry.replyTo } : {}),
			});
			if (status === 202) return await this.wait(sending, 5000);
			await this.ports.remove(entry.nonce);
			this.ports.delivered(sending, 'id' in data ? data : null);
			return 0;
		} catch (error) {
			return this.refused(sending, asApiError(error));
		}
	}

	private async refused(entry: Pending, e: ApiError): Promise<number> {
		// Signed out says nothing about the message: it goes after the next sign-in.
		if (e.kind === 'signed-out') {
			await this.save({ ...entry, state: 'waiting', reason: e.code });
			return Number.POSITIVE_INFINITY;
		}
		const now = this.ports.now();
		const firstFailure = e.kind === 'busy' ? entry.firstFailure || now : 0;
		const tooLate = firstFailure > 0 && now - firstFailure >= GIVE_UP_MS;
		const slow = e.code === 'slow_mode' ? { retryAt: serverNow() + e.retryAfter * 1000 } : {};
		// What has to wait for long is left to whoever wrote it.
		if (!e.mayRetry || tooLate || (e.code === 'slow_mode' && e.retryAfter > SHORT_S)) {
			await this.save({ ...entry, ...slow, state: 'failed', reason: e.code });
			return 0;
		}
		const wait = Math.max(e.retryAfter * 1000, backOff(entry.attempts));
		return this.wait({ ...entry, ...slow, firstFailure, reason: e.code }, wait);
	}

	private async wait(entry: Pending, ms: number): Promise<number> {
		this.until.set(entry.nonce, this.ports.now() + ms);
		await this.save({ ...entry, state: 'waiting' });
		return ms;
	}
}
