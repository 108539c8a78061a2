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
	console.log(`      key to paint p50 ${at(0.5).toFixed(0)} ms, p98 ${at(0.98).toFixed(0)} ms`);
	assert(at(0.5) <= 50, `p50 ${at(0.5)}`);
});
await browser.close();
finish();
