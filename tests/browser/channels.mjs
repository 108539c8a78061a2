// What a channel is like: slow, for reading only, put away, moved, deleted and brought back.
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { close, look, settings } from './community.mjs';
import { goTo } from './talk.mjs';
import { composer, heading, rows, say, shot } from './window.mjs';

const option = async (page, name, item) => {
	await page.getByRole('link', { name }).hover();
	await page.getByRole('button', { name: `Options of ${name}` }).click();
	await page.getByRole('menuitem', { name: item, exact: true }).click();
};

/** As the sidebar shows them. */
const order = (page) => page.locator('[data-region=sidebar] [data-channel]').allInnerTexts();

export async function channels(t) {
	const { report, ada, ben } = t;
	const { page } = ada;
	const lane = `lane-${t.run}`;
	await report.step('channels: in slow mode the wait runs where one writes, and the text stays', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'planning');
		await page.getByRole('button', { name: 'Create channel' }).first().click();
		await page.getByRole('dialog').getByLabel('Name').fill(lane);
		await page.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(page, lane).waitFor();
		await ben.page.getByRole('link', { name: lane }).click();
		await heading(ben.page, lane).waitFor();
		await option(page, lane, 'Edit channel');
		await page.getByLabel('Slow mode').selectOption('10');
		await look(page, 'channel-edit');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await ben.page.getByText('Slow mode: one message in 10 seconds').waitFor();
		await say(ben.page, 'first');
		await rows(page, 'first').waitFor();
		await ben.page.locator('[data-slow]').waitFor();
		await say(ben.page, 'second');
		await ben.page.getByText(/^Slow mode: you can write again in /).waitFor({ state: 'attached' });
		await shot(ben.page, 'slow-mode');
		expect((await composer(ben.page).inputValue()) === 'second', 'the text is gone');
		await ben.page.locator('[data-slow]').waitFor({ state: 'detached' });
		await composer(ben.page).press('Enter');
		await rows(page, 'second').waitFor();
		await say(page, 'whoever keeps order');
		await say(page, 'does not wait');
		await rows(ben.page, 'does not wait').waitFor();
	});
	await report.step('channels: where only a few may write, the others are told, and one key shows whether one may', async () => {
		await option(page, lane, 'Edit channel');
		await page.getByLabel('Slow mode').selectOption('0');
		await page.getByRole('checkbox', { name: 'Reading only' }).check();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await ben.page.getByText('Only moderators, and whom they allow it, can write here.').waitFor();
		await composer(ben.page).pressSequentially('h');
		await until('the field is closed', () => composer(ben.page).evaluate((e) => e.readOnly));
		await look(ben.page, 'read-only');
		await say(page, 'news');
		await rows(ben.page, 'news').waitFor();
	});
	await report.step('channels: an archived one leaves the list, can be read, and comes back', async () => {
		await option(page, lane, 'Archive channel');
		await ben.page.getByText('This channel is archived').waitFor();
		await goTo(t, ben, 'planning');
		expect(!(await order(ben.page)).includes(lane), 'it is still in the list');
		await ben.page.getByRole('button', { name: 'Archived' }).click();
		await ben.page.getByRole('link', { name: lane }).click();
		await rows(ben.page, 'news').waitFor();
		await shot(ben.page, 'archived');
		expect(await composer(ben.page).evaluate((e) => e.readOnly), 'he could write');
		await settings(page, 'Channels');
		await page.getByRole('button', { name: `Bring back ${lane}` }).click();
		await page.getByText('No channel is archived.').waitFor();
		await until('it is in the list', async () => (await ben.page.getByRole('button', { name: 'Archived' }).count()) === 0);
		await close(page);
	});
	await report.step('channels: they are moved by keyboard, which is told, and by the pointer, for everybody', async () => {
		await settings(page, 'Channels');
		await look(page, 'channels');
		const up = page.getByRole('button', { name: `Move ${lane} up` });
		const from = (await order(page)).indexOf(lane);
		await up.focus();
		await page.keyboard.press('Enter');
		await page.getByText(new RegExp(`^${lane} is number ${from} of \\d+ in Text channels now.`)).waitFor({ state: 'attached' });
		await until('the other sees the same order, of what he sees', async () => {
			const seen = await order(ben.page);
			return (await order(page)).filter((name) => seen.includes(name)).join() === seen.join();
		});
		await until('a button of the row has the focus', () => page.evaluate((n) => document.activeElement?.getAttribute('aria-label')?.includes(n), lane));
		const row = (name) => page.locator(`[data-channel-row="${name}"]`);
		const to = await row('general').boundingBox();
		const grip = await row(lane).locator('[data-grip]').boundingBox();
		await page.mouse.move(grip.x + 8, grip.y + 8);
		await page.mouse.down();
		await page.mouse.move(grip.x + 8, grip.y - 12, { steps: 3 });
		await page.mouse.move(to.x + 40, to.y + 4, { steps: 5 });
		await shot(page, 'channels-dragging');
		await page.mouse.up();
		await until('it is the first', async () => (await order(ben.page))[0] === lane);
		await close(page);
		await page.getByRole('link', { name: lane }).focus();
		await page.keyboard.press('Control+Shift+ArrowDown');
		await until('the key of the sidebar moves it', async () => (await order(ben.page))[1] === lane);
		const first = await page.getByRole('link', { name: 'general' }).boundingBox();
		const mine = await page.getByRole('link', { name: lane }).boundingBox();
		await page.mouse.move(mine.x + 30, mine.y + 8);
		await page.mouse.down();
		await page.mouse.move(first.x + 30, first.y + 12, { steps: 4 });
		await page.mouse.move(first.x + 30, first.y + 3, { steps: 2 });
		await page.mouse.up();
		await until('dragged in the sidebar', async () => (await order(ben.page))[0] === lane);
	});
	await report.step('channels: one that was deleted is brought back with what was said', async () => {
		await option(page, lane, 'Delete channel');
		await page.getByRole('dialog').getByRole('button', { name: 'Delete channel' }).click();
		await ben.page.getByRole('link', { name: lane }).waitFor({ state: 'detached' });
		await settings(page, 'Channels');
		await page.getByRole('button', { name: `Restore ${lane}` }).click();
		await page.getByText('Nothing was deleted lately.').waitFor();
		await close(page);
		await ben.page.getByRole('link', { name: lane }).click();
		await rows(ben.page, 'news').waitFor();
		await shot(ben.page, 'restored');
	});
}
