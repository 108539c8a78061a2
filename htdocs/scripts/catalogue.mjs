/*
 * Texts used and texts present must be the same set, in every language.
 *   node scripts/catalogue.mjs           fails when they differ
 *   node scripts/catalogue.mjs --list    prints the ids found in the sources
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../src', import.meta.url).pathname;
const files = readdirSync(root, { recursive: true })
	.map(String)
	.filter((f) => /\.tsx?$/.test(f));

// An id is a literal such as 'area.what'. Some stand in tables, so every such literal counts whose
// area is one of the catalogue's; those built at run time are listed by their prefix.
const built = ['error.', 'field.', 'audit.', 'report.reason_', 'rules.kind_', 'rules.does_'];
const pattern = /['"`]([a-z]+\.[a-z0-9_]+)['"`]/g;
const suffixed = [
	'connection.live',
	'connection.delayed',
	'connection.offline',
	'connection.connecting',
];

const catalogue = (locale) => {
	const text = readFileSync(join(root, 'locales', `${locale}.po`), 'utf8');
	return new Map(
		[...text.matchAll(/^msgid "([^"]+)"\nmsgstr "((?:[^"\\]|\\.)*)"/gm)].map((m) => [m[1], m[2]]),
	);
};

const present = catalogue('en');
const areas = new Set([...present.keys()].map((id) => id.split('.')[0]));
const used = new Set(suffixed.map((id) => `${id}_long`));
const called = new Set();
for (const f of files) {
	const text = readFileSync(join(root, f), 'utf8');
	for (const [, id] of text.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)) called.add(id);
	for (const [, id] of text.matchAll(pattern)) if (areas.has(id.split('.')[0])) used.add(id);
}
for (const id of called) used.add(id);

if (process.argv.includes('--list')) {
	console.log([...used].sort().join('\n'));
	process.exit(0);
}

const events =
	/^(messages?|channel|server|member|roles?|read|user|dm|typing|presence|thread|reaction|pin|report|invite|block)\.(created|updated|deleted|joined|left|started|added|removed|owner|kicked|banned|unbanned|timeout|roles|ordered|overrides|regenerated|resolved|dismissed)$/;
const problems = [];
for (const id of used) if (!present.has(id) && !events.test(id)) problems.push(`missing: ${id}`);
for (const id of present.keys())
	if (!used.has(id) && !built.some((b) => id.startsWith(b))) problems.push(`unused: ${id}`);
for (const locale of readdirSync(join(root, 'locales')).map((f) => f.replace('.po', ''))) {
	const texts = catalogue(locale);
	for (const id of present.keys())
		if (!texts.get(id)) problems.push(`${locale}: no text for ${id}`);
	for (const id of texts.keys()) if (!present.has(id)) problems.push(`${locale}: unknown ${id}`);
}
if (problems.length > 0) {
	console.error(problems.join('\n'));
	process.exit(1);
}
console.log(`catalogue: ${present.size} texts, all used`);
