// What is said of a place and of what was done there: public on the web, reports that were dealt with, erased messages.
import { expect } from '../support/report.mjs';
import { findings } from './looks.mjs';
import { goTo } from './talk.mjs';
import { composer, heading, rows, shot, wide } from './window.mjs';

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
	await report.step('notices: what is deleted in a row is one line, which the keys reach', async () => {
		const ids = [];
		for (const n of [1, 2, 3, 4]) ids.push((await api(ben.page, 'POST', `/channels/${channel}/messages`, { content: `spam ${n}` })).id);
		await rows(ben.page, 'spam 4').waitFor();
		await api(page, 'POST', `/channels/${channel}/messages/bulk-delete`, { ids });
		for (const w of [ada, ben]) await rows(w.page, '4 messages deleted').waitFor();
		await ben.page.keyboard.press('Shift+Tab');
		await rows(ben.page, '4 messages deleted').focus();
		await shot(ben.page, 'notices-gone');
		await api(ben.page, 'POST', `/channels/${channel}/messages`, { content: 'after it' });
		await rows(ben.page, 'after it').getByRole('button', { name: 'Willow' }).waitFor();
	});
	await report.step('notices: the audit log says what a change was', async () => {
		await api(page, 'PATCH', `/channels/${channel}`, { slow_mode: 30 });
		const role = await api(page, 'POST', `/servers/${server}/roles`, { name: `Crew ${t.run}` });
		await api(page, 'PATCH', `/servers/${server}/roles/${role.id}`, { permissions: String(1 << 15), color: 0x2060ff });
		await page.getByRole('button', { name: 'Server menu' }).click();
		await page.getByRole('menuitem', { name: 'Server settings' }).click();
		await page.getByRole('tab', { name: 'Audit log' }).click();
		const log = page.getByRole('list', { name: 'Audit log' });
		await log.getByText('slow mode: 30 seconds').waitFor();
		await log.getByText('colour: #2060ff · given: Remove members').waitFor();
		await everywhere(page, 'notices-audit');
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
	});
	await report.step('notices: a card leads to the roles and the nickname of its owner, and can be closed', async () => {
		await rows(page, 'after it').getByRole('button', { name: 'Willow' }).click();
		const card = page.getByRole('dialog', { name: 'Willow' });
		await card.getByRole('button', { name: 'Roles and nickname' }).waitFor();
		await everywhere(page, 'notices-card');
		await card.getByRole('button', { name: 'Close' }).click();
		await card.waitFor({ state: 'detached' });
		await rows(page, 'after it').getByRole('button', { name: 'Willow' }).click();
		await card.getByRole('button', { name: 'Roles and nickname' }).click();
		await page.getByRole('dialog', { name: 'Server settings' }).getByLabel('Nickname here').waitFor();
		await page.getByRole('button', { name: 'Back to the members' }).click();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
	});
	await report.step('notices: messages of a channel stay for ever', async () => {
		await page.getByRole('link', { name }).hover();
		await page.getByRole('button', { name: `Options of ${name}` }).click();
		await page.getByRole('menuitem', { name: 'Edit channel' }).click();
		await page.getByLabel('Keep messages').selectOption({ label: 'For ever' });
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		expect((await api(page, 'GET', `/channels/${channel}`)).retention_days === 0, 'it is not stored');
	});
	await report.step('notices: a server that is deleted says so to all, and one press brings it back', async () => {
		const club = `Club ${t.run}`;
		const made = await api(page, 'POST', '/servers', { name: club });
		const { code } = await api(page, 'POST', `/servers/${made.id}/invites`, {});
		await api(ben.page, 'POST', `/invites/${code}/accept`, {});
		for (const w of [ada, ben]) {
			await w.page.getByRole('link', { name: club }).click();
			await heading(w.page, 'general').waitFor();
		}
		await page.getByRole('button', { name: 'Server menu' }).click();
		await page.getByRole('menuitem', { name: 'Server settings' }).click();
		await page.getByRole('tab', { name: 'General' }).click();
		await page.getByLabel(/^Type /).fill(club);
		await page.getByRole('button', { name: 'Delete server' }).click();
		await heading(ben.page, `${club} was deleted`).waitFor();
		await page.getByRole('status').getByText(`${club} was deleted`).waitFor();
		await shot(page, 'notices-server-undo');
		await shot(ben.page, 'notices-server-deleted');
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByText(`${club} is back`).waitFor();
		await page.getByRole('link', { name: club }).waitFor();
		await heading(ben.page, 'general').waitFor();
	});
}
