/*
 * Texts used and texts present must be the same set, in every language; what is shown at the start
 * has its texts in locales/, everything else in locales/later/, which lib/later-texts.ts brings.
 *   node scripts/catalogue.mjs           fails when they differ
 *   node scripts/catalogue.mjs --list    prints the ids found in the sources
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closure, sourcesOf } from './reach.mjs';

const root = new URL('../src', import.meta.url).pathname;
const sources = sourcesOf(root);

// An id is a literal such as 'area.what'. Some stand in tables, so every such literal counts whose
// area is one of the catalogue's; those built at run time are listed by their prefix.
const built = [
	'error.',
	'field.',
	'audit.',
	'report.reason_',
	'rules.kind_',
	'rules.does_',
	'measure.',
];
const pattern = /['"`]([a-z]+\.[a-z0-9_]+)['"`]/g;
const suffixed = [
	'connection.live',
	'connection.delayed',
	'connection.offline',
	'connection.connecting',
];

// What a message needs, a phone, and a menu's button.
const atStart = new Set(
	['main.tsx', 'lib/markdown-rich.tsx', 'features/shell/drawer.tsx', 'ui/menu-impl.tsx'].flatMap(
		(m) => [...closure(sources, m)],
	),
);
const startIds = ['error.', 'field.', 'connection.'];

const catalogue = (locale, folder) => {
	const text = readFileSync(join(root, 'locales', folder, `${locale}.po`), 'utf8');
	return new Map(
		// Without the comment the id is taken for a text, and shown.
		[
			...text.matchAll(/^#\. js-lingui-explicit-id\nmsgid "([^"]+)"\nmsgstr "((?:[^"\\]|\\.)*)"/gm),
		].map((m) => [m[1], m[2]]),
	);
};

const first = catalogue('en', '');
const later = catalogue('en', 'later');
const present = new Map([...first, ...later]);
const areas = new Set([...present.keys()].map((id) => id.split('.')[0]));
const used = new Set(suffixed.map((id) => `${id}_long`));
const usedAtStart = new Set();
const showsLater = new Set();
for (const [f, { text }] of sources) {
	const called = [...text.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)].map((m) => m[1]);
	const named = [...text.matchAll(pattern)].map((m) => m[1]);
	for (const id of [...called, ...named.filter((n) => areas.has(n.split('.')[0]))]) {
		used.add(id);
		if (atStart.has(f)) usedAtStart.add(id);
		if (later.has(id)) showsLater.add(f);
	}
}

// A chunk has the later texts when it imports them, or is only ever fetched by one that has.
const TEXTS = 'lib/later-texts.ts';
const roots = ['main.tsx', ...new Set([...sources.values()].flatMap((s) => s.later))];
const having = new Set(roots.filter((r) => closure(sources, r).has(TEXTS)));
const fetchersOf = (root) =>
	roots.filter((r) => [...closure(sources, r)].some((m) => sources.get(m).later.includes(root)));
for (let before = -1; before !== having.size; ) {
	before = having.size;
	for (const r of roots)
		if (r !== 'main.tsx' && fetchersOf(r).every((f) => having.has(f))) having.add(r);
}

if (process.argv.includes('--list')) {
	console.log([...used].sort().join('\n'));
	process.exit(0);
}

const events =
	/^(messages?|channels?|server|member|roles?|read|user|dm|typing|presence|thread|reaction|pin|report|invite|block)\.(created|updated|deleted|joined|left|started|(?:member_)?added|(?:member_)?removed|owner|kicked|banned|unbanned|timeout|roles|ordered|overrides|regenerated|resolved|dismissed|reopened|restored|purged|expired|inherited|nickname)$/;
const problems = [];
for (const id of used) if (!present.has(id) && !events.test(id)) problems.push(`missing: ${id}`);
for (const id of present.keys())
	if (!used.has(id) && !built.some((b) => id.startsWith(b))) problems.push(`unused: ${id}`);
for (const id of first.keys()) {
	if (later.has(id)) problems.push(`twice: ${id}`);
	else if (!usedAtStart.has(id) && !startIds.some((s) => id.startsWith(s)))
		problems.push(`not shown at the start, belongs into locales/later: ${id}`);
}
for (const id of usedAtStart)
	if (later.has(id)) problems.push(`shown at the start, belongs into locales: ${id}`);
for (const r of roots) {
	const shows = [...closure(sources, r)].filter((m) => showsLater.has(m));
	if (shows.length > 0 && !having.has(r))
		problems.push(`${r} has to import ${TEXTS} for ${shows.join(', ')}`);
}

// What the server writes into the audit log is offered as a filter; without the server's sources
// beside these, there is nothing to compare with.
const sql = join(root, '../../sql/func');
const offered = sources.get('features/moderation/audit-words.ts').text;
if (existsSync(sql)) {
	const list = /audit_actions\(\)[\s\S]*?ARRAY\[([^\]]*)\]/.exec(
		readFileSync(join(sql, '49_audit.sql'), 'utf8'),
	)?.[1];
	const written = [...(list ?? '').matchAll(/'([a-z]+\.[a-z]+)'/g)].map((m) => m[1]);
	if (written.length === 0) problems.push('49_audit.sql has no list of actions');
	for (const action of written)
		if (!offered.includes(`'${action}'`) || !present.has(`audit.do_${action.replace('.', '_')}`))
			problems.push(`audit-words.ts has no ${action}`);
	for (const [, action] of offered.matchAll(/^\t'([a-z]+\.[a-z]+)',$/gm))
		if (!written.includes(action)) problems.push(`audit-words.ts: nothing writes ${action}`);
}

const locales = readdirSync(join(root, 'locales')).filter((f) => f.endsWith('.po'));
for (const locale of locales.map((f) => f.replace('.po', '')))
	for (const [folder, ids] of [
		['', first],
		['later', later],
	]) {
		const texts = catalogue(locale, folder);
		for (const id of ids.keys()) if (!texts.get(id)) problems.push(`${locale}: no text for ${id}`);
		for (const id of texts.keys()) if (!ids.has(id)) problems.push(`${locale}: unknown ${id}`);
	}
if (problems.length > 0) {
	console.error(problems.join('\n'));
	process.exit(1);
}
console.log(`catalogue: ${present.size} texts, all used, ${first.size} of them at the start`);
