/* What has reached this device is told to the others, and how far they are is asked. */
import { putDelivered, receipts } from '../api/core';
import { isConversation } from '../lib/people';
import { say } from './present';
import { apply, chat } from './store';

const FEW = 50;
const TELL_EVERY = 2000;
/** At once: a stream takes 120 frames a minute, of which others are read marks and the like. */
const TELL_MOST = 2;
const reached = new Map<string, number>();
const shown = new Map<string, number>();
let timer = 0;
let toldAt = 0;

/** A message of somebody else came to the tab that has the connection. */
export function noteReached(channelId: string, authorId: string, seq: number): void {
	const s = chat();
	const c = s.channels[channelId];
	const mine = authorId === s.me?.id;
	if (!c || !isConversation(c) || mine || s.me?.receipts === false || s.me?.status === 'invisible')
		return;
	reached.set(channelId, Math.max(seq, reached.get(channelId) ?? 0));
	soon();
}

function soon(): void {
	if (!timer) timer = window.setTimeout(tell, Math.max(0, toldAt + TELL_EVERY - Date.now()));
}

function tell(): void {
	timer = 0;
	toldAt = Date.now();
	let left = TELL_MOST;
	for (const [channelId, seq] of reached) {
		if (left === 0) return soon();
		reached.delete(channelId);
		// What is read is delivered.
		if (seq <= (chat().reads[channelId]?.read_seq ?? 0)) continue;
		left--;
		if (!say({ op: 'delivered', channel_id: channelId, seq }))
			void putDelivered(channelId, seq).catch(() => undefined);
	}
}

/**
 * Reads how far the others are, where that is shown at all, and keeps it while it is on screen.
 * Returns what to call, once, when it is not any more.
 */
export function lookAtReceipts(channelId: string): () => void {
	shown.set(channelId, (shown.get(channelId) ?? 0) + 1);
	void readReceipts(channelId);
	return () => {
		const left = (shown.get(channelId) ?? 1) - 1;
		if (left > 0) shown.set(channelId, left);
		else shown.delete(channelId);
	};
}

/** Receipts have no number: what was told while nobody listened is read, of what is on screen. */
export function readShownReceipts(): void {
	apply({ kind: 'receipts-of', channelIds: [...shown.keys()] });
	for (const channelId of shown.keys()) void readReceipts(channelId);
}

async function readReceipts(channelId: string): Promise<void> {
	const s = chat();
	const c = s.channels[channelId];
	if (!c || s.me?.receipts === false) return;
	const people = s.servers[c.server_id ?? '']?.member_count ?? 0;
	if (!isConversation(c) && !c.private && people > FEW) return;
	try {
		const { items } = await receipts(channelId);
		apply({ kind: 'receipts', channelId, items });
	} catch {
		// Read again when the channel is opened next.
	}
}
