/*
 * One tooltip for the whole page: an element names its words by `data-tip` (and `data-tip-keys`,
 * `data-tip-side`). It opens after a moment under the pointer, at once with the keyboard's focus,
 * may be hovered itself, and goes with Esc. The focus that a touch or a click moves shows none,
 * though the browser may call it visible. The words are the element's accessible name already,
 * so nothing is announced twice.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

const OPEN_MS = 450;
const CLOSE_MS = 120;
const GAP = 6;

interface Shown {
	target: HTMLElement;
	label: string;
	keys: string | undefined;
	side: string;
}

const targetOf = (e: Event): HTMLElement | null =>
	e.target instanceof Element ? e.target.closest<HTMLElement>('[data-tip]') : null;

export function Tips() {
	const [shown, setShown] = useState<Shown | null>(null);
	const bubble = useRef<HTMLDivElement>(null);

	useEffect(() => {
		let timer = 0;
		let byKey = false;
		const later = (ms: number, work: () => void) => {
			clearTimeout(timer);
			timer = window.setTimeout(work, ms);
		};
		const show = (target: HTMLElement) => {
			if (!target.isConnected || target.dataset.state === 'open') return;
			const { tip = '', tipKeys, tipSide = 'top' } = target.dataset;
			setShown({ target, label: tip, keys: tipKeys, side: tipSide });
		};
		const over = (e: PointerEvent) => {
			if (e.pointerType !== 'mouse') return;
			if (bubble.current?.contains(e.target as Node)) return clearTimeout(timer);
			const target = targetOf(e);
			if (target) later(OPEN_MS, () => show(target));
			else later(CLOSE_MS, () => setShown(null));
		};
		const focus = (e: FocusEvent) => {
			const target = targetOf(e);
			if (byKey && target?.matches(':focus-visible')) later(0, () => show(target));
			else later(0, () => setShown(null));
		};
		const hide = () => later(0, () => setShown(null));
		const down = () => {
			byKey = false;
			hide();
		};
		const key = (e: KeyboardEvent) => {
			// What closes gives the focus back: that is not asking what the button is for.
			byKey = e.key !== 'Escape';
			if (!byKey) hide();
		};
		document.addEventListener('pointerover', over);
		document.addEventListener('focusin', focus);
		document.addEventListener('focusout', hide);
		document.addEventListener('pointerdown', down, true);
		document.addEventListener('keydown', key, true);
		document.addEventListener('scroll', hide, { capture: true, passive: true });
		return () => {
			clearTimeout(timer);
			document.removeEventListener('pointerover', over);
			document.removeEventListener('focusin', focus);
			document.removeEventListener('focusout', hide);
			document.removeEventListener('pointerdown', down, true);
			document.removeEventListener('keydown', key, true);
			document.removeEventListener('scroll', hide, { capture: true });
		};
	}, []);

	useLayoutEffect(() => {
		const b = bubble.current;
		if (!b || !shown) return;
		const at = shown.target.getBoundingClientRect();
		const own = b.getBoundingClientRect();
		const beside = shown.side === 'right';
		const above = at.top - own.height - GAP;
		const left = beside ? at.right + GAP : at.left + (at.width - own.width) / 2;
		const top = beside
			? at.top + (at.height - own.height) / 2
			: above < GAP
				? at.bottom + GAP
				: above;
		b.style.left = `${Math.max(GAP, Math.min(left, innerWidth - own.width - GAP))}px`;
		b.style.top = `${top}px`;
	}, [shown]);

	if (!shown) return null;
	return (
		<div
			ref={bubble}
			aria-hidden="true"
			className="fixed z-50 flex max-w-64 animate-appear items-center gap-2 rounded-md bg-ink px-2 py-1 font-medium text-canvas text-xs shadow-float"
		>
			<bdi>{shown.label}</bdi>
			{shown.keys && <kbd className="font-sans opacity-70">{shown.keys}</kbd>}
		</div>
	);
}
