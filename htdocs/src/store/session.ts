/*
 * The session of this tab: bootstrap, the connection, and what heals the picture when the stream
 * says that something is missing.
 *
 *   starting → anonymous            nobody is signed in
 *            → ready (→ expired)    the sign-in dialog lies over the page, drafts stay
 *            → failed               the server cannot be asked; retried
 */
import { create } from 'zustand';
import { bootstrap, channel as fetchChannel, logout, sync } from '../api/endpoints';
import { noteFreshToken, refresh, tokenRanOut, whenSignedOut } from '../api/http';
import { type ApiError, asApiError } from '../api/problem';
import { recall, remember } from '../lib/local';
import { type Health, Ladder, type LadderPorts } from '../stream/ladder';
import { pollDelay } from '../stream/policy';
import { openTabs, type TabMessage, type Tabs } from '../stream/tabs';
import { longPoll, poll, type Rung, socket, sse } from '../stream/transport';
import type { Incoming } from '../stream/wire';
import { reloadChannel } from './history';
import { openOutbox, outbox } from './sending';
import { apply, applyAll, chat, useChat } from './store';

export type Phase = 'starting' | 'anonymous' | 'ready' | 'failed';

interface Session {
	phase: Phase;
	expired: boolean;
	health: Health;
	rung: Rung;
	error: ApiError | null;
}

export const useSession = create<Session>(() => ({
	phase: 'starting',
	expired: false,
	health: 'connecting',
	rung: 'socket',
	error: null,
}));

let tabs: Tabs | null = null;
let ladder: Ladder | null = null;
/** Position for a takeover: that of the last checkpoint which has been applied here. */
let cursor: string | null = null;
let held: Incoming[] | null = null;

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
	tabs?.send({ t: 'back' });
	await resume();
}

/** Signed in again, here or in another tab: the tab with the connection takes it up. */
async function resume(): Promise<void> {
	useSession.setState({ expired: false });
	await readBootstrap().catch(() => undefined);
	ladder?.stop();
	ladder?.start();
	void outbox()?.wake();
}

function expire(): void {
	useSession.setState({ expired: true });
	tabs?.send({ t: 'expired' });
}

/** Another account: nothing of the last one may stay in memory. */
function leaveTo(userId: string): void {
	remember('user', userId);
	location.reload();
}

export async function signOut(): Promise<void> {
	await logout().catch(() => undefined);
	tabs?.send({ t: 'signed-out' });
	endSession();
}

function endSession(): void {
	remember('user', null);
	remember('expires', null);
	close();
	apply({ kind: 'signed-out' });
	useSession.setState({ phase: 'anonymous', expired: false, error: null });
}

function close(): void {
	ladder?.stop();
	ladder = null;
	tabs?.close();
	tabs = null;
	cursor = null;
}

whenSignedOut(() => {
	if (useSession.getState().phase === 'ready') expire();
	else endSession();
});

async function boot(userId: string): Promise<void> {
	useSession.setState({ phase: 'starting', error: null });
	close();
	// Listening comes before asking: what is delivered in between waits, and repeats nothing.
	held = [];
	tabs = openTabs(userId, receive);
	try {
		await readBootstrap();
	} catch (e) {
		const error = asApiError(e);
		if (error.kind === 'signed-out') return;
		close();
		return useSession.setState({ phase: 'failed', error });
	}
	if (chat().me?.id !== userId) return leaveTo(chat().me?.id ?? '');
	openOutbox(userId, (m) => tabs?.send(m));
	useSession.setState({ phase: 'ready' });
	const waiting = held ?? [];
	held = null;
	waiting.forEach(take);
	connect();
}

export async function readBootstrap(): Promise<void> {
	const data = await bootstrap();
	apply({ kind: 'bootstrap', data });
	cursor ??= data.stream?.cursor ?? null;
}

function connect(): void {
	const begin = () => {
		ladder = new Ladder(
			{
				rungs: rungs(),
				probe: () => ask(() => bootstrapProbe()),
				refresh: () => ask(async () => (await refresh(Date.now() - 1000)) || signedOutError()),
				incoming: (frame) => {
					tabs?.send({ t: 'frame', frame });
					take(frame);
				},
				health: (health, rung) => {
					tabs?.send({ t: 'health', health, rung });
					noteHealth(health, rung);
				},
				signedOut: expire,
				now: Date.now,
				random: Math.random,
				setTimer: (ms, work) => window.setTimeout(work, ms),
				clearTimer: (id) => clearTimeout(id),
			},
			cursor,
		);
		ladder.start();
	};
	tabs?.lead(begin);
	tabs?.send({ t: 'who' });
}

/** An installation without the push daemon says so: there is only polling then. */
function rungs(): LadderPorts['rungs'] {
	const last: LadderPorts['rungs'] = [{ name: 'poll', open: poll(readChanges, nextPoll) }];
	if (chat().features.stream === false) return last;
	return [
		{ name: 'socket', open: socket },
		{ name: 'sse', open: sse },
		{ name: 'long-poll', open: longPoll },
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
	const before = useSession.getState().health;
	useSession.setState({ health, rung });
	if (before !== health && (health === 'live' || health === 'delayed')) void outbox()?.wake();
}

function receive(m: TabMessage): void {
	switch (m.t) {
		case 'frame':
			return held ? void held.push(m.frame) : take(m.frame);
		case 'health':
			return noteHealth(m.health, m.rung);
		case 'who':
			if (ladder) tabs?.send({ t: 'health', ...pick(useSession.getState()) });
			return;
		case 'action':
			return apply(m.action);
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

const pick = ({ health, rung }: Session): { health: Health; rung: Rung } => ({ health, rung });

function take(f: Incoming): void {
	switch (f.kind) {
		case 'event':
			apply({ kind: 'event', event: f.event, now: Date.now() });
			break;
		case 'hello':
			for (const stream of f.reset) void heal(stream);
			break;
		case 'reset':
			// First the position, then the reading: what comes in between is applied on top.
			apply({ kind: 'position', stream: f.stream, rev: f.head });
			void heal(f.stream);
			break;
		case 'revoke':
			apply({ kind: 'revoke', stream: f.stream });
			break;
	}
	if ((f.kind === 'hello' || f.kind === 'hb') && f.cursor) cursor = f.cursor;
}

/** Reads one stream anew by REST. */
async function heal(stream: string): Promise<void> {
	apply({ kind: 'healed', stream });
	const [kind, id = ''] = stream.split(':');
	if (kind !== 'channel') return apply({ kind: 'stale' });
	try {
		apply({ kind: 'channel', channel: await fetchChannel(id) });
		await reloadChannel(id);
	} catch (e) {
		if (asApiError(e).status === 404) apply({ kind: 'channel-gone', channelId: id });
	}
}

let lastBootstrap = 0;
let bootstrapTimer = 0;

/** The picture's own complaints: missed events, and changes that only a bootstrap tells exactly. */
useChat.subscribe((s) => {
	for (const stream of s.gaps) void heal(stream);
	if (!s.stale || bootstrapTimer || useSession.getState().phase !== 'ready') return;
	const wait = Math.max(250, lastBootstrap + 2000 - Date.now());
	bootstrapTimer = window.setTimeout(() => {
		lastBootstrap = Date.now();
		readBootstrap()
			.catch(() => undefined)
			.finally(() => {
				bootstrapTimer = 0;
			});
	}, wait);
});

/** As many as one request may name. */
const SYNC_CHANNELS = 200;

let polls = 0;

/** The last rung: changed messages by /sync; people, channels and marks by a bootstrap now and then. */
async function readChanges(): Promise<void> {
	if (polls++ % 15 === 0) await readBootstrap();
	const revs = Object.entries(chat().revs).flatMap(([stream, rev]) =>
		stream.startsWith('channel:') ? [[stream.slice(8), rev] as const] : [],
	);
	for (let at = 0; at < revs.length; at += SYNC_CHANNELS)
		await readSome(Object.fromEntries(revs.slice(at, at + SYNC_CHANNELS)));
}

async function readSome(revs: Record<string, number>): Promise<void> {
	const answer = await sync(revs);
	for (const [id, change] of Object.entries(answer.channels)) {
		if (change.revoked) {
			apply({ kind: 'revoke', stream: `channel:${id}` });
			continue;
		}
		if (change.reset) {
			void heal(`channel:${id}`);
			continue;
		}
		applyAll(
			change.items.map((m) => ({
				kind: 'event',
				now: Date.now(),
				event: {
					type:
						m.seq > (chat().channels[id]?.last_seq ?? 0) ? 'message.created' : 'message.updated',
					stream: `channel:${id}`,
					rev: 0,
					data: m,
				},
			})),
		);
		apply({ kind: 'position', stream: `channel:${id}`, rev: change.rev });
	}
}

const nextPoll = (): number =>
	pollDelay(document.visibilityState === 'visible', document.hasFocus(), Math.random);

window.setInterval(() => {
	if (Object.keys(chat().typing).length > 0) apply({ kind: 'typing-ends', now: Date.now() });
}, 1000);

window.addEventListener('online', () => ladder?.renew());
for (const event of ['pageshow', 'focus'] as const)
	window.addEventListener(event, () => ladder?.nudge());
document.addEventListener('visibilitychange', () => {
	if (document.visibilityState === 'visible') ladder?.nudge();
});
window.addEventListener('offline', () =>
	useSession.setState((s) => ({ health: s.phase === 'ready' ? 'offline' : s.health })),
);
