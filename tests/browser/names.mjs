// A nickname is what a server calls somebody: at his messages, where he is mentioned, while he types, in quotes.
import { expect } from '../support/report.mjs';
import { goTo } from './talk.mjs';
import { composer, rows, say, shot } from './window.mjs';

/** By the page's own session. */
const api = (page, method, path, body) => page.evaluate(async ([method, path, body]) => {
	const r = await fetch(`/api/v1${path}`, { method, headers: { 'content-type': 'application/json' }, body });
	return r.status === 204 ? null : r.json();
}, [method, path, body && JSON.stringify(body)]);

export async function names(t) {
	const { report, ada, ben } = t;
	const said = `a word of ${t.run}`;
	let server, willow;

	await report.step('names: a nickname reaches the messages that stand there, and what is written after it', async () => {
		for (const w of [ada, ben]) await goTo(t, w, 'general');
		server = (await api(ada.page, 'GET', `/channels/${t.channel}`)).server_id;
		willow = (await api(ada.page, 'GET', `/servers/${server}/members?q=will`)).items[0].user;
		await say(ben.page, said);
		await rows(ada.page, said).getByRole('button', { name: 'Willow' }).waitFor();
		await api(ada.page, 'PATCH', `/servers/${server}/members/${willow.id}`, { nickname: 'Thicket' });
		for (const { page } of [ada, ben]) await rows(page, said).getByRole('button', { name: 'Thicket' }).waitFor();
		await composer(ben.page).pressSequentially('more');
		await ada.page.getByText('Thicket is typing').waitFor();
		await composer(ben.page).fill('');
		await composer(ada.page).pressSequentially('so says @thick');
		await ada.page.getByRole('option').first().filter({ hasText: 'Thicket' }).waitFor();
		await composer(ada.page).press('Enter');
		await composer(ada.page).press('Enter');
		await rows(ben.page, 'so says @Thicket').waitFor();
		await shot(ada.page, 'names-nickname');
	});
	await report.step('names: it is there after a reload, for the price of one question', async () => {
		const asked = [];
		const note = (r) => /\/members\?/.test(r.url()) && asked.push(r.url());
		ada.page.on('request', note);
		await ada.page.reload();
		await rows(ada.page, said).getByRole('button', { name: 'Thicket' }).waitFor();
		await rows(ada.page, 'so says @Thicket').waitFor();
		ada.page.off('request', note);
		expect(asked.filter((u) => u.includes('user_ids=')).length === 1, asked.join('\n    '));
	});
	await report.step('names: a user name that is typed to the end calls its owner, in code it does not', async () => {
		await composer(ada.page).fill(`thanks @${willow.username.toUpperCase()}, and \`@${willow.username}\` is code`);
		await composer(ada.page).press('Enter');
		await rows(ben.page, 'is code').locator('.mention').filter({ hasText: '@Thicket' }).waitFor();
		await rows(ben.page, 'is code').locator('code').filter({ hasText: `@${willow.username}` }).waitFor();
	});
	await report.step('names: a conversation has the name that he gave himself', async () => {
		const dm = await api(ada.page, 'POST', '/dms', { user_ids: [willow.id] });
		await api(ben.page, 'POST', `/channels/${dm.id}/messages`, { content: 'between us' });
		await ada.page.goto(`${t.base}/c/${dm.id}`);
		await rows(ada.page, 'between us').getByRole('button', { name: 'Willow' }).waitFor();
		await api(ada.page, 'PATCH', `/servers/${server}/members/${willow.id}`, { nickname: null });
		await goTo(t, ada, 'general');
	});
}
