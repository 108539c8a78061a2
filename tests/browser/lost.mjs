// Connections that are lost: the network, an answer, the push daemon.
import * as instance from '../support/instance.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { goTo } from './talk.mjs';
import { PASSWORD, composer, health, heading, isLive, openWindow, rows, say } from './window.mjs';

const POSTS = '**/api/v1/channels/*/messages';

export async function lost(t) {
	const { report, ada, ben, script } = t;
	for (const w of [ada, ben]) await goTo(t, w, 'planning');
	await report.step('written without a network: kept, and sent once when it is back', async () => {
		await ada.context.setOffline(true);
		await say(ada.page, 'Written in a tunnel');
		await ada.page.getByText('Waiting for the connection').waitFor();
		expect(!script.messages.includes('Written in a tunnel'), 'it was sent all the same');
		await ada.context.setOffline(false);
		await rows(ben.page, 'Written in a tunnel').waitFor({ timeout: 45_000 });
		await until('nothing is pending', async () => (await ada.page.locator('[data-pending]').count()) === 0, 60_000);
		await isLive(ada.page);
		await once(t, 'Written in a tunnel');
	});
	await report.step('an answer that is lost: tried again under the same key, there once', async () => {
		const nonces = [];
		await ada.page.route(POSTS, async (route) => {
			if (route.request().method() !== 'POST') return route.continue();
			nonces.push(route.request().postDataJSON().nonce);
			if (nonces.length > 1) return route.continue();
			// The server gets it and answers; the answer never arrives.
			await route.fetch();
			await route.abort('connectionreset');
		});
		await say(ada.page, 'Did you get this?');
		await until('it is tried again', () => nonces.length >= 2, 60_000);
		await until('nothing is pending', async () => (await ada.page.locator('[data-pending]').count()) === 0, 60_000);
		await ada.page.unroute(POSTS);
		expect(new Set(nonces).size === 1, `keys ${nonces}`);
		await rows(ben.page, 'Did you get this?').waitFor();
		await once(t, 'Did you get this?');
	});
	await report.step('written without a network, reloaded: sent once', async () => {
		await ada.page.route(POSTS, (route) => (route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.continue()));
		await say(ada.page, 'Survives a reload');
		await rows(ada.page, 'Survives a reload').waitFor();
		await ada.page.reload();
		await ada.page.unroute(POSTS);
		await heading(ada.page, 'planning').waitFor();
		await rows(ben.page, 'Survives a reload').waitFor({ timeout: 45_000 });
		await until('nothing is pending', async () => (await ada.page.locator('[data-pending]').count()) === 0, 60_000);
		await once(t, 'Survives a reload');
	});
	await report.step('the push daemon is killed: Live again by itself, nothing missed', async () => {
		await Promise.all([ada, ben].map((w) => isLive(w.page)));
		const before = await instance.pid('push');
		instance.signal(before, 'SIGKILL');
		await say(ada.page, 'While the daemon was away');
		await rows(ben.page, 'While the daemon was away').waitFor({ timeout: 60_000 });
		await until('another daemon runs', async () => (await instance.pid('push')) !== before);
		await Promise.all([ada, ben].map((w) => isLive(w.page)));
		await once(t, 'While the daemon was away');
		await say(ben.page, 'And we are back');
		await rows(ada.page, 'And we are back').waitFor();
	});
	await report.step('the push daemon stays away: Delayed, but messages come; then Live', () => withoutDaemon(t));
}

/** A third window, whose clock can be moved: stepping up again is only tried after minutes. */
async function withoutDaemon(t) {
	const { ada, ben, base } = t;
	const w = await openWindow(t.browser, base);
	try {
		await w.page.clock.install();
		await w.page.goto(base);
		await w.page.getByLabel('Username').fill(`willow.${t.run}`);
		await w.page.getByLabel('Password').fill(PASSWORD);
		await w.page.getByRole('button', { name: 'Sign in' }).click();
		await goTo(t, w, 'planning');
		await isLive(w.page);
		await instance.service('crash', 'push');
		try {
			await w.page.locator('[data-health=delayed]').waitFor({ timeout: 90_000 });
			await w.page.getByText('Delayed', { exact: true }).waitFor();
			await say(ada.page, 'Slowly now');
			await rows(w.page, 'Slowly now').waitFor({ timeout: 45_000 });
		} finally {
			await instance.service('start', 'push');
		}
		await until('it says Live', async () => {
			if ((await health(w.page)) === 'live') return true;
			await w.page.clock.fastForward(60_000);
			return false;
		}, 60_000, 1500);
		await say(ada.page, 'Quick again');
		await rows(w.page, 'Quick again').waitFor();
		expect((await rows(w.page, 'Slowly now').count()) === 1, '"Slowly now" stands there twice');
	} finally {
		await w.context.close();
	}
	// The other two come back at their own pace; a reload is what an impatient person does.
	for (const x of [ada, ben]) {
		await x.page.reload();
		await heading(x.page, 'planning').waitFor();
		await isLive(x.page);
	}
}

/** On both screens and in the history. */
async function once(t, text) {
	for (const w of [t.ada, t.ben])
		expect((await rows(w.page, text).count()) === 1, `"${text}" stands ${await rows(w.page, text).count()} times on a screen`);
	const log = await t.script.curl('-H', 'Accept: text/plain', `${t.base}/api/v1/channels/${t.channel}/messages?limit=100`);
	expect(log.split(text).length === 2, `"${text}" is ${log.split(text).length - 1} times in the history`);
	await until('the script hears it', () => t.script.messages.includes(text));
	expect(t.script.messages.filter((m) => m === text).length === 1, 'the script heard it twice');
}
