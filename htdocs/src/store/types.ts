/*
 * The normalised picture of everything the server has told this tab. One pure function (merge.ts)
 * makes the next picture from the last one; components only ever read.
 */
import type { BootServer, Channel, Me, Message, ReadState, Role, Seen, User } from '../api/schema';
import type { Here } from './here';
import type { Reached } from './receipts';

export const WINDOW_ROWS = 300;
export const KEPT_ROWS = 50;
export const TYPING_MS = 8000;
export const KEPT_PEOPLE = 500;

type ChannelId = string;

/** Where a page of history lies to what is in memory. */
export type PageKind = 'latest' | 'before' | 'after' | 'around';

/** A server without what is normalised away: its channels stand in `State.channels`. */
type ServerEntity = Omit<BootServer, 'channels' | 'roles'> & { roles: Role[] };

/**
 * The part of a channel that is in memory: a contiguous run of messages, ascending by seq.
 * `hasNewer` means that arriving messages are not inserted, because rows between are missing.
 */
export interface MessageWindow {
	ids: string[];
	hasOlder: boolean;
	hasNewer: boolean;
	loaded: boolean;
	/** The reader is at the end of the list, so old rows may be dropped from the top. */
	atEnd: boolean;
	/** Raised when the window is another run than before, not a longer one. */
	epoch: number;
}

type PendingState = 'queued' | 'sending' | 'waiting' | 'failed';

/** A message of mine on its way. It stands in IndexedDB too, under its nonce. */
export interface Pending {
	nonce: string;
	userId: string;
	channelId: ChannelId;
	content: string;
	replyTo: string | null;
	createdAt: number;
	/** First attempt that the server could not take, for the two-minute limit; 0 = none. */
	firstFailure: number;
	attempts: number;
	state: PendingState;
	/** Code word of the refusal. */
	reason: string | null;
	/** In slow mode: before then (ms, the server's clock) it is no use to try. */
	retryAt?: number;
}

export interface State {
	me: Me | null;
	users: Record<string, User>;
	/** Whom I have blocked. */
	blocks: string[];
	servers: Record<string, ServerEntity>;
	/** server → why I am in it no more, of those that told so. */
	left: Record<string, string>;
	/** server → user → what he is there, of those that were asked for; null: no member. */
	here: Record<string, Record<string, Here | null>>;
	channels: Record<ChannelId, Channel>;
	reads: Record<ChannelId, ReadState>;
	/** channel → user → how far, of channels whose list was read. */
	receipts: Record<ChannelId, Record<string, Reached>>;
	messages: Record<ChannelId, Record<string, Message>>;
	windows: Record<ChannelId, MessageWindow>;
	pending: Record<ChannelId, Pending[]>;
	/** Last rev applied of each stream; events at or below it are repetitions. */
	revs: Record<string, number>;
	/** channel → user → time (ms) at which the indication ends. */
	typing: Record<ChannelId, Record<string, number>>;
	/** user → who is there, of those told about last; at most `KEPT_PEOPLE`. */
	presence: Record<string, Seen>;
	/**
	 * Raised by each change of what is only asked for where it is shown: people of a server or a private
	 * channel (by its id), reports (`reportsKey()`). Screens have it in the key of what they ask for.
	 */
	changes: Record<string, number>;
	/** Streams in which an event was missed: the session refetches them. */
	gaps: string[];
	/** Something changed that only a new bootstrap tells exactly (roles, permissions). */
	stale: boolean;
	limits: { messageLength: number };
	features: Record<string, unknown>;
}

export const emptyState: State = {
	me: null,
	users: {},
	blocks: [],
	servers: {},
	left: {},
	here: {},
	channels: {},
	reads: {},
	receipts: {},
	messages: {},
	windows: {},
	pending: {},
	revs: {},
	typing: {},
	presence: {},
	changes: {},
	gaps: [],
	stale: false,
	limits: { messageLength: 4000 },
	features: {},
};

export const emptyWindow: MessageWindow = {
	ids: [],
	hasOlder: true,
	hasNewer: false,
	loaded: false,
	atEnd: true,
	epoch: 0,
};

export const without = <T>(record: Record<string, T>, key: string): Record<string, T> => {
	if (!Object.hasOwn(record, key)) return record;
	const { [key]: _, ...rest } = record;
	return rest;
};
