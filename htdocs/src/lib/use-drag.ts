/*
 * Dragging rows of a list by the pointer, without the browser's own drag and drop, which knows no
 * touch. Rows say where one may drop by `data-drop="<place>"`; the half of the row the pointer is
 * over decides whether before or after it. Esc lets go.
 */
import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from 'react';

export interface Drop {
	/** What `data-drop` of the row says. */
	place: string;
	after: boolean;
}

export interface Drag {
	id: string;
	over: Drop | null;
}

const START_PX = 6;
const EDGE_PX = 40;

function dropAt(x: number, y: number): Drop | null {
	const row = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]');
	if (!row) return null;
	const { top, height } = row.getBoundingClientRect();
	return { place: row.dataset.drop ?? '', after: y > top + height / 2 };
}

function scrollParent(from: Element): Element | null {
	for (let el = from.parentElement; el; el = el.parentElement)
		if (/(auto|scroll)/.test(getComputedStyle(el).overflowY) && el.scrollHeight > el.clientHeight)
			return el;
	return null;
}

/** Near an edge of what scrolls, it does. */
function nudge(scroller: Element | null, y: number): void {
	if (!scroller) return;
	const { top, bottom } = scroller.getBoundingClientRect();
	if (y < top + EDGE_PX) scroller.scrollBy(0, -8);
	else if (y > bottom - EDGE_PX) scroller.scrollBy(0, 8);
}

interface Running {
	id: string;
	x: number;
	y: number;
	on: boolean;
	end: () => void;
}

/** `mouseOnly`: a finger on the row scrolls instead. */
export function useDrag(drop: (id: string, to: Drop) => void, mouseOnly = false) {
	const [drag, setDrag] = useState<Drag | null>(null);
	const running = useRef<Running | null>(null);
	const done = useRef(drop);
	done.current = drop;
	useEffect(() => () => running.current?.end(), []);

	const start = (id: string) => (e: ReactPointerEvent<HTMLElement>) => {
		if (e.button !== 0 || (mouseOnly && e.pointerType !== 'mouse') || running.current) return;
		const scroller = scrollParent(e.currentTarget);
		const abort = new AbortController();
		const { signal } = abort;
		const state: Running = {
			id,
			x: e.clientX,
			y: e.clientY,
			on: false,
			end: () => {
				abort.abort();
				document.body.style.userSelect = '';
				running.current = null;
				setDrag(null);
			},
		};
		running.current = state;
		document.body.style.userSelect = 'none';
		let frame = 0;
		const edge = () => {
			nudge(scroller, state.y);
			frame = requestAnimationFrame(edge);
		};
		signal.addEventListener('abort', () => cancelAnimationFrame(frame));
		const move = (m: PointerEvent) => {
			if (!state.on && Math.hypot(m.clientX - state.x, m.clientY - state.y) < START_PX) return;
			if (!state.on) edge();
			state.on = true;
			state.x = m.clientX;
			state.y = m.clientY;
			m.preventDefault();
			setDrag({ id, over: dropAt(m.clientX, m.clientY) });
		};
		const up = (m: PointerEvent) => {
			const to = state.on ? dropAt(m.clientX, m.clientY) : null;
			const moved = state.on;
			state.end();
			if (moved) swallowClick();
			if (to) done.current(id, to);
		};
		const key = (k: KeyboardEvent) => {
			if (k.key !== 'Escape' || !state.on) return;
			k.preventDefault();
			k.stopPropagation();
			state.end();
		};
		document.addEventListener('pointermove', move, { signal });
		document.addEventListener('pointerup', up, { signal });
		document.addEventListener('pointercancel', state.end, { signal });
		document.addEventListener('keydown', key, { signal, capture: true });
	};
	return { drag, start };
}

/** What is let go of over a link is no click on it. */
function swallowClick(): void {
	const stop = (e: MouseEvent) => {
		e.preventDefault();
		e.stopPropagation();
	};
	document.addEventListener('click', stop, { capture: true, once: true });
	setTimeout(() => document.removeEventListener('click', stop, { capture: true }));
}
