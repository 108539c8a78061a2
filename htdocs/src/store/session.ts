/*
 * The session of this tab: bootstrap, the connection, and what heals the picture when the stream
 * says that something is missing.
 *
 *   starting → anonymous            nobody is signed in
 *            → ready (→ expired)    the sign-in dialog lies over the page, drafts stay
 *            → failed               the server cannot be asked; retried
 */
import { create } from 'zustand';
import { bootstrap, logout, sync } from '../api/core';
import { noteFreshToken, refresh, tokenRanOut, whenSignedOut, whenUnconfirmed } from '../api/http';
import { type ApiError, asApiError } from '../api/problem';
import { type Envelope, Message } from '../api/schema';
import { recall, remember } from '../lib/local';
import { Connection } from '../stream/connection';
import type { Health, LadderPorts } from '../stream/ladder';
import { pollDelay } from '../stream/policy';
import type { TabMessage } from '../stream/tabs';
import { longPoll, poll, type Rung, socket, sse } from '../stream/transport';
import type { Incoming } from '../stream/wire';
import { applyChanged, heal, healBehind, readChanges } from './healing';
import { knowsOthers } from './presence';
import { greeted, heard, presentOn, usePresent } from './present';
import { noteReached, readShownReceipts } from './reaching';
import { openOutbox, outbox } from './sending';
import { apply, chat, useChat } from './store';

export type Phase = 'starting' | 'anonymous' | 'ready' | 'failed';

interface Session {
	phase: Phase;
	expired: boolean;
	/** Somebody has to show that he still is who signed in; called with whether he has. */
	confirming: ((done: boolean) => void) | null;
	health: Health;
	rung: Rung;
	/** Of others' presence. */
	knows: boolean;
	error: ApiError | null;
}

export const useSession = create<Session>(() => ({
	phase: 'starting',
	expired: false,
	confirming: null,
	health: 'connecting',
	rung: 'socket',
	knows: false,
	error: null,
}));

let connection: Connection | null = null;
/** The stream's position at the first bootstrap. */
let cursor: string | null = null;
/** The page was away and could not read anew when it came back. */
let behind = false;

export async function start(): Promise<void> {
	const userId = recall('user');
	if (!userId) return useSession.setState({ phase: 'anonymous' });
	await boot(userId);
}

/** After register, login or setup: the cookies are set. */
export async function signedIn(userId: string, expiresIn: number): Promise<void> {
	noteFreshToken(expiresIn);
	const before = chat().me?.id;
	if (before && before !== userId) return leaveTo(userId);
	remember('user', userId);
	if (useSession.getState().phase !== 'ready') return boot(userId);
	connection?.send({ t: 'back' });
	await resume();
}

/** Signed in again, here or in another tab: the tab with the connection takes it up. */
async function resume(): Promise<void> {
	useSession.setState({ expired: false });
	await readBootstrap().catch(() => undefined);
	connection?.again();
	void outbox()?.wake();
}

/** One question at a time: who asks meanwhile waits for the same answer. */
let question: Promise<boolean> | null = null;
whenUnconfirmed(() => {
	question ??= new Promise<boolean>((done) => useSession.setState({ confirming: done })).finally(
		() => {
			question = null;
			useSession.setState({ confirming: null });
		},
	);
	return question;
});

function expire(): void {
	useSession.setState({ expired: true });
	connection?.send({ t: 'expired' });
}

/** Another account: nothing of the last one may stay in memory. */
function leaveTo(userId: string): void {
	remember('user', userId);
	location.reload();
}

export async function signOut(): Promise<void> {
	await logout().catch(() => undefined);
	connection?.send({ t: 'signed-out' });
	endSession();
}

/** Nobody is signed in here any more. */
export function endSession(): void {
	remember('user', null);
	remember('expires', null);
	close();
	apply({ kind: 'signed-out' });
	useSession.setState({ phase: 'anonymous', expired: false, error: null });
}

function close(): void {
	connection?.close();
	connection = null;
	presentOn(null);
	cursor = null;
	behind = false;
}

whenSignedOut(() => {
	if (useSession.getState().phase === 'ready') expire();
	else endSession();
});

async function boot(userId: string): Promise<void> {
	useSession.setState({ phase: 'starting', error: null });
	close();
	// Listening comes before asking: what is delivered in between waits, and repeats nothing.
	connection = connect(userId);
	presentOn(connection);
	try {
		await readBootstrap();
	} catch (e) {
		const error = asApiError(e);
		if (error.kind === 'signed-out') return;
		close();
		return useSession.setState({ phase: 'failed', error });
	}
	if (chat().me?.id !== userId) return leaveTo(chat().me?.id ?? '');
	openOutbox(userId, (m) => connection?.send(m));
	useSession.setState({ phase: 'ready' });
	connection?.start(cursor);
}

export async function readBootstrap(): Promise<void> {
	const data = await bootstrap();
	apply({ kind: 'bootstrap', data });
	cursor ??= data.stream?.cursor ?? null;
}

const connect = (userId: string): Connection =>
	new Connection(userId, {
		rungs,
		probe: () => ask(() => bootstrapProbe()),
		refresh: () => ask(async () => (await refresh(Date.now() - 1000)) || signedOutError()),
		frame: take,
		health: noteHealth,
		signedOut: expire,
		message: receive,
		reread,
	});

/** After the page was put away: what happened meanwhile is in no frame that this tab will hear. */
async function reread(): Promise<void> {
	if (recall('user') !== chat().me?.id) return location.reload();
	try {
		await readBootstrap();
		behind = false;
		healBehind();
	} catch {
		behind = true;
	}
}

/** An installation without the push daemon says so: there is only polling then. */
function rungs(): LadderPorts['rungs'] {
	const last: LadderPorts['rungs'] = [{ name: 'poll', open: poll(pollOnce, nextPoll) }];
	if (chat().features.stream === false) return last;
	return [
		{ name: 'socket', open: socket },
		{ name: 'sse', open: sse },
		{ name: 'long-poll', open: longPoll(() => usePresent.getState().idle) },
		...last,
	];
}

const bootstrapProbe = async (): Promise<void> => {
	if (tokenRanOut() && !(await refresh(Date.now() - 1000))) signedOutError();
	await sync({});
};

function signedOutError(): never {
	throw new Error('signed-out');
}

async function ask(work: () => Promise<unknown>): Promise<'ok' | 'signed-out' | 'unreachable'> {
	try {
		await work();
		return 'ok';
	} catch (e) {
		if (e instanceof Error && e.message === 'signed-out') return 'signed-out';
		const error = asApiError(e);
		if (error.kind === 'signed-out') return 'signed-out';
		return error.mayRetry ? 'unreachable' : 'ok';
	}
}

function noteHealth(health: Health, rung: Rung): void {
	const { health: before, knows } = useSession.getState();
	useSession.setState({ health, rung, knows: knowsOthers(knows, health, rung) });
	if (before === health || (health !== 'live' && health !== 'delayed')) return;
	void outbox()?.wake();
	if (behind) void reread();
	if (before === 'delayed' && health === 'live') readShownReceipts();
}

function receive(m: TabMessage): void {
	switch (m.t) {
		case 'action':
			return apply(m.action);
		case 'watching':
		case 'input':
			return heard(m);
		case 'outbox':
			return void outbox()?.flush();
		case 'expired':
			return useSession.setState({ expired: true });
		case 'back':
			return void resume();
		case 'signed-out':
			return endSession();
	}
}

function take(f: Incoming): void {
	switch (f.kind) {
		case 'event':
			apply({ kind: 'event', event: f.event, now: Date.now() });
			return noteArrival(f.event);
		case 'hello':
			for (const stream of f.reset) void heal(stream);
			greeted();
			return readShownReceipts();
		case 'reset':
			// First the position, then the reading: what comes in between is applied on top.
			apply({ kind: 'position', stream: f.stream, rev: f.head });
			return void heal(f.stream);
		case 'revoke':
			return apply({ kind: 'revoke', stream: f.stream });
		case 'changed':
			return applyChanged(f.channelId, f.items, f.rev);
		case 'reread':
			return apply({ kind: 'stale' });
	}
}

/** One tab tells for all. */
function noteArrival(e: Envelope): void {
	if (e.type !== 'message.created' || !connection?.leads()) return;
	const m = Message.safeParse(e.data);
	if (m.success) noteReached(m.data.channel_id, m.data.author.id, m.data.seq);
}

let lastBootstrap = 0;
let bootstrapTimer = 0;

/** The picture's own complaints: missed events, and changes that only a bootstrap tells exactly. */
useChat.subscribe((s) => {
	for (const stream of s.gaps) void heal(stream);
	rereadIfStale(s.stale);
});

function rereadIfStale(stale: boolean): void {
	if (!stale || bootstrapTimer || useSession.getState().phase !== 'ready') return;
	const wait = Math.max(250, lastBootstrap + 2000 - Date.now());
	bootstrapTimer = window.setTimeout(() => {
		lastBootstrap = Date.now();
		readBootstrap()
			.then(
				() => true,
				() => false,
			)
			.then((read) => {
				bootstrapTimer = 0;
				// What was read may be older than what has made it stale.
				if (read) rereadIfStale(useChat.getState().stale);
			});
	}, wait);
}

let polls = 0;

/** The last rung: changed messages by /sync; people, channels and marks by a bootstrap now and then. */
async function pollOnce(): Promise<Incoming[]> {
	const changed = await readChanges();
	return polls++ % 15 === 0 ? [{ kind: 'reread' }, ...changed] : changed;
}

const nextPoll = (): number =>
	pollDelay(
		document.visibilityState === 'visible' || connection?.isWatched() === true,
		document.hasFocus(),
		Math.random,
	);

window.setInterval(() => {
	if (Object.keys(chat().typing).length > 0) apply({ kind: 'typing-ends', now: Date.now() });
}, 1000);
