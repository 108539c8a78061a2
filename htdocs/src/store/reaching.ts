/* What has reached this device is told to the others, and how far they are is asked. */
import { putDelivered, receipts } from '../api/endpoints';
import { isConversation } from '../lib/people';
import { apply, chat } from './store';

const FEW = 50;
const TELL_EVERY = 2000;
const reached = new Map<string, number>();
let timer = 0;
let toldAt = 0;

/** A message of somebody else came to the tab that has the connection. */
export function noteReached(channelId: string, authorId: string, seq: number): void {
	const s = chat();
	const c = s.channels[channelId];
	if (!c || !isConversation(c) || authorId === s.me?.id || s.me?.receipts === false) return;
	reached.set(channelId, Math.max(seq, reached.get(channelId) ?? 0));
	if (timer) return;
	timer = window.setTimeout(tell, Math.max(0, toldAt + TELL_EVERY - Date.now()));
}

function tell(): void {
	timer = 0;
	toldAt = Date.now();
	// What is read is delivered.
	for (const [channelId, seq] of reached)
		if (seq > (chat().reads[channelId]?.read_seq ?? 0))
			void putDelivered(channelId, seq).catch(() => undefined);
	reached.clear();
}

/** Reads how far the others are, where that is shown at all. */
export async function readReceipts(channelId: string): Promise<void> {
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
