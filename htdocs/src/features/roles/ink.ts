/* A role's colour as that of a name: as near to it as can be read on whatever lies behind. */
import type { CSSProperties } from 'react';

/** Of what lies behind names (styles.css), the nearest to the ink: a chosen row, a row under the pointer. */
const GROUND = { light: 0xd9e9df, dark: 0x29312e };
/** A little more than 4.5:1, as there are grounds a shade nearer. */
const ENOUGH = 4.6;

const channels = (color: number): number[] => [color >> 16, (color >> 8) & 255, color & 255];

/** WCAG 2.2, relative luminance. */
const luminance = (color: number): number => {
	const [r = 0, g = 0, b = 0] = channels(color).map((c) =>
		c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
	);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

export function contrast(a: number, b: number): number {
	const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (high + 0.05) / (low + 0.05);
}

/** Darker on a light ground, lighter on a dark one, by no more than it takes. */
export function inkOn(theme: keyof typeof GROUND, color: number): number {
	const end = theme === 'light' ? 0 : 255;
	for (let part = 0; ; part += 1 / 32) {
		const ink = channels(color)
			.map((c) => Math.round(c + (end - c) * part))
			.reduce((all, c) => all * 256 + c, 0);
		if (part >= 1 || contrast(ink, GROUND[theme]) >= ENOUGH) return ink;
	}
}

export const cssColor = (color: number): string => `#${color.toString(16).padStart(6, '0')}`;

const inks = new Map<number, CSSProperties>();

/** For an element of the class `role-ink`. */
export function inkOf(color: number | null | undefined): CSSProperties | undefined {
	if (color == null) return;
	const known = inks.get(color);
	if (known) return known;
	const made = {
		'--on-light': cssColor(inkOn('light', color)),
		'--on-dark': cssColor(inkOn('dark', color)),
	} as CSSProperties;
	if (inks.size < 1000) inks.set(color, made);
	return made;
}
