// The browsers that the stream is tried in, both by one driver: Chromium over CDP, Firefox over BiDi.
import puppeteer from 'puppeteer-core';

const root = process.getuid() === 0;

export const engines = {
	chromium: () =>
		puppeteer.launch({
			browser: 'chrome',
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: [
				...(root ? ['--no-sandbox'] : []),
				'--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run', '--lang=en-GB',
			],
			// Puppeteer switches it off; here it is what is tried.
			ignoreDefaultArgs: ['--disable-back-forward-cache'],
		}),
	firefox: () =>
		puppeteer.launch({
			browser: 'firefox',
			executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
			extraPrefsFirefox: { 'intl.accept_languages': 'en-GB' },
		}),
};
