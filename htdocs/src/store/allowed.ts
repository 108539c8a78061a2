/*
 * Whether I may write in a channel, where my roles alone do not tell: a channel may allow or deny it
 * by itself. The answer to "is typing" tells; it holds until something changes that it may rest on.
 */
import { create } from 'zustand';
import { asApiError } from '../api/problem';
import { chat } from './store';
import type { State } from './types';

interface Answer {
	about: string;
	/** Code word of the refusal; null: allowed. */
	code: string | null;
}

export const useAllowed = create<Record<string, Answer>>(() => ({}));

/** All that an answer may rest on, as one text. */
export function groundsOf(s: State, channelId: string): string {
	const c = s.channels[channelId];
	const server = s.servers[c?.server_id ?? ''];
	return [
		server?.my_permissions,
		server?.timeout_until,
		s.changes[channelId],
		s.blocks.length,
		s.changes[c?.server_id ?? ''],
	].join();
}

const set = (channelId: string, code: string | null): void => {
	const answer = { about: groundsOf(chat(), channelId), code };
	const known = useAllowed.getState()[channelId];
	if (known?.about !== answer.about || known.code !== code)
		useAllowed.setState({ [channelId]: answer });
};

export const noteAllowed = (channelId: string): void => set(channelId, null);

export function noteRefused(channelId: string, error: unknown): void {
	const e = asApiError(error);
	if (e.status === 403 || e.status === 409) set(channelId, e.code);
}

/** In a conversation nothing tells when a refusal ends: whoever comes back there may try. */
export function forgetAllowed(channelId: string): void {
	if (chat().channels[channelId]?.server_id) return;
	useAllowed.setState(({ [channelId]: _, ...others }) => others, true);
}
