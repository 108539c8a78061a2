// Two browsers and a script meet in a server made in one of them, and talk.
import { register, request, runName } from '../support/api.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { Script } from './script.mjs';
import { PASSWORD, composer, heading, isLive, rows, say, signUp } from './window.mjs';

/** t: {base, report, ada, ben}: two open windows. Adds t.run, t.server, t.channel, t.script. */
export async function meet(t) {
	const { report, ada, ben, base } = t;
	t.run = runName();
	t.server = `Workshop ${t.run}`;

	await report.step('sign up in the first window', async () => {
		await ada.page.goto(base);
		await ada.page.getByRole('link', { name: 'Create account' }).click();
		await signUp(ada.page, `maple.${t.run}`, 'Maple');
		await ada.page.getByText('Welcome to Moot').waitFor();
	});
	await report.step('create a server and arrive in its channel', async () => {
		await ada.page.getByRole('button', { name: 'Create server' }).first().click();
		await ada.page.getByRole('dialog').getByLabel('Name').fill(t.server);
		await ada.page.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(ada.page, 'general').waitFor();
		await isLive(ada.page);
	});
	await report.step('create a channel', async () => {
		await ada.page.getByRole('button', { name: 'Create channel' }).click();
		await ada.page.getByRole('dialog').getByLabel('Name').fill('planning');
		await ada.page.getByRole('button', { name: 'Create', exact: true }).click();
		await heading(ada.page, 'planning').waitFor();
		t.channel = ada.page.url().split('/').pop();
	});
	await report.step('make an invite link', async () => {
		await ada.page.getByRole('button', { name: 'Server menu' }).click();
		await ada.page.getByRole('menuitem', { name: 'Invite people' }).click();
		await ada.page.getByRole('button', { name: 'Create and copy link' }).click();
		await ada.page.getByText('Invite link copied').waitFor();
		t.invite = await ada.page.evaluate(() => navigator.clipboard.readText());
		expect(t.invite.startsWith(`${base}/invite/`), `the link is ${t.invite}`);
		await ada.page.keyboard.press('Escape');
	});
	await report.step('join by the link in the second window', async () => {
		await ben.page.goto(t.invite);
		await ben.page.getByText(t.server).waitFor();
		await signUp(ben.page, `willow.${t.run}`, 'Willow');
		// Who signs up by an invite is in, and is not asked.
		await heading(ben.page, 'general').waitFor();
		await ben.page.getByRole('link', { name: 'planning' }).click();
		await heading(ben.page, 'planning').waitFor();
		await isLive(ben.page);
	});
	await report.step('a script joins by the same link', async () => {
		const cy = await register(base, `cy.${t.run}`, PASSWORD);
		const { token } = await cy.must(201, 'POST', '/me/tokens', { name: 'curl' });
		const code = t.invite.split('/').pop();
		const accepted = await request(base, 'POST', `/api/v1/invites/${code}/accept`, { token });
		expect(accepted.status === 200 || accepted.status === 201, `accept answered ${accepted.status}`);
		t.script = new Script(base, token, cy);
		t.script.listen();
		await until('the script is greeted', () => t.script.greeted);
	});
}

export async function talk(t) {
	const { report, ada, ben, script } = t;
	await report.step('what one writes the other and the script hear', async () => {
		await say(ada.page, 'Good morning, **Ben**');
		await rows(ada.page, 'Good morning').waitFor();
		await rows(ben.page, 'Good morning').waitFor();
		expect((await rows(ben.page, 'Good morning').getByText('Ben', { exact: true }).last().evaluate((e) => e.tagName)) === 'STRONG', 'not bold');
		await until('the script hears it', () => script.messages.includes('Good morning, **Ben**'));
	});
	await report.step('… and the other way round', async () => {
		await say(ben.page, 'Morning, Ada');
		await rows(ada.page, 'Morning, Ada').waitFor();
		await until('the script hears it', () => script.messages.includes('Morning, Ada'));
	});
	await report.step('what the script writes both hear', async () => {
		await script.post(t.channel, 'Build finished');
		await Promise.all([ada, ben].map((w) => rows(w.page, 'Build finished').waitFor()));
	});
	await report.step('each message is there once, and none is left pending', async () => {
		await until('nothing is pending', async () => (await ada.page.locator('[data-pending]').count()) === 0);
		for (const w of [ada, ben])
			for (const text of ['Good morning', 'Morning, Ada', 'Build finished'])
				expect((await rows(w.page, text).count()) === 1, `"${text}" stands ${await rows(w.page, text).count()} times`);
	});
	await report.step('markup is text: nothing written becomes a page', async () => {
		const bad = '<img src=x onerror="document.title=1"><script>document.title=2</script> [x](javascript:alert(1))';
		await script.post(t.channel, bad);
		await rows(ada.page, 'onerror').waitFor();
		expect((await rows(ada.page, 'onerror').locator('img, script, a[href^=javascript]').count()) === 0, 'it became markup');
	});
	await report.step('who is typing shows, and ends with the message', async () => {
		await composer(ben.page).pressSequentially('Here', { delay: 15 });
		await ada.page.getByText('Willow is typing').waitFor();
		await composer(ben.page).press('Enter');
		await rows(ada.page, 'Here').last().waitFor();
		await until('it ends', async () => (await ada.page.getByText('is typing').count()) === 0);
	});
	await report.step('a conversation of two', async () => {
		await ada.page.getByRole('button', { name: 'Members' }).click();
		await ada.page.getByRole('button', { name: 'Options for Willow' }).click();
		await ada.page.getByRole('menuitem', { name: 'Send a message' }).click();
		await heading(ada.page, 'Willow').waitFor();
		await say(ada.page, 'Just between us');
		await ben.page.getByRole('link', { name: /^Conversations, 1 unread/ }).click();
		await rows(ben.page, 'Just between us').waitFor();
		await say(ben.page, 'So it stays');
		await rows(ada.page, 'So it stays').waitFor();
		expect(!script.messages.includes('Just between us'), 'the script heard it too');
	});
}

/** By the links of the sidebar, as a person goes. */
export async function goTo(t, w, name) {
	await w.page.getByRole('link', { name: t.server }).click();
	await w.page.getByRole('link', { name: new RegExp(`^${name}\\b`) }).click();
	await heading(w.page, name).waitFor();
}

export async function change(t) {
	const { report, ada, ben, script } = t;
	const go = (w, name) => goTo(t, w, name);
	await report.step('edit the last message with the Up key', async () => {
		await go(ada, 'planning');
		await go(ben, 'planning');
		await say(ben.page, 'We meet at nin');
		await rows(ada.page, 'We meet at nin').waitFor();
		await until('it is sent', async () => (await ben.page.locator('[data-pending]').count()) === 0);
		await composer(ben.page).press('ArrowUp');
		const box = ben.page.getByRole('textbox', { name: 'Edit message' });
		await box.fill('We meet at nine');
		await box.press('Enter');
		await rows(ada.page, 'We meet at nine').getByText('(edited)').waitFor();
	});
	await report.step('reply, and what is answered shows', async () => {
		await rows(ada.page, 'We meet at nine').hover();
		await rows(ada.page, 'We meet at nine').getByRole('button', { name: 'Reply' }).click();
		await say(ada.page, 'Fine with me');
		await rows(ben.page, 'Fine with me').getByRole('button', { name: /We meet at nine/ }).waitFor();
	});
	await report.step('delete leaves a tombstone without the text, also for the script', async () => {
		await say(ben.page, 'A secret slipped');
		const { page } = ben;
		await until('it is sent', async () => (await page.locator('[data-pending]').count()) === 0);
		await rows(page, 'A secret slipped').hover();
		await rows(page, 'A secret slipped').getByRole('button', { name: 'More' }).click();
		await page.getByRole('menuitem', { name: 'Delete' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
		await ada.page.getByText('Message deleted').waitFor();
		expect((await rows(ada.page, 'A secret slipped').count()) === 0, 'the text is still there');
		const log = await script.curl('-H', 'Accept: text/plain', `${t.base}/api/v1/channels/${t.channel}/messages`);
		expect(!log.includes('A secret slipped'), 'the text is still in the history');
	});
	await report.step('unread channels are marked, and the mark goes when they are read', async () => {
		await go(ben, 'general');
		await say(ada.page, 'Are you there?');
		const mark = ben.page.getByRole('link', { name: 'planning, unread' });
		await mark.waitFor();
		await mark.click();
		await rows(ben.page, 'Are you there?').waitFor();
		await ben.page.getByRole('link', { name: 'planning', exact: true }).waitFor();
		await until('the server knows', async () => {
			const state = await ben.page.evaluate(async (id) => {
				const got = await (await fetch('/api/v1/bootstrap')).json();
				const last = got.servers.flatMap((s) => s.channels).find((c) => c.id === id).last_seq;
				return last - got.read_states.find((r) => r.channel_id === id).read_seq;
			}, t.channel);
			return state === 0;
		});
	});
	await report.step('a reload keeps where one was and what one had begun to write', async () => {
		await composer(ben.page).fill('Half a thought');
		await ben.page.reload();
		await heading(ben.page, 'planning').waitFor();
		await rows(ben.page, 'Are you there?').waitFor();
		expect((await composer(ben.page).inputValue()) === 'Half a thought', 'the draft is gone');
		await composer(ben.page).fill('');
	});
}
