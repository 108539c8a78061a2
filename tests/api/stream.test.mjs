// The stream beside REST: what one refuses the other refuses, in the same words.
import { assert, assertProblem, call, DIR, PASSWORD, person, raw, sql, test, V1, want } from './lib.mjs';

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
	await test('a credential is refused for the same reason by both', async () => {
		const refused = async (token, code) => {
			assertProblem(await call(token, 'GET', '/me'), code);
			assertProblem(await stream({ Authorization: `Bearer ${token}` }), code);
		};
		const changed = (token, at, by = 1) => {
			const b = Buffer.from(token.slice('moot_pat_'.length), 'base64url');
			b[at] ^= by;
			return `moot_pat_${b.toString('base64url')}`;
		};
		const made = async () => want(201, p, 'POST', '/me/tokens', { name: 't' });
		const stands = await made(), ended = await made();
		await want(200, stands.token, 'GET', '/me');
		for (const at of [7, 15, 16, 47])	// of the token, of the account, the secret
			await refused(changed(stands.token, at), 'unauthorized');
		await refused(stands.token.slice(0, -1), 'unauthorized');
		await refused('moot_pat_', 'unauthorized');
		await refused(p.refresh, 'unauthorized');
		await want(204, p, 'DELETE', `/me/tokens/${ended.id}`);
		await refused(ended.token, 'session_ended');
		await refused(changed(ended.token, 20), 'unauthorized');
		const [head, body, mac] = p.token.split('.');
		await refused(`${head}.${body}.${mac[0] === 'A' ? 'B' : 'A'}${mac.slice(1)}`, 'unauthorized');
		await refused(`${head}.${body}`, 'unauthorized');
		const other = await want(200, null, 'POST', '/auth/login', { login: p.username, password: PASSWORD });
		await want(204, other.access_token, 'POST', '/auth/logout');
		await refused(other.access_token, 'session_ended');
		if (DIR) {
			await sql(`UPDATE token SET expires_at = now() - interval '1 minute' WHERE id = ${stands.id}`);
			await refused(stands.token, 'token_expired');
			await refused(changed(stands.token, 20), 'unauthorized');
		}
	});
	await test('who has a secret opens no stream for who comes at the same time without it', async () => {
		const right = (await want(201, p, 'POST', '/me/tokens', { name: 'right' })).token, b = Buffer.from(right.slice('moot_pat_'.length), 'base64url');
		b[40] ^= 1;
		const wrong = `moot_pat_${b.toString('base64url')}`;
		const poll = (token) => stream({ Authorization: `Bearer ${token}` }, '?wait=0').then((r) => r.status);
		for (let i = 0; i < 5; i++)
			assert.deepEqual(await Promise.all([right, wrong, right, wrong, wrong, right].map(poll)), [200, 401, 200, 401, 401, 200]);
	});
}
