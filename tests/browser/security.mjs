// The second factor: set up, asked for when signing in, and what a page left open must not do.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sql } from '../support/instance.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { look } from './community.mjs';
import { PASSWORD, openWindow, shot, signUp } from './window.mjs';

const account = async (page, tab) => {
	await page.keyboard.press('Control+,');
	await page.getByRole('tab', { name: tab }).click();
};
const button = (page, name) => page.getByRole('button', { name, exact: true });

/** What an authenticator shows now for the key in base32. */
function code(key) {
	const bits = [...key].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const counter = Buffer.alloc(8);
	counter.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30000)));
	const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => Number.parseInt(b, 2)))).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function signIn(page, username) {
	await page.getByLabel('Username').fill(username);
	await page.getByLabel('Password').fill(PASSWORD);
	await button(page, 'Sign in').click();
}

async function signOut(page) {
	await account(page, 'Profile');
	await button(page, 'Sign out').click();
	await page.getByLabel('Username').waitFor();
}

const inside = (page) => page.getByRole('button', { name: /Set your status/ }).waitFor();

/** Somebody in a window of his own; whose rows in the database are his is said by his name. */
export async function newcomer(t, name) {
	const window = await openWindow(t.browser, t.base);
	const username = `${name}${Date.now().toString(36)}`;
	await window.page.goto(`${t.base}/sign-up`);
	await signUp(window.page, username, 'Olive');
	await inside(window.page);
	return { ...window, username, mine: `account_id = (SELECT id FROM account WHERE username = '${username}')` };
}

export async function security(t) {
	const { report } = t;
	const { page, context, username, mine } = await newcomer(t, 'olive');
	const forget = () => sql(`UPDATE totp SET last_step = 0 WHERE ${mine}`);
	let key, codes;
	await report.step('security: an app is set up with a picture or a key, and recovery codes are kept', async () => {
		await account(page, 'Two-factor');
		await button(page, 'Set up an app').click();
		await page.getByRole('img', { name: 'Picture for the authenticator app' }).waitFor();
		key = (await page.locator('code', { hasText: /^[A-Z2-7 ]{39}$/ }).innerText()).replaceAll(' ', '');
		await look(page, 'security-app');
		await page.getByLabel('Code from the app').fill('12345');
		await button(page, 'Turn on').click();
		await page.getByText('That is not right.').waitFor();
		await page.getByLabel('Code from the app').fill(code(key));
		await button(page, 'Turn on').click();
		const shown = page.getByRole('region', { name: 'Your recovery codes' });
		await shown.waitFor();
		codes = await shown.getByRole('listitem').allInnerTexts();
		expect(codes.length === 10, `${codes.length} codes`);
		const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Download').click()]);
		expect(readFileSync(await file.path(), 'utf8') === `${codes.join('\n')}\n`, 'the file does not hold them');
		await button(page, 'Copy').click();
		await until('the clipboard to hold them', async () => (await page.evaluate(() => navigator.clipboard.readText())).includes(codes[9]));
		await look(page, 'security-codes');
		await page.keyboard.press('Escape');
	});
	await report.step('security: signing in asks for a code of the app', async () => {
		await signOut(page);
		await signIn(page, username);
		await page.getByLabel('Code from the app').fill('000000');
		await button(page, 'Sign in').click();
		await page.getByText('That is not right.').waitFor();
		await shot(page, 'security-step');
		await forget();
		await page.getByLabel('Code from the app').fill(code(key));
		await button(page, 'Sign in').click();
		await inside(page);
	});
	await report.step('security: or for a recovery code, which is used up then', async () => {
		await signOut(page);
		await signIn(page, username);
		await button(page, 'Use a recovery code instead').click();
		await page.getByLabel('Recovery code').fill(codes[0].toLowerCase());
		await button(page, 'Sign in').click();
		await inside(page);
		await account(page, 'Two-factor');
		await page.getByText('9 are left.').waitFor();
		await page.keyboard.press('Escape');
	});
	await report.step('security: a page left open asks whether it is still oneself, and goes on', async () => {
		await sql(`UPDATE session SET confirmed_at = now() - interval '11 minutes' WHERE ${mine}`);
		await account(page, 'Access tokens');
		await page.getByLabel('What is it for?').fill('script');
		await button(page, 'Create token').click();
		const asks = page.getByRole('dialog', { name: 'Is it still you?' });
		await asks.waitFor();
		await look(page, 'security-confirm');
		await asks.getByLabel('Code from the app').fill('000000');
		await asks.getByRole('button', { name: 'Confirm' }).click();
		await asks.getByText('That is not right.').waitFor();
		expect(await asks.getByLabel('Password').count() === 0, 'the password is asked for');
		await asks.getByRole('button', { name: 'Use a recovery code instead' }).click();
		await asks.getByLabel('Recovery code').fill(codes[1]);
		await asks.getByRole('button', { name: 'Confirm' }).click();
		await page.getByText('moot_pat_').first().waitFor();
		expect(await asks.count() === 0, 'the dialog stays');
		await page.keyboard.press('Escape');
	});
	await report.step('security: or by a code of the app', async () => {
		await sql(`UPDATE session SET confirmed_at = now() - interval '11 minutes' WHERE ${mine}`);
		await forget();
		await account(page, 'Two-factor');
		await button(page, 'Make new codes').click();
		await page.getByRole('dialog', { name: 'Make new codes' }).getByRole('button', { name: 'Make new codes' }).click();
		const asks = page.getByRole('dialog', { name: 'Is it still you?' });
		await asks.getByLabel('Code from the app').fill(code(key));
		await asks.getByRole('button', { name: 'Confirm' }).click();
		const fresh = page.getByRole('region', { name: 'Your recovery codes' });
		await fresh.waitFor();
		await page.keyboard.press('Escape');
		await look(page, 'security-codes-asked');
		await button(page, 'Back to the codes').click();
		await fresh.getByRole('button', { name: 'Copy' }).click();
		await page.getByText('Copied').first().waitFor();
		await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
	});
	await report.step('security: turned off, the password alone does', async () => {
		await account(page, 'Two-factor');
		await button(page, 'Turn off').click();
		await page.getByRole('dialog', { name: 'Turn off' }).getByRole('button', { name: 'Turn off' }).click();
		await button(page, 'Set up an app').waitFor();
		await page.keyboard.press('Escape');
		await signOut(page);
		await signIn(page, username);
		await inside(page);
	});
	await context.close();
}
