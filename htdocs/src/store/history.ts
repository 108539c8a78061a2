/*
 * Reading a channel's past: which page is on its way (one at a time for a channel, a later wish
 * replaces an earlier one), and what the list should do when it has come.
 */
import { create } from 'zustand';
import { message as fetchMessage, messages as fetchPage, type PageQuery } from '../api/core';
import { type ApiError, asApiError } from '../api/problem';
import { apply, chat } from './store';
import type { PageKind } from './types';

const FIRST = 50;
const MORE = 50;

interface Loading {
	busy: PageKind | null;
	error: ApiError | null;
	/** The list centres this message once, then calls `reached`. */
	target: string | null;
}

const idle: Loading = { busy: null, error: null, target: null };

export const useHistory = create<Record<string, Loading>>(() => ({}));
export const loadingOf = (all: Record<string, Loading>, id: string): Loading => all[id] ?? idle;

const set = (channelId: string, change: Partial<Loading>): void =>
	useHistory.setState((all) => ({ [channelId]: { ...(all[channelId] ?? idle), ...change } }));

const under: Record<string, AbortController> = {};

async function load(channelId: string, page: PageKind, query: PageQuery): Promise<boolean> {
	under[channelId]?.abort();
	const abort = new AbortController();
	under[channelId] = abort;
	set(channelId, { busy: page, error: null });
	try {
		const got = await fetchPage(channelId, query, abort.signal);
		if (abort.signal.aborted) return false;
		apply({
			kind: 'page',
			channelId,
			items: got.items,
			page,
			...(page === 'before' && got.items.length === 0 ? { older: false } : {}),
		});
		set(channelId, { busy: null });
		return true;
	} catch (e) {
		if (abort.signal.aborted) return false;
		const error = asApiError(e);
		if (error.status === 404 && page !== 'around') apply({ kind: 'channel-gone', channelId });
		set(channelId, { busy: null, error });
		return false;
	}
}

/** Called when a channel is shown; `target` is a message to land on. */
export async function openChannel(channelId: string, target?: string): Promise<void> {
	const w = chat().windows[channelId];
	if (target) return jumpTo(channelId, target);
	if (w?.loaded || loadingOf(useHistory.getState(), channelId).busy) return;
	// The empty window collects what is delivered while the page is on its way.
	if (!w) apply({ kind: 'window-reset', channelId });
	const c = chat().channels[channelId];
	const unread = (c?.last_seq ?? 0) - (chat().reads[channelId]?.read_seq ?? 0);
	await load(channelId, 'latest', { limit: unread > FIRST - 10 ? 100 : FIRST });
}

export async function loadOlder(channelId: string): Promise<void> {
	const w = chat().windows[channelId];
	const { busy, error } = loadingOf(useHistory.getState(), channelId);
	if (!w?.loaded || !w.hasOlder || busy || error) return;
	await load(channelId, 'before', { before: lowest(w.ids), limit: MORE });
}

export async function loadNewer(channelId: string): Promise<void> {
	const w = chat().windows[channelId];
	const { busy, error } = loadingOf(useHistory.getState(), channelId);
	if (!w?.loaded || !w.hasNewer || busy || error) return;
	await load(channelId, 'after', { after: w.ids.at(-1) ?? '0', limit: MORE });
}

/** Ids are ascending in time but a run is ordered by seq, so its first row is not always its lowest id. */
const lowest = (ids: string[]): string => ids.slice(0, 20).sort()[0] ?? '';

async function jumpTo(channelId: string, id: string): Promise<void> {
	if (!chat().windows[channelId]) apply({ kind: 'window-reset', channelId });
	if (!chat().windows[channelId]?.ids.includes(id)) {
		const found = await load(channelId, 'around', { around: id, limit: MORE });
		if (!found) return;
	}
	set(channelId, { target: id });
}

export const reached = (channelId: string): void => set(channelId, { target: null });

export async function jumpToPresent(channelId: string): Promise<boolean> {
	if (!chat().windows[channelId]?.hasNewer) return true;
	return load(channelId, 'latest', { limit: FIRST });
}

/** Pages back until the row with `seq` is loaded; gives up after a number of pages. */
export async function reachSeq(channelId: string, seq: number): Promise<void> {
	for (let pages = 0; pages < 40; pages++) {
		const w = chat().windows[channelId];
		const known = chat().messages[channelId] ?? {};
		const hit = w?.ids.find((id) => (known[id]?.seq ?? 0) >= seq);
		const first = known[w?.ids[0] ?? '']?.seq ?? 0;
		if (hit && (first <= seq || !w?.hasOlder)) return set(channelId, { target: hit });
		if (!w || !(await load(channelId, 'before', { before: lowest(w.ids), limit: 100 }))) return;
	}
}

export function retryHistory(channelId: string): void {
	set(channelId, { error: null });
	const w = chat().windows[channelId];
	if (!w?.loaded) void openChannel(channelId);
	else if (w.hasNewer && w.atEnd) void loadNewer(channelId);
	else void loadOlder(channelId);
}

/** After a reset: the run in memory may miss changes. What nobody looks at is simply forgotten. */
export async function reloadChannel(channelId: string): Promise<void> {
	const w = chat().windows[channelId];
	if (!w?.loaded) return;
	if (w.atEnd || !w.hasNewer) await load(channelId, 'latest', { limit: 100 });
	else await load(channelId, 'around', { around: w.ids[w.ids.length >> 1] ?? '', limit: 100 });
}

/** A message that is not in memory, and is quoted or reported. */
const asked = new Set<string>();
export function needMessage(channelId: string, id: string): void {
	const key = `${channelId}/${id}`;
	if (asked.has(key) || chat().messages[channelId]?.[id]) return;
	asked.add(key);
	fetchMessage(channelId, id)
		.then((message) => {
			apply({ kind: 'single', message });
			// It may be dropped again with its channel.
			asked.delete(key);
		})
		.catch(() => undefined);
}
