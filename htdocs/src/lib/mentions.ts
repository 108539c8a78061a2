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

/** `change` done to what is no code; nearly as the parser sees it, which is not there yet. */
export const outsideCode = (text: string, change: (part: string) => string): string =>
	text
		.split(/(```[\s\S]*?(?:```|$)|`[^`\n]+`)/)
		.map((part, i) => (i % 2 === 0 ? change(part) : part))
		.join('');
