/*
 * The one way into the store: (state, action) → state, without side effects or clock. Pages of
 * history, events of the stream and optimistic rows all come through here, in any order and as
 * often as they like: what is older than what is known changes nothing. The work is done by subject:
 * places.ts (servers, channels, people), windows.ts (messages), posting.ts (own messages, marks),
 * events.ts (what each type of event does).
 */
import type {
	BootServer,
	Bootstrap,
	Channel,
	Envelope,
	Me,
	Message,
	Presence,
	Receipt,
	User,
} from '../api/schema';
import { putBlock, putMe, reduceEvent } from './events';
import { type Here, putHere } from './here';
import {
	dropChannel,
	dropServer,
	mergeBootstrap,
	putChannel,
	putServer,
	revoke,
	withUsers,
} from './places';
import { dropPending, endTyping, markRead, mergePosted, putPending } from './posting';
import { putPresence } from './presence';
import { keepReceipts, putReceipts } from './receipts';
import { emptyState, emptyWindow, type PageKind, type Pending, type State, without } from './types';
import { leaveChannel, mergePage, patchMessage, putMessages, putWindow } from './windows';

export type Action =
	| { kind: 'bootstrap'; data: Bootstrap }
	| { kind: 'event'; event: Envelope; now: number }
	| { kind: 'page'; channelId: string; items: Message[]; page: PageKind; older?: boolean }
	| { kind: 'message'; message: Message }
	/** One that stands anywhere in its channel. */
	| { kind: 'single'; message: Message }
	| { kind: 'channel'; channel: Channel }
	| { kind: 'server'; server: BootServer }
	| { kind: 'server-gone'; serverId: string }
	| { kind: 'channel-gone'; channelId: string }
	| { kind: 'position'; stream: string; rev: number }
	| { kind: 'healed'; stream: string }
	| { kind: 'stale' }
	| { kind: 'revoke'; stream: string }
	| { kind: 'pending'; entry: Pending }
	| { kind: 'pending-gone'; channelId: string; nonce: string }
	| { kind: 'edited'; channelId: string; id: string; content: string }
	| { kind: 'read'; channelId: string; seq: number }
	| { kind: 'receipts'; channelId: string; items: Receipt[] }
	| { kind: 'receipts-of'; channelIds: string[] }
	| { kind: 'presence'; items: Presence[] }
	| {
			kind: 'here';
			serverId: string;
			people: Record<string, Here | null>;
			users: User[];
			shown?: (userId: string) => boolean;
	  }
	| { kind: 'me'; me: Me }
	| { kind: 'block'; userId: string; blocked: boolean }
	| { kind: 'at-end'; channelId: string; atEnd: boolean }
	| { kind: 'left'; channelId: string }
	| { kind: 'window-reset'; channelId: string }
	| { kind: 'typing-ends'; now: number }
	| { kind: 'signed-out' };

export function merge(s: State, a: Action): State {
	switch (a.kind) {
		case 'bootstrap':
			return mergeBootstrap(s, a.data);
		case 'event':
			return mergeEvent(s, a.event, a.now);
		case 'page':
			return mergePage(s, a.channelId, a.items, a.page, a.older);
		case 'message':
			return mergePosted(s, a.message);
		case 'single':
			return putMessages(s, a.message.channel_id, [a.message]);
		case 'channel':
			return putChannel(s, a.channel);
		case 'server':
			return putServer(s, a.server);
		case 'server-gone':
			return dropServer(s, a.serverId);
		case 'channel-gone':
			return dropChannel(s, a.channelId);
		case 'position':
			return { ...s, revs: { ...s.revs, [a.stream]: Math.max(s.revs[a.stream] ?? 0, a.rev) } };
		case 'healed':
			return {
				...s,
				gaps: s.gaps.filter((g) => g !== a.stream),
				here: without(s.here, a.stream.replace(/^server:/, '')),
			};
		case 'stale':
			return { ...s, stale: true };
		case 'revoke':
			return revoke(s, a.stream);
		case 'pending':
			return putPending(s, a.entry);
		case 'pending-gone':
			return dropPending(s, a.channelId, a.nonce);
		case 'edited':
			return patchMessage(s, a.channelId, a.id, (m) => ({ ...m, content: a.content }));
		case 'read':
			return markRead(s, a.channelId, a.seq);
		case 'receipts':
			return putReceipts(s, a.channelId, a.items);
		case 'receipts-of':
			return keepReceipts(s, a.channelIds);
		case 'me':
			return putMe(s, a.me);
		case 'block':
			return putBlock(s, a.userId, a.blocked);
		case 'here':
			return putHere(withUsers(s, a.users), a.serverId, a.people, a.shown);
		case 'presence':
			return putPresence(s, a.items);
		case 'at-end':
			return putWindow(s, a.channelId, (w) => (w.atEnd === a.atEnd ? w : { ...w, atEnd: a.atEnd }));
		case 'left':
			return leaveChannel(s, a.channelId);
		case 'window-reset':
			return putWindow(s, a.channelId, (w) => ({ ...emptyWindow, epoch: w.epoch + 1 }));
		case 'typing-ends':
			return endTyping(s, a.now);
		case 'signed-out':
			return emptyState;
	}
}

/** Drops repetitions, notes gaps, then lets the type's reducer work. */
function mergeEvent(s: State, e: Envelope, now: number): State {
	if (e.rev === 0) return reduceEvent(s, e, now);
	const known = s.revs[e.stream];
	if (known !== undefined && e.rev <= known) return s;
	const missed = known !== undefined && e.rev > known + 1 && !s.gaps.includes(e.stream);
	const next: State = {
		...s,
		revs: { ...s.revs, [e.stream]: e.rev },
		gaps: missed ? [...s.gaps, e.stream] : s.gaps,
	};
	return reduceEvent(next, e, now);
}
