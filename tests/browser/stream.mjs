// The browser's end of the stream, when tabs, networks, servers and machines come and go.
import { register, runName } from '../support/api.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { engines } from './engines.mjs';
import { Proxy } from './proxy.mjs';
import { PASSWORD } from './window.mjs';

/** In every page, before its own scripts: a clock that can be moved, and tabs that can fall silent. */
function prepare() {
	const now = Date.now.bind(Date);
	window.skew = 0;
	Date.now = () => now() + window.skew;
	const made = [];
	window.BroadcastChannel = class extends BroadcastChannel {
		constructor(name) {
			super(name);
			made.push(this);
		}
	};
	window.fallSilent = () => {
		for (const c of made) {
			c.onmessage = null;
			c.postMessage = () => {};
		}
	};
	window.addEventListener('pageshow', (e) => {
		window.fromCache = e.persisted;
	});
}

const count = (page, text) =>
	page.evaluate((t) => [...document.querySelectorAll('[role=log] article')].filter((a) => a.textContent.includes(t)).length, text);

const health = (page) => page.evaluate(() => document.querySelector('[data-health]')?.dataset.health ?? null);

const is = (page, ...states) => until(`it says ${states.join(' or ')}`, async () => states.includes(await health(page)), 45_000);

const has = async (page, text) => {
	await until(`"${text}" is there`, async () => (await count(page, text)) > 0, 45_000);
	expect((await count(page, text)) === 1, `"${text}" stands there ${await count(page, text)} times`);
};

const forward = (page, ms) => page.evaluate((by) => {
	window.skew += by;
}, ms);

/** An owner who writes by the API, and a reader whose browser this is about. */
async function world(base) {
	const run = runName();
	const owner = await register(base, `elm.${run}`, PASSWORD);
	const reader = await register(base, `fir.${run}`, PASSWORD);
	const server = await owner.must(201, 'POST', '/servers', { name: `Stream ${run}` });
	const { items } = await owner.must(200, 'GET', `/servers/${server.id}/channels`).catch(async () => {
		const { servers } = await owner.must(200, 'GET', '/bootstrap');
		return { items: servers.find((s) => s.id === server.id).channels };
	});
	const { code } = await owner.must(201, 'POST', `/servers/${server.id}/invites`, {});
	await reader.must(200, 'POST', `/invites/${code}/accept`);
	const channel = items[0].id;
	return { name: `fir.${run}`, channel, say: (content) => owner.must(201, 'POST', `/channels/${channel}/messages`, { content }) };
}

export async function stream(t) {
	for (const name of Object.keys(engines)) await inEngine(t, name);
}

async function inEngine(t, name) {
	const { report } = t;
	const proxy = new Proxy(t.base);
	const base = await proxy.listen();
	const step = (what, work) => report.step(`${name}: ${what}`, work);
	let browser = null;
	try {
		browser = await engines[name]();
		const w = await world(t.base);
		const s = { base, proxy, w, step, report, name, browser, tabs: [] };
		await tabsOfOne(s);
		await troubles(s);
		await rungs(s);
		await putAway(s);
	} catch (e) {
		report.check(`${name}: the scenes of the stream`, false, e.message);
	} finally {
		await browser?.close();
		proxy.close();
	}
}

async function openTab(s) {
	const page = await s.browser.newPage();
	await page.evaluateOnNewDocument(prepare);
	await page.goto(`${s.base}/c/${s.w.channel}`);
	s.tabs.push(page);
	return page;
}

async function tabsOfOne(s) {
	const { proxy, w, step } = s;
	await step('sign in, Live over the socket', async () => {
		const page = await openTab(s);
		await until('the form is there', () => page.$('input[name=password]'));
		await page.type('input[name=username]', w.name);
		await page.type('input[name=password]', PASSWORD);
		await page.keyboard.press('Enter');
		await is(page, 'live');
		expect(proxy.streams.join() === 'socket', `streams: ${proxy.streams}`);
		await w.say('To one');
		await has(page, 'To one');
	});
	await step('three tabs hold one connection, and each hears and tells all', async () => {
		for (let i = 0; i < 2; i++) await is(await openTab(s), 'live');
		await w.say('To all three');
		for (const p of s.tabs) await has(p, 'To all three');
		expect(proxy.streams.length === 1, `${proxy.streams.length} streams are open`);
		await s.tabs[2].bringToFront();
		await s.tabs[2].type('#composer', 'From the third');
		await s.tabs[2].keyboard.press('Enter');
		for (const p of s.tabs) await has(p, 'From the third');
	});
	await step('the leading tab falls silent: another takes the lead, and one connection is left', async () => {
		await s.tabs[0].evaluate(() => window.fallSilent());
		const before = proxy.opened;
		await s.tabs[1].bringToFront();
		await forward(s.tabs[1], 60_000);
		await until('another connection is open', () => proxy.opened > before, 60_000);
		await until('the old one is closed', () => proxy.streams.length === 1, 60_000);
		await w.say('Under another lead');
		await has(s.tabs[1], 'Under another lead');
		await s.tabs.shift().close();
	});
	await step('the leading tab is closed: the next goes on where it was', async () => {
		const [old, kept] = s.tabs;
		await old.close();
		s.tabs = [kept];
		await w.say('In between');
		await kept.bringToFront();
		await has(kept, 'In between');
		await is(kept, 'live');
		await is(await openTab(s), 'live');
		expect(proxy.streams.length === 1, `${proxy.streams.length} streams are open`);
	});
}

async function troubles(s) {
	const { proxy, w, step } = s;
	const [page, other] = s.tabs;
	await step('502 for everything, as in a restart: it says so, and misses nothing', async () => {
		proxy.down = true;
		proxy.cut();
		await is(page, 'offline');
		await until('a line over the page says it', () => page.evaluate(() => document.querySelector('main [role=status]')?.textContent.includes('No connection')), 60_000);
		for (let i = 1; i <= 3; i++) await w.say(`Restart ${i}.`);
		proxy.down = false;
		for (const p of s.tabs) {
			for (let i = 1; i <= 3; i++) await has(p, `Restart ${i}.`);
			await is(p, 'live');
		}
	});
	await step('a connection that hangs is given up by the clock', async () => {
		const before = proxy.opened;
		proxy.freeze();
		await w.say('Nobody hears');
		for (const p of s.tabs) await forward(p, 70_000);
		await until('there is a new connection', () => proxy.opened > before, 60_000);
		for (const p of s.tabs) await has(p, 'Nobody hears');
	});
	await step('after hours of sleep it is Live at once', async () => {
		const before = proxy.opened;
		proxy.freeze();
		await w.say('While it slept');
		for (const p of s.tabs) await forward(p, 4 * 3_600_000);
		await until('there is a new connection', () => proxy.opened > before, 60_000);
		for (const p of s.tabs) {
			await has(p, 'While it slept');
			await is(p, 'live');
		}
	});
	await step('the access cookie has run out: it is renewed without a word', async () => {
		const cookies = await s.browser.cookies();
		const access = cookies.find((c) => /access/.test(c.name));
		expect(access !== undefined, `cookies: ${cookies.map((c) => c.name)}`);
		await s.browser.deleteCookie(access);
		proxy.cut();
		await w.say('Under a new cookie');
		for (const p of s.tabs) {
			await has(p, 'Under a new cookie');
			await is(p, 'live');
			expect(!(await p.evaluate(() => document.body.textContent.includes('Your session has ended'))), 'it asks for a sign-in');
		}
		expect((await s.browser.cookies()).some((c) => c.name === access.name), 'there is no new cookie');
	});
	await step('a hidden tab hears as well', async () => {
		await other.bringToFront();
		await w.say('Behind the scenes');
		await has(other, 'Behind the scenes');
		await page.bringToFront();
		await has(page, 'Behind the scenes');
		await is(page, 'live');
	});
}

async function rungs(s) {
	const { proxy, w, step } = s;
	for (const [kind, state, next] of [['socket', 'live', 'sse'], ['sse', 'delayed', 'long'], ['long', 'delayed', null]]) {
		await step(`without ${[...proxy.blocked, kind].join(', ')} it says ${state}, and every tab hears`, async () => {
			const before = proxy.asked[next];
			proxy.blocked.add(kind);
			proxy.cut();
			await until('it is on the next rung', async () => (!next || proxy.asked[next] > before) && (await health(s.tabs[0])) === state, 45_000);
			await w.say(`Past ${kind}.`);
			for (const p of s.tabs) {
				await has(p, `Past ${kind}.`);
				await is(p, state);
			}
		});
	}
	await step('it climbs up again by itself, and is never without a connection', async () => {
		const states = new Set();
		proxy.blocked.clear();
		await until('it is Live over the socket', async () => {
			states.add(await health(s.tabs[0]));
			return proxy.streams.join() === 'socket' && (await health(s.tabs[0])) === 'live';
		}, 60_000, 100);
		expect(!states.has('offline') && !states.has('connecting'), `it said ${[...states]}`);
		await w.say('Up again');
		for (const p of s.tabs) await has(p, 'Up again');
	});
}

async function putAway(s) {
	const { proxy, w, step, report, name } = s;
	const [page, other] = s.tabs;
	await step('another page and back: Live, and what was missed is there once', async () => {
		await page.bringToFront();
		await page.goto(`${s.base}/icon.svg`);
		await w.say('While it was away');
		await other.bringToFront();
		await has(other, 'While it was away');
		await page.bringToFront();
		await page.evaluate(() => void setTimeout(() => history.back()));
		await is(page, 'live');
		await has(page, 'While it was away');
		report.note(`${name}: the page came ${(await page.evaluate(() => window.fromCache)) ? '' : 'not '}from the back/forward cache`);
		expect(proxy.streams.length === 1, `${proxy.streams.length} streams are open`);
		await w.say('And on it goes');
		for (const p of s.tabs) await has(p, 'And on it goes');
	});
}
