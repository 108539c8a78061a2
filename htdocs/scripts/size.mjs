/*
 * Fails when the built client is larger than its budget (KB, gzip -9). The first message row needs
 * the entry with all it imports, plus the markdown chunk that is fetched beside it.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('assets/manifest.json', dist), 'utf8'));
const kb = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1000;

/** A chunk and everything it imports at once. */
function closure(key, seen = new Set()) {
	if (seen.has(key)) return seen;
	seen.add(key);
	for (const next of manifest[key].imports ?? []) closure(next, seen);
	return seen;
}
const sum = (keys) => [...keys].reduce((n, k) => n + kb(manifest[k].file), 0);

const entry = closure('index.html');
const rich = Object.keys(manifest).find((k) => k.includes('markdown-rich'));
const first = new Set([...entry, ...closure(rich)]);
const css = (manifest['index.html'].css ?? []).reduce((n, f) => n + kb(f), 0);
const lazy = Object.keys(manifest).filter((k) => !entry.has(k) && manifest[k].file.endsWith('.js'));
const largest = lazy
	.map((k) => [manifest[k].file, kb(manifest[k].file)])
	.sort((a, b) => b[1] - a[1])[0];
const total = Object.values(manifest)
	.filter((c) => c.file.endsWith('.js'))
	.reduce((n, c) => n + kb(c.file), 0);

const lines = [
	['entry JS', sum(entry), 145],
	['JS before the first message row', sum(first), 175],
	['initial CSS', css, 15],
	[`largest lazy chunk (${largest[0].replace('assets/', '')})`, largest[1], 60],
	['all JS', total, 300],
];
let failed = false;
for (const [what, size, gate] of lines) {
	const over = size > gate;
	failed ||= over;
	console.log(`${over ? 'OVER ' : 'ok   '} ${what}: ${size.toFixed(1)} of ${gate} KB`);
}
process.exit(failed ? 1 : 0);
