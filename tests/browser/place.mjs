// A reader stays where he is: older pages above, new messages below, leaving and coming back.
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { goTo } from './talk.mjs';
import { heading, isLive, rows } from './window.mjs';

const MESSAGES = 400;

/**
 * The list's scroller, and where the row nearest to its upper third stands in it; moved there before, as a wheel does,
 * when `to` says so: in the same turn, so that nothing is loaded in between.
 */
const look = (page, key = null, to = null) =>
	page.evaluate(({ wanted, to }) => {
		const log = document.querySelector('[role=log]');
		let scroller = log;
		while (scroller && getComputedStyle(scroller).overflowY !== 'auto') scroller = scroller.parentElement;
		if (to !== null) scroller.scrollTop = to === 'end' ? scroller.scrollHeight : to;
		const top = scroller.getBoundingClientRect().top;
		const all = [...log.querySelectorAll('article')];
		const at = (r) => r.getBoundingClientRect().top - top;
		const row = wanted ? all.find((r) => r.dataset.row === wanted) : all.find((r) => at(r) > scroller.clientHeight / 3);
		return {
			key: row?.dataset.row ?? null, at: row ? at(row) : null, count: all.length,
			first: all[0]?.dataset.row, last: all.at(-1)?.dataset.row,
			scrollTop: scroller.scrollTop, height: scroller.clientHeight, whole: scroller.scrollHeight,
		};
	}, { wanted: key, to });

const scrollTo = (page, to) => look(page, null, to);

export async function place(t) {
	const { report, ada, script } = t;
	const { page } = ada;
	let channel = null;
	await report.step(`${MESSAGES} messages are written through the API`, async () => {
		const made = await page.evaluate(async ({ server }) => {
			const get = await (await fetch('/api/v1/bootstrap')).json();
			const { id } = get.servers.find((s) => s.name === server);
			const answer = await fetch(`/api/v1/servers/${id}/channels`, {
				method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'archive', kind: 'text' }),
			});
			return answer.json();
		}, { server: t.server });
		channel = made.id;
		for (let i = 1; i <= MESSAGES; i++)
			await script.person.must(201, 'POST', `/channels/${channel}/messages`, { content: `Entry ${i}${i % 7 === 0 ? `\n${'more lines of it\n'.repeat(i % 5)}` : ''}` });
	});
	await report.step('the channel opens at its end', async () => {
		await goTo(t, ada, 'archive');
		await rows(page, `Entry ${MESSAGES}`).waitFor();
		await until('it is at the end', async () => {
			const v = await look(page);
			return v.whole - v.height - v.scrollTop <= 2;
		});
	});
	let worst = 0;
	await report.step('paging back to the beginning moves nothing under the reader (≤ 1 px)', async () => {
		for (let i = 0; i < 30; i++) {
			if (await page.getByText('This is where archive begins.').isVisible()) break;
			const before = await scrollTo(page, 60);
			await until('an older page is there', async () => {
				const now = await look(page);
				return now.first !== before.first || (await page.getByText('This is where archive begins.').count()) > 0;
			});
			const after = await until('the row is there', async () => {
				const now = await look(page, before.key);
				return now.key ? now : null;
			});
			worst = Math.max(worst, Math.abs(after.at - before.at));
			expect(Math.abs(after.at - before.at) <= 1, `it moved by ${after.at - before.at} px`);
			expect(after.count <= 300, `${after.count} rows are kept`);
		}
		await scrollTo(page, 0);
		await rows(page, 'Entry 1').first().waitFor();
		await page.getByText('This is where archive begins.').waitFor();
	});
	report.note(`largest drift while paging: ${worst.toFixed(2)} px`);
	await report.step('what arrives meanwhile moves nothing either', async () => {
		await page.getByRole('link', { name: /^planning\b/ }).click();
		await heading(page, 'planning').waitFor();
		await page.getByRole('link', { name: /^archive\b/ }).click();
		await page.getByRole('button', { name: 'Jump to the newest' }).click();
		await rows(page, `Entry ${MESSAGES}`).waitFor();
		await until('it is at the end', async () => {
			const v = await look(page);
			return v.whole - v.height - v.scrollTop <= 2;
		});
		const before = await scrollTo(page, (await look(page)).scrollTop - 900);
		await script.post(channel, 'Something new');
		await page.getByRole('button', { name: /1 new message/ }).waitFor();
		const after = await look(page, before.key);
		expect(Math.abs(after.at - before.at) <= 1, `it moved by ${after.at - before.at} px`);
	});
	await report.step('at the end new messages scroll in', async () => {
		await page.getByRole('button', { name: /1 new message/ }).click();
		await rows(page, 'Something new').waitFor();
		await isLive(page);
		await script.post(channel, 'Even newer');
		await rows(page, 'Even newer').waitFor();
		await until('it is in view', () => rows(page, 'Even newer').evaluate((e) => {
			const r = e.getBoundingClientRect();
			return r.top >= 0 && r.bottom <= innerHeight;
		}));
	});
}
