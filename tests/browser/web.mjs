// A channel on the web, in a browser: what people wrote is text there, whatever it looks like.
import { register, runName } from '../support/api.mjs';
import { expect } from '../support/report.mjs';
import { CORPUS } from '../support/xss.mjs';
import { narrow, openWindow, shot } from './window.mjs';

// The one that has Markdown in it: 7*7}}${7*7 is 7, 7}}${7 in italics, 7.
const shown = (text) => text.replace('7*7}}${7*7', '77}}${77').replace(/[\u0001\u001f\ufffe\uffff]/gu, '\ufffd');

export async function web(t) {
	const { report, base } = t;
	const owner = await register(base, `web.${runName()}`);
	const server = await owner.must(201, 'POST', '/servers', { name: 'On the web' });
	const channel = server.channels[0].id;
	await owner.must(200, 'PATCH', `/channels/${channel}`, { web_public: true, topic: CORPUS[1] });
	for (const text of CORPUS) await owner.must(201, 'POST', `/channels/${channel}/messages`, { content: text });
	const { context, page } = await openWindow(t.browser, base);
	let asked = 0;
	page.on('dialog', (d) => {
		asked++;
		return d.dismiss();
	});
	try {
		await report.step('web: a page shows what was written as it was written, and runs nothing', async () => {
			await page.goto(`${base}/web/${channel}`);
			const got = await page.evaluate(() => ({
				texts: [...document.querySelectorAll('article p')].map((p) => p.textContent),
				made: [...document.querySelectorAll('*')].map((e) => e.localName)
					.filter((n) => !'html head meta title link style body header footer main nav article small b bdi h1 p a time em'.split(' ').includes(n)),
				attributes: [...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())
					.filter((n) => !'lang charset name content rel type href id dir datetime class'.split(' ').includes(n)),
				addresses: [...document.querySelectorAll('[href]')].map((e) => e.href).filter((h) => !/^https?:/.test(h)),
				width: getComputedStyle(document.body).maxWidth,
			}));
			expect(JSON.stringify(got.texts) === JSON.stringify(CORPUS.map(shown)), JSON.stringify(got.texts));
			expect(got.made.length + got.attributes.length + got.addresses.length === 0, JSON.stringify(got));
			expect(got.width === '736px', `the style is not applied: ${got.width}`);
			expect(asked === 0, `${asked} dialogs`);
			await page.setViewportSize(narrow);
			expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it is wider than the window');
			await shot(page, 'web');
		});
		await report.step('web: so does the feed, and is XML', async () => {
			const text = await (await fetch(`${base}/web/${channel}/feed.atom`)).text();
			await page.goto('about:blank');
			const got = await page.evaluate((xml) => {
				const doc = new DOMParser().parseFromString(xml, 'application/xml');
				return {
					wrong: doc.querySelector('parsererror')?.textContent ?? '',
					texts: [...doc.querySelectorAll('entry content')]
						.map((e) => new DOMParser().parseFromString(e.textContent, 'text/html').body.textContent.trim()).reverse(),
				};
			}, text);
			expect(got.wrong === '', got.wrong);
			expect(JSON.stringify(got.texts) === JSON.stringify(CORPUS.map(shown)), JSON.stringify(got.texts));
		});
	} finally {
		await context.close();
	}
}
