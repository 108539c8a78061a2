// A browser window that reports everything a page must not do.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
export const shots = process.env.MOOT_SHOTS ?? path.join(here, 'out');
export const PASSWORD = 'correct horse battery';

export const wide = { width: 1280, height: 800 };
export const narrow = { width: 360, height: 740 };

export const launch = () =>
	chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		chromiumSandbox: process.getuid() !== 0,
		args: [
			...(process.getuid() === 0 ? ['--no-sandbox'] : []),
			'--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run',
			'--disable-background-timer-throttling', '--disable-renderer-backgrounding',
			'--disable-backgrounding-occluded-windows',
		],
	});

/** What pages did that they must not: policy violations, uncaught errors, requests elsewhere. */
export const wrongs = { policy: [], errors: [], outside: [] };

function watch(page, base) {
	const { host } = new URL(base);
	page.on('console', (m) => {
		const text = m.text();
		if (/Content Security Policy|Trusted ?(HTML|Script|Type)/i.test(text)) wrongs.policy.push(text);
		// A lost connection is news to the console, and part of these tests.
		else if (m.type() === 'error' && !/Failed to load resource|WebSocket connection|ERR_/.test(text)) wrongs.errors.push(text);
	});
	page.on('pageerror', (e) => wrongs.errors.push(`uncaught: ${e.message}`));
	page.on('request', (r) => {
		const url = new URL(r.url());
		if (/^(https?|wss?):$/.test(url.protocol) && url.host !== host) wrongs.outside.push(r.url());
	});
	page.on('websocket', (s) => {
		if (new URL(s.url()).host !== host) wrongs.outside.push(s.url());
	});
}

/** A person's browser: cookies, storage and one page of its own. */
export async function openWindow(browser, base, options = {}) {
	const context = await browser.newContext({
		viewport: wide, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...options,
	});
	context.setDefaultTimeout(45_000);
	await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: base });
	const page = await context.newPage();
	watch(page, base);
	return { context, page };
}

export async function shot(page, name) {
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: path.join(shots, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

export async function signUp(page, username, displayName) {
	await page.getByLabel('Username').fill(username);
	await page.getByLabel('Display name').fill(displayName);
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Create account' }).click();
}

export const composer = (page) => page.getByRole('textbox', { name: /^Message to / });

export async function say(page, text) {
	await composer(page).fill(text);
	await composer(page).press('Enter');
}

/** The rows of the open conversation that hold this text. */
export const rows = (page, text) => page.getByRole('log').getByRole('article').filter({ hasText: text });

export const heading = (page, name) => page.getByRole('heading', { name, exact: true }).first();

/** Live, Delayed, Offline or Connecting…, as the sidebar says. */
export const isLive = (page) => page.locator('[data-health=live]').waitFor({ timeout: 60_000 });

export const health = (page) => page.locator('[data-health]').first().getAttribute('data-health');
