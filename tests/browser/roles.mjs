// An owner builds roles; somebody is given one and loses it again, and with it buttons and a channel at once.
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { findings } from './looks.mjs';
import { goTo } from './talk.mjs';
import { PASSWORD, composer, heading, rows, say, shot, wide } from './window.mjs';

const menu = async (page, item) => {
	await page.getByRole('button', { name: 'Server menu' }).click();
	await page.getByRole('menuitem', { name: item }).click();
};

/** The items of the server's menu, which is closed again. */
async function offers(page) {
	await page.getByRole('button', { name: 'Server menu' }).click();
	await page.getByRole('menuitem').first().waitFor();
	const items = await page.getByRole('menuitem').allInnerTexts();
	await page.keyboard.press('Escape');
	return items;
}

const settings = async (page, tab) => {
	await menu(page, 'Server settings');
	await page.getByRole('tab', { name: tab }).click();
};
const saved = (page) => page.getByText('Saved').first().waitFor();
const close = async (page) => {
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
};

export async function roles(t) {
	const { report, ada, ben } = t;
	const { page } = ada;
	const den = `den-${t.run}`;
	const names = () => page.getByRole('list', { name: 'Roles' }).locator('li bdi').allInnerTexts();

	await report.step('roles: the owner makes one, gives it a colour and permissions', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'general');
		await settings(page, 'Roles');
		await page.getByLabel('Name of a new role').fill('Gardeners');
		await page.getByRole('button', { name: 'Create role' }).click();
		await page.getByRole('heading', { name: 'Gardeners' }).waitFor();
		await until('the role has the focus', () => page.evaluate(() => document.activeElement?.textContent === 'Gardeners'));
		await page.getByLabel('Colour').fill('#2e7d32');
		await page.getByRole('checkbox', { name: 'Remove members' }).check();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await saved(page);
		await page.getByRole('checkbox', { name: 'Remove members', checked: true }).waitFor();
		await shot(page, 'roles-editor');
		await page.getByRole('button', { name: 'Back to the roles' }).click();
		await page.getByRole('button', { name: 'Edit Gardeners' }).waitFor();
		await until('the focus is where it was', () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Edit Gardeners'));
	});
	await report.step('roles: they are moved by keyboard, which keeps its place, and by the pointer', async () => {
		await page.getByLabel('Name of a new role').fill('Bakers');
		await page.getByLabel('Name of a new role').press('Enter');
		await page.getByRole('button', { name: 'Back to the roles' }).click();
		expect((await names()).join() === 'Owner,Administrator,Moderator,Gardeners,Bakers,Member,Guest,Everyone', (await names()).join());
		await page.getByRole('button', { name: 'Move Bakers up' }).focus();
		await page.keyboard.press('Enter');
		await until('it has moved', async () => (await names()).indexOf('Bakers') < (await names()).indexOf('Gardeners'));
		await page.getByText('Bakers is number 1 of 2 now.').waitFor({ state: 'attached' });
		await until('a button of the row has the focus', () => page.evaluate(() => document.activeElement?.getAttribute('aria-label')?.includes('Bakers')));
		const row = (name) => page.getByRole('list', { name: 'Roles' }).getByRole('listitem').filter({ hasText: name });
		await row('Bakers').dragTo(row('Gardeners'));
		await until('it is back', async () => (await names()).indexOf('Bakers') > (await names()).indexOf('Gardeners'));
		await shot(page, 'roles-list');
	});
	await report.step('roles: nothing is cut off at 320 px, dark and light, and axe finds nothing', async () => {
		for (const colorScheme of ['dark', 'light']) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			for (const size of [{ width: 320, height: 640 }, wide]) {
				await page.setViewportSize(size);
				const over = await page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth,
					...[...document.querySelectorAll('[role=tabpanel]')].map((e) => e.scrollWidth - e.clientWidth)));
				expect(over <= 0, `${over} px too wide at ${size.width}`);
				const found = await findings(page);
				expect(found.length === 0, found.join('\n    '));
				await shot(page, `roles-${colorScheme}-${size.width}`);
			}
		}
	});
	await report.step('roles: one is given, and what it allows is there at once', async () => {
		expect(!(await offers(ben.page)).includes('Server settings'), 'it was there before');
		await page.getByRole('tab', { name: 'Members' }).click();
		await page.getByLabel('Search by name').fill('will');
		await page.getByRole('button', { name: 'Manage Willow' }).click();
		await page.getByRole('checkbox', { name: 'Gardeners' }).check();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await saved(page);
		await page.getByRole('button', { name: 'Back to the members' }).click();
		await page.getByRole('list', { name: 'Members' }).getByRole('listitem').filter({ hasText: 'Willow' }).getByText('Gardeners').waitFor();
		await shot(page, 'roles-members');
		await close(page);
		await until('the other one has the settings', async () => (await offers(ben.page)).includes('Server settings'));
		await settings(ben.page, 'Members');
		expect((await ben.page.getByRole('tab').allInnerTexts()).join() === 'Members', 'and other pages');
		await ben.page.getByRole('button', { name: 'Manage Maple' }).click();
		await ben.page.getByText('Stands as high as you or higher').waitFor();
		expect((await ben.page.getByRole('button', { name: /^Remove/ }).count()) === 0, 'he could remove the owner');
		await close(ben.page);
	});
	await report.step('roles: a private channel is shown to one, by three states', async () => {
		await page.getByRole('button', { name: 'Create channel' }).first().click();
		await page.getByRole('dialog').getByLabel('Name').fill(den);
		await page.getByRole('dialog').getByLabel('Private').check();
		await page.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(page, den).waitFor();
		await page.getByRole('link', { name: den }).hover();
		await page.getByRole('button', { name: `Options of ${den}` }).click();
		await page.getByRole('menuitem', { name: 'Permissions' }).click();
		await page.getByLabel('Add a role').selectOption({ label: 'Gardeners' });
		const see = page.getByRole('group', { name: 'See channels' });
		await see.getByRole('radio', { name: 'Inherit' }).focus();
		await page.keyboard.press('ArrowRight');
		await see.getByRole('radio', { name: 'Allow', checked: true }).waitFor();
		for (const size of [{ width: 320, height: 640 }, wide]) {
			await page.setViewportSize(size);
			await shot(page, `roles-channel-${size.width}`);
			const found = await findings(page);
			expect(found.length === 0, found.join('\n    '));
			const over = await page.evaluate(() => Math.max(0, ...[...document.querySelectorAll('[role=dialog] *')].filter((e) =>
				getComputedStyle(e).overflowY === 'auto').map((e) => e.scrollWidth - e.clientWidth)));
			expect(over <= 0, `${over} px too wide at ${size.width}`);
		}
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('1 allowed, 0 denied').waitFor();
		await close(page);
		await ben.page.getByRole('link', { name: den }).click();
		await heading(ben.page, den).waitFor();
		await say(page, 'only for gardeners');
		await rows(ben.page, 'only for gardeners').waitFor();
	});
	await report.step('roles: who is demoted loses the channel that is open, and the buttons, at once', async () => {
		await settings(page, 'Members');
		await page.getByRole('button', { name: 'Manage Willow' }).click();
		await page.getByRole('checkbox', { name: 'Gardeners' }).uncheck();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await ben.page.getByRole('link', { name: den }).waitFor({ state: 'detached' });
		await rows(ben.page, 'only for gardeners').waitFor({ state: 'detached' });
		expect((await composer(ben.page).count()) === 0, 'he could still write there');
		await shot(ben.page, 'roles-demoted');
		await goTo(t, ben, 'general');
		expect(!(await offers(ben.page)).includes('Server settings'), 'the settings are still offered');
		await close(page);
	});
	await report.step('roles: settings that are open are closed by a demotion', async () => {
		const server = await page.evaluate(async (channel) => (await (await fetch(`/api/v1/channels/${channel}`)).json()).server_id, t.channel);
		const call = (method, path, body) => page.evaluate(async ([m, p, b]) => {
			const r = await fetch(`/api/v1${p}`, { method: m, headers: b ? { 'Content-Type': 'application/json' } : {}, ...(b ? { body: JSON.stringify(b) } : {}) });
			return r.status === 204 ? null : r.json();
		}, [method, path, body]);
		const { items } = await call('GET', `/servers/${server}/roles`);
		const id = items.find((r) => r.name === 'Gardeners').id;
		const willow = (await call('GET', `/servers/${server}/members?q=willow`)).items[0].user.id;
		await call('PATCH', `/servers/${server}/members/${willow}`, { roles: ['member', id] });
		await until('he has the settings', async () => (await offers(ben.page)).includes('Server settings'));
		await settings(ben.page, 'Members');
		await call('DELETE', `/servers/${server}/roles/${id}`);
		await ben.page.getByRole('dialog').waitFor({ state: 'detached' });
	});
	await report.step('roles: a server is handed on, with the password', async () => {
		const shop = `Shop ${t.run}`;
		await page.getByRole('button', { name: 'Create server' }).first().click();
		await page.getByRole('dialog').getByLabel('Name').fill(shop);
		await page.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(page, 'general').waitFor();
		await page.getByRole('button', { name: 'Server menu' }).getByText(shop).waitFor();
		const invite = await page.evaluate(async () => {
			const { servers } = await (await fetch('/api/v1/bootstrap')).json();
			const made = await fetch(`/api/v1/servers/${servers.at(-1).id}/invites`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
			return (await made.json()).code;
		});
		await ben.page.evaluate((code) => fetch(`/api/v1/invites/${code}/accept`, { method: 'POST' }), invite);
		await settings(page, 'General');
		await page.getByRole('button', { name: 'Transfer ownership' }).click();
		await page.getByRole('dialog', { name: `Transfer ${shop}` }).waitFor();
		await page.getByLabel('New owner').selectOption({ label: `Willow (@willow.${t.run})` });
		await page.getByLabel('Current password').fill('not the password');
		await page.getByRole('button', { name: 'Transfer ownership' }).click();
		await page.getByRole('alert').waitFor();
		await shot(page, 'roles-hand-on');
		await page.getByLabel('Current password').fill(PASSWORD);
		await page.getByRole('button', { name: 'Transfer ownership' }).click();
		await page.getByText('Willow owns the server now.').waitFor();
		await until('the former owner may leave', async () => (await offers(page)).includes('Leave server'));
	});
}
