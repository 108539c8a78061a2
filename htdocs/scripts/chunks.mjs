/*
 * Which modules come in one file. Left alone the bundler makes a file of every dialog, every page
 * and every module that two of them share: a hundred, most of less than a kilobyte, that compress
 * badly and are asked for one by one. So:
 *
 *   start        what the page begins with
 *   the table    a module of it with all that it fetches later, when nothing else wants that
 *   shared       what several of these want
 *   the rest     (Markdown, menus, members, the code to scan …) as the bundler divides it
 */
const together = {
	'features/shell/dialogs.tsx': 'dialogs',
	'features/account/account.tsx': 'account',
	'features/servers/server-settings.tsx': 'settings',
	'features/auth/auth-pages.tsx': 'auth',
};
const nameOf = (id) => together[/\/src\/(.*)$/.exec(id)?.[1] ?? ''];

/** All of Radix by one name; each of its parts is wanted by who names it only. */
const isBarrel = (id) => /\/node_modules\/radix-ui\//.test(id);

/** For `codeSplitting.groups[].name`; html: the page, as the bundler calls it. */
export function chunks(html) {
	let named;
	return (id, graph) => {
		named ??= divide(html, (m) => graph.getModuleInfo(m));
		return named.get(id) ?? null;
	};
}

function divide(html, infoOf) {
	const closure = (root, seen = new Set()) => {
		if (seen.has(root) || isBarrel(root)) return seen;
		seen.add(root);
		for (const next of infoOf(root)?.importedIds ?? []) closure(next, seen);
		return seen;
	};
	const start = closure(html);
	const partsOf = new Map();
	const done = new Set();
	// Every module that is fetched later, and who fetches it.
	const visit = (modules) => {
		for (const by of modules)
			for (const root of infoOf(by)?.dynamicallyImportedIds ?? []) {
				const part = nameOf(root) ?? nameOf(by) ?? root;
				if (done.has(`${part} ${root}`)) continue;
				done.add(`${part} ${root}`);
				const all = closure(root);
				for (const m of all) partsOf.set(m, (partsOf.get(m) ?? new Set()).add(part));
				visit(all);
			}
	};
	visit(start);
	const names = new Set(Object.values(together));
	const named = new Map([...start].map((m) => [m, 'start']));
	for (const [m, parts] of partsOf) {
		if (start.has(m)) continue;
		const [only] = parts;
		if (parts.size > 1) named.set(m, 'shared');
		else if (names.has(only)) named.set(m, only);
	}
	return named;
}
