// Reads the simple YAML that docs/openapi.yaml keeps to: block maps and lists, flow collections on
// one line, plain and quoted scalars, whole-line comments. Throws on anything else it notices.

export function parse(text) {
	const lines = text.split('\n')
		.map((line, i) => ({ n: i + 1, indent: line.search(/\S/), text: line.trim() }))
		.filter((l) => l.indent >= 0 && !l.text.startsWith('#'));
	const [value, next] = block(lines, 0, 0);
	if (next !== lines.length)
		throw new Error(`line ${lines[next].n}: unexpected indentation`);
	return value;
}

function block(lines, at, indent) {
	return lines[at].text.startsWith('- ') ? list(lines, at, indent) : map(lines, at, indent);
}

function map(lines, at, indent) {
	const out = {};
	while (at < lines.length && lines[at].indent === indent) {
		const { text, n } = lines[at];
		const m = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s:'"{[][^:]*|\/[^:]*):(?: (.*))?$/.exec(text);
		if (!m)
			throw new Error(`line ${n}: not a key: ${text}`);
		const key = String(scalar(m[1], true));
		if (Object.hasOwn(out, key))
			throw new Error(`line ${n}: ${key} stands twice`);
		at++;
		if (m[2] !== undefined && m[2] !== '') {
			out[key] = inline(m[2], n);
		} else if (at < lines.length && lines[at].indent > indent) {
			[out[key], at] = block(lines, at, lines[at].indent);
		} else {
			out[key] = null;
		}
	}
	return [out, at];
}

function list(lines, at, indent) {
	const out = [];
	while (at < lines.length && lines[at].indent === indent && lines[at].text.startsWith('- ')) {
		const rest = lines[at].text.slice(2).trim();
		if (/^[\w$]+: /.test(rest) || /^[\w$]+:$/.test(rest)) {
			lines[at] = { ...lines[at], indent: indent + 2, text: rest };
			let item;
			[item, at] = map(lines, at, indent + 2);
			out.push(item);
		} else {
			out.push(inline(rest, lines[at].n));
			at++;
		}
	}
	return [out, at];
}

function inline(text, n) {
	const state = { text, at: 0, n };
	const value = flow(state);
	blanks(state);
	if (state.at !== text.length)
		throw new Error(`line ${n}: what is ${text.slice(state.at)}`);
	return value;
}

const blanks = (s) => { while (s.text[s.at] === ' ') s.at++; };

function flow(s) {
	blanks(s);
	if (s.text[s.at] === '{' || s.text[s.at] === '[')
		return collection(s, s.text[s.at] === '{');
	const quoted = /^("(?:[^"\\]|\\.)*"|'[^']*')/.exec(s.text.slice(s.at));
	const token = quoted ? quoted[1] : s.depth ? /^[^,:{}[\]]*/.exec(s.text.slice(s.at))[0] : s.text.slice(s.at);
	s.at += token.length;
	return scalar(token.trim());
}

function collection(s, isMap) {
	const out = isMap ? {} : [], end = isMap ? '}' : ']';
	s.depth = (s.depth ?? 0) + 1;
	s.at++;
	for (blanks(s); s.text[s.at] !== end; blanks(s)) {
		if (s.at >= s.text.length)
			throw new Error(`line ${s.n}: ${end} is missing`);
		if (isMap) {
			const key = String(flow(s));
			blanks(s);
			if (s.text[s.at++] !== ':')
				throw new Error(`line ${s.n}: : is missing after ${key}`);
			out[key] = flow(s);
		} else {
			out.push(flow(s));
		}
		blanks(s);
		if (s.text[s.at] === ',')
			s.at++;
	}
	s.at++;
	s.depth--;
	return out;
}

function scalar(text, isKey = false) {
	if (text.startsWith('"'))
		return JSON.parse(text);
	if (text.startsWith("'"))
		return text.slice(1, -1);
	if (isKey)
		return text;
	if (/^-?[0-9]+(\.[0-9]+)?$/.test(text))
		return Number(text);
	return { true: true, false: false, null: null, '': null }[text] ?? (text === 'null' || text === '' ? null : text);
}
