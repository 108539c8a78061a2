/* A picture behind a square window: moved and enlarged by pointer, fingers, wheel or keys. */
import { type PointerEvent, useEffect, useId, useRef } from 'react';
import { t } from '../../lib/text';
import { keyed, mostZoom, moved, placeOf, type Square, zoomed, zoomOf } from './square';

const VIEW = 208;

export interface Picture {
	url: string;
	width: number;
	height: number;
}

interface Props {
	picture: Picture;
	square: Square;
	onChange: (square: Square) => void;
	disabled: boolean;
}

interface Point {
	x: number;
	y: number;
}

const between = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** One finger moves, two enlarge. */
function usePointers({ picture, square, onChange }: Props) {
	const down = useRef(new Map<number, Point>());
	const now = useRef(square);
	now.current = square;
	const set = (next: Square) => {
		now.current = next;
		onChange(next);
	};
	const lift = (e: PointerEvent) => void down.current.delete(e.pointerId);
	return {
		onPointerDown: (e: PointerEvent) => {
			if (e.button !== 0 || down.current.size > 1) return;
			e.currentTarget.setPointerCapture(e.pointerId);
			down.current.set(e.pointerId, { x: e.clientX, y: e.clientY });
		},
		onPointerMove: (e: PointerEvent) => {
			const from = down.current.get(e.pointerId);
			if (!from) return;
			const to = { x: e.clientX, y: e.clientY };
			const other = [...down.current].find(([id]) => id !== e.pointerId)?.[1];
			down.current.set(e.pointerId, to);
			if (other) {
				const by = between(to, other) / Math.max(1, between(from, other));
				set(zoomed(picture, now.current, zoomOf(picture, now.current) * by));
			} else set(moved(picture, now.current, (from.x - to.x) / VIEW, (from.y - to.y) / VIEW));
		},
		onPointerUp: lift,
		onPointerCancel: lift,
	};
}

export function CropBox(props: Props) {
	const { picture, square, onChange, disabled } = props;
	const hint = useId();
	const box = useRef<HTMLDivElement>(null);
	const latest = useRef(props);
	latest.current = props;
	const pointers = usePointers(props);
	useEffect(() => {
		const el = box.current;
		// What scrolls the page must be stopped, which a listener of React's cannot.
		const wheel = (e: WheelEvent) => {
			const { picture: p, square: s, onChange: change, disabled: off } = latest.current;
			if (off) return;
			e.preventDefault();
			const at = (el ?? document.body).getBoundingClientRect();
			const point = { x: (e.clientX - at.left) / VIEW, y: (e.clientY - at.top) / VIEW };
			change(zoomed(p, s, zoomOf(p, s) * 1.0015 ** -e.deltaY, point));
		};
		el?.addEventListener('wheel', wheel, { passive: false });
		return () => el?.removeEventListener('wheel', wheel);
	}, []);
	const scale = VIEW / square.side;
	const [right, down] = placeOf(picture, square);
	const most = mostZoom(picture);
	const zoom = zoomOf(picture, square);
	return (
		<div className="flex w-52 shrink-0 flex-col gap-2 max-sm:mx-auto">
			<div
				ref={box}
				role="application"
				aria-label={t('picture.part')}
				aria-describedby={hint}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys
				tabIndex={0}
				data-first=""
				data-crop={`${right} ${down} ${zoom.toFixed(2)}`}
				className="relative size-52 cursor-grab touch-none select-none overflow-hidden rounded-[28%] bg-hover outline-offset-2 active:cursor-grabbing aria-disabled:cursor-default aria-disabled:opacity-60"
				aria-disabled={disabled || undefined}
				onKeyDown={(e) => {
					const next = disabled ? null : keyed(picture, square, e.key, e.shiftKey);
					if (!next || e.ctrlKey || e.metaKey || e.altKey) return;
					e.preventDefault();
					onChange(next);
				}}
				{...(disabled ? {} : pointers)}
			>
				<img
					src={picture.url}
					alt={t('picture.preview')}
					draggable={false}
					className="absolute max-w-none"
					style={{
						width: picture.width * scale,
						height: picture.height * scale,
						left: -square.x * scale,
						top: -square.y * scale,
					}}
				/>
			</div>
			<input
				type="range"
				aria-label={t('picture.zoom')}
				aria-valuetext={t('picture.zoomed', { percent: Math.round(zoom * 100) })}
				min={1}
				max={most}
				step="any"
				value={zoom}
				disabled={disabled || most === 1}
				className="h-6 w-full accent-moss pointer-coarse:h-11"
				onKeyDown={(e) => {
					const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[e.key];
					if (!by) return;
					e.preventDefault();
					onChange(zoomed(picture, square, zoom * 1.1 ** by));
				}}
				onChange={(e) => onChange(zoomed(picture, square, Number(e.target.value)))}
			/>
			<p id={hint} className="text-ink-3 text-xs">
				{t('picture.keys')}
			</p>
			<p role="status" className="sr-only">
				{t('picture.place', { right, down, percent: Math.round(zoom * 100) })}
			</p>
		</div>
	);
}
