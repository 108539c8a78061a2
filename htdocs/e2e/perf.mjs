/* Numbers of a cold open and of typing with a full window, against the budgets. */
import { assert, BASE, check, finish, launch, person, run, until } from './lib.mjs';
import { place } from './seed.mjs';

const { people, general } = await place(['Ash Grove', 'Birch Wood'], `Perf ${run}`);
const [ash, birch] = people;
for (let i = 0; i < 330; i++) {
	await (i % 4 ? ash : birch).call('POST', `/channels/${general.id}/messages`, {
		content:
			i % 9
				? `line ${i} ${'some words '.repeat(i % 6)}`
				: `**${i}** with \`code\` and\n\n> a quote`,
	});
}
const browser = await launch();
const { page, context } = await person(browser);
await page.getByLabel('Username').fill(ash.user.username);
await page.getByLabel('Password').fill('correct horse battery');
await page.getByRole('button', { name: 'Sign in' }).click();
await page.locator('#composer').waitFor();
await context.addInitScript(() => {
	window.shifts = 0;
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts += e.value;
	}).observe({ type: 'layout-shift', buffered: true });
});

await check('cold open: layout shift and time to the first row', async () => {
	const begin = Date.now();
	await page.goto(`${BASE}/c/${general.id}`);
	await page.locator('[role=log] article').first().waitFor();
	const first = Date.now() - begin;
	await page.locator('[data-health=live]').waitFor();
	await page.waitForTimeout(500);
	const cls = await page.evaluate(() => window.shifts);
	console.log(`      first row ${first} ms, CLS ${cls.toFixed(4)}`);
	assert(cls <= 0.02, `CLS ${cls}`);
});

await check('typing with a full window', async () => {
	const list = () =>
		page.locator('[role=log]').evaluate((log) => {
			log.parentElement.parentElement.scrollTop = 0;
			return log.querySelectorAll('article').length;
		});
	await until(async () => (await list()) >= 290, 'a full window');
	await page.evaluate(() => {
		window.keys = [];
		document.getElementById('composer').addEventListener('keydown', (e) => {
			requestAnimationFrame(() => {
				const { port1, port2 } = new MessageChannel();
				port1.onmessage = () => window.keys.push(performance.now() - e.timeStamp);
				port2.postMessage(null);
			});
		});
	});
	await page
		.locator('#composer')
		.pressSequentially('the quick brown fox jumps over the lazy dog again and again', {
			delay: 40,
		});
	const sorted = (await page.evaluate(() => window.keys)).sort((a, b) => a - b);
	const at = (p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
	const keys = sorted.length;
	console.log(`      key to paint p50 ${at(0.5).toFixed(0)} ms, p98 ${at(0.98).toFixed(0)} ms`);
	assert(keys > 50 && at(0.5) <= 50, `p50 ${at(0.5)}`);
});

await check('a key lays out once, and nothing but what is written', async () => {
	const cdp = await context.newCDPSession(page);
	await cdp.send('Performance.enable');
	const layouts = async () =>
		(await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'LayoutCount').value;
	await page.evaluate(() => {
		window.touched = 0;
		new MutationObserver((list) => {
			window.touched += list.length;
		}).observe(document.querySelector('[role=log]'), {
			subtree: true,
			childList: true,
			attributes: true,
			characterData: true,
		});
	});
	const before = await layouts();
	await page.locator('#composer').pressSequentially('twenty keys in a row', { delay: 60 });
	const each = ((await layouts()) - before) / 20;
	console.log(`      ${each.toFixed(1)} layouts a key`);
	assert(each <= 2.5, `${each} layouts a key`);
	assert((await page.evaluate(() => window.touched)) === 0, 'the list was drawn again');
});

await check('a text of many lines leaves the list at its end', async () => {
	const gap = () =>
		page.locator('[role=log]').evaluate((log) => {
			const s = log.parentElement.parentElement;
			return s.scrollHeight - s.scrollTop - s.clientHeight;
		});
	await page.locator('#composer').fill('');
	await page.locator('[role=log]').evaluate((log) => {
		log.parentElement.parentElement.scrollTop = 1e9;
	});
	await until(async () => (await gap()) < 2, 'at the end');
	for (const line of ['one', 'two', 'three', 'four', 'five', 'six']) {
		await page.locator('#composer').pressSequentially(line);
		await page.keyboard.press('Shift+Enter');
	}
	await page.locator('#composer').pressSequentially('seven');
	await until(async () => (await gap()) < 2, `still at the end, ${await gap()} px off`, 2000);
	await page.locator('#composer').fill('');
});
await browser.close();
finish();
