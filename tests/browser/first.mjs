// What somebody meets who sees Moot for the first time.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as instance from '../support/instance.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { goTo } from './talk.mjs';
import { PASSWORD, composer, heading, narrow, openWindow, rows, say, wide } from './window.mjs';

const focused = (page) =>
	page.evaluate(() => document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? '');

const meta = async (t) => (await fetch(`${t.base}/api/v1/meta`)).json();

export async function first(t) {
	const { report } = t;
	const w = await openWindow(t.browser, t.base);
	try {
		await strangers(t, w.page);
		await privateRoom(t);
		await onThePhone(t);
	} finally {
		await w.context.close();
		await t.ada.page.setViewportSize(wide);
	}
	await report.step('the keys are behind a button', async () => {
		await t.ada.page.getByRole('button', { name: 'Keyboard' }).click();
		await t.ada.page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
		await t.ada.page.keyboard.press('Escape');
	});
}

async function strangers(t, page) {
	const { report } = t;
	await report.step('the sign-in page: its first field is ready, its title says what it is', async () => {
		await page.goto(t.base);
		await page.getByRole('heading', { name: 'Sign in' }).waitFor();
		await until('the first field has the focus', async () => (await focused(page)) === 'Username');
		expect((await page.title()) === 'Sign in – Moot', await page.title());
		const wanted = (await meta(t)).setup_needed ? 1 : 0;
		await until(`"moot setup-link" stands there ${wanted} times`,
			async () => (await page.getByText('moot setup-link').count()) === wanted);
	});
	await report.step('what is wrong stands beside its field, in our words, all of it at once', async () => {
		await page.goto(`${t.base}/sign-up`);
		await page.getByLabel('Username').fill('Two Words');
		await page.getByLabel('Password').fill('short');
		await page.getByRole('button', { name: 'Create account' }).click();
		await page.getByText('Only the letters a to z').waitFor();
		await page.getByText('At least 8 characters', { exact: false }).first().waitFor();
		expect((await page.locator('[aria-invalid=true]').count()) === 2, 'not both are marked');
		expect((await focused(page)) === 'Username', `the focus is on ${await focused(page)}`);
		await page.getByLabel('Username').fill(`maple.${t.run}`);
		await page.getByLabel('Password').fill(PASSWORD);
		await page.getByRole('button', { name: 'Create account' }).click();
		await page.getByText('That name is taken.').waitFor();
		await until('the name has the focus', async () => (await focused(page)) === 'Username');
	});
	await report.step('the theme follows the system while the page is open', async () => {
		for (const colorScheme of ['dark', 'light', 'dark']) {
			await page.emulateMedia({ colorScheme });
			await until(`it is ${colorScheme}`, () => page.evaluate((s) => document.documentElement.dataset.theme === s, colorScheme));
		}
	});
	if (!(await meta(t)).setup_needed) return;
	await report.step('a setup link pasted into the tab that complained about none', async () => {
		await page.goto(`${t.base}/setup`);
		await page.getByText('This link is not complete').waitFor();
		await page.goto(`${t.base}/setup#not-the-word`);
		await page.getByRole('button', { name: 'Create administrator' }).waitFor();
	});
}

/** Members of a private channel: those who see it, and no others. */
async function privateRoom(t) {
	const { report, ada } = t;
	const { page } = ada;
	const room = `vault-${t.run}`;
	await report.step('a dialog for a channel offers no calls while there are none', async () => {
		await goTo(t, ada, 'general');
		await page.getByRole('button', { name: 'Create channel' }).first().click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Name').waitFor();
		const { features } = await meta(t);
		expect((await dialog.getByRole('radio').count()) === (features.calls ? 3 : 0), 'kinds are offered');
		await dialog.getByLabel('Name').fill(room);
		await dialog.getByLabel('Private').check();
		await dialog.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(page, room).waitFor();
		await until('one can write at once', () => composer(page).evaluate((e) => e === document.activeElement));
		expect((await page.title()).startsWith(`${room} · ${t.server} – Moot`), await page.title());
	});
	await report.step('a private channel lists who sees it, and nobody else', async () => {
		const toggle = page.getByRole('button', { name: 'Members' });
		if ((await toggle.getAttribute('aria-pressed')) === 'false') await toggle.click();
		const panel = page.getByRole('complementary', { name: 'Members' });
		await panel.getByText('Only this person can see the channel.').waitFor();
		await until('one is listed', async () => (await panel.getByRole('listitem').count()) === 1);
		expect((await panel.getByText('Willow').count()) === 0, 'who cannot see it is listed');
		await panel.getByRole('button', { name: 'Add people' }).click();
		const dialog = page.getByRole('dialog', { name: 'People' });
		await dialog.getByRole('region', { name: 'Can see the channel' }).getByText('Maple', { exact: true }).waitFor();
		await dialog.getByRole('button', { name: 'Add Willow' }).click();
		await dialog.getByRole('region', { name: 'Can see the channel' }).getByText('Willow', { exact: true }).waitFor();
		await page.keyboard.press('Escape');
		await panel.getByText('Only these 2 people can see the channel.').waitFor();
		await t.ben.page.getByRole('link', { name: t.server }).click();
		await t.ben.page.getByRole('link', { name: new RegExp(`^${room}`) }).waitFor();
	});
	await report.step('Escape closes the panel', async () => {
		const panel = page.getByRole('complementary', { name: 'Members' });
		await panel.getByRole('button').first().focus();
		await page.keyboard.press('Escape');
		await panel.waitFor({ state: 'detached' });
	});
	await report.step('a message that is too long says so, also on Enter', async () => {
		await composer(page).fill('x'.repeat(4001));
		await page.getByText('1 character too many').waitFor();
		await composer(page).press('Enter');
		await page.getByText(/A message has at most 4.?000 characters\./).waitFor();
		await composer(page).fill('');
	});
	await report.step('the same news twice stands there once, and never over the composer', async () => {
		await say(page, 'Copy me');
		await until('it is sent', async () => (await page.locator('[data-pending]').count()) === 0);
		let seen;
		// It goes by itself: what is measured is measured at once, and else copied anew.
		await until('the news stands there', async () => {
			for (let i = 0; i < 2; i++) {
				await rows(page, 'Copy me').focus();
				await page.keyboard.press('c');
				await page.getByText('Text copied').waitFor();
			}
			seen = await page.evaluate(() => {
				const all = [...document.querySelectorAll('[role=status] span')].filter((e) => e.textContent === 'Text copied');
				const box = document.querySelector('textarea').getBoundingClientRect();
				return { count: all.length, over: all.some((e) => e.getBoundingClientRect().bottom >= box.top) };
			});
			return seen.count > 0;
		});
		expect(seen.count === 1, `it stands there ${seen.count} times`);
		expect(!seen.over, 'it lies over the composer');
	});
}

async function onThePhone(t) {
	const { report, ada, ben } = t;
	await report.step('on a phone the button of the drawer is marked while something is unread', async () => {
		await goTo(t, ada, 'general');
		await ada.page.setViewportSize(narrow);
		await ada.page.getByRole('button', { name: 'Open servers and channels', exact: true }).waitFor();
		await goTo(t, ben, 'planning');
		await say(ben.page, 'Is anybody here?');
		await ada.page.getByRole('button', { name: 'Open servers and channels, unread' }).waitFor();
		await ada.page.locator('[data-mark=unread]').waitFor();
		await until('the title too', async () => (await ada.page.title()).startsWith(`• general · ${t.server}`));
	});
	await report.step('on a phone Escape, and a tap beside it, close the members', async () => {
		const { page } = ada;
		const panel = page.getByRole('dialog', { name: /^Members/ });
		await page.getByRole('button', { name: 'Members' }).click();
		await panel.waitFor();
		await page.keyboard.press('Escape');
		await panel.waitFor({ state: 'detached' });
		await page.getByRole('button', { name: 'Members' }).click();
		await panel.waitFor();
		await page.mouse.click(20, 300);
		await panel.waitFor({ state: 'detached' });
	});
}

/** Last: it makes the first administrator, which can be done once. */
export async function setUp(t) {
	const { report } = t;
	const link = readFileSync(path.join(instance.dir, 'setup-link'), 'utf8').trim();
	if (!(await meta(t)).setup_needed || !link) return report.note('this instance is set up already');
	const one = await openWindow(t.browser, t.base);
	const two = await openWindow(t.browser, t.base);
	await report.step('the setup link makes an administrator; used again, it says so at once', async () => {
		const at = link.replace(/^https?:\/\/[^/]+/, t.base);
		await one.page.goto(at);
		await one.page.getByLabel('Username').fill(`oak.${t.run}`);
		await one.page.getByLabel('Password').fill(PASSWORD);
		await one.page.getByRole('button', { name: 'Create administrator' }).click();
		await one.page.getByText('Welcome to Moot').waitFor();
		await two.page.goto(at);
		await two.page.getByRole('heading', { name: 'Moot is set up' }).waitFor();
		await two.page.getByRole('link', { name: 'Sign in' }).click();
		await two.page.getByLabel('Password').waitFor();
	});
	await Promise.all([one, two].map((w) => w.context.close()));
}
