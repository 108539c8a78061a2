import { useRef } from 'react';

/**
 * When a row goes with the button that was pressed, the row beside it has the focus, else the list.
 * `idOf` gives the id of the element that takes it.
 */
export function useNeighbour<T extends HTMLElement>() {
	const box = useRef<T>(null);
	/** Asked before it goes; what it gives is called afterwards. */
	const beside = <R>(list: R[], gone: R, idOf: (row: R) => string): (() => void) => {
		const at = list.indexOf(gone);
		const next = list[at + 1] ?? list[at - 1];
		return () => {
			const to = next && box.current?.querySelector<HTMLElement>(`[id="${idOf(next)}"]`);
			(to || box.current)?.focus();
		};
	};
	return { box, beside };
}
