import { useState } from 'react';

/**
 * What is known of something that was just saved: the answer, until the stream brings what is newer.
 * The answer stands in for that very object only which it was asked for.
 */
export function useSaved<T>(current: T): [value: T, save: (answer: T) => void] {
	const [saved, setSaved] = useState<{ over: T; answer: T } | null>(null);
	const value = saved && saved.over === current ? saved.answer : current;
	return [value, (answer) => setSaved({ over: current, answer })];
}
