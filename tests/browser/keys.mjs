// The whole way by keyboard: no click, no pointer.
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { PASSWORD, composer, heading, isLive, openWindow, rows } from './window.mjs';

/** Tab until what has the focus is called this. */
async function tabTo(page, name, most = 60) {
	for (let i = 0; i < most; i++) {
		await page.keyboard.press('Tab');
		const called = await page.evaluate(() => {
			const e = document.activeElement;
			const label = e?.labels?.[0]?.textContent ?? e?.getAttribute('aria-label') ?? e?.textContent ?? '';
			return label.trim();
		});
		if (name.test(called)) return;
	}
	throw new Error(`Tab never gets to ${name}`);
}

const inComposer = (page) => composer(page).evaluate((e) => e === document.activeElement);

const visibleFocus = (page) =>
	page.evaluate(() => {
		const s = getComputedStyle(document.activeElement);
		return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== 'none';
	});

export async function keys(t) {
	const { report, base } = t;
	const w = await openWindow(t.browser, base);
	const { page } = w;
	const { keyboard } = page;
	let inField = false;
	let toMessages = false;
	let writes = false;
	await report.step('by keyboard: sign up', async () => {
		await page.goto(base);
		await tabTo(page, /^Create account$/);
		expect(await visibleFocus(page), 'the focus cannot be seen');
		await keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Create your account' }).waitFor();
		await tabTo(page, /^Username/);
		await keyboard.type(`kim.${t.run}`);
		await tabTo(page, /^Password/);
		await keyboard.type(PASSWORD);
		await keyboard.press('Enter');
		await page.getByText('Welcome to Moot').waitFor();
	});
	await report.step('by keyboard: create a server', async () => {
		await tabTo(page, /^Create server$/);
		await keyboard.press('Enter');
		await page.getByRole('dialog').waitFor();
		inField = await until('the field has the focus', () => page.evaluate(() => document.activeElement?.tagName === 'INPUT')).catch(() => false);
		if (!inField) await tabTo(page, /^Name/);
		await keyboard.type('Keys');
		await keyboard.press('Enter');
		await heading(page, 'general').waitFor();
		await isLive(page);
	});
	report.check('by keyboard: a form opens with its first field ready to be filled', inField);
	await report.step('by keyboard: write, edit with Up, reply', async () => {
		writes = await until('writing has the focus', () => inComposer(page)).catch(() => false);
		for (let i = 0; i < 8 && !(await inComposer(page)); i++) await keyboard.press('F6');
		await keyboard.type('First line');
		await keyboard.press('Shift+Enter');
		await keyboard.type('second line');
		await keyboard.press('Enter');
		await rows(page, 'second line').waitFor();
		await until('it is sent', async () => (await page.locator('[data-pending]').count()) === 0);
		await keyboard.press('ArrowUp');
		await page.getByRole('textbox', { name: 'Edit message' }).waitFor();
		await keyboard.type(' edited');
		await keyboard.press('Enter');
		await rows(page, 'edited').getByText('(edited)').waitFor();
		await until('writing has the focus again', () => inComposer(page));
	});
	report.check('by keyboard: who arrives in a channel can write at once', writes);
	await report.step('by keyboard: walk the parts of the window with F6 and the messages with arrows', async () => {
		await keyboard.type('Another');
		await keyboard.press('Enter');
		await rows(page, 'Another').waitFor();
		await until('it is sent', async () => (await page.locator('[data-pending]').count()) === 0);
		const seen = new Set();
		for (let i = 0; i < 6; i++) {
			await keyboard.press('F6');
			seen.add(await page.evaluate(() => document.activeElement?.closest('nav, main, section, aside, [role=log]')?.getAttribute('aria-label') ?? document.activeElement?.tagName));
		}
		expect(seen.size >= 3, `F6 gets to ${[...seen].join(', ')} only`);
		for (let i = 0; i < 6; i++) {
			if (await page.evaluate(() => document.activeElement?.tagName === 'ARTICLE')) break;
			await keyboard.press('F6');
		}
		toMessages = await page.evaluate(() => document.activeElement?.tagName === 'ARTICLE');
		for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement?.tagName === 'ARTICLE')); i++) await keyboard.press('Tab');
		expect(await page.evaluate(() => document.activeElement?.tagName === 'ARTICLE'), 'Tab never gets to the messages');
		await keyboard.press('End');
		expect(/Another/.test(await page.evaluate(() => document.activeElement.textContent)), 'End is not the last message');
		await keyboard.press('ArrowUp');
		expect(/edited/.test(await page.evaluate(() => document.activeElement.textContent)), 'Up is not the one before');
	});
	report.check('by keyboard: F6 gets to the messages', toMessages);
	await report.step('by keyboard: delete with the Delete key, and the focus stays in the messages', async () => {
		await keyboard.press('Delete');
		await page.getByRole('dialog').waitFor();
		await keyboard.press('Enter');
		await page.getByText('Message deleted').waitFor();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await until('the focus is in the list or in writing', () => page.evaluate(() =>
			['ARTICLE', 'TEXTAREA'].includes(document.activeElement?.tagName)));
	});
	await report.step('by keyboard: Ctrl+K goes to a channel, Escape closes, Ctrl+/ shows the keys', async () => {
		await keyboard.press('Control+k');
		await page.getByRole('dialog').waitFor();
		await keyboard.type('gener');
		await keyboard.press('Enter');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await heading(page, 'general').waitFor();
		await keyboard.press('Control+/');
		await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
		await keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
	});
	await w.context.close();
}
