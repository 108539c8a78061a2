/*
 * Shared by the browser checks. BASE is a running Moot (or the stand-in); every page fails the run
 * for a CSP or Trusted Types message, an uncaught error or a request outside the origin.
 */
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const BASE = (process.env.BASE ?? 'http://localhost:8080').replace(/\/$/, '');
export const SHOTS = process.env.SHOTS ?? 'shots';
export const run = Date.now().toString(36);
export const wait = (ms) => new Promise((r) => setTimeout(r, ms));

export const violations = [];
let failures = 0;
let passed = 0;

export async function check(name, work) {
	try {
		await work();
		passed++;
		console.log(`ok    ${name}`);
	} catch (e) {
		failures++;
		console.log(
			`FAIL  ${name}\n      ${String(e.message).split('\n').slice(0, 6).join('\n      ')}`,
		);
	}
}

export function equal(actual, expected, what = '') {
	if (JSON.stringify(actual) !== JSON.stringify(expected))
		throw new Error(`${what} expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

export const assert = (ok, what) => {
	if (!ok) throw new Error(what);
};

/** Polls until `probe` gives a truthy value; the last one is returned. */
export async function until(probe, what, ms = 10_000) {
	const end = Date.now() + ms;
	for (;;) {
		const value = await probe().catch(() => undefined);
		if (value) return value;
		if (Date.now() > end) throw new Error(`timed out: ${what}`);
		await wait(50);
	}
}

export async function launch() {
	return chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
	});
}

export async function person(browser, options = {}) {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 800 },
		locale: 'en-GB',
		timezoneId: 'Europe/Berlin',
		...options,
	});
	await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: BASE });
	return { context, page: await open(context) };
}

export async function open(context, path = '/') {
	const page = await context.newPage();
	page.on('console', (m) => {
		const text = m.text();
		if (/Content Security Policy|TrustedHTML|Trusted Type|TrustedScript/i.test(text))
			violations.push(text);
		else if (m.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(text))
			violations.push(`console: ${text}`);
	});
	page.on('pageerror', (e) => violations.push(`uncaught: ${e.message}`));
	page.on('request', (r) => {
		const url = new URL(r.url());
		if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(BASE).host)
			violations.push(`outside: ${r.url()}`);
	});
	await page.goto(BASE + path);
	return page;
}

export async function signUp(page, username, displayName, password = 'correct horse battery') {
	if (!page.url().includes('/invite/')) await page.goto(`${BASE}/sign-up`);
	await page.getByLabel('Username').fill(username);
	if (displayName) await page.getByLabel('Display name').fill(displayName);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Create account' }).click();
}

export async function say(page, text) {
	const box = page.locator('#composer');
	await box.fill(text);
	await box.press('Enter');
}

export const row = (page, text) => page.locator('[role=log] article', { hasText: text });

export async function shot(page, name, options = {}) {
	mkdirSync(SHOTS, { recursive: true });
	await page.screenshot({ path: `${SHOTS}/${name}.png`, ...options });
}

export function finish() {
	for (const v of [...new Set(violations)]) console.log(`VIOLATION ${v}`);
	console.log(`${passed} passed, ${failures} failed, ${violations.length} violations`);
	process.exit(failures > 0 || violations.length > 0 ? 1 : 0);
}
