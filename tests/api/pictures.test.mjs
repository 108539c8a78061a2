// Pictures of people and servers: what is taken, what becomes of it, what is left when somebody dies.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { assert, assertProblem, call, cgi, hasCgi, hasJobs, jobs, PASSWORD, person, place, raw, setting, skip, sql, test, until, URL_BASE, V1, want } from './lib.mjs';
import { openStream } from '../support/stream.mjs';

// ---- pictures, made here -------------------------------------------------------------------

const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const u32le = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const u16le = (n) => { const b = Buffer.alloc(2); b.writeUInt16LE(n); return b; };
const crc = crc32 ?? ((b) => {
	let c = ~0;
	for (const x of b) {
		c ^= x;
		for (let k = 0; k < 8; k++)
			c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
	}
	return ~c >>> 0;
});
const chunk = (type, data) => {
	const body = Buffer.concat([Buffer.from(type), data]);
	return Buffer.concat([u32(data.length), body, u32(crc(body) >>> 0)]);
};

// 8 bits RGB; pixel(x, y) gives [r, g, b]. more: chunks before the pixels.
function png(w, h, pixel, more = []) {
	const lines = Buffer.alloc(h * (1 + w * 3));
	for (let y = 0; y < h; y++)
		for (let x = 0; x < w; x++)
			lines.set(pixel(x, y), y * (1 + w * 3) + 1 + x * 3);
	return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', Buffer.concat([u32(w), u32(h), Buffer.from([8, 2, 0, 0, 0])])), ...more,
		chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
}

let made = 0;
// One that nobody else has.
const fresh = () => {
	const n = Date.now() % 2 ** 24 + ++made * 7919;
	return png(16, 16, (x, y) => [(n >> 16) & 255, (n >> 8) & 255, x < 8 && y < 8 ? n & 255 : 255 - (n & 255)]);
};
// EXIF: orientation, and a place on earth.
const SECRET = 'GPS-SECRET-PLACE';
const tiff = (orientation) => Buffer.concat([Buffer.from('MM\0*\0\0\0\x08', 'latin1'), Buffer.from([0, 2]),
	Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]),
	Buffer.from([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]), u32(0), Buffer.from(SECRET)]);
const JPEG = Buffer.from(`/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC
0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAQ
ABADAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhBy
JxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKT
lJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAA
AAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRom
JygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExc
bHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDzqvjj+kTgK/sI/lY/Qev83D7A4Cv7DP5VP//Z`, 'base64');
const jpeg = (orientation) => {
	const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff(orientation)]), n = body.length + 2;
	return Buffer.concat([JPEG.subarray(0, 2), Buffer.from([0xff, 0xe1, n >> 8, n & 255]), body, JPEG.subarray(2)]);
};
const gif = (w, h, frames = 1) => Buffer.concat([Buffer.from('GIF89a'), u16le(w), u16le(h), Buffer.from([0x80, 0, 0, 255, 255, 255, 0, 0, 0]),
	...Array.from({ length: frames }, (_, i) => Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, i % 2 ? 0x4c : 0x44, 1, 0])), Buffer.from(';')]);

// ---- what comes out ------------------------------------------------------------------------

const put = (who, path, body, headers) => call(who, 'PUT', path, body, { 'Content-Type': 'application/octet-stream', ...headers });
const set = async (who, body) => {
	const r = await put(who, '/me/avatar', body);
	assert.equal(r.status, 200, r.text);
	return r.json.avatar_url;
};
// The events that somebody is told; next() waits for one that is wanted, and drops those before it.
async function open(who) {
	const events = [];
	let live = false;
	const stream = openStream({ base: URL_BASE, kind: 'ws', token: who.token, event: (e) => events.push(e),
		control: (name) => { live ||= name === 'hello'; }, end: () => {} });
	await until('the stream', () => live);
	return {
		next: (wanted) => until('an event', () => {
			const at = events.findIndex(wanted);
			return at < 0 ? undefined : events.splice(0, at + 1).pop();
		}, 60000),
		close: () => stream.close(),
	};
}
const fetchPicture = (url) => raw('GET', url);

// Width and height of a WebP, and the names of its chunks.
function webp(b) {
	assert.deepEqual([b.toString('latin1', 0, 4), b.readUInt32LE(4) + 8, b.toString('latin1', 8, 12)], ['RIFF', b.length, 'WEBP']);
	const chunks = [];
	for (let at = 12; at < b.length; at += 8 + b.readUInt32LE(at + 4) + b.readUInt32LE(at + 4) % 2)
		chunks.push(b.toString('latin1', at, at + 4));
	const type = chunks[0], at = 20;
	const size = type === 'VP8 ' ? [b.readUInt16LE(at + 6) & 0x3fff, b.readUInt16LE(at + 8) & 0x3fff]
		: [b.readUIntLE(at + 4, 3) + 1, b.readUIntLE(at + 7, 3) + 1];
	return { size, chunks };
}

async function taking(a) {
	await test('each of the four types becomes three squares of WebP and nothing else', async () => {
		const first = await set(a, fresh()), again = (await fetchPicture(first)).body;
		for (const [name, bytes] of Object.entries({ png: fresh(), jpeg: JPEG, 'jpeg with EXIF': jpeg(1), gif: gif(1, 1), 'gif that moves': gif(3, 2, 3), webp: again })) {
			const url = await set(a, bytes);
			assert.match(url, /^\/avatars\/[0-9a-f]{32}-256\.webp$/, name);
			for (const side of [64, 128, 256]) {
				const r = await fetchPicture(url.replace('-256.', `-${side}.`));
				assert.deepEqual([r.status, r.headers['content-type'], r.headers['x-content-type-options'], r.headers['cache-control']],
					[200, 'image/webp', 'nosniff', 'public, max-age=31536000, immutable'], name);
				assert.match(r.headers['content-security-policy'], /^sandbox; default-src 'none'/);
				const { size, chunks } = webp(r.body);
				assert.deepEqual(size, [side, side], name);
				assert.ok(chunks.every((c) => ['VP8 ', 'VP8X', 'ALPH'].includes(c)), `${name}: ${chunks}`);
				assert.ok(!r.body.includes(SECRET) && !r.body.includes('Exif'));
			}
		}
	});
	await test('the picture is turned as EXIF says', async () => {
		const colour = (x, y) => [x < 8 ? 255 : 0, y < 4 ? 255 : 0, x * 16];
		const plain = await set(a, png(16, 16, (x, y) => colour(15 - x, 15 - y)));
		assert.equal(await set(a, png(16, 16, colour, [chunk('eXIf', tiff(3))])), plain);
		assert.equal(await set(a, png(16, 16, (x, y) => colour(y, 15 - x), [chunk('eXIf', tiff(8))])), await set(a, png(16, 16, colour)));
		assert.notEqual(await set(a, jpeg(6)), await set(a, jpeg(1)));
		assert.equal(await set(a, jpeg(1)), await set(a, JPEG));
	});
	await test('what a file pretends to be does not matter', async () => {
		const both = Buffer.concat([gif(1, 1), Buffer.from('<script>alert(1)</script>PK\x03\x04')]);
		const r = await put(a, '/me/avatar', both, { 'Content-Type': 'text/html' });
		assert.equal(r.status, 200);
		const served = await fetchPicture(r.json.avatar_url);
		assert.ok(!served.body.includes('script') && served.headers['content-type'] === 'image/webp');
		assert.equal((await put(a, '/me/avatar', fresh(), { 'Content-Type': 'application/json' })).status, 200);
	});
	await test('what is none of them is 415', async () => {
		for (const bytes of [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'), Buffer.from('<?xml version="1.0"?><svg/>'),
			Buffer.from('II*\0\x08\0\0\0'), Buffer.from('BM'.padEnd(64)), Buffer.from('%PDF-1.7'), Buffer.from('8BPS'), Buffer.from('hello'), Buffer.alloc(100)])
			assertProblem(await put(a, '/me/avatar', bytes).then((r) => { assert.equal(r.status, 415, bytes.toString()); return r; }), 'unsupported_media_type');
		assert.ok([400, 415].includes((await put(a, '/me/avatar', Buffer.alloc(0))).status));
	});
}

async function refusing(a) {
	const head = (w, h) => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', Buffer.concat([u32(w), u32(h), Buffer.from([8, 6, 0, 0, 0])])), chunk('IDAT', deflateSync(Buffer.alloc(1 << 20))), chunk('IEND', Buffer.alloc(0))]);
	const code = async (bytes) => {
		const r = await put(a, '/me/avatar', bytes);
		assert.equal(r.status, 422, r.text);
		assertProblem(r);
		return r.json.errors[0].code;
	};
	await test('one with too many pixels is 422 before it is decoded', async () => {
		assert.equal(await code(head(20000, 20000)), 'too_large');
		assert.equal(await code(head(8193, 1)), 'too_large');
		assert.equal(await code(gif(65535, 65535)), 'too_large');
		assert.equal(await code(gif(4097, 4096)), 'too_large');
		const wide = Buffer.from(JPEG), at = wide.indexOf(Buffer.from([0xff, 0xc0]));
		wide.set([0x40, 0, 0x40, 0], at + 5);
		assert.equal(await code(wide), 'too_large');
		const vp8x = Buffer.concat([Buffer.from('VP8X'), u32le(10), Buffer.from([2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0]), Buffer.from('ANIM'), u32le(6), Buffer.alloc(6)]);
		assert.ok(['too_large', 'broken'].includes(await code(Buffer.concat([Buffer.from('RIFF'), u32le(vp8x.length + 4), Buffer.from('WEBP'), vp8x]))));
	});
	await test('one that cannot be decoded, or is cut off, is 422', async () => {
		const whole = fresh(), sent = (await fetchPicture(await set(a, fresh()))).body;
		for (const bytes of [whole.subarray(0, 60), whole.subarray(0, whole.length - 20), whole.subarray(0, 9), JPEG.subarray(0, JPEG.length >> 1), JPEG.subarray(0, JPEG.length - 2),
			JPEG.subarray(0, 4), gif(1, 1).subarray(0, 20), gif(1, 1).subarray(0, 6), sent.subarray(0, sent.length - 9), sent.subarray(0, 14), head(4096, 4096),
			Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(300, 1)]), Buffer.concat([JPEG.subarray(0, 200), Buffer.alloc(500, 0xff)])])
			assert.equal(await code(bytes), 'broken', bytes.subarray(0, 16).toString('latin1'));
	});
	await test('the largest that is allowed is taken, one byte more is 413', async () => {
		const small = fresh(), full = Buffer.concat([small, Buffer.alloc(4 * 1024 * 1024 - small.length)]);
		assert.equal((await put(a, '/me/avatar', full)).status, 200);
		const r = await put(a, '/me/avatar', Buffer.concat([full, Buffer.alloc(1)]));
		assert.equal(r.status, 413);
		assert.match(r.headers['content-type'], /problem\+json/);
		assert.equal((await call(a, 'PATCH', '/me', `{"display_name":"${'x'.repeat(70000)}"}`)).status, 413);
	});
	await test('what was refused changes nothing', async () => {
		const had = (await want(200, a, 'GET', '/me')).avatar_url;
		await code(JPEG.subarray(0, 100));
		assert.equal((await want(200, a, 'GET', '/me')).avatar_url, had);
	});
}

async function showing() {
	const a = await person('a'), b = await person('b'), home = await place(a, b);
	await test('a picture is there wherever somebody is, and is told as a new name is', async () => {
		const dm = await want(201, a, 'POST', '/dms', { user_ids: [b.id] });
		const stream = await open(b);
		const url = await set(a, fresh());
		const told = await stream.next((e) => e.type === 'member.updated' && e.data.server_id === home.id);
		assert.equal(told.data.user.avatar_url, url);
		if (hasJobs()) {
			await jobs();
			assert.equal((await stream.next((e) => e.type === 'member.updated' && e.data.channel_id === dm.id)).data.user.avatar_url, url);
		}
		assert.equal((await want(200, b, 'GET', `/users/${a.id}`)).avatar_url, url);
		const m = await want(201, a, 'POST', `/channels/${home.channel}/messages`, { content: 'x' });
		assert.equal(m.author.avatar_url, url);
		assert.equal((await want(200, b, 'GET', `/servers/${home.id}/members`)).items.find((x) => x.user.id === a.id).user.avatar_url, url);
		await want(204, a, 'DELETE', '/me/avatar');
		await want(204, a, 'DELETE', '/me/avatar');
		assert.equal((await want(200, b, 'GET', `/users/${a.id}`)).avatar_url, null);
		await stream.next((e) => e.type === 'member.updated' && e.data.server_id === home.id && e.data.user.avatar_url === null);
		stream.close();
	});
	await test('a server\'s picture is for who may manage it, and in the audit log', async () => {
		const stream = await open(b);
		await put(b, `/servers/${home.id}/icon`, fresh()).then((r) => assert.equal(r.status, 403));
		const out = await person('out');
		await put(out, `/servers/${home.id}/icon`, fresh()).then((r) => assert.equal(r.status, 404));
		await want(404, a, 'PUT', '/servers/1/icon', fresh());
		const r = await put(a, `/servers/${home.id}/icon`, fresh(), { 'X-Audit-Reason': 'a new look' });
		assert.equal(r.status, 200, r.text);
		assert.match(r.json.icon_url, /^\/avatars\/[0-9a-f]{32}-256\.webp$/);
		assert.equal((await stream.next((e) => e.type === 'server.updated')).data.icon_url, r.json.icon_url);
		assert.equal((await want(200, b, 'GET', `/servers/${home.id}`)).icon_url, r.json.icon_url);
		assert.equal((await want(200, null, 'GET', `/invites/${home.invite}`)).server.icon_url, r.json.icon_url);
		await want(403, b, 'DELETE', `/servers/${home.id}/icon`);
		await want(204, a, 'DELETE', `/servers/${home.id}/icon`);
		assert.equal((await want(200, b, 'GET', `/servers/${home.id}`)).icon_url, null);
		const [off, on] = (await want(200, a, 'GET', `/servers/${home.id}/audit-log?action=server.updated`)).items;
		assert.deepEqual([on.detail, on.reason, off.detail], [{ icon: true }, 'a new look', { icon: false }]);
		stream.close();
	});
	await test('two with the same picture share it, and neither loses it with the other', async () => {
		const bytes = fresh(), url = await set(a, bytes);
		assert.equal(await set(b, bytes), url);
		await want(204, a, 'DELETE', '/me/avatar');
		if (hasJobs())
			await jobs();
		assert.equal((await fetchPicture(url)).status, 200);
	});
	await test('addresses that are no picture\'s are 404', async () => {
		const url = await set(a, fresh()), name = url.split('/').pop();
		for (const path of ['/avatars/', `/avatars/${'0'.repeat(32)}-256.webp`, url.replace('-256', '-255'), url.replace('.webp', '.png'), url.replace('.webp', ''), `${url}/`,
			url.toUpperCase(), `/avatars/../avatars/x/${name}`, '/avatars/../moot.conf', '/avatars/..%2fmoot.conf', `/avatars/${name}.part`])
			assert.equal((await raw('GET', path)).status, 404, path);
		for (const path of ['/avatars/%2e%2e/%2e%2e/moot.conf', `/avatars/./${name}%00`])
			assert.equal((await raw('GET', path)).status, 400, path);
		assert.equal((await raw('GET', '/avatars')).status, 301);
		assert.ok([405, 403].includes((await raw('POST', url)).status));
		const head = await raw('HEAD', url);
		assert.deepEqual([head.status, head.body.length], [200, 0]);
	});
}

// What the kernel says of a process; '' when there is none.
function stateOf(pid) {
	try {
		return readFileSync(`/proc/${pid}/status`, 'utf8');
	} catch {
		return '';
	}
}

async function without(a) {
	const bearer = { Authorization: `Bearer ${a.token}` };
	const dir = mkdtempSync(join(tmpdir(), 'moot-pictures.')), settings = { files_dir: dir };
	chmodSync(dir, 0o755);
	const send = (more = {}, headers = bearer) => cgi('PUT', `${V1}/me/avatar`, { headers, body: fresh(), settings: { ...settings, ...more } });
	const stranger = async () => ({ Authorization: `Bearer ${(await person()).token}` });
	const script = (text) => {
		const path = join(dir, `program-${++made}`);
		writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
		return path;
	};
	const hanging = () => ({ image_program: script('exec sleep 1000'), request_timeout: 1 });
	const costly = () => ({ image_program: script('kill -XCPU $$') });
	await test('plain CGI hands pictures out itself', async () => {
		const r = await send();
		assert.equal(r.status, 200, r.log);
		const got = await cgi('GET', r.json.avatar_url, { settings });
		assert.deepEqual([got.status, got.headers['content-type'], got.headers['cache-control'], got.headers['x-content-type-options']],
			[200, 'image/webp', 'public, max-age=31536000, immutable', 'nosniff']);
		assert.match(got.headers['content-security-policy'], /^sandbox/);
		for (const path of ['/avatars/../keys/token.key', `/avatars/${'0'.repeat(32)}-256.webp`, '/avatars/x'])
			assert.equal((await cgi('GET', path, { settings })).status, 404, path);
		assert.equal((await cgi('PUT', `${V1}/me/avatar`, { headers: bearer, settings, env: { CONTENT_LENGTH: '4194305' } })).status, 413);
	});
	await test('below a path the address says so', async () => {
		const below = { ...settings, base_url: 'http://localhost:1/chat' };
		const { json } = await cgi('POST', `${V1}/auth/login`, { settings: below, json: { login: a.username, password: PASSWORD } });
		const r = await cgi('PUT', `${V1}/me/avatar`, { headers: { Authorization: `Bearer ${json.access_token}` }, body: fresh(), settings: below });
		assert.match(r.json.avatar_url, /^\/chat\/avatars\//);
		assert.equal((await cgi('GET', r.json.avatar_url, { settings: below })).status, 200);
	});
	await test('the limit is its own', async () => {
		const b = await person('b');
		const one = (n) => cgi('PUT', `${V1}/me/avatar`, { headers: { Authorization: `Bearer ${b.token}` }, body: Buffer.from(`x${n}`), settings: { ...settings, limits_scale: 1 } });
		for (let i = 0; i < 10; i++)
			assert.equal((await one(i)).status, 415);
		assert.equal((await one(10)).status, 429);
	});
	await test('one that takes too long counts as all that somebody has in an hour', async () => {
		for (const [program, status] of [[hanging(), 503], [costly(), 422]]) {
			const one = await stranger();
			assert.equal((await send({ ...program, limits_scale: 1 }, one)).status, status);
			assert.equal((await send({ limits_scale: 1 }, one)).status, 429);
		}
	});
	await test('one is decoded, one waits, and who comes on top of that is told so at once', async () => {
		const mark = join(dir, `mark-${++made}`), image_program = script(`echo >>${mark}; exec sleep 1000`), run_dir = mkdtempSync(join(dir, 'run.'));
		chmodSync(run_dir, 0o777);
		const people = await Promise.all(Array.from({ length: 6 }, stranger));
		const all = await Promise.all(people.map((one) => send({ image_program, request_timeout: 60, run_dir }, one)));
		assert.deepEqual(all.map((r) => r.status), [503, 503, 503, 503, 503, 503]);
		assert.equal(readFileSync(mark, 'utf8').length, 1);
		assert.ok(Math.min(...all.map((r) => r.ms)) < 3000, `who waits waits for three seconds: ${all.map((r) => r.ms)}`);
	});
	await test('no program, no folder, one that hangs or is killed: 503, and nothing has changed', async () => {
		const had = (await want(200, a, 'GET', '/me')).avatar_url, files = () => readdirSync(join(dir, 'avatar')).sort().join();
		const before = files();
		for (const more of [{ image_program: '' }, { files_dir: '' }, { image_program: '/nowhere' }, { image_program: script('exit 20') },
			{ image_program: script('kill -KILL $$') }, hanging()])
			assert.equal((await send(more, await stranger())).status, 503, JSON.stringify(more));
		for (const more of [{ image_program: script('kill -SEGV $$') }, costly()])
			assert.equal((await send(more, await stranger())).status, 422, JSON.stringify(more));
		assert.deepEqual([files(), (await want(200, a, 'GET', '/me')).avatar_url], [before, had]);
	});
	await test('a handler that is killed while a picture is decoded takes the program with it', async () => {
		const mark = join(dir, 'mark'), gate = join(dir, 'program-gate');
		// stopped before it has read anything, as the program itself: what it does to itself has been done
		writeFileSync(gate, `#!/bin/sh\necho $$ $PPID >${mark}.part; mv ${mark}.part ${mark}\nexec ${setting('image_program')} "$@" <${mark}.fifo\n`, { mode: 0o755 });
		const { execFileSync } = await import('node:child_process');
		execFileSync('mkfifo', [`${mark}.fifo`]);
		const writer = await import('node:fs/promises').then((f) => f.open(`${mark}.fifo`, 'r+'));
		const answer = send({ image_program: gate }).catch(() => undefined);
		await until('the program to be started', () => existsSync(mark));
		const [program, handler] = readFileSync(mark, 'utf8').trim().split(' ').map(Number);
		// it waits for its picture: inside the sandbox
		await until('the sandbox', () => /Seccomp:\t2/.test(stateOf(program)));
		process.kill(handler, 'SIGKILL');
		await answer;
		await until('the program to be gone', () => /^$|State:\tZ/.test(stateOf(program)));
		await writer.close();
	});
	await want(204, a, 'DELETE', '/me/avatar');
	rmSync(dir, { recursive: true });
}

async function going() {
	const folder = join(setting('files_dir'), 'avatar');
	const there = (url) => existsSync(join(folder, url.split('/').pop()));
	const housekeeping = async () => {
		await sql("SELECT job_add('housekeeping', NULL, '{}', now())");
		await jobs();
	};
	const a = await person('a');
	await test('what nobody uses any more goes after a while', async () => {
		const url = await set(a, fresh()), hash = url.split('/').pop().slice(0, 32);
		await want(204, a, 'DELETE', '/me/avatar');
		await housekeeping();
		assert.ok(there(url));
		await sql(`UPDATE picture SET used_at = now() - interval '61 minutes' WHERE hash = '${hash}'`);
		await housekeeping();
		assert.ok(!there(url) && !there(url.replace('-256', '-64')));
		assert.deepEqual(await sql(`SELECT hash FROM picture WHERE hash = '${hash}'`), []);
		assert.equal((await raw('GET', url)).status, 404);
	});
	await test('what somebody uses stays, however old', async () => {
		const url = await set(a, fresh());
		await sql(`UPDATE picture SET used_at = '-infinity' WHERE hash = '${url.split('/').pop().slice(0, 32)}'`);
		await housekeeping();
		assert.ok(there(url));
		await set(a, fresh());
		await housekeeping();
		assert.ok(there(url), 'its time has only begun');
	});
	await test('files and rows that a process left behind are swept away', async () => {
		const hash = made.toString(16).padStart(4, '0') + 'ab'.repeat(14), old = new Date(Date.now() - 7200_000);
		for (const name of [`${hash}-256.webp`, 'fedcba98.part']) {
			writeFileSync(join(folder, name), 'x');
			utimesSync(join(folder, name), old, old);
		}
		writeFileSync(join(folder, 'abcdef01.part'), 'x');
		await sql(`INSERT INTO picture (hash, used_at) VALUES ('${'cd'.repeat(16)}', now() - interval '8 days') ON CONFLICT DO NOTHING`);
		await housekeeping();
		assert.deepEqual([`${hash}-256.webp`, 'fedcba98.part', 'abcdef01.part'].map((n) => existsSync(join(folder, n))), [false, false, true]);
		assert.deepEqual(await sql(`SELECT hash FROM picture WHERE hash IN ('${hash}', '${'cd'.repeat(16)}')`), []);
		rmSync(join(folder, 'abcdef01.part'));
	});
	await test('one whose files cannot be removed is in nobody\'s way', async () => {
		const stuck = made.toString(16).padStart(4, '0') + 'ef'.repeat(14), other = stuck.replace('ef', 'fe');
		mkdirSync(join(folder, `${stuck}-128.webp`));
		writeFileSync(join(folder, `${other}-64.webp`), 'x');
		await sql(`INSERT INTO picture (hash, used_at) VALUES ('${stuck}', '-infinity'), ('${other}', '-infinity')`);
		await housekeeping();
		assert.equal(existsSync(join(folder, `${other}-64.webp`)), false);
		assert.deepEqual(await sql(`SELECT hash, used_at > now() - interval '1 hour' FROM picture WHERE hash IN ('${stuck}', '${other}')`), [`${stuck}|t`]);
		assert.deepEqual(await sql("SELECT kind FROM job WHERE kind = 'housekeeping' AND attempts > 0"), []);
		rmSync(join(folder, `${stuck}-128.webp`), { recursive: true });
		await sql(`UPDATE picture SET used_at = '-infinity' WHERE hash = '${stuck}'`);
		await housekeeping();
		assert.deepEqual(await sql(`SELECT hash FROM picture WHERE hash = '${stuck}'`), []);
	});
	await test('one that goes for somebody else while it is being taken is made once more', async () => {
		// the first time that somebody takes one its row is not there any more
		await sql(`CREATE SEQUENCE picture_once; GRANT ALL ON SEQUENCE picture_once TO PUBLIC;
			CREATE FUNCTION picture_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				RETURN CASE WHEN new.used_at < 'infinity' OR nextval('picture_once') > 1 THEN new END; END $$;
			CREATE TRIGGER picture_once BEFORE UPDATE ON picture FOR EACH ROW EXECUTE FUNCTION picture_once()`);
		try {
			const url = await set(a, fresh());
			assert.deepEqual([there(url), ...await sql('SELECT last_value FROM picture_once')], [true, '2']);
		} finally {
			await sql('DROP FUNCTION picture_once CASCADE; DROP SEQUENCE picture_once');
		}
	});
	await test('with its account at once', async () => {
		const b = await person('b'), url = await set(b, fresh());
		await want(204, b, 'DELETE', '/me', { password: PASSWORD });
		await jobs();
		assert.ok(!there(url));
	});
	await test('with its server when that has gone for good', async () => {
		const home = await place(a), both = fresh(), urls = [];
		for (const bytes of [fresh(), both]) {
			const r = await put(a, `/servers/${home.id}/icon`, bytes);
			assert.equal(r.status, 200, r.text);
			urls.push(r.json.icon_url);
		}
		assert.equal(await set(a, both), urls[1]);
		const gone = async (id) => {
			await want(204, a, 'DELETE', `/servers/${id}`);
			await jobs();
			await sql(`UPDATE server SET deleted_at = deleted_at - interval '8 days' WHERE id = ${id};
				UPDATE job SET run_at = now() WHERE kind = 'purge' AND data->>'server' = '${id}'`);
			await jobs();
		};
		await gone(home.id);
		assert.ok(there(urls[1]), 'somebody has it, too');
		const other = await place(a), alone = (await put(a, `/servers/${other.id}/icon`, fresh())).json.icon_url;
		await gone(other.id);
		assert.deepEqual([there(alone), (await raw('GET', alone)).status], [false, 404]);
		assert.deepEqual(await sql(`SELECT icon FROM server WHERE id IN (${home.id}, ${other.id}) AND icon IS NOT NULL`), []);
	});
	await test('and when an administrator takes it away', async () => {
		const b = await person('b'), url = await set(b, fresh());
		await sql(`SELECT avatar_remove(${b.id})`);
		await jobs();
		assert.deepEqual([(await want(200, b, 'GET', '/me')).avatar_url, there(url)], [null, false]);
	});
	await test('every picture of an account or server has its files', async () => {
		const names = await sql('SELECT avatar FROM account WHERE avatar IS NOT NULL UNION SELECT icon FROM server WHERE icon IS NOT NULL');
		for (const hash of names)
			for (const side of [64, 128, 256])
				assert.ok(existsSync(join(folder, `${hash}-${side}.webp`)), hash);
	});
}

export default async function () {
	const a = await person('a');
	await taking(a);
	await refusing(a);
	await showing();
	if (!hasCgi())
		return skip('as plain CGI, and what goes', 'needs MOOT_DIR/moot.conf and the programs');
	await without(a);
	if (!hasJobs())
		return skip('what goes', 'needs moot-jobs');
	await going();
}
