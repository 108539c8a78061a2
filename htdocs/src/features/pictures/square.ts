/* Which square of a picture is used: pure, in the picture's own pixels. */

export interface Size {
	width: number;
	height: number;
}

export interface Square {
	x: number;
	y: number;
	side: number;
}

/** Smaller than this it would be blurred where it is shown large. */
const LEAST = 128;
const MOST = 8;

const clamp = (n: number, least: number, most: number): number =>
	Math.max(least, Math.min(most, n));

const shorter = ({ width, height }: Size): number => Math.min(width, height);

/** The largest one, in the middle: what the server would take of the whole. */
export function middle(size: Size): Square {
	const side = shorter(size);
	return { x: (size.width - side) / 2, y: (size.height - side) / 2, side };
}

export const zoomOf = (size: Size, { side }: Square): number => shorter(size) / side;

/** 1 where there is nothing to enlarge. */
export const mostZoom = (size: Size): number => clamp(shorter(size) / LEAST, 1, MOST);

const within = ({ width, height }: Size, { x, y, side }: Square): Square => ({
	x: clamp(x, 0, width - side),
	y: clamp(y, 0, height - side),
	side,
});

/** By parts of its side: 1 is as far as it is wide. */
export const moved = (size: Size, s: Square, right: number, down: number): Square =>
	within(size, { ...s, x: s.x + right * s.side, y: s.y + down * s.side });

/** The point `at` of the square (0 to 1 each way) stays where it is. */
export function zoomed(size: Size, s: Square, zoom: number, at = { x: 0.5, y: 0.5 }): Square {
	const side = shorter(size) / clamp(zoom, 1, mostZoom(size));
	return within(size, {
		x: s.x + (s.side - side) * at.x,
		y: s.y + (s.side - side) * at.y,
		side,
	});
}

const STEP = 0.02;
const LEAP = 0.1;
const ENLARGE = 1.1;

/** What a key makes of it; null for a key that means nothing here. */
export function keyed(size: Size, s: Square, key: string, shift: boolean): Square | null {
	const by = shift ? LEAP : STEP;
	switch (key) {
		case 'ArrowLeft':
			return moved(size, s, -by, 0);
		case 'ArrowRight':
			return moved(size, s, by, 0);
		case 'ArrowUp':
			return moved(size, s, 0, -by);
		case 'ArrowDown':
			return moved(size, s, 0, by);
		case '+':
		case '=':
			return zoomed(size, s, zoomOf(size, s) * ENLARGE);
		case '-':
		case '_':
			return zoomed(size, s, zoomOf(size, s) / ENLARGE);
		case 'Home':
			return middle(size);
		default:
			return null;
	}
}

/** Where it lies, in hundredths of the way it could go; 50 where it cannot. */
export function placeOf({ width, height }: Size, { x, y, side }: Square): [number, number] {
	const part = (at: number, room: number) => (room < 1 ? 50 : Math.round((at / room) * 100));
	return [part(x, width - side), part(y, height - side)];
}
