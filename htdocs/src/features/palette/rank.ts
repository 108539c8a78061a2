/** How well `query` fits `name`: higher is better, 0 = its letters do not occur in order. */
export function rank(name: string, query: string): number {
	const n = name.toLocaleLowerCase();
	const q = query.trim().toLocaleLowerCase();
	if (q === '') return 1;
	if (n === q) return 100;
	if (n.startsWith(q)) return 80;
	if (n.split(/[\s\-_.]+/).some((w) => w.startsWith(q))) return 60;
	if (n.includes(q)) return 40;
	let at = 0;
	for (const c of q) {
		at = n.indexOf(c, at) + 1;
		if (at === 0) return 0;
	}
	return 10 + q.length / n.length;
}
