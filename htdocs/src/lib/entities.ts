/*
 * Stands in for the package of the same name, whose table of all 2,231 names is a fifth of what the
 * parser weighs. markdown-it asks it for `&amp;` and the like in the target of a link; text itself
 * is shown as it was typed.
 */
const named: Record<string, string> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: '\u00a0',
};

function char(code: number): string {
	const none = code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
	return String.fromCodePoint(none ? 0xfffd : code);
}

export const decodeHTMLStrict = (text: string): string =>
	text.replace(
		/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{2,6}));/g,
		(all, decimal?: string, hex?: string, name?: string) =>
			decimal !== undefined
				? char(Number(decimal))
				: hex !== undefined
					? char(Number.parseInt(hex, 16))
					: Object.hasOwn(named, name ?? '')
						? (named[name ?? ''] ?? all)
						: all,
	);
