/* Mentions stand in a text as <@id>, of a person, and <@&id>, of a role. */
export interface RoleName {
	name: string;
	color: number | null;
}

/** What they are called; null for whom or what is not known here. */
export interface Names {
	person: (id: string) => string | null;
	role: (id: string) => RoleName | null;
}

export const mentionAt = (text: string): RegExpExecArray | null => /^<@(&?)(\d{1,19})>/.exec(text);

/** A text with each mention outside of code as `put` says; undefined: as it stands. */
export function eachMention(
	text: string,
	put: (code: string, id: string, role: boolean) => string | undefined,
): string {
	return outsideCode(text, (part) =>
		part.replace(
			/<@(&?)(\d{1,19})>/g,
			(code, role: string, id: string) => put(code, id, role !== '') ?? code,
		),
	);
}

/** `change` done to what is no code, and to what is not taken its meaning by a backslash. */
export function outsideCode(text: string, change: (part: string) => string): string {
	if (!/[`\\]|~~~/.test(text)) return change(text);
	const mask = codeMask(text);
	let made = '';
	for (let i = 0, j = 0; i < text.length; i = j) {
		while (j < text.length && mask[j] === mask[i]) j++;
		const part = text.slice(i, j);
		made += mask[i] ? part : change(part);
	}
	return made;
}

const deepest = 20;
const margin = (lists: number[]): number => lists.at(-1) ?? 0;

/*
 * Before the parser is there, and without it: the blocks of CommonMark that it knows, read as
 * lib/domain/mention.c and sql/func/58_mention.sql read them. tests/mentions.json is what all agree on.
 */
function codeMask(text: string): Uint8Array {
	const mask = new Uint8Array(text.length);
	let quotes = 0;
	// The columns of the items' text, in the innermost quote.
	let lists: number[] = [];
	let fence = '';
	// Where the characters of the open paragraph stand.
	let said: number[] = [];
	let next = 0;
	for (const line of text.split('\n')) {
		const from = next;
		next += line.length + 1;
		let rest = line;
		// Where the rest begins: in the quote, and in the whole line, which tabs go by.
		let col = 0;
		let all = 0;
		let q = 0;
		/** n characters, and blanks behind them; of a quote's mark with the first of those. */
		const take = (n: number, quote = false) => {
			const { length } = rest;
			rest = rest.slice(n).replace(/^[ \t]+/, '');
			const begin = line.length - length + n;
			col += n;
			all += n;
			if (quote) col = line[begin] === ' ' || line[begin] === '\t' ? -1 : 0;
			for (const c of line.slice(begin, line.length - rest.length)) {
				const width = c === '\t' ? 4 - (all % 4) : 1;
				col += width;
				all += width;
			}
		};
		const takeQuotes = (most: number, room: number) => {
			take(0);
			for (; q < most && col <= room && rest.startsWith('>'); q++) take(1, true);
		};
		if (fence) {
			takeQuotes(quotes, Infinity);
			if (q === quotes && (rest === '' || col >= margin(lists))) {
				mask.fill(1, from, next - 1);
				const over = rest.startsWith(fence) && /^(`+|~+)[ \t]*$/.test(rest);
				if (over && col <= margin(lists) + 3) fence = '';
				continue;
			}
			fence = '';
			rest = line;
			col = 0;
			all = 0;
			q = 0;
		}
		takeQuotes(deepest, 3);
		let at = q === quotes ? lists : [];
		let inside = said.length > 0 && q === quotes && col >= margin(at);
		let begins = said.length === 0 || q > quotes || rest === '';
		if (rest) at = at.slice(0, at.findLastIndex((x) => x <= col) + 1);
		while (rest && col <= margin(at) + 3) {
			fence = /^(`{3,})[^`]*$|^~{3,}/.exec(rest)?.[0].match(/^(`+|~+)/)?.[0] ?? '';
			if (fence) break;
			if (q < deepest && rest.startsWith('>')) {
				q++;
				at = [];
				take(1, true);
			} else {
				const mark = /^([-+*]|(\d{1,9})[.)])(?:[ \t]|$)/.exec(rest);
				if (!mark?.[1] || at.length === deepest) break;
				const empty = /^\S+[ \t]*$/.test(rest);
				if (inside && (empty || Number(mark[2] ?? 1) !== 1)) break;
				const behind = col + mark[1].length;
				take(mark[1].length);
				at = [...at, empty || col - behind > 4 ? behind + 1 : col];
			}
			begins = true;
			inside = false;
		}
		if (begins || fence) {
			maskSpans(text, said, mask);
			said = [];
			quotes = q;
			lists = at;
		}
		if (fence) mask.fill(1, from, next - 1);
		else if (rest) for (let i = next - 1 - rest.length; i < next; i++) said.push(i);
	}
	maskSpans(text, said, mask);
	return mask;
}

/** `at`: where the characters of a paragraph stand. */
function maskSpans(text: string, at: number[], mask: Uint8Array) {
	const s = at.map((i) => text[i] ?? '\n').join('');
	for (let i = 0; i < s.length; ) {
		const run = /`*/y;
		run.lastIndex = i;
		const ticks = run.exec(s)?.[0].length ?? 0;
		let end = i;
		if (/^\\[!-/:-@[-`{-~]/.test(s.slice(i, i + 2))) end = i + 2;
		else if (ticks > 0) {
			const close = new RegExp(`(?<!\`)\`{${ticks}}(?!\`)`, 'g');
			close.lastIndex = i + ticks;
			end = close.exec(s) ? close.lastIndex : i;
		}
		for (const p of at.slice(i, end)) mask[p] = 1;
		i = Math.max(end, i + Math.max(ticks, 1));
	}
}
