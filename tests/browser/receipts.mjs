// What becomes of a message in a conversation, as its author sees it.
import { register } from '../support/api.mjs';
import { expect } from '../support/report.mjs';
import { PASSWORD, isLive, rows, say } from './window.mjs';

export async function receipts(t) {
	const { report, ada, base } = t;
	const fate = (text) => rows(ada.page, text).first().locator('[data-fate]');
	const becomes = (text, what) => rows(ada.page, text).first().locator(`[data-fate=${what}]`).waitFor();
	let dee;
	let dm;

	await report.step('receipts: a message is sent, delivered and read', async () => {
		dee = await register(base, `dee.${t.run}`, PASSWORD);
		const me = await ada.page.evaluate(async () => (await fetch('/api/v1/me')).json());
		dm = await dee.must([200, 201], 'POST', '/dms', { user_ids: [me.id] });
		// who shares no server with ada is not shown to her before he has said something
		await dee.must(201, 'POST', `/channels/${dm.id}/messages`, { content: 'hello' });
		await ada.page.goto(`${base}/c/${dm.id}`);
		await isLive(ada.page);
		await say(ada.page, 'has it come');
		await becomes('has it come', 'sent');
		await dee.must(204, 'PUT', `/channels/${dm.id}/delivered`, { seq: 2 });
		await becomes('has it come', 'delivered');
		await dee.must(200, 'PUT', `/channels/${dm.id}/read`, { seq: 2 });
		await becomes('has it come', 'read');
		expect((await fate('has it come').getAttribute('aria-label')) === 'Read', 'the word for it');
	});
	await report.step('receipts: what I read is told', async () => {
		const { id: mine } = await ada.page.evaluate(async () => (await fetch('/api/v1/me')).json());
		const m = await dee.must(201, 'POST', `/channels/${dm.id}/messages`, { content: 'and this' });
		await rows(ada.page, 'and this').first().waitFor();
		for (let i = 0; ; i++) {
			const { items } = await dee.must(200, 'GET', `/channels/${dm.id}/receipts`);
			const r = items.find((x) => x.user_id === mine);
			if (r?.read_seq === m.seq && r.delivered_seq === m.seq) break;
			expect(i < 100, `the receipt is ${JSON.stringify(r)}`);
			await ada.page.waitForTimeout(100);
		}
	});
	await report.step('receipts: who has read it stands in a list', async () => {
		await rows(ada.page, 'has it come').first().hover();
		await ada.page.getByRole('button', { name: 'More actions' }).or(ada.page.locator('[data-menu]')).first().click();
		await ada.page.getByRole('menuitem', { name: 'Seen by' }).click();
		await ada.page.getByRole('dialog').getByText(`dee.${t.run}`).waitFor();
		await ada.page.keyboard.press('Escape');
	});
	await report.step('receipts: switched off they are gone, and back', async () => {
		const set = async (on) => {
			await ada.page.getByRole('button', { name: /settings/i }).last().click();
			await ada.page.getByRole('tab', { name: 'Privacy' }).click();
			await ada.page.getByLabel('Read receipts').click();
			await ada.page.getByRole('checkbox', { name: 'Read receipts', checked: on }).waitFor();
			await ada.page.keyboard.press('Escape');
		};
		await set(false);
		await fate('has it come').waitFor({ state: 'detached' });
		const { items } = await dee.must(200, 'GET', `/channels/${dm.id}/receipts`);
		expect(items.length === 0, 'nothing is told of who hides it');
		await set(true);
		await ada.page.reload();
		await becomes('has it come', 'read');
	});
}
