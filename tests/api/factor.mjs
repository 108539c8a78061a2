// An authenticator, and somebody who has one.
import { createHmac } from 'node:crypto';
import { assert, call, PASSWORD, person, sql, want } from './lib.mjs';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function base32(text) {
	const bits = [...text].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
	return Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)));
}

// What the authenticator shows now, or so many steps of 30 seconds later (RFC 6238).
export function code(secret, steps = 0) {
	const counter = Buffer.alloc(8);
	counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
	const mac = createHmac('sha1', base32(secret)).update(counter).digest(), at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// As if the last code had been taken long ago: a test need not wait for the next one.
export const forgetStep = (who) => sql(`UPDATE totp SET last_step = 0 WHERE account_id = ${who.id}`);

export async function guarded(prefix = 'u') {
	const p = await person(prefix);
	p.secret = (await want(200, p, 'POST', '/me/totp')).secret;
	p.codes = (await want(200, p, 'PUT', '/me/totp', { code: code(p.secret) })).recovery_codes;
	await forgetStep(p);
	return p;
}

// The first step of a sign-in: what the second needs.
export async function firstStep(who, password = PASSWORD) {
	const r = await call(null, 'POST', '/auth/login', { login: who.username, password });
	assert.equal(r.status, 401, r.text);
	assert.equal(r.json.code, 'second_factor_required');
	return r.json;
}

export const secondStep = (ticket, shown) => call(null, 'POST', '/auth/login/second', { ticket, ...shown });
