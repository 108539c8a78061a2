/* The text in the box, its names, and the draft that is kept of it for this and other tabs. */
import { type RefObject, useCallback, useEffect, useState } from 'react';
import { namesIn } from '../messages/names';
import { readDraft, writeDraft } from './drafts';
import { decode, encode, type Pick } from './picks';

interface Draft {
	text: string;
	picks: Pick[];
	/** As it is sent. */
	content: string;
	set: (text: string, picks?: Pick[]) => void;
}

export function useDraft(
	me: string,
	channelId: string,
	box: RefObject<HTMLTextAreaElement | null>,
): Draft {
	const [{ text, picks }, put] = useState(() =>
		decode(readDraft(me, channelId), namesIn(channelId)),
	);
	const content = encode(text, picks);
	useEffect(() => writeDraft(me, channelId, content), [me, channelId, content]);
	useEffect(() => {
		// What another tab types into the same draft shows here unless it is being written here.
		const follow = (e: StorageEvent) => {
			if (e.key === `moot.draft.${me}.${channelId}` && document.activeElement !== box.current)
				put(decode(e.newValue ?? '', namesIn(channelId)));
		};
		window.addEventListener('storage', follow);
		return () => window.removeEventListener('storage', follow);
	}, [me, channelId, box]);
	const set = useCallback(
		(next: string, chosen?: Pick[]) =>
			put((was) => ({ text: next, picks: next === '' ? [] : (chosen ?? was.picks) })),
		[],
	);
	return { text, picks, content, set };
}
