// A role is mentioned by its name: chosen from a list, shown in its colour, counted by who holds it.
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { findings } from './looks.mjs';
import { goTo } from './talk.mjs';
import { composer, rows, shot } from './window.mjs';

/** By the page's own session. */
const api = (page, method, path, body) => page.evaluate(async ([method, path, body]) => {
	const r = await fetch(`/api/v1${path}`, { method, headers: { 'content-type': 'application/json' }, body });
	return r.status === 204 ? null : r.json();
}, [method, path, body && JSON.stringify(body)]);

const options = (page) => page.getByRole('listbox', { name: 'People and roles' }).getByRole('option');
const mention = (page, text) => rows(page, text).locator('.mention[data-role]');
const sent = (page) => until('it is sent', async () => (await page.locator('[data-pending]').count()) === 0);

export async function mentions(t) {
	const { report, ada, ben } = t;
	const crew = `Crew ${t.run}`;
	let server, roles;

	await report.step('mentions: a role that everybody may mention, and one that not', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'planning');
		server = (await api(ada.page, 'GET', `/channels/${t.channel}`)).server_id;
		const willow = (await api(ada.page, 'GET', `/servers/${server}/members?q=will`)).items[0];
		const make = (json) => api(ada.page, 'POST', `/servers/${server}/roles`, json);
		roles = [await make({ name: crew, color: 0x2e7d32, mentionable: true }), await make({ name: `Quiet ${t.run}` })];
		await api(ada.page, 'PATCH', `/servers/${server}/members/${willow.user.id}`, { roles: [...willow.roles, roles[0].id] });
	});
	await report.step('mentions: who may not mention a role is not offered it', async () => {
		await composer(ben.page).pressSequentially(`@${t.run.slice(0, 4)}`);
		await options(ben.page).filter({ hasText: crew }).waitFor();
		expect((await options(ben.page).filter({ hasText: 'Quiet' }).count()) === 0, 'Quiet is offered');
		await composer(ben.page).press('Escape');
		await options(ben.page).first().waitFor({ state: 'detached' });
		await composer(ben.page).fill('');
	});
	await report.step('mentions: a name is chosen with the keys, and sent as an id', async () => {
		await goTo(t, ben, 'general');
		await composer(ada.page).pressSequentially('All hands, @crew');
		const first = options(ada.page).first();
		await first.filter({ hasText: crew }).waitFor();
		expect((await composer(ada.page).getAttribute('aria-activedescendant')) === (await first.getAttribute('id')), 'the box does not name the option');
		const found = await findings(ada.page);
		expect(found.length === 0, found.join('\n    '));
		await shot(ada.page, 'mentions-list');
		await composer(ada.page).press('Enter');
		expect((await composer(ada.page).inputValue()) === `All hands, @${crew} `, await composer(ada.page).inputValue());
		await composer(ada.page).pressSequentially('please');
		await ada.page.reload();
		expect((await composer(ada.page).inputValue()) === `All hands, @${crew} please`, 'the draft is kept');
		await composer(ada.page).press('Enter');
		await sent(ada.page);
		const [last] = (await api(ada.page, 'GET', `/channels/${t.channel}/messages?limit=1`)).items;
		expect(last.content === `All hands, <@&${roles[0].id}> please`, last.content);
	});
	await report.step('mentions: who holds it is called, and sees its name and colour', async () => {
		await ben.page.getByRole('link', { name: /^planning, 1 unread for you/ }).click();
		const pill = mention(ben.page, 'All hands');
		await pill.waitFor();
		expect((await pill.innerText()) === `@${crew}`, await pill.innerText());
		const looks = await pill.evaluate((e) => [e.style.getPropertyValue('--role'), getComputedStyle(e).backgroundColor]);
		expect(looks[0] === '#2e7d32' && looks[1] !== 'rgba(0, 0, 0, 0)', looks.join());
		expect(await rows(ben.page, 'All hands').last().evaluate((e) => e.classList.contains('bg-amber-soft')), 'the row is not marked');
		for (const colorScheme of ['dark', 'light']) {
			await ben.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			const found = await findings(ben.page);
			expect(found.length === 0, found.join('\n    '));
			await shot(ben.page, `mentions-${colorScheme}`);
		}
	});
	await report.step('mentions: an edit shows names, and takes one away with its count', async () => {
		await goTo(t, ben, 'general');
		await composer(ada.page).pressSequentially('Only @crew');
		await options(ada.page).first().filter({ hasText: crew }).click();
		await composer(ada.page).press('Enter');
		await sent(ada.page);
		await ben.page.getByRole('link', { name: /^planning, 1 unread for you/ }).waitFor();
		await composer(ada.page).press('ArrowUp');
		const box = ada.page.getByRole('textbox', { name: 'Edit message' });
		expect((await box.inputValue()).trim() === `Only @${crew}`, await box.inputValue());
		await box.fill('Only a few');
		await box.press('Enter');
		await ben.page.getByRole('link', { name: /^planning, unread$/ }).waitFor();
	});
	await report.step('mentions: of a role that is gone nothing but that is left', async () => {
		for (const r of roles) await api(ada.page, 'DELETE', `/servers/${server}/roles/${r.id}`);
		await ada.page.reload();
		await rows(ada.page, 'All hands, @deleted-role please').waitFor();
	});
}
