// The API description beside the route table of moot-api (--routes): every route, its guards, its
// fields with their bounds, its query keys, and nothing else. Used by the tests and by make check.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from './yaml.mjs';

export function describe(path) {
	return parse(readFileSync(path, 'utf8'));
}

export function table(program) {
	return JSON.parse(execFileSync(program, ['--routes'], { encoding: 'utf8' }));
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function operations(doc) {
	const out = [];
	for (const [path, item] of Object.entries(doc.paths))
		for (const method of METHODS)
			if (item[method])
				out.push({ method: method.toUpperCase(), path, shared: item.parameters ?? [], ...item[method] });
	return out;
}

export function resolve(doc, node) {
	while (node?.$ref)
		node = node.$ref.slice(2).split('/').reduce((at, key) => at[key], doc);
	return node;
}

export const bodyOf = (op) => op.requestBody?.content?.['application/json']?.schema;

// What a field's schema has to say for a field of the table.
function wrongField(doc, field, schema, required) {
	const s = resolve(doc, schema), type = Array.isArray(s.type) ? s.type[0] : s.type;
	const wanted = { text: 'string', int: 'integer', number: 'number', bool: 'boolean', id: 'string', ids: 'array',
		words: 'array', mask: 'string', positions: 'object', places: 'array', object: 'object' }[field.type];
	if (type !== wanted)
		return `type ${type}, not ${wanted}`;
	if (required.includes(field.name) !== field.required)
		return field.required ? 'is required' : 'is not required';
	if (field.removes !== (Array.isArray(s.type) && s.type.includes('null')))
		return 'null removes, or does not';
	const bounds = { text: ['minLength', 'maxLength'], int: ['minimum', 'maximum'], ids: ['minItems', 'maxItems'],
		words: ['minItems', 'maxItems'], positions: [null, 'maxProperties'], places: ['minItems', 'maxItems'] }[field.type];
	const words = (s.items ? resolve(doc, s.items) : s).enum;
	if (field.words !== undefined && field.words !== words?.join(' '))
		return `one of ${field.words}`;
	if (bounds && !(field.type === 'text' && field.words)) {
		const max = field.max === 0 && field.type === 'text' ? 4000 : field.max;	// message_length
		if (bounds[0] && s[bounds[0]] !== field.min)
			return `${bounds[0]} ${field.min}`;
		if (s[bounds[1]] !== max)
			return `${bounds[1]} ${max}`;
	}
	return undefined;
}

function wrongBody(doc, route, op) {
	const schema = bodyOf(op);
	if (route.picture !== ('image/*' in (op.requestBody?.content ?? {})))
		return ['image/*'];
	if (route.fields === null)
		return schema ? ['has a body'] : [];
	if (!schema)
		return ['no request body'];
	const said = [];
	// the members of an object are fields of their own
	const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).flatMap(([name, s]) => [[name, s],
		...Object.entries(resolve(doc, s).properties ?? {}).map(([member, m]) => [`${name}.${member}`, m])]));
	const names = Object.keys(properties);
	for (const name of names)
		if (!route.fields.some((f) => f.name === name))
			said.push(`field ${name} is not read`);
	for (const field of route.fields) {
		const wrong = names.includes(field.name)
			? wrongField(doc, field, properties[field.name], schema.required ?? []) : 'is missing';
		if (wrong)
			said.push(`field ${field.name}: ${wrong}`);
	}
	if ((op.requestBody.required ?? false) === route.body_optional)
		said.push('requestBody.required');
	if (('text/plain' in op.requestBody.content) !== route.text)
		said.push('text/plain');
	return said;
}

function wrongParameters(doc, route, op) {
	const said = [];
	const all = [...op.shared, ...(op.parameters ?? [])].map((p) => resolve(doc, p));
	const named = (where) => all.filter((p) => p.in === where).map((p) => p.name).sort().join(' ');
	const path = [...route.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join(' ');
	if (named('path') !== path)
		said.push(`path parameters ${path}`);
	if (named('query') !== route.query.split(' ').filter(Boolean).sort().join(' '))
		said.push(`query ${route.query}`);
	if (named('header').includes('Idempotency-Key') !== route.once)
		said.push('Idempotency-Key');
	if (named('header').includes('If-None-Match') !== route.etag)
		said.push('If-None-Match');
	return said;
}

function wrongStatuses(route, op) {
	const has = (s) => String(s) in op.responses, said = [];
	if (!Object.keys(op.responses).some((s) => s.startsWith('2')))
		said.push('no success');
	if ((route.auth === 'user' || route.auth === 'session') && !has(401))
		said.push('401');
	if ((route.limit !== '') !== has(429))
		said.push('429');
	if (route.limit !== (op['x-limit'] ?? (has(429) ? '600 in 60 s for one session or token' : '')))
		said.push(`x-limit is ${route.limit}`);
	if (route.fields !== null || route.picture)
		said.push(...[400, 413, 415, 422].filter((s) => !has(s)).map(String));
	if (route.etag !== has(304))
		said.push('304');
	return said;
}

// Lines that say what differs; none when all is well.
export function differences(doc, routes) {
	const said = [], ops = operations(doc), seen = new Set();
	for (const op of ops)
		if (!routes.some((r) => r.method === op.method && r.path === op.path))
			said.push(`${op.method} ${op.path} is described, but there is no such route`);
	for (const route of routes) {
		const at = `${route.method} ${route.path}`;
		const op = ops.find((o) => o.method === route.method && o.path === route.path);
		if (!op) {
			said.push(`${at} is not described`);
			continue;
		}
		if (!op.operationId || seen.has(op.operationId))
			said.push(`${at}: operationId is missing or stands twice`);
		seen.add(op.operationId);
		if (op['x-auth'] !== route.auth)
			said.push(`${at}: x-auth is ${route.auth}`);
		if ((op['x-confirmed'] ?? false) !== route.confirmed)
			said.push(`${at}: x-confirmed is ${route.confirmed}`);
		for (const wrong of [...wrongBody(doc, route, op), ...wrongParameters(doc, route, op), ...wrongStatuses(route, op)])
			said.push(`${at}: ${wrong}`);
	}
	return said;
}
