// What one person sees of another: there, idle, not to be disturbed, hidden, gone.
import { expect } from '../support/report.mjs';
import { heading, isLive, openWindow, shot, signUp } from './window.mjs';

const SLOW = { timeout: 40_000 };

export async function presence(t) {
	const { report, ada, base, browser } = t;
	const eve = await openWindow(browser, base);
	const shown = (status) => ada.page.locator(`header [data-presence=${status}]`).waitFor(SLOW);
	const listed = (word) => ada.page.getByRole('link', { name: new RegExp(`^Eve, ${word}`) }).waitFor(SLOW);
	const mine = (word) => eve.page.getByRole('button', { name: `Status: ${word}.` });
	const choose = async (word) => {
		await eve.page.getByRole('button', { name: 'Set your status' }).click();
		await eve.page.getByRole('menuitemradio', { name: word }).click();
		await mine(word).waitFor();
	};
	const settings = async (checked) => {
		await ada.page.getByRole('button', { name: 'Your settings' }).click();
		await ada.page.getByRole('tab', { name: 'Privacy' }).click();
		await ada.page.getByRole('checkbox', { name: 'Last seen' }).click();
		await ada.page.getByRole('checkbox', { name: 'Last seen', checked }).waitFor();
		await ada.page.keyboard.press('Escape');
	};
	let members;

	await report.step('presence: who comes is there', async () => {
		// The clock of this window can be put forward.
		await eve.page.clock.install();
		await eve.page.goto(t.invite);
		await signUp(eve.page, `eve.${t.run}`, 'Eve');
		await heading(eve.page, 'general').waitFor();
		await isLive(eve.page);
		const { id } = await eve.page.evaluate(async () => (await fetch('/api/v1/me')).json());
		const dm = await ada.page.evaluate(async (user) => {
			const body = JSON.stringify({ user_ids: [user] });
			return (await fetch('/api/v1/dms', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).json();
		}, id);
		await ada.page.goto(`${base}/c/${dm.id}`);
		await isLive(ada.page);
		await shown('online');
		await listed('Online');
		// The same in the list of a channel's people, in another tab of the same browser.
		members = await ada.context.newPage();
		await members.goto(`${base}/c/${t.channel}`);
		await members.getByRole('button', { name: 'Members', exact: true }).click();
		await members.getByRole('listitem').filter({ hasText: `@eve.${t.run}` }).getByRole('img', { name: 'Online' }).waitFor(SLOW);
	});
	await report.step('presence: five minutes without input are idle, the next input ends it', async () => {
		await eve.page.clock.fastForward('05:30');
		await shown('idle');
		await listed('Idle');
		await members.getByRole('listitem').filter({ hasText: `@eve.${t.run}` }).getByRole('img', { name: 'Idle' }).waitFor(SLOW);
		await eve.page.keyboard.press('Shift');
		await shown('online');
		await members.close();
	});
	await report.step('presence: do not disturb, chosen by keyboard, and kept', async () => {
		await mine('Online').focus();
		await eve.page.keyboard.press('Enter');
		await eve.page.getByRole('menuitemradio', { name: 'Online', checked: true }).waitFor();
		await eve.page.getByRole('menuitemradio', { name: 'Do not disturb' }).focus();
		await shot(eve.page, 'presence-menu');
		await eve.page.keyboard.press('Enter');
		await shown('dnd');
		await listed('Do not disturb');
		await eve.page.reload();
		await mine('Do not disturb').waitFor();
		await isLive(eve.page);
		await shot(ada.page, 'presence-dnd');
		await shown('dnd');
	});
	await report.step('presence: who hides looks like somebody who is not there', async () => {
		await choose('Invisible');
		await shown('offline');
		await listed('(Offline|Last seen)');
		expect((await ada.page.locator('header').innerText()).includes('Invisible') === false, 'nobody is told of hiding');
		await choose('Online');
		await shown('online');
	});
	await report.step('presence: gone, and when', async () => {
		await eve.context.close();
		await shown('offline');
		await listed('Last seen');
		await shot(ada.page, 'presence-gone');
		await settings(false);
		await ada.page.getByRole('link', { name: 'Eve, Offline' }).waitFor();
		await settings(true);
		await listed('Last seen');
	});
	await report.step('presence: on a narrow page nothing is cut off', async () => {
		const size = ada.page.viewportSize();
		await ada.page.setViewportSize({ width: 320, height: 640 });
		await shown('offline');
		const over = await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		expect(over <= 0, `${over} px too wide`);
		await shot(ada.page, 'presence-narrow');
		await ada.page.setViewportSize(size);
	});
}
