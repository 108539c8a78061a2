// The stream beside REST: what one refuses the other refuses, in the same words.
import { assert, assertProblem, call, person, raw, test, V1 } from './lib.mjs';

const stream = (headers = {}, query = '', method = 'GET') => raw(method, `${V1}/stream${query}`, { headers: { Accept: 'application/x-ndjson', ...headers } });

export default async function () {
	const p = await person();

	await test('the stream refuses in problem+json with everything REST says', async () => {
		const without = ({ request_id: _, ...rest }) => rest;
		const mine = await stream(), theirs = await call(null, 'GET', '/me');
		assertProblem(mine, 'unauthorized');
		assert.deepEqual(without(mine.json), without(theirs.json));
		assert.equal(mine.headers['www-authenticate'], theirs.headers['www-authenticate']);
		assert.equal(mine.headers['x-request-id'], mine.json.request_id);
		assertProblem(await stream({ Authorization: `Bearer ${p.token}` }, '?since=nonsense'), 'bad_request');
		const method = await stream({ Authorization: `Bearer ${p.token}` }, '', 'POST');
		assertProblem(method, 'method_not_allowed');
		assert.equal(method.headers.allow, 'GET');
		assertProblem(await stream({ Cookie: `moot_access=${p.token}`, Origin: 'https://evil.example' }), 'cross_origin');
	});
}
