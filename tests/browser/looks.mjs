// Every screen, dark and light, wide and narrow: a picture, and no finding of axe.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { heading, narrow, openWindow, rows, shot, wide } from './window.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function findings(page) {
	// A row of a long list is hidden until it was measured; axe may take its button for one without a name.
	await page.waitForFunction(() => document.querySelector('[role=list] [style*="visibility: hidden"]') === null);
	if (!(await page.evaluate(() => typeof window.axe === 'object'))) await page.evaluate(axe);
	const { violations } = await page.evaluate((only) => window.axe.run(document, { runOnly: { type: 'tag', values: only } }), tags);
	return violations.map((v) => `${v.id} (${v.nodes.length}×): ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].any[0]?.message ?? ''}`);
}

/** Out of every dialog, also of one over another (the drawer of a phone is one). */
const escape = (page) =>
	until('no dialog is open', async () => {
		if ((await page.getByRole('dialog').count()) === 0) return true;
		await page.keyboard.press('Escape');
		return false;
	}, undefined, 200);

/** Names of screens, how to get there, and how back. */
const signedIn = (t) => [
	['channel', async (page) => {
		await page.goto(`${t.base}/c/${t.channel}`);
		await heading(page, 'planning').waitFor();
		await rows(page, 'Good morning').waitFor();
	}],
	['members', async (page) => {
		await page.getByRole('button', { name: 'Members' }).click();
		await page.getByRole('heading', { name: /^Members/ }).waitFor();
	}, async (page) => {
		await page.getByRole('heading', { name: /^Members/ }).press('Escape');
		if (page.viewportSize().width > 1120) await page.getByRole('button', { name: 'Members' }).click();
		await page.getByRole('heading', { name: /^Members/ }).waitFor({ state: 'detached' });
	}],
	['conversation', async (page) => {
		await page.goto(`${t.base}/dms`);
		if (page.viewportSize().width > 700) await page.getByRole('link', { name: /Willow/ }).first().click();
		else await page.goto(`${t.base}/c/${t.dm}`);
		await rows(page, 'Just between us').waitFor();
	}],
	['switcher', async (page) => {
		await page.keyboard.press('Control+k');
		await page.getByRole('dialog').waitFor();
	}, escape],
	['keyboard', async (page) => {
		await page.keyboard.press('Control+/');
		await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
	}, escape],
	['private-people', async (page) => {
		await page.goto(`${t.base}/c/${t.secret}`);
		await page.getByRole('button', { name: 'Add people' }).click();
		await page.getByRole('dialog', { name: 'People' }).waitFor();
	}, escape],
	['settings', async (page) => {
		await page.keyboard.press('Control+,');
		await page.getByRole('dialog').waitFor();
	}, escape],
	['create-server', async (page) => {
		await openSide(page);
		await page.getByRole('button', { name: 'Create server' }).first().click();
		await page.getByRole('dialog').getByLabel('Name').waitFor();
	}, escape],
];

async function openSide(page) {
	if (page.viewportSize().width > 700) return;
	await page.goto(page.url());
	await page.getByRole('button', { name: 'Open servers and channels' }).click();
	await page.getByRole('navigation', { name: 'Servers' }).waitFor();
}

const anonymous = (t) => [
	['sign-in', async (page) => {
		await page.goto(t.base);
		await page.getByRole('heading', { name: 'Sign in' }).waitFor();
	}],
	['sign-up', async (page) => {
		await page.goto(`${t.base}/sign-up`);
		await page.getByRole('heading', { name: 'Create your account' }).waitFor();
	}],
	['invite', async (page) => {
		await page.goto(t.invite);
		await page.getByText(t.server).waitFor();
	}],
];

async function visit(t, page, screens, scheme, size) {
	await page.setViewportSize(size);
	await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
	for (const [name, go, back] of screens) {
		await t.report.step(`${name}, ${scheme}, ${size.width} px: fits, and axe finds nothing`, async () => {
			try {
				await go(page);
				await page.evaluate(() => document.fonts.ready.then(() => true));
				await until('the theme is on', () => page.evaluate((s) => document.documentElement.dataset.theme === s, scheme));
				await shot(page, `${name}-${scheme}-${size.width}`);
				const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
				expect(over <= 0, `the page is ${over} px too wide`);
				const found = await findings(page);
				expect(found.length === 0, found.join('\n    '));
			} finally {
				if (back) await back(page).catch(() => {});
			}
		});
	}
}

export async function looks(t) {
	const { page } = t.ada;
	const stranger = await openWindow(t.browser, t.base);
	t.secret = await page.evaluate(async (channel) => {
		const { server_id } = await (await fetch(`/api/v1/channels/${channel}`)).json();
		const body = JSON.stringify({ name: 'attic', kind: 'text', private: true });
		const made = await fetch(`/api/v1/servers/${server_id}/channels`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
		return (await made.json()).id;
	}, t.channel);
	t.dm = await page.evaluate(async () => (await (await fetch('/api/v1/bootstrap')).json()).dms[0].id);
	for (const size of [wide, narrow])
		for (const scheme of ['light', 'dark']) {
			await visit(t, stranger.page, anonymous(t), scheme, size);
			await visit(t, page, signedIn(t), scheme, size);
		}
	await page.setViewportSize(narrow);
	for (const scheme of ['light', 'dark'])
		await visit(t, page, [['drawer', async (p) => {
			await p.goto(`${t.base}/c/${t.channel}`);
			await openSide(p);
		}, escape]], scheme, narrow);
	await stranger.context.close();
	await page.setViewportSize(wide);
}
