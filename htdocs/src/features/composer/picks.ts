/*
 * Who was chosen from the list stands as "@Name" in the box. What is sent and what is kept of a draft
 * has his id: names change, and two may have the same.
 */
import { eachMention, type Names, outsideCode } from '../../lib/mentions';

export interface Pick {
	name: string;
	/** `<@id>` or `<@&id>` */
	code: string;
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export function encode(text: string, picks: Pick[]): string {
	if (picks.length === 0 || !text.includes('@')) return text;
	const byName = new Map(picks.map((p) => [p.name, p.code]));
	// The longest first: "@Ann Lee" is not "@Ann" and a word.
	const any = [...byName.keys()].sort((a, b) => b.length - a.length).map(quoted);
	const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])@(${any.join('|')})(?![\\p{L}\\p{N}_])`, 'gu');
	return outsideCode(text, (part) =>
		part.replace(pattern, (all, name: string) => byName.get(name) ?? all),
	);
}

/** The other way round; of whom no name is known, or one that is taken, the id stays. */
export function decode(content: string, names: Names): { text: string; picks: Pick[] } {
	const picks: Pick[] = [];
	const text = eachMention(content, (code, id, role) => {
		const name = role ? names.role(id)?.name : names.person(id);
		if (!name || !put(picks, { name, code })) return undefined;
		return `@${name}`;
	});
	return { text, picks };
}

/** Adds one unless its name is another's. */
function put(picks: Pick[], pick: Pick): boolean {
	const known = picks.find((p) => p.name === pick.name);
	if (!known) picks.push(pick);
	return known === undefined || known.code === pick.code;
}

/** With one more; `second` is the name of who shares his first one. Without either the id stands. */
export function withPick(
	picks: Pick[],
	code: string,
	name: string,
	second: string | null,
): { picks: Pick[]; text: string } {
	for (const n of [name, second]) {
		const next = [...picks];
		if (n && put(next, { name: n, code })) return { picks: next, text: `@${n}` };
	}
	return { picks, text: code };
}

/** The name that is being typed before `caret`, and where its @ stands. */
export function typedName(text: string, caret: number): { start: number; query: string } | null {
	const hit = /(?:^|[\s(])@([\p{L}\p{N}_.-]{0,32})$/u.exec(
		text.slice(Math.max(0, caret - 40), caret),
	);
	const query = hit?.[1];
	return query === undefined ? null : { start: caret - query.length - 1, query };
}
