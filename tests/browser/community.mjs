// An owner builds a community in one window: a role, a private channel, an invite, and what keeps order. In the
// other window is who joins, is timed out, and is banned.
import { readFileSync } from 'node:fs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { findings } from './looks.mjs';
import { composer, heading, rows, say, shot, wide } from './window.mjs';

const phone = { width: 360, height: 740 };

export const menu = async (page, item) => {
	await page.getByRole('button', { name: 'Server menu' }).click();
	await page.getByRole('menuitem', { name: item }).click();
};

export const settings = async (page, tab) => {
	await menu(page, 'Server settings');
	await page.getByRole('tab', { name: tab }).click();
};

export const close = async (page) => {
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
};

const tooWide = (page) => page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth,
	...[...document.querySelectorAll('[role=tabpanel], [role=dialog], [role=dialog] *')].filter((e) => getComputedStyle(e).overflowX !== 'hidden' && getComputedStyle(e).overflowY === 'auto')
		.map((e) => e.scrollWidth - e.clientWidth)));

/** What is open now: dark and light, wide, on a phone and at 320 px; a picture of each, and nothing cut off. */
export async function look(page, name) {
	try {
		for (const colorScheme of ['dark', 'light']) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			for (const size of [{ width: 320, height: 640 }, phone, wide]) {
				await page.setViewportSize(size);
				await until('the theme is on', () => page.evaluate((s) => document.documentElement.dataset.theme === s, colorScheme));
				const over = await tooWide(page);
				expect(over <= 0, `${name}: ${over} px too wide at ${size.width}`);
				if (size.width === 320) continue;
				await shot(page, `${name}-${colorScheme}-${size.width}`);
				const found = await findings(page);
				expect(found.length === 0, `${name}, ${colorScheme}, ${size.width}:\n    ${found.join('\n    ')}`);
			}
		}
	} finally {
		await page.setViewportSize(wide);
	}
}

const serverOf = (page, channel) => page.evaluate(async (c) => (await (await fetch(`/api/v1/channels/${c}`)).json()).server_id, channel);

/** Opens somebody's menu in the list of members, and chooses. */
async function about(page, who, item) {
	if (!(await page.getByRole('complementary', { name: 'Members' }).isVisible())) await page.getByRole('button', { name: 'Members' }).click();
	await page.getByRole('button', { name: `Options for ${who}` }).click();
	await page.getByRole('menuitem', { name: item }).click();
}

export async function community(t) {
	const { report, ada, ben } = t;
	const { page } = ada;
	const guild = `Guild ${t.run}`;
	const vault = `vault-${t.run}`;
	let link;
	await report.step('community: an owner makes a server, a role and a private channel for it', async () => {
		await page.getByRole('button', { name: 'Create server' }).first().click();
		await page.getByRole('dialog').getByLabel('Name').fill(guild);
		await page.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(page, 'general').waitFor();
		await settings(page, 'Roles');
		await page.getByLabel('Name of a new role').fill('Stewards');
		await page.getByRole('button', { name: 'Create role' }).click();
		await page.getByRole('heading', { name: 'Stewards' }).waitFor();
		await page.getByRole('checkbox', { name: 'Delete messages of others' }).check();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Saved').first().waitFor();
		await close(page);
		await page.getByRole('button', { name: 'Create channel' }).first().click();
		await page.getByRole('dialog').getByLabel('Name').fill(vault);
		await page.getByRole('dialog').getByLabel('Private').check();
		await page.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(page, vault).waitFor();
		await page.getByRole('link', { name: vault }).hover();
		await page.getByRole('button', { name: `Options of ${vault}` }).click();
		await page.getByRole('menuitem', { name: 'Permissions' }).click();
		await page.getByLabel('Add a role').selectOption({ label: 'Stewards' });
		await page.getByRole('group', { name: 'See channels' }).getByRole('radio', { name: 'Allow' }).check({ force: true });
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('1 allowed, 0 denied').waitFor();
		await close(page);
	});
	await report.step('community: whoever has the link joins, is given the role, and sees the channel at once', async () => {
		await menu(page, 'Invite people');
		await page.getByRole('button', { name: 'Create and copy link' }).click();
		link = await page.locator('[data-invite]').first().getAttribute('data-invite');
		await close(page);
		await ben.page.goto(link);
		await ben.page.getByRole('button', { name: 'Join server' }).click();
		await heading(ben.page, 'general').waitFor();
		await settings(page, 'Members');
		await page.getByRole('button', { name: 'Manage Willow' }).click();
		await page.getByRole('checkbox', { name: 'Stewards' }).check();
		// What was said of the role a moment ago is not taken for the answer.
		await page.getByText('Saved').first().waitFor({ state: 'detached' });
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Saved').first().waitFor();
		await close(page);
		await ben.page.getByRole('link', { name: vault }).click();
		await heading(ben.page, vault).waitFor();
		await say(ben.page, 'glad to be here');
		await rows(page, 'glad to be here').waitFor();
	});
	await report.step('community: who is timed out is told until when, keeps his draft, and may write again when it is ended', async () => {
		await page.getByRole('link', { name: /^general/ }).click();
		await heading(page, 'general').waitFor();
		await composer(ben.page).fill('half a tho');
		await about(page, 'Willow', 'Time Willow out');
		await page.getByLabel('For how long').selectOption({ label: '1 hour' });
		await page.getByLabel('Reason').fill('shouting');
		await look(page, 'time-out');
		await page.getByRole('button', { name: 'Time Willow out' }).click();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await ben.page.getByText(/^You are in a time-out until /).waitFor();
		const left = ben.page.locator('section[data-region=composer] [data-left]');
		const first = Number(await left.getAttribute('data-left'));
		expect(first > 3500 && first <= 3600, `${first} seconds are left of an hour`);
		expect((await composer(ben.page).inputValue()) === 'half a tho', 'the draft is gone');
		expect(await composer(ben.page).evaluate((e) => e.readOnly), 'he could go on typing');
		expect((await composer(ben.page).getAttribute('aria-describedby')) === 'composer-bar', 'the reason does not describe the field');
		await look(ben.page, 'timed-out');
		await page.getByRole('complementary', { name: 'Members' }).getByText('Time-out:').waitFor();
		await shot(page, 'timed-out-member');
		await about(page, 'Willow', 'End the time-out');
		await until('he may write again', () => composer(ben.page).evaluate((e) => !e.readOnly));
		await composer(ben.page).press('Enter');
		await page.getByRole('link', { name: vault }).click();
		await rows(page, 'half a tho').waitFor();
	});
	await report.step('community: several messages are chosen by keyboard and deleted together', async () => {
		for (const text of ['buy one', 'buy two', 'buy three', 'keep this']) await say(ben.page, text);
		await rows(page, 'keep this').waitFor();
		await rows(page, 'buy one').focus();
		await page.keyboard.press('x');
		await page.getByText('1 message selected').waitFor();
		await page.keyboard.press('Shift+ArrowDown');
		await page.keyboard.press('Shift+ArrowDown');
		await page.getByText('3 messages selected').waitFor();
		await rows(page, 'keep this').click();
		await page.getByText('4 messages selected').waitFor();
		await rows(page, 'keep this').click();
		await page.getByRole('button', { name: 'Members' }).click();
		await look(page, 'selection');
		await page.getByRole('button', { name: 'Delete messages' }).click();
		await page.getByRole('dialog', { name: 'Delete 3 messages?' }).waitFor();
		await shot(page, 'selection-sure');
		await page.getByRole('dialog').getByRole('button', { name: 'Delete messages' }).click();
		await page.getByText('3 messages deleted').first().waitFor();
		for (const w of [ada, ben]) {
			await rows(w.page, 'buy two').waitFor({ state: 'detached' });
			await rows(w.page, 'keep this').waitFor();
		}
		await until('one writes again', () => page.evaluate(() => document.activeElement?.id === 'composer'));
		expect((await ben.page.getByRole('button', { name: 'Select' }).count()) === 0, 'a button is left');
	});
	await report.step('community: a message is reported, and the report shows what it said after it is deleted', async () => {
		const code = link.split('/').at(-1);
		await page.getByRole('link', { name: /^general/ }).click();
		await heading(page, 'general').waitFor();
		const general = page.url().split('/').pop();
		await t.script.curl('-X', 'POST', `${t.base}/api/v1/invites/${code}/accept`);
		await t.script.post(general, 'cheap gold here');
		await ben.page.getByRole('link', { name: /^general/ }).click();
		await rows(ben.page, 'cheap gold').hover();
		await rows(ben.page, 'cheap gold').getByRole('button', { name: 'More', exact: true }).click();
		await ben.page.getByRole('menuitem', { name: 'Report' }).click();
		await ben.page.getByLabel('What should the moderators know?').fill('for the third time');
		await look(ben.page, 'report');
		await ben.page.getByRole('button', { name: 'Report', exact: true }).click();
		await ben.page.getByText('Reported. The moderators will look at it.').waitFor();
		// It tells of itself, and leads there.
		const waiting = page.getByRole('button', { name: '1 open report' });
		await waiting.click();
		const item = page.getByRole('article', { name: /^Report about/ });
		await item.getByText('for the third time').waitFor();
		await item.getByRole('button', { name: 'Delete message', exact: true }).click();
		await item.getByText('Message deleted').waitFor();
		await rows(ben.page, 'cheap gold').waitFor({ state: 'detached' });
		await item.getByText('cheap gold here').waitFor();
		await item.getByRole('button', { name: 'Time out…' }).click();
		await item.getByRole('button', { name: /^Time .* out$/ }).click();
		await item.getByText('Time-out:').waitFor();
		await item.getByRole('button', { name: 'End the time-out' }).waitFor();
		expect((await item.getByRole('button', { name: 'Time out…' }).count()) === 0, 'it is offered again');
		await look(page, 'reports');
		await item.getByRole('button', { name: 'Resolve' }).click();
		await page.getByText('No reports here.').waitFor();
		await page.getByLabel('State').selectOption('resolved');
		await item.getByRole('button', { name: 'Open again' }).waitFor();
		await close(page);
		await waiting.waitFor({ state: 'detached' });
		await t.script.curl('-X', 'DELETE', `${t.base}/api/v1/servers/${await serverOf(page, general)}/members/@me`);
		for (const w of [ada, ben]) await w.page.getByRole('link', { name: vault }).click();
	});
	await report.step('community: in a lockdown nobody joins, and who invites is told', async () => {
		await settings(page, 'Safety');
		await page.getByRole('checkbox', { name: 'Lockdown' }).check();
		await page.getByText('The server is locked down').waitFor();
		await look(page, 'safety');
		await close(page);
		await menu(page, 'Invite people');
		await page.getByText('nobody can join until').waitFor();
		await shot(page, 'lockdown-invite');
		await close(page);
		const code = link.split('/').at(-1);
		const status = await t.script.curl('-X', 'POST', '-o', '/dev/null', '-w', '%{http_code}', `${t.base}/api/v1/invites/${code}/accept`).catch((e) => String(e.stdout));
		expect(status.trim() === '403', `joining answered ${status}`);
		await settings(page, 'Safety');
		await page.getByRole('checkbox', { name: 'Lockdown' }).uncheck();
		await page.getByText('The lockdown is over').waitFor();
		await close(page);
	});
	await report.step('community: who is banned loses the open channel and the server at once', async () => {
		await rows(ben.page, 'keep this').waitFor();
		await about(page, 'Willow', 'Ban Willow');
		await page.getByLabel('Reason').fill('advertising');
		await page.getByLabel('For how long').selectOption({ label: '1 day' });
		await page.getByLabel('Delete messages').selectOption({ label: 'of the last 1 hour' });
		await look(page, 'ban');
		await page.getByRole('button', { name: 'Ban Willow' }).click();
		await rows(ben.page, 'keep this').waitFor({ state: 'detached' });
		expect((await composer(ben.page).count()) === 0, 'he could still write there');
		await ben.page.getByRole('link', { name: new RegExp(guild) }).waitFor({ state: 'detached' });
		await shot(ben.page, 'banned');
		await rows(page, 'keep this').waitFor({ state: 'detached' });
	});
	await report.step('community: the ban says why and until when; lifted, its owner may come back', async () => {
		await ben.page.goto(link);
		await ben.page.getByRole('button', { name: 'Join server' }).click();
		await ben.page.getByRole('alert').waitFor();
		await settings(page, 'Bans');
		await page.getByText('advertising').waitFor();
		await page.getByText(/^Until /).waitFor();
		await look(page, 'bans');
		await page.getByRole('button', { name: 'Unban Willow' }).click();
		await page.getByText('Nobody is banned.').waitFor();
		await page.getByRole('tab', { name: 'Audit log' }).click();
		const log = page.getByRole('list', { name: 'Audit log' });
		await log.getByText('“advertising”').waitFor();
		await log.getByText('lifted the ban of').waitFor();
		await look(page, 'audit');
		await page.getByLabel('What', { exact: true }).selectOption('member.banned');
		await log.getByText('lifted the ban of').waitFor({ state: 'detached' });
		const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
		const csv = readFileSync(await file.path(), 'utf8');
		expect(csv.includes('member.banned') && csv.includes('advertising') && !csv.includes('unbanned'), `the file says ${csv.slice(0, 300)}`);
		await close(page);
		await ben.page.getByRole('button', { name: 'Join server' }).click();
		await heading(ben.page, 'general').waitFor();
		expect((await ben.page.getByRole('link', { name: vault }).count()) === 0, 'he has the role again');
	});
	await report.step('community: who is let into a private channel sees it at once; taken out, his open window loses it, and nothing else', async () => {
		await page.getByRole('link', { name: vault }).click();
		await say(page, 'for few eyes');
		const people = async () => {
			await page.getByRole('link', { name: vault }).hover();
			await page.getByRole('button', { name: `Options of ${vault}` }).click();
			await page.getByRole('menuitem', { name: 'People', exact: true }).click();
		};
		await people();
		await page.getByLabel('Search by name').fill('wil');
		await page.getByRole('button', { name: 'Add Willow' }).click();
		await page.getByText('Willow can see the channel now.').waitFor({ state: 'attached' });
		await until('the search has the focus', () => page.evaluate(() => document.activeElement?.matches('input[type=search]')));
		await ben.page.getByRole('link', { name: vault }).click();
		await rows(ben.page, 'for few eyes').waitFor();
		await page.getByRole('button', { name: 'Remove Willow' }).click();
		await rows(ben.page, 'for few eyes').waitFor({ state: 'detached' });
		await ben.page.getByRole('link', { name: vault }).waitFor({ state: 'detached' });
		await heading(ben.page, 'This channel is no longer here for you').waitFor();
		expect((await composer(ben.page).count()) === 0, 'he could still write there');
		await ben.page.getByRole('link', { name: /^general/ }).click();
		await heading(ben.page, 'general').waitFor();
		await page.getByRole('button', { name: 'Add Willow' }).click();
		await ben.page.getByRole('link', { name: vault }).click();
		await rows(ben.page, 'for few eyes').waitFor();
		await close(page);
	});
	await report.step('community: a channel is opened to all and made private again while others read it', async () => {
		const option = async (item) => {
			await page.getByRole('link', { name: vault }).hover();
			await page.getByRole('button', { name: `Options of ${vault}` }).click();
			await page.getByRole('menuitem', { name: item, exact: true }).click();
		};
		await option('Edit channel');
		await page.getByRole('checkbox', { name: 'Private' }).uncheck();
		await page.getByText('Once saved, everybody in the server sees it').waitFor();
		await look(page, 'channel-opens');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await option('Edit channel');
		await page.getByRole('checkbox', { name: 'Private' }).check();
		await page.getByText('Once saved, only the people you add see it').waitFor();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		// He was on its list before it was open to all.
		await say(page, 'still few eyes');
		await rows(ben.page, 'still few eyes').waitFor();
	});
	await report.step('community: who is removed from the server loses the open channel and the server at once, and may come back', async () => {
		await about(page, 'Willow', 'Remove Willow from the server');
		await page.getByLabel('Reason').fill('for tonight');
		await look(page, 'kick');
		await page.getByRole('button', { name: 'Remove Willow from the server' }).click();
		await rows(ben.page, 'for few eyes').waitFor({ state: 'detached' });
		await ben.page.getByRole('link', { name: new RegExp(guild) }).waitFor({ state: 'detached' });
		expect((await composer(ben.page).count()) === 0, 'he could still write there');
		await shot(ben.page, 'removed');
		await ben.page.goto(link);
		await ben.page.getByRole('button', { name: 'Join server' }).click();
		await heading(ben.page, 'general').waitFor();
		expect((await ben.page.getByRole('link', { name: vault }).count()) === 0, 'he is in the private channel again');
	});
}
