// Channels on the web: what everybody is shown, and that nothing written there becomes more than text.
import { createHash } from 'node:crypto';
import { CORPUS } from '../support/xss.mjs';
import { assert, call, person, place, post, raw, test, want } from './lib.mjs';

const page = (id, query = '', headers = {}) => raw('GET', `/web/${id}${query}`, { headers });
const feed = (id, headers = {}) => raw('GET', `/web/${id}/feed.atom`, { headers });

const gone = async (id) => {
	for (const r of [await page(id), await feed(id)]) {
		assert.equal(r.status, 404, r.text);
		assert.match(r.headers['content-type'], /^text\/html/);
		assert.match(r.headers['content-security-policy'], /^default-src 'none'/);
		assert.match(r.text, /<meta name="robots" content="noindex">/);
	}
};

const ENTITIES = { amp: '&', lt: '<', gt: '>', '#34': '"', '#39': '\'' };
// Tags and text of a page or feed that knows five references and no comments: throws at anything else.
function pieces(text) {
	const tags = [], texts = [];
	for (const [, tag, between] of text.matchAll(/(<[^<>]*>)|([^<>]+)/g))
		if (tag) tags.push(tag);
		else texts.push(between.replace(/&(#?\w*);?/g, (whole, name) => {
			assert.ok(whole.endsWith(';') && name in ENTITIES, `reference ${whole}`);
			return ENTITIES[name];
		}));
	assert.equal(tags.join('').length + [...text.matchAll(/(<[^<>]*>)|([^<>]+)/g)].reduce((n, m) => n + (m[2]?.length ?? 0), 0), text.length, 'a stray < or >');
	return { tags, texts };
}
const NAMES = /^<(!DOCTYPE html|\?xml [^<>]*\?|\/?(html|head|meta|title|link|style|body|header|footer|main|nav|article|small|b|bdi|h1|p|a|time|span|br|em|strong|s|code|pre|blockquote|ul|ol|li|img|feed|id|updated|published|entry|author|name|content))( [^<>]*)?\/?>$/;

async function sight() {
	const owner = await person('owner'), member = await person('member'), there = await place(owner, member);
	const at = `/channels/${there.channel}`, set = (json) => want(200, owner, 'PATCH', at, json);
	const m = await post(member, there.channel, `hello <@${owner.id}>, see https://example.org/x?a=1&b=2.`);
	await want(200, member, 'PATCH', '/me', { display_name: 'Mia <3' });
	await test('a channel is on the web only when somebody says so', async () => {
		await gone(there.channel);
		await set({ web_public: true, topic: 'Ships & <sails>' });
		const r = await page(there.channel);
		assert.equal(r.status, 200);
		assert.match(r.headers['content-type'], /^text\/html; charset=utf-8/);
		assert.ok(r.text.includes('Mia &lt;3') && r.text.includes('Ships &amp; &lt;sails&gt;') && r.text.includes('#<bdi>general'));
	});
	await test('it names people and says nothing more of them', async () => {
		for (const text of [(await page(there.channel)).text, (await feed(there.channel)).text])
			for (const id of [owner.id, member.id])
				assert.ok(!text.includes(id), 'an id');
		assert.ok(!(await page(there.channel)).text.includes(member.username), 'a user name');
		assert.match((await page(there.channel)).text, /hello <span class="mention">@<bdi>owner-[^<]*<\/bdi><\/span>, see <a href="https:\/\/example\.org\/x\?a=1&amp;b=2" rel="nofollow ugc noopener noreferrer"><bdi>https:[^<]*<\/bdi><\/a>\.</);
		const stranger = await person('stranger');
		const s = await post(owner, there.channel, `<@${stranger.id}> ${'x'.repeat(60)} <@${member.id}>`);
		for (const text of [(await page(there.channel)).text, (await feed(there.channel)).text]) {
			assert.ok(text.includes('somebody') && !text.includes(stranger.id) && !text.includes(member.id));
			assert.doesNotMatch(text, /&lt;@/, 'a mention, or its first half');
		}
		await want(204, owner, 'DELETE', `${at}/messages/${s.id}`);
		const crew = await want(201, owner, 'POST', `/servers/${there.id}/roles`, { name: 'the <crew>', mentionable: true });
		const all = await post(owner, there.channel, `<@&${crew.id}>!`);
		assert.ok((await page(there.channel)).text.includes('<span class="mention">@<bdi>the &lt;crew&gt;</bdi></span>!'), 'a role');
		assert.ok((await feed(there.channel)).text.includes('@the &lt;crew&gt;!'));
		await want(204, owner, 'DELETE', `${at}/messages/${all.id}`);
		await want(204, owner, 'DELETE', `/servers/${there.id}/roles/${crew.id}`);
	});
	await test('it does not grow by mentions, and a title ends where half a mention begins', async () => {
		const s = await post(owner, there.channel, `<@${member.id}> `.repeat(150));
		assert.equal((await page(there.channel)).text.split('Mia &lt;3</bdi></span>').length - 1, 50);
		await want(204, owner, 'DELETE', `${at}/messages/${s.id}`);
		for (const [content, title] of [[`1 < 2 ${'y'.repeat(90)}`, `1 &lt; 2 ${'y'.repeat(74)}`], [`<${'z'.repeat(90)}`, `&lt;${'z'.repeat(79)}`],
			[`${'w'.repeat(70)} <@${member.id}>`, 'w'.repeat(70)], ['```\n**bold** ||he dies||\n```', 'bold …']]) {
			const t = await post(owner, there.channel, content);
			assert.ok((await feed(there.channel)).text.includes(`: ${title}</title>`), title);
			await want(204, owner, 'DELETE', `${at}/messages/${t.id}`);
		}
	});
	await test('it may show its style and do nothing', async () => {
		const r = await page(there.channel), [, style] = /<style>([^<]*)<\/style>/.exec(r.text);
		const hash = createHash('sha256').update(style).digest('base64');
		assert.equal(r.headers['content-security-policy'], `default-src 'none'; style-src 'sha256-${hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`);
		assert.equal(r.headers['x-content-type-options'], 'nosniff');
		assert.ok(r.text.includes(`<link rel="alternate" type="application/atom+xml" href="/web/${there.channel}/feed.atom">`));
		assert.equal(r.headers['set-cookie'], undefined);
	});
	await test('search engines are kept off unless the server lets them in', async () => {
		assert.match((await page(there.channel)).headers['x-robots-tag'], /noindex/);
		assert.match((await page(there.channel)).text, /<meta name="robots" content="noindex/);
		await want(200, owner, 'PATCH', `/servers/${there.id}`, { web_robots: true });
		const r = await page(there.channel);
		assert.deepEqual([r.headers['x-robots-tag'], r.text.includes('name="robots"')], [undefined, false]);
	});
	await test('it is fetched again only when it has changed', async () => {
		for (const ask of [(h) => page(there.channel, '', h), (h) => feed(there.channel, h)]) {
			const first = await ask({}), tag = first.headers.etag;
			assert.equal(first.headers['cache-control'], 'no-cache');
			assert.equal((await ask({ 'If-None-Match': tag })).status, 304);
			await post(owner, there.channel, 'new');
			assert.equal((await ask({ 'If-None-Match': tag })).status, 200);
		}
	});
	await test('what is deleted or changed is so at once', async () => {
		await want(200, member, 'PATCH', `${at}/messages/${m.id}`, { content: 'quite different' });
		const r = await page(there.channel);
		assert.ok(r.text.includes('quite different') && !r.text.includes('hello') && r.text.includes('<small>edited</small>'));
		await want(204, owner, 'DELETE', `${at}/messages/${m.id}`);
		for (const text of [(await page(there.channel)).text, (await feed(there.channel)).text]) assert.ok(!text.includes('quite different'));
	});
	await test('what is not for everybody is not there', async () => {
		const off = [[{ archived: true }, { archived: false }], [{ web_public: false }, { web_public: true }]];
		for (const [there_not, again] of off) {
			await set(there_not);
			await gone(there.channel);
			await set(again);
			assert.equal((await page(there.channel)).status, 200);
		}
		await want(200, owner, 'PATCH', `/servers/${there.id}`, { lockdown: true });
		await gone(there.channel);
		await want(200, owner, 'PATCH', `/servers/${there.id}`, { lockdown: false });
		for (const kind of ['everyone', 'member']) for (const bit of ['1', '2']) {
			const { id } = there.roles.find((r) => r.kind === kind);
			await want(204, owner, 'PUT', `${at}/overrides/${id}`, { allow: '0', deny: bit });
			await gone(there.channel);
			await want(204, owner, 'DELETE', `${at}/overrides/${id}`);
		}
		await set({ private: true });
		await gone(there.channel);
		await set({ private: false });
		await gone(there.channel);
		await set({ web_public: true });
		await want(204, owner, 'DELETE', at);
		await gone(there.channel);
		await want(200, owner, 'POST', `${at}/restore`);
		assert.equal((await page(there.channel)).status, 200);
		await want(204, owner, 'DELETE', `/servers/${there.id}`);
		await gone(there.channel);
		for (const id of ['1', 'x', '0', '99999999999999999999', `${there.channel}x`]) await gone(id);
		const dm = await want(201, owner, 'POST', '/dms', { user_ids: [member.id] });
		await gone(dm.id);
	});
}

async function pages() {
	const owner = await person('owner'), there = await place(owner);
	await want(200, owner, 'PATCH', `/channels/${there.channel}`, { web_public: true });
	const numbers = (text) => [...text.matchAll(/<p dir="auto">n(\d+)</g)].map((x) => Number(x[1]));
	await test('an empty channel has a page and a feed', async () => {
		assert.match((await page(there.channel)).text, /Nothing has been said/);
		assert.match((await feed(there.channel)).text, /<updated>\d{4}-/);
	});
	await test('the newest fifty, then the older ones', async () => {
		const said = [];
		for (let i = 1; i <= 120; i++) said.push(await post(owner, there.channel, `n${i}`));
		await want(204, owner, 'POST', `/channels/${there.channel}/messages/bulk-delete`, { ids: said.slice(100, 110).map((m) => m.id) });
		const left = said.map((_, i) => i + 1).filter((n) => n <= 100 || n > 110), seen = [];
		let query = '';
		for (let n = 0; n < 4; n++) {
			const r = await page(there.channel, query);
			seen.unshift(...numbers(r.text));
			query = /href="\/web\/\d+(\?before=\d+)"/.exec(r.text)?.[1];
			assert.equal(r.text.includes('Newest messages'), n > 0);
			if (!query) break;
		}
		assert.deepEqual(seen, left);
		assert.equal((await feed(there.channel)).text.match(/<entry>/g).length, 50);
	});
	await test('a page before what is not there is not there', async () => {
		const other = await place(owner), m = await post(owner, other.channel, 'elsewhere');
		for (const id of ['1', m.id]) assert.equal((await page(there.channel, `?before=${id}`)).status, 404);
		for (const id of ['x', '-1', '']) {
			const r = await page(there.channel, `?before=${id}`);
			assert.equal(r.status, 400);
			assert.match(r.headers['content-type'], /^text\/html/);
		}
	});
	await test('it is read, and nothing else', async () => {
		assert.equal((await raw('HEAD', `/web/${there.channel}`)).text, '');
		for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await raw(method, `/web/${there.channel}`, {})).status, 405);
	});
}

async function shown() {
	const owner = await person('owner'), there = await place(owner), at = `/channels/${there.channel}`;
	await want(200, owner, 'PATCH', at, { web_public: true });
	await test('what is written is shown as in the client', async () => {
		await post(owner, there.channel, 'Hello **world**\n\n- one\n- `two`\n\n```\n<b>\n```\n> see [the page](https://example.org/x)');
		const { text } = await page(there.channel), inner = /<\/header>(<p dir="auto">[^]*?)<\/article>/.exec(text)[1];
		assert.equal(inner, '<p dir="auto">Hello <strong>world</strong></p>\n<ul>\n<li dir="auto">one\n</li>\n<li dir="auto"><code>two</code>\n</li>\n</ul>\n'
			+ '<pre tabindex="0"><code>&lt;b&gt;</code></pre>\n<blockquote><p dir="auto">see <a href="https://example.org/x" rel="nofollow ugc noopener noreferrer">'
			+ '<bdi>the page</bdi> <small dir="ltr">(example.org)</small></a></p>\n</blockquote>\n');
		const entry = (await feed(there.channel)).text;
		assert.ok(entry.includes(': Hello world</title>'));
		assert.equal(/<content type="html">([^<]*)</.exec(entry)[1], inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;'));
	});
	await test('it leads to the client, and shows the picture of its server', async () => {
		const before = (await page(there.channel)).text;
		assert.ok(before.includes(`<a href="/c/${there.channel}">Open in Moot</a>`) && !before.includes('<img'));
		const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
		const { icon_url: url } = await want(200, owner, 'PUT', `/servers/${there.id}/icon`, png, { 'Content-Type': 'image/png' });
		const src = /<img src="([^"]*)" alt="" width="48" height="48">/.exec((await page(there.channel)).text)[1];
		assert.equal(src, url.replace('-256.', '-128.'));
	});
}

async function markup() {
	const owner = await person('owner'), there = await place(owner), at = `/channels/${there.channel}`;
	await want(200, owner, 'PATCH', at, { web_public: true });
	await test('nothing written becomes markup, wherever it is written', async () => {
		for (const bad of CORPUS) {
			const line = bad.replace(/[\u0001\u001f\u202e\ufffe\uffff]/gu, '').slice(0, 60) || 'x';
			await want(200, owner, 'PATCH', '/me', { display_name: line });
			await want(200, owner, 'PATCH', at, { name: line, topic: line });
			await want(200, owner, 'PATCH', `/servers/${there.id}`, { name: `s ${line}` });
			const m = await post(owner, there.channel, `${bad} <@${owner.id}>`);
			for (const r of [await page(there.channel), await feed(there.channel)]) {
				assert.equal(r.status, 200);
				// a feed holds HTML as text
				const html = [...r.text.matchAll(/<content type="html">([^<]*)<\/content>/g)].map((x) => pieces(x[1]).texts.join('')).join('');
				const { tags, texts } = pieces(html || r.text.replace(/<style>[^<]*<\/style>/, ''));
				if (html) for (const tag of pieces(r.text).tags) assert.match(tag, NAMES, bad);
				for (const tag of tags) assert.match(tag, NAMES, bad);
				for (const tag of tags.filter((x) => x.startsWith('<a ') || x.startsWith('<link ')))
					assert.match(tag, /^<(a|link)( (href="(\/(web|c)\/|https?:\/\/|#m)[^"<>]*"|rel="[a-z ]+"|type="[a-z+\/]+"))+\/?>$/, bad);
				assert.ok(!tags.some((x) => / on\w+=|srcdoc|style=/.test(x.replace(/"[^"]*"/g, '""'))), bad);
				const shown = bad.replace('7*7}}${7*7', '77}}${77').replace(/[\u0001\u001f]|\ufffe|\uffff/gu, '\ufffd');
				assert.ok(texts.join('').includes(/^https?:/.test(bad) ? shown.slice(0, 20) : `${shown} @`), `${bad} is not shown`);
			}
			await want(204, owner, 'DELETE', `${at}/messages/${m.id}`);
		}
	});
}

export default async function () {
	await sight();
	await pages();
	await shown();
	await markup();
}
