/*
 * Part of merge.ts: who is there. What is told is true when it is told and has no number, so the
 * last one counts. Nobody is told about who is not watched: what is known of him grows old, and is
 * corrected when he is on screen again.
 */
import type { Me, Presence, Seen } from '../api/schema';
import type { Health } from '../stream/ladder';
import type { Rung } from '../stream/transport';
import { KEPT_PEOPLE, type State } from './types';

type Known = State['presence'];

const same = (a: Seen | undefined, b: Seen): boolean =>
	a?.status === b.status && a.last_seen_at === b.last_seen_at;

/** Those told about longest ago are forgotten first. */
const bounded = (all: Known): Known => {
	const ids = Object.keys(all);
	if (ids.length <= KEPT_PEOPLE) return all;
	return Object.fromEntries(Object.entries(all).slice(ids.length - KEPT_PEOPLE));
};

export function putPresence(s: State, items: Presence[]): State {
	const news = items.filter((p) => !same(s.presence[p.user_id], p));
	if (news.length === 0) return s;
	const presence = { ...s.presence };
	for (const { user_id, status, last_seen_at } of news) {
		delete presence[user_id];
		presence[user_id] = { status, last_seen_at };
	}
	return { ...s, presence: bounded(presence) };
}

/** What is known stays: a list may have been read before what the stream has told since. */
export const bootPresence = (known: Known, read: Known): Known =>
	Object.keys(read).every((id) => Object.hasOwn(known, id))
		? known
		: bounded({ ...read, ...known });

/**
 * Whether what is known of others still holds. A daemon that is away has nobody connected, so REST
 * calls everybody offline. While one comes back, what was known before is as good as any.
 */
export const knowsOthers = (before: boolean, health: Health, rung: Rung): boolean =>
	health === 'connecting'
		? before
		: health === 'live' || (health === 'delayed' && rung === 'long-poll');

export type Shown = Seen['status'] | 'invisible';

/** Of myself: what I chose counts before what I do. */
export const ownStatus = (me: Pick<Me, 'status'>, idle: boolean): Shown =>
	me.status !== 'online' ? me.status : idle ? 'idle' : 'online';

/** Who hides when he was here sees it of nobody, from that moment on. */
export const lastSeen = (s: State, id: string): string | null => {
	const p = s.presence[id];
	return p?.status === 'offline' && s.me?.show_last_seen !== false ? p.last_seen_at : null;
};
