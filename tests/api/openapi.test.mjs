// The table and the description agree.
import { existsSync } from 'node:fs';
import { assert, PROGRAM, ROOT, skip, test } from './lib.mjs';
import { bodyOf, describe, differences, operations, table } from './openapi.mjs';

export default async function () {
	const doc = describe(`${ROOT}docs/openapi.yaml`);
	if (!existsSync(PROGRAM)) {
		skip('the route table is described', `no program ${PROGRAM}`);
		return;
	}
	const routes = table(PROGRAM);
	await test('every route is described as it is, and nothing else', () => {
		assert.deepEqual(differences(doc, routes), []);
	});
	await test('a seeded difference of each kind is noticed', () => {
		const seeds = [
			(d) => { delete d.paths['/api/v1/me']; },
			(d) => { d.paths['/api/v1/nothing'] = { get: { operationId: 'x', responses: { 200: {} } } }; },
			(d) => { d.paths['/api/v1/me'].get['x-auth'] = 'none'; },
			(d) => { delete bodyOf(d.paths['/api/v1/dms'].post).properties.user_ids; },
			(d) => { bodyOf(d.paths['/api/v1/servers'].post).properties.name.maxLength = 99; },
			(d) => { bodyOf(d.paths['/api/v1/servers'].post).required = []; },
			(d) => { delete d.paths['/api/v1/me'].get.responses['429']; },
			(d) => { d.paths['/api/v1/me'].get.operationId = 'meta'; },
			(d) => { delete d.paths['/api/v1/dms'].post['x-limit']; },
			(d) => { delete d.paths['/api/v1/me/tokens'].post['x-confirmed']; },
		];
		for (const seed of seeds) {
			const copy = structuredClone(doc);
			seed(copy);
			assert.notDeepEqual(differences(copy, routes), [], String(seed));
		}
	});
	await test('the description has an operation for each row of the table', () => {
		assert.equal(operations(doc).length, routes.length);
	});
}
