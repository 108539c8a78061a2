/*
 * The box of a channel where one may not write as far as the roles tell. It is closed; the first key
 * or touch asks the server, and what is typed until the answer is there stands in the box if one may.
 */
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { noteTyping } from '../../store/sending';

export function useAsking(
	channelId: string,
	asks: boolean,
	barred: boolean,
	put: (text: string) => void,
) {
	const held = useRef('');
	useEffect(() => {
		if (asks) return;
		const text = held.current;
		held.current = '';
		if (text !== '' && !barred) put(text);
	}, [asks, barred, put]);
	const ask = () => {
		if (asks) noteTyping(channelId);
	};
	const onKey = (e: KeyboardEvent) => {
		if (!asks || e.key.length !== 1 || e.ctrlKey || e.metaKey || e.altKey) return;
		held.current += e.key;
		ask();
	};
	return { ask, onKey };
}
