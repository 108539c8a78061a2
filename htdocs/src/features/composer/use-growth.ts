import { type RefObject, useLayoutEffect, useRef } from 'react';

const growsByItself = globalThis.CSS?.supports?.('field-sizing', 'content') === true;

/**
 * For browsers without `field-sizing`. Measuring from nothing lays out the list twice a key, so it
 * is done only for a text that became shorter.
 */
export function useGrowth(box: RefObject<HTMLTextAreaElement | null>, text: string): void {
	const length = useRef(0);
	useLayoutEffect(() => {
		const field = box.current;
		if (!field || growsByItself) return;
		if (text.length < length.current) field.style.height = '0';
		length.current = text.length;
		if (field.scrollHeight !== field.clientHeight) field.style.height = `${field.scrollHeight}px`;
	}, [box, text]);
}
