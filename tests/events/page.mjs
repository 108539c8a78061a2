// docs/events.md as data, and the comparison of an example with what really came.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { source } from '../support/instance.mjs';

/** {"message.created": {example}, …} of the headings "### `name`" below the heading `section`. */
export function examples(section) {
	const text = readFileSync(path.join(source, 'docs/events.md'), 'utf8');
	const part = text.split(/^## /m).find((p) => p.startsWith(`${section}\n`));
	if (!part) throw new Error(`docs/events.md has no section ${section}`);
	const out = {};
	for (const piece of part.split(/^### /m).slice(1)) {
		const name = /^`([^`]+)`/.exec(piece)?.[1];
		const block = /```json\n(.*?)```/s.exec(piece)?.[1];
		if (!name || !block) throw new Error(`docs/events.md: no name or no example in "${piece.slice(0, 40)}"`);
		out[name] = JSON.parse(block);
	}
	return out;
}

const kind = (v) => (v === null ? 'null' : Array.isArray(v) ? 'list' : typeof v);

/** What differs in shape: members, their order and their types. null stands for any type. "" when nothing does. */
export function differs(example, real, at = '') {
	const a = kind(example);
	const b = kind(real);
	if (a === 'null' || b === 'null') return '';
	if (a !== b) return `${at || 'it'} is a ${b}, not a ${a}`;
	if (a === 'list') return example.length && real.length ? differs(example[0], real[0], `${at}[]`) : '';
	if (a !== 'object') return '';
	const x = Object.keys(example).join(' ');
	const y = Object.keys(real).join(' ');
	if (x !== y) return `${at || 'it'} has (${y}), not (${x})`;
	for (const key of Object.keys(example)) {
		const found = differs(example[key], real[key], at ? `${at}.${key}` : key);
		if (found) return found;
	}
	return '';
}
