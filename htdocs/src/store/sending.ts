/* Writing: new messages through the outbox, edits, deletions, read marks, typing. */
import { deleteMessage, patchMessage, postMessage, postTyping, putRead } from '../api/core';
import { randomId } from '../lib/local';
import type { TabMessage } from '../stream/tabs';
import { noteAllowed, noteRefused } from './allowed';
import { db } from './idb';
import { Outbox } from './outbox';
import { apply, chat } from './store';

let current: Outbox | null = null;
let announce: (m: TabMessage) => void = () => {};

export const outbox = (): Outbox | null => current;

export function openOutbox(userId: string, send: (m: TabMessage) => void): void {
	announce = send;
	const both = (action: Parameters<typeof apply>[0]) => {
		apply(action);
		announce({ t: 'action', action });
	};
	current = new Outbox(userId, {
		all: async (id) => (await db()).getAllFromIndex('outbox', 'user', id),
		put: async (entry) => void (await (await db()).put('outbox', entry)),
		remove: async (nonce) => (await db()).delete('outbox', nonce),
		post: postMessage,
		exclusive: (work) => (navigator.locks ? navigator.locks.request('moot-outbox', work) : work()),
		now: Date.now,
		later: (ms, work) => void window.setTimeout(work, ms),
		changed: (entry) => both({ kind: 'pending', entry }),
		delivered: (entry, message) => {
			if (message) both({ kind: 'message', message });
			both({ kind: 'pending-gone', channelId: entry.channelId, nonce: entry.nonce });
		},
	});
	void current.restore();
}

export function sendMessage(channelId: string, content: string, replyTo: string | null): void {
	const me = chat().me;
	if (!me || !current) return;
	void current.add({
		nonce: randomId(),
		userId: me.id,
		channelId,
		content,
		replyTo,
		createdAt: Date.now(),
		firstFailure: 0,
		attempts: 0,
		state: 'queued',
		reason: null,
	});
}

export const retrySend = (nonce: string): void => void current?.retry(nonce);

export async function discard(channelId: string, nonce: string): Promise<void> {
	await (await db()).delete('outbox', nonce);
	const action = { kind: 'pending-gone', channelId, nonce } as const;
	apply(action);
	announce({ t: 'action', action });
}

/** Shows the new text at once; a refusal puts the old one back and is the caller's to tell. */
export async function editMessage(channelId: string, id: string, content: string): Promise<void> {
	const before = chat().messages[channelId]?.[id];
	if (!before || before.content === content) return;
	apply({ kind: 'edited', channelId, id, content });
	try {
		apply({ kind: 'message', message: await patchMessage(channelId, id, content) });
	} catch (e) {
		apply({ kind: 'edited', channelId, id, content: before.content });
		throw e;
	}
}

export const removeMessage = (channelId: string, id: string): Promise<void> =>
	deleteMessage(channelId, id);

// Read marks: at once when nothing was sent lately, else every two seconds, and on leaving.

const READ_EVERY = 2000;
const marks = new Map<string, number>();
let markTimer = 0;
let markedAt = 0;

/** The reader has the end of the channel before his eyes. */
export function markSeen(channelId: string): void {
	const s = chat();
	const seq = s.channels[channelId]?.last_seq ?? 0;
	if (seq <= (s.reads[channelId]?.read_seq ?? 0)) return;
	apply({ kind: 'read', channelId, seq });
	marks.set(channelId, seq);
	if (markTimer) return;
	markTimer = window.setTimeout(flushMarks, Math.max(0, markedAt + READ_EVERY - Date.now()));
}

function flushMarks(leaving = false): void {
	clearTimeout(markTimer);
	markTimer = 0;
	markedAt = Date.now();
	for (const [channelId, seq] of marks)
		void putRead(channelId, seq, leaving).catch(() => undefined);
	marks.clear();
}

window.addEventListener('blur', () => flushMarks());
window.addEventListener('pagehide', () => flushMarks(true));

const TYPING_EVERY = 5000;
const typedAt = new Map<string, number>();

export function noteTyping(channelId: string): void {
	const now = Date.now();
	if (now - (typedAt.get(channelId) ?? 0) < TYPING_EVERY) return;
	typedAt.set(channelId, now);
	postTyping(channelId).then(
		() => noteAllowed(channelId),
		(e) => noteRefused(channelId, e),
	);
}

/** The message has gone: the next keystroke may tell again at once. */
export const stopTyping = (channelId: string): void => void typedAt.delete(channelId);
