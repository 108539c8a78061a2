// Pictures of people and servers: chosen, cut, sent, called off, seen elsewhere at once, removed.
import { png } from '../support/png.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { close, look, settings } from './community.mjs';
import { goTo } from './talk.mjs';
import { rows, say, shot } from './window.mjs';

/** Red on the left, blue on the right, each as wide as it is high. */
const halves = png(600, 300, (x) => (x < 300 ? [200, 30, 30] : [30, 30, 200]));
const MB = 1024 * 1024;

const file = (buffer, name = 'halves.png', mimeType = 'image/png') => ({ name, mimeType, buffer });
const field = (page, label) => page.getByRole('region', { name: label });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const choose = (page, label, what) => field(page, label).locator('input[type=file]').setInputFiles(what);
const focused = (page) => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.getAttribute('aria-label'));

async function profile(page) {
	await page.keyboard.press('Control+,');
	await field(page, 'Your picture').waitFor();
}

/** What is seen in the middle of its left and right half: 'red', 'blue' or something else. */
const colours = (page, url) => page.evaluate(async (src) => {
	const image = new Image();
	image.src = src;
	await image.decode();
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = 64;
	const c = canvas.getContext('2d');
	c.drawImage(image, 0, 0, 64, 64);
	return [16, 48].map((x) => {
		const [r, g, b] = c.getImageData(x, 32, 1, 1).data;
		return r > 120 && b < 90 ? 'red' : b > 120 && r < 90 ? 'blue' : `${r},${g},${b}`;
	}).join();
}, url);

const mine = (page) => page.evaluate(async () => (await (await fetch('/api/v1/me')).json()).avatar_url);

/** The picture beside what somebody wrote, as a window shows it. */
const beside = (page, text) => rows(page, text).locator('img[src*="/avatars/"]');

export async function pictures(t) {
	const { report, ada, ben } = t;
	const { page } = ada;
	const words = `look at me ${t.run}`;
	await report.step('pictures: what is none, or too large, is refused before it is sent, and says why', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'planning');
		await say(page, words);
		await rows(ben.page, words).waitFor();
		await profile(page);
		let sent = 0;
		page.on('request', (r) => {
			if (r.method() === 'PUT' && r.url().endsWith('/me/avatar')) sent++;
		});
		await choose(page, 'Your picture', file(Buffer.from('hello'), 'notes.txt', 'text/plain'));
		await page.getByText('This is no PNG, JPEG, GIF or WebP.').waitFor();
		await choose(page, 'Your picture', file(Buffer.from('no picture at all')));
		await page.getByText('This picture cannot be read.').waitFor();
		await choose(page, 'Your picture', file(Buffer.alloc(25 * MB + 1)));
		await page.getByText('This file is larger than 25 MB.').waitFor();
		await look(page, 'picture-refused');
		expect(sent === 0, `${sent} were sent`);
	});
	await report.step('pictures: one is cut by keyboard, sent, and at once beside what its owner wrote, in another window', async () => {
		await choose(page, 'Your picture', file(halves));
		const crop = page.locator('[data-crop]');
		await crop.waitFor();
		await until('the square has the focus', () => page.evaluate(() => document.activeElement?.matches('[data-crop]')));
		expect((await crop.getAttribute('data-crop')) === '50 50 1.00', await crop.getAttribute('data-crop'));
		await look(page, 'picture-crop');
		await crop.focus();
		await page.keyboard.press('+');
		await page.keyboard.press('Home');
		for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+ArrowLeft');
		expect((await crop.getAttribute('data-crop')) === '0 50 1.00', await crop.getAttribute('data-crop'));
		await button(page, 'Use this picture').click();
		await page.getByText('Saved').first().waitFor();
		await until('the focus is where it was', async () => (await focused(page)) === 'Choose a picture');
		await beside(ben.page, words).waitFor();
		expect((await colours(page, await mine(page))) === 'red,red', `it shows ${await colours(page, await mine(page))}`);
		await shot(ben.page, 'picture-elsewhere');
	});
	await report.step('pictures: one is moved by the pointer and enlarged by the slider', async () => {
		await choose(page, 'Your picture', file(halves));
		const crop = page.locator('[data-crop]');
		await crop.waitFor();
		const box = await crop.boundingBox();
		await page.mouse.move(box.x + 180, box.y + 100);
		await page.mouse.down();
		await page.mouse.move(box.x + 20, box.y + 100, { steps: 5 });
		await page.mouse.up();
		await until('it has moved', async () => (await crop.getAttribute('data-crop')) === '100 50 1.00');
		await page.getByRole('slider', { name: 'Zoom' }).focus();
		await page.keyboard.press('ArrowRight');
		await until('it is enlarged', async () => (await crop.getAttribute('data-crop')).endsWith(' 1.10'));
		await button(page, 'Use this picture').click();
		await until('the right half is seen', async () => (await colours(page, await mine(page))) === 'blue,blue');
	});
	await report.step('pictures: while one is sent its way is shown; called off, nothing is changed', async () => {
		const before = await mine(page);
		let held = 0;
		// It never arrives.
		await page.route('**/api/v1/me/avatar', () => void held++);
		await choose(page, 'Your picture', file(halves));
		await button(page, 'Use this picture').click();
		await page.getByRole('progressbar', { name: 'Sending the picture' }).waitFor();
		await until('it is on its way', () => held === 1);
		await look(page, 'picture-sending');
		await button(page, 'Cancel').click();
		await page.getByText('Cancelled. Nothing was changed.').waitFor();
		await page.getByRole('progressbar').waitFor({ state: 'detached' });
		await until('the focus is where it was', async () => (await focused(page)) === 'Choose a picture');
		await page.unroute('**/api/v1/me/avatar');
		expect((await mine(page)) === before, 'it is another picture');
		await choose(page, 'Your picture', file(halves));
		await page.locator('[data-crop]').waitFor();
		await button(page, 'Cancel').click();
		await button(page, 'Choose a picture').waitFor();
		expect((await mine(page)) === before, 'it was sent');
	});
	await report.step('pictures: what the server refuses is said beside it, and can be tried again', async () => {
		await page.route('**/api/v1/me/avatar', (route) => route.abort());
		await choose(page, 'Your picture', file(halves));
		await button(page, 'Use this picture').click();
		await field(page, 'Your picture').getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
		await page.unroute('**/api/v1/me/avatar');
		await button(page, 'Use this picture').click();
		await until('the middle is seen', async () => (await colours(page, await mine(page))) === 'red,blue');
		await button(page, 'Choose a picture').waitFor();
	});
	await report.step('pictures: removed, there are letters again, in every window', async () => {
		await button(page, 'Remove the picture').click();
		await page.getByText('The picture is removed.').waitFor();
		await beside(ben.page, words).waitFor({ state: 'detached' });
		expect((await mine(page)) === null, await mine(page));
		await close(page);
	});
	await report.step('pictures: the picture of a server is in the list of everybody at once', async () => {
		// By no role: what lies behind a dialog has none.
		const link = (w) => w.page.locator('nav[aria-label="Servers"] a img');
		expect((await link(ben).count()) === 0, 'it was there before');
		await settings(page, 'General');
		await choose(page, 'Picture of the server', file(halves));
		await page.locator('[data-crop]').waitFor();
		await button(page, 'Use this picture').click();
		for (const w of [ada, ben]) await link(w).waitFor();
		await button(page, 'Remove the picture').click();
		for (const w of [ada, ben]) await link(w).waitFor({ state: 'detached' });
		await close(page);
	});
}
