// What is said of a place and of what was done there: public on the web, reports that were dealt with, erased messages.
import { expect } from '../support/report.mjs';
import { findings } from './looks.mjs';
import { goTo } from './talk.mjs';
import { composer, shot, wide } from './window.mjs';

/** By the page's own session. */
const api = (page, method, path, body) => page.evaluate(async ([method, path, body]) => {
	const r = await fetch(`/api/v1${path}`, { method, headers: { 'content-type': 'application/json' }, body });
	return r.status === 204 ? null : r.json();
}, [method, path, body && JSON.stringify(body)]);

/** In both themes, on a phone and wide: nothing is too wide, axe finds nothing, and a picture of each. */
async function everywhere(page, name) {
	for (const colorScheme of ['dark', 'light']) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		for (const size of [{ width: 320, height: 640 }, wide]) {
			await page.setViewportSize(size);
			const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			expect(over <= 0, `${over} px too wide at ${size.width}`);
			await shot(page, `${name}-${colorScheme}-${size.width}`);
			const found = await findings(page);
			expect(found.length === 0, found.join('\n    '));
		}
	}
}

export async function notices(t) {
	const { report, ada, ben } = t;
	const { page } = ada;
	const name = `news-${t.run}`;
	let server, channel;

	await report.step('notices: a channel goes on the web after a question, and says so to everybody', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'general');
		server = (await api(page, 'GET', `/channels/${t.channel}`)).server_id;
		channel = (await api(page, 'POST', `/servers/${server}/channels`, { name, kind: 'text', topic: 'What is new' })).id;
		await goTo(t, ada, name);
		await goTo(t, ben, name);
		await page.getByRole('link', { name }).hover();
		await page.getByRole('button', { name: `Options of ${name}` }).click();
		await page.getByRole('menuitem', { name: 'Edit channel' }).click();
		await page.getByRole('checkbox', { name: 'Page on the web' }).check();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('dialog', { name: `Show ${name} on the web?` }).waitFor();
		await everywhere(page, 'notices-web-question');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Tab');
		expect((await page.evaluate(() => document.activeElement?.textContent)) === 'Show on the web', 'the keys do not lead to the button');
		await page.keyboard.press('Enter');
		await ben.page.getByRole('link', { name: `${name}, on the web` }).waitFor();
		const line = ben.page.getByRole('region', { name: 'Write a message' }).getByRole('link', { name: `/web/${channel}` });
		await line.waitFor();
		expect((await composer(ben.page).getAttribute('aria-describedby')).includes('composer-web'), 'the box does not say it');
		await everywhere(ben.page, 'notices-web');
	});
	await report.step('notices: the topic can be read on a phone', async () => {
		await ben.page.setViewportSize({ width: 320, height: 640 });
		await ben.page.getByRole('button', { name: 'Members', exact: true }).click();
		await ben.page.getByRole('dialog').getByText('What is new').waitFor();
		await shot(ben.page, 'notices-topic');
		await ben.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
		await ben.page.setViewportSize(wide);
	});
}
