import { render } from '@testing-library/react';
import { beforeAll, describe, expect, test } from 'vitest';
import { mixesScripts } from '../src/lib/link-host';
import { loadMarkdown, Markdown } from '../src/lib/markdown';

beforeAll(() => loadMarkdown());

/** What is read of each link, a target told behind it as `| host`. */
const links = (text: string) =>
	[
		...render(
			<Markdown text={text} names={{ person: () => null, role: () => null }} />,
		).container.querySelectorAll('a'),
	].map((a) => {
		const target = a.querySelector('.target')?.textContent;
		return target ? `${a.querySelector('bdi')?.textContent} | ${target}` : a.textContent;
	});

describe('a text that is another address shows the true one', () => {
	test.each([
		['[https://good.test](https://evil.test)', 'https://good.test | (evil.test)'],
		['[good.test](https://evil.test/good.test)', 'good.test | (evil.test)'],
		['[see good.test, please](https://evil.test)', 'see good.test, please | (evil.test)'],
		['[go**od.te**st](https://evil.test)', 'good.test | (evil.test)'],
		['[GOOD.test](https://good.test.evil.test)', 'GOOD.test | (good.test.evil.test)'],
		['[good．test](https://evil.test)', 'good．test | (evil.test)'],
		['[go\u200bod.test](https://evil.test)', 'go\u200bod.test | (evil.test)'],
		['[\u202etset.doog](https://evil.test)', '\u202etset.doog | (evil.test)'],
		['<https://good.test@evil.test/>', 'https://good.test@evil.test/ | (evil.test)'],
		['[192.168.0.1](https://evil.test)', '192.168.0.1 | (evil.test)'],
		['[a@good.test](mailto:b@evil.test)', 'a@good.test | (b@evil.test)'],
		['[a@good.test](mailto:b@good.test)', 'a@good.test | (b@good.test)'],
		['[good.test](mailto:b@evil.test)', 'good.test | (b@evil.test)'],
		['[good.test (good.test)](https://evil.test)', 'good.test (good.test) | (evil.test)'],
		['[ftp://good.test](https://evil.test)', 'ftp://good.test | (evil.test)'],
	])('%j', (text, shown) => expect(links(text)).toEqual([shown]));
});

describe('a host of mixed scripts shows its punycode', () => {
	test.each([
		['https://аpple.com', 'https://аpple.com | (xn--pple-43d.com)'],
		['[here](https://аpple.com/x)', 'here | (xn--pple-43d.com)'],
		['https://аррӏе.com', 'https://аррӏе.com | (xn--80ak6aa92e.com)'],
		['<https://gооgle.test/a>', 'https://gооgle.test/a | (xn--ggle-55da.test)'],
	])('%j', (text, shown) => expect(links(text)).toEqual([shown]));

	test('what is written together is not mixed', () => {
		for (const host of ['münchen.de', 'コーヒー.jp', '한국.com', 'пример.рф', 'παράδειγμα.ελ'])
			expect([host, mixesScripts(host)]).toEqual([host, false]);
		for (const host of ['аpple.com', 'παypal.com', 'пример.com', 'ꮯoffee.com'])
			expect([host, mixesScripts(host)]).toEqual([host, true]);
	});
});

describe('honest links stay as they are', () => {
	test.each([
		['https://example.org/index.html?next=https://other.test/,x.test', null],
		['[example.org](https://www.example.org/a)', 'example.org'],
		['[https://example.org:8080/x](https://example.org:8080/x)', 'https://example.org:8080/x'],
		['[the manual](https://example.org)', 'the manual'],
		['[version 1.2, e.g. this](https://example.org)', 'version 1.2, e.g. this'],
		['[a@example.org](mailto:a@example.org)', 'a@example.org'],
		['https://münchen.de/straße', null],
		['https://en.example.org/wiki/A_(b.test)', null],
	])('%j', (text, shown) => expect(links(text)).toEqual([shown ?? text]));
});
