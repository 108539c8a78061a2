/* Text not sent, per account and channel; the browser keeps it and other tabs see it. */
import { create } from 'zustand';
import { recall, remember } from '../../lib/local';

const key = (userId: string, channelId: string): string => `draft.${userId}.${channelId}`;

/** Only which channels have one, for the sidebar; the text itself lives in the composer. */
export const useDrafts = create<Record<string, boolean>>(() => ({}));

export function readDraft(userId: string, channelId: string): string {
	return recall(key(userId, channelId)) ?? '';
}

export function writeDraft(userId: string, channelId: string, text: string): void {
	remember(key(userId, channelId), text.trim() === '' ? null : text);
	const has = text.trim() !== '';
	if ((useDrafts.getState()[channelId] ?? false) !== has) useDrafts.setState({ [channelId]: has });
}

/** Finds the drafts of earlier visits. */
export function findDrafts(userId: string): void {
	const prefix = `moot.${key(userId, '')}`;
	const found: Record<string, boolean> = {};
	try {
		for (const name of Object.keys(localStorage))
			if (name.startsWith(prefix)) found[name.slice(prefix.length)] = true;
	} catch {
		// Storage is forbidden: then there are none.
	}
	useDrafts.setState(found, true);
}
