// An address that is confirmed, a forgotten password, and somebody who waits for an administrator:
// with a mail server that keeps what it is sent.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dir, sql } from '../support/instance.mjs';
import { start } from '../support/mail.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { look } from './community.mjs';
import { newcomer } from './security.mjs';
import { PASSWORD } from './window.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const account = async (page, tab) => {
	await page.keyboard.press('Control+,');
	await page.getByRole('tab', { name: tab }).click();
};
const inside = (page) => page.getByRole('button', { name: /Set your status/ }).waitFor();

export async function mail(t) {
	const { report } = t;
	const box = await start(readFileSync(path.join(dir, 'moot.conf'), 'utf8'), mkdtempSync(path.join(tmpdir(), 'moot-mail.')));
	if (box === undefined) {
		report.note('mail: needs an instance with mail_smtp = smtp://127.0.0.1:PORT');
		return;
	}
	const { page, context, username } = await newcomer(t, 'nora');
	const email = `${username}@example.org`, fresh = 'another horse battery';
	await report.step('mail: an address counts once its link is opened', async () => {
		await account(page, 'E-mail');
		await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
		await page.getByLabel('Current password').fill(PASSWORD);
		await button(page, 'Save').click();
		await page.getByText(`${email} does not count until`).waitFor();
		await look(page, 'mail-address');
		const { link } = await box.wait(email, /confirm/i);
		await page.goto(link);
		await look(page, 'mail-verify');
		await button(page, 'Confirm the address').click();
		await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor();
		await page.getByRole('link', { name: 'Open Moot' }).click();
		await inside(page);
	});
	await report.step('mail: who forgot the password gets a link, and all sessions end', async () => {
		const elsewhere = await t.browser.newContext({ locale: 'en-GB' });
		const other = await elsewhere.newPage();
		await other.goto(t.base);
		await other.getByRole('link', { name: 'Forgot your password?' }).click();
		await other.getByLabel('Username or e-mail address').fill(email);
		await button(other, 'Send me a link').click();
		await other.getByText('If there is such an account').waitFor();
		const { link } = await box.wait(email, /choose one/);
		await other.goto(link);
		await other.getByLabel('New password').fill(fresh);
		await look(other, 'mail-reset');
		await button(other, 'Change password').click();
		await other.getByRole('heading', { name: 'Your password is changed' }).waitFor();
		await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
		await other.getByRole('link', { name: 'Sign in' }).click();
		await other.getByLabel('Username').fill(email);
		await other.getByLabel('Password').fill(fresh);
		await button(other, 'Sign in').click();
		await inside(other);
		await other.goto(link);
		await other.getByLabel('New password').fill(fresh);
		await button(other, 'Change password').click();
		await other.getByText('This link was used').waitFor();
		await elsewhere.close();
	});
	await context.close();
	await report.step('registrations: an administrator lets somebody in and turns somebody away', async () => {
		const w = await newcomer(t, 'root'), [good, bad] = ['gina', 'bert'].map((n) => `${n}${Date.now().toString(36)}`);
		await sql(`UPDATE account SET admin = true WHERE username = '${w.username}'`);
		for (const name of [good, bad])
			await sql(`INSERT INTO account (username, display_name, waits_for, disabled_at, registration_note)
				VALUES ('${name}', 'Newcomer', 'approve', now(), 'It is me.')`);
		await w.page.reload();
		await inside(w.page);
		await account(w.page, 'Registrations');
		await button(w.page, `Approve ${good}`).waitFor();
		await look(w.page, 'registrations');
		await button(w.page, `Approve ${good}`).click();
		await w.page.getByText(`${good} may sign in now.`).waitFor();
		await button(w.page, `Refuse ${bad}`).click();
		await until('both to be decided', async () => await w.page.getByText('It is me.').count() === 0);
		const [[n]] = await sql(`SELECT count(*) FROM account WHERE username IN ('${good}', '${bad}') AND disabled_at IS NULL`);
		expect(n === '1', `one of them may sign in: ${n}`);
		await w.context.close();
	});
	box.stop();
}
