/*
 * The reader never moves. On every scroll the first visible row and its distance from the top are
 * remembered; after every change of the content, before the browser paints it, the list either
 * goes to the end (when the reader was within 80 px of it) or puts that row back where it was.
 * By hand and not by `overflow-anchor`, which WebKit lacks.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

const END_PX = 80;
export const PAGE_PX = 1200;

export interface Place {
	pinned: boolean;
	key: string | null;
	top: number;
}

interface Options {
	scroller: RefObject<HTMLElement | null>;
	content: RefObject<HTMLElement | null>;
	/** Another run of messages starts from its own place. */
	run: string;
	/** Null while there is nothing to show. */
	initial: (() => Place | 'new') | null;
	onPlace: (place: Place, edges: { above: number; below: number }) => void;
}

interface Keeper {
	toEnd(): void;
	center(key: string): boolean;
	place(): Place;
}

const rowOf = (content: HTMLElement, key: string): HTMLElement | null =>
	content.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);

/** First row whose lower edge is below the top of the view: rows are in order, so by halving. */
function firstVisible(content: HTMLElement, top: number): HTMLElement | null {
	const rows = content.children;
	let low = 0;
	let high = rows.length - 1;
	while (low < high) {
		const mid = (low + high) >> 1;
		const row = rows[mid];
		if (row && row.getBoundingClientRect().bottom > top) high = mid;
		else low = mid + 1;
	}
	for (let i = low; i < rows.length; i++) {
		const row = rows[i];
		if (row instanceof HTMLElement && row.dataset.row) return row;
	}
	return null;
}

export function useKeepPlace({ scroller, content, run, initial, onPlace }: Options): Keeper {
	const place = useRef<Place>({ pinned: true, key: null, top: 0 });
	const lastTop = useRef(0);
	const started = useRef<string | null>(null);
	const report = useRef(onPlace);
	report.current = onPlace;

	const note = () => {
		const s = scroller.current;
		const c = content.current;
		if (!s || !c || started.current === null) return;
		const below = s.scrollHeight - s.scrollTop - s.clientHeight;
		const top = s.getBoundingClientRect().top;
		const row = firstVisible(c, top);
		lastTop.current = s.scrollTop;
		place.current = {
			pinned: below <= END_PX,
			key: row?.dataset.row ?? null,
			top: row ? row.getBoundingClientRect().top - top : 0,
		};
		report.current(place.current, { above: s.scrollTop, below });
	};

	const settle = () => {
		const s = scroller.current;
		const c = content.current;
		if (!s || !c || started.current === null) return;
		const p = place.current;
		if (p.pinned) {
			s.scrollTop = s.scrollHeight;
		} else if (p.key) {
			const row = rowOf(c, p.key);
			if (row) {
				// What the reader has scrolled since the last report is his own doing.
				const own = s.scrollTop - lastTop.current;
				const now = row.getBoundingClientRect().top - s.getBoundingClientRect().top;
				const moved = now - (p.top - own);
				if (Math.abs(moved) >= 0.5) s.scrollTop += moved;
			}
		}
		note();
	};

	useLayoutEffect(() => {
		const s = scroller.current;
		const c = content.current;
		if (!s || !c || !initial) return;
		if (started.current !== run) {
			started.current = run;
			const wanted = initial();
			if (wanted === 'new') {
				const line = rowOf(c, 'new');
				s.scrollTop = line ? line.offsetTop - s.clientHeight / 3 : s.scrollHeight;
				return note();
			}
			place.current = wanted;
			lastTop.current = s.scrollTop;
			if (!wanted.pinned && wanted.key && !rowOf(c, wanted.key)) place.current.pinned = true;
		}
		settle();
	});

	// biome-ignore lint/correctness/useExhaustiveDependencies: the elements live as long as the list
	useEffect(() => {
		const s = scroller.current;
		const c = content.current;
		if (!s || !c) return;
		const observer = new ResizeObserver(settle);
		observer.observe(c);
		observer.observe(s);
		s.addEventListener('scroll', note, { passive: true });
		return () => {
			observer.disconnect();
			s.removeEventListener('scroll', note);
		};
	}, []);

	return {
		toEnd: () => {
			place.current = { ...place.current, pinned: true };
			settle();
		},
		center: (key) => {
			const s = scroller.current;
			const c = content.current;
			const row = s && c ? rowOf(c, key) : null;
			if (!s || !row) return false;
			s.scrollTop = row.offsetTop - (s.clientHeight - row.offsetHeight) / 2;
			note();
			return true;
		},
		place: () => place.current,
	};
}
