// Who somebody says he is, whom one does not want to hear from, what one takes along, and leaving for good.
import { readFileSync } from 'node:fs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { close, look, settings } from './community.mjs';
import { goTo } from './talk.mjs';
import { PASSWORD, composer, heading, openWindow, rows, say, shot, signUp } from './window.mjs';

const account = async (page, tab) => {
	await page.keyboard.press('Control+,');
	await page.getByRole('tab', { name: tab }).click();
};

/** By the menu of something that somebody has written. */
async function card(page, text, name) {
	await rows(page, text).hover();
	await rows(page, text).getByRole('button', { name: 'More', exact: true }).click();
	await page.getByRole('menuitem', { name: `Profile of ${name}` }).click();
	return page.getByRole('dialog', { name });
}

export async function people(t) {
	const { report, ada, ben } = t;
	const { page } = ada;
	await report.step('people: what somebody says of himself stands on his card, with the time where he is', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'planning');
		await account(ben.page, 'Profile');
		await ben.page.getByLabel('About you').fill('Grows willows.\nAnd <b>beans</b>.');
		await ben.page.getByLabel('Time zone').selectOption('Asia/Tokyo');
		await look(ben.page, 'profile');
		await ben.page.getByRole('button', { name: 'Save', exact: true }).click();
		await ben.page.getByText('Saved').first().waitFor();
		await close(ben.page);
		await ben.page.getByRole('button', { name: /Set your status/ }).click();
		await ben.page.getByRole('menuitem', { name: 'Say what you are doing' }).click();
		await ben.page.getByLabel('Emoji').fill('🌱');
		await ben.page.getByLabel('What are you doing?').fill('Planting');
		await ben.page.getByLabel('Show it').selectOption('3600');
		await look(ben.page, 'custom-status');
		await ben.page.getByRole('button', { name: 'Save', exact: true }).click();
		await ben.page.getByRole('button', { name: /🌱 Planting/ }).waitFor();
		await say(ben.page, 'see my card');
		const his = await card(page, 'see my card', 'Willow');
		await his.getByText('And <b>beans</b>.').waitFor();
		await his.getByText('🌱 Planting').waitFor();
		await his.getByText(/in Asia\/Tokyo$/).waitFor();
		await look(page, 'person');
	});
	await report.step('people: who is blocked cannot write to one, is not told, and can again', async () => {
		await page.getByRole('dialog').getByRole('button', { name: 'Send a message' }).click();
		await heading(page, 'Willow').waitFor();
		await say(page, 'hello there');
		await ben.page.goto(page.url());
		await rows(ben.page, 'hello there').waitFor();
		await say(ben.page, 'hello back');
		await card(page, 'hello back', 'Willow');
		await page.getByRole('button', { name: 'Block', exact: true }).click();
		await page.getByRole('button', { name: 'Unblock', exact: true }).waitFor();
		await close(page);
		await page.getByText('You have blocked Willow').waitFor();
		await look(page, 'blocked');
		await say(ben.page, 'are you there?');
		await ben.page.getByRole('alert').filter({ hasText: 'Not sent.' }).waitFor();
		await shot(ben.page, 'refused-by-block');
		expect((await rows(page, 'are you there?').count()) === 0, 'it arrived');
		await account(page, 'Privacy');
		await page.getByRole('list', { name: 'Blocked people' }).getByText('Willow', { exact: true }).waitFor();
		await page.getByLabel('Who may begin a conversation with you').selectOption('nobody');
		await page.getByText('Saved').first().waitFor();
		await look(page, 'privacy');
		await page.getByRole('button', { name: 'Unblock Willow' }).click();
		await page.getByText('You have blocked nobody.').waitFor();
		await close(page);
		await until('one may write again', () => composer(page).evaluate((e) => !e.readOnly));
	});
	await report.step('people: in a channel what somebody blocked writes is folded, and his typing is not shown', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'planning');
		await card(page, 'see my card', 'Willow');
		await page.getByRole('button', { name: 'Block', exact: true }).click();
		await page.getByRole('button', { name: 'Unblock', exact: true }).waitFor();
		await close(page);
		await rows(page, 'see my card').waitFor({ state: 'detached' });
		await page.evaluate(() => {
			window.typingSeen = false;
			new MutationObserver(() => {
				if (document.body.innerText.includes('is typing')) window.typingSeen = true;
			}).observe(document.body, { childList: true, subtree: true, characterData: true });
		});
		await composer(ben.page).pressSequentially('you hear me', { delay: 15 });
		await composer(ben.page).press('Enter');
		await until('it is sent', async () => (await ben.page.locator('[data-pending]').count()) === 0);
		const id = await rows(ben.page, 'you hear me').getAttribute('data-message');
		const row = page.locator(`[data-message="${id}"]`);
		await row.getByText('Message of somebody you blocked').waitFor();
		expect(!(await row.innerText()).includes('you hear me'), 'it is read');
		expect(!(await page.evaluate(() => window.typingSeen)), 'his typing was shown');
		await look(page, 'folded');
		await row.focus();
		await page.keyboard.press('Enter');
		await page.keyboard.press('Enter');
		await row.getByText('you hear me').waitFor();
		await card(page, 'you hear me', 'Willow');
		await page.getByRole('button', { name: 'Unblock', exact: true }).click();
		await page.getByRole('button', { name: 'Block', exact: true }).waitFor();
		await close(page);
		await rows(page, 'see my card').waitFor();
	});
	await report.step('people: rules of a server refuse a word, and tell why', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'planning');
		await settings(page, 'Safety');
		await page.getByLabel('New rule').selectOption('words');
		await page.getByLabel('Name', { exact: true }).fill('No bananas');
		await page.getByRole('textbox', { name: 'Words' }).fill('banana*\nplantain');
		await look(page, 'rule');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Words · refuses').waitFor();
		await look(page, 'rules');
		await close(page);
		await say(ben.page, 'I like BANANAS');
		await ben.page.getByText('A rule of this server does not allow that.').waitFor();
		await shot(ben.page, 'refused-by-rule');
		expect((await rows(page, 'BANANAS').count()) === 0, 'it was posted');
	});
	await report.step('people: what somebody wrote lately goes from the whole server, and how much that is was said before', async () => {
		await card(page, 'see my card', 'Willow');
		await page.getByRole('button', { name: 'Delete their messages…' }).click();
		await page.getByText(/^\d+ messages? in the channels that you see/).waitFor();
		await look(page, 'purge');
		await page.getByRole('button', { name: 'Delete messages of Willow' }).click();
		await rows(page, 'see my card').waitFor({ state: 'detached' });
	});
	await report.step('people: messages are kept for as long as a server says', async () => {
		await settings(page, 'Safety');
		await page.getByLabel('Keep messages').selectOption({ label: '730 days' });
		await page.getByRole('button', { name: 'Save, and erase what is older' }).click();
		await page.getByText('Saved').first().waitFor();
		await close(page);
	});
	await report.step('people: the audit log is kept for as long as is said, and search engines are let in or not', async () => {
		await settings(page, 'Audit log');
		await page.getByLabel('Days to keep entries').fill('29');
		await page.getByRole('button', { name: 'Save, and erase what is older' }).click();
		await page.getByText('A number from 30 to 3650.').waitFor();
		await page.getByLabel('Days to keep entries').fill('3650');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Saved').first().waitFor();
		await look(page, 'audit-days');
		await page.getByRole('tab', { name: 'General' }).click();
		await page.getByRole('region', { name: 'Pages on the web' }).getByRole('checkbox').check();
		const server = await page.evaluate(async (name) => {
			for (const end = Date.now() + 45_000; Date.now() < end; ) {
				const got = (await (await fetch('/api/v1/bootstrap')).json()).servers.find((s) => s.name === name);
				if (got.web_robots) return got;
			}
		}, t.server);
		expect(server?.audit_days === 3650, JSON.stringify(server));
		await look(page, 'web-pages');
		await close(page);
	});
	await report.step('people: a copy of what one has said is asked for, made, and fetched; not too often', async () => {
		await account(page, 'Your data');
		const mine = page.getByRole('region', { name: 'A copy of your data' });
		await mine.getByRole('button', { name: 'Ask for a copy' }).click();
		const link = mine.getByRole('link', { name: /^Download/ });
		await link.waitFor();
		await look(page, 'export');
		const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
		expect(file.suggestedFilename() === 'moot-export.zip', file.suggestedFilename());
		expect(readFileSync(await file.path()).subarray(0, 2).toString() === 'PK', 'it is no ZIP');
		// What is allowed once a day is allowed more often here.
		await page.evaluate(async () => {
			for (let i = 0; i < 300; i++) if ((await fetch('/api/v1/me/export', { method: 'POST' })).status === 429) return;
		});
		await mine.getByRole('button', { name: 'Ask for a new copy' }).click();
		await mine.getByText(/^One copy a day: you can ask again from /).waitFor();
		expect(await mine.getByRole('button', { name: 'Ask for a new copy' }).isDisabled(), 'one could ask in vain');
		await close(page);
	});
	await report.step('people: an account is deleted with its password, and its window is at the sign-in', async () => {
		const gone = await openWindow(t.browser, t.base);
		await gone.page.goto(`${t.base}/sign-up`);
		await signUp(gone.page, `reed.${t.run}`, 'Reed');
		await gone.page.getByText('Welcome to Moot').waitFor();
		await account(gone.page, 'Your data');
		await look(gone.page, 'data');
		await gone.page.getByRole('region', { name: 'Delete the account' }).getByRole('button').click();
		await gone.page.getByLabel(/^Type “reed/).fill(`reed.${t.run}`);
		await gone.page.getByLabel('Current password').fill('not the password');
		const sure = gone.page.getByRole('button', { name: 'Delete the account' });
		await sure.click();
		await gone.page.getByRole('alert').waitFor();
		await gone.page.getByLabel('Current password').fill(PASSWORD);
		await sure.click();
		await gone.page.getByRole('heading', { name: 'Sign in' }).waitFor();
		await gone.page.getByLabel('Username').fill(`reed.${t.run}`);
		await gone.page.getByLabel('Password').fill(PASSWORD);
		await gone.page.getByRole('button', { name: 'Sign in' }).click();
		await gone.page.getByRole('alert').waitFor();
		await gone.context.close();
	});
}
