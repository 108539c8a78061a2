/*
 * Which sources come with which: by the imports that are written at the head of a module, and
 * those that are only fetched when they are needed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const endings = ['', '.ts', '.tsx'];

/** root: folder of the sources. */
export function sourcesOf(root) {
	const files = readdirSync(root, { recursive: true })
		.map(String)
		.filter((f) => /\.tsx?$/.test(f));
	const all = new Map();
	const find = (from, spec) => {
		const path = join(dirname(from), spec);
		return endings.map((e) => path + e).find((p) => files.includes(p));
	};
	for (const f of files) {
		const text = readFileSync(join(root, f), 'utf8');
		const named = (pattern) =>
			[...text.matchAll(pattern)].flatMap(([, spec]) => find(f, spec) ?? []);
		all.set(f, {
			text,
			now: named(/^(?:import|export)\b(?! type\b)[^;]*?['"](\.[^'"]+)['"];/gm),
			later: named(/\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g),
		});
	}
	return all;
}

/** A module and all that comes with it at once. */
export function closure(sources, module, seen = new Set()) {
	if (seen.has(module)) return seen;
	seen.add(module);
	for (const next of sources.get(module).now) closure(sources, next, seen);
	return seen;
}
