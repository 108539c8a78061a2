import { render } from '@testing-library/react';
import { beforeAll, describe, expect, test } from 'vitest';
import { isPlain, loadMarkdown, Markdown } from '../src/lib/markdown';
import { renderRich } from '../src/lib/markdown-rich';

beforeAll(() => loadMarkdown());

const names = {
	person: (id: string) => (id === '7' ? 'Ash' : null),
	role: (id: string) => (id === '9' ? { name: 'Crew', color: 0xff8800 } : null),
};
const show = (text: string) => render(<Markdown text={text} names={names} />).container;

describe('what is understood', () => {
	test.each([
		['**a** _b_ ~~c~~ `d`', '<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>'],
		['> a', '<blockquote><p>a</p></blockquote>'],
		['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
		['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
		['a\nb **c**', '<p>a<br>b <strong>c</strong></p>'],
		['# no heading', '<p># no heading</p>'],
		['1 \\* 2', '<p>1 * 2</p>'],
		['a|b [x]', '<p>a|b [x]</p>'],
	])('%j', (text, html) => expect(show(text).innerHTML).toBe(html));

	test('fenced code keeps its lines and nothing in it is read', () => {
		const pre = show('```js\nlet a = **1**;\n\n<b>\n```').querySelector('pre code');
		expect(pre?.textContent).toBe('let a = **1**;\n\n<b>');
	});

	test('links open elsewhere and tell nothing', () => {
		const a = show('see https://example.org/a_b_c and [x](https://example.org)').querySelectorAll(
			'a',
		);
		expect([...a].map((l) => [l.getAttribute('href'), l.rel, l.target])).toEqual([
			['https://example.org/a_b_c', 'noopener noreferrer nofollow ugc', '_blank'],
			['https://example.org', 'noopener noreferrer nofollow ugc', '_blank'],
		]);
	});

	test('mentions show the name of now', () => {
		expect(show('hi <@7> <@8>').textContent).toBe('hi @Ash @someone');
	});

	test('roles show their name and colour, and one that is gone that it is', () => {
		const c = show('hi <@&9>, <@&8> and `<@&9>`');
		expect(c.textContent).toBe('hi @Crew, @deleted-role and <@&9>');
		const role = c.querySelector<HTMLElement>('.mention[data-role]');
		expect(role?.style.getPropertyValue('--role')).toBe('#ff8800');
	});

	test('what stands for a character in the target of a link is read, in text it is not', () => {
		const a = show('[x](https://example.org/?a=1&amp;b=2&#38;c&#x26;d&copy;e&nosuch;) &amp; &lt;');
		expect(a.querySelector('a')?.getAttribute('href')).toBe(
			'https://example.org/?a=1&b=2&c&d&copy;e&nosuch;',
		);
		expect(a.textContent).toContain('&amp; &lt;');
	});

	test('a spoiler is not readable before it is opened', () => {
		const c = show('the end: ||he **dies**||.');
		expect(c.querySelector('button.spoiler')?.querySelector('[aria-hidden]')?.textContent).toBe(
			'he dies',
		);
	});
});

describe('the fast path', () => {
	test('plain text never meets the parser', () => {
		for (const text of ['Hello, world!', 'two\nlines', "it's 5:30 - ok?", 'naïve café 🙂'])
			expect(isPlain(text)).toBe(true);
		for (const text of [
			'*a*',
			'a_b',
			'`c`',
			'> q',
			'- x',
			'1. x',
			'https://x.y',
			'||s||',
			'<@7>',
			'a\n\nb',
		])
			expect(isPlain(text)).toBe(false);
	});

	test('both paths keep every character', () => {
		expect(show('a < b & c > d "e"').textContent).toBe('a < b & c > d "e"');
		expect(show('plain & "quoted"').textContent).toBe('plain & "quoted"');
	});
});

const hostile: [name: string, text: string][] = [
	['script', '<script>alert(1)</script>'],
	['img onerror', '<img src=x onerror=alert(1)>'],
	['javascript link', '[x](javascript:alert(1))'],
	['javascript link with entities', '[x](java&#115;cript:alert(1))'],
	['javascript link with newline', '[x](java\nscript:alert(1))'],
	['javascript link, upper case', '[x](JaVaScRiPt:alert(1))'],
	['vbscript', '[x](vbscript:msgbox)'],
	['data link', '[x](data:text/html,<script>alert(1)</script>)'],
	['autolink javascript', '<javascript:alert(1)>'],
	['image', '![x](https://evil.example/pixel.png)'],
	['style', '<style>*{display:none}</style>'],
	['iframe', '<iframe srcdoc="<script>alert(1)</script>">'],
	['svg', '<svg/onload=alert(1)>'],
	['attribute break', '[x](https://a.b/"onmouseover="alert(1))'],
	['title break', '[x](https://a.b "\\" onclick=alert(1)")'],
	['null characters', 'a\0**b**\0'],
	['unclosed everything', '**_~~`||[<@7'],
	['bidi override', '\u202Eevil** **\u202C'],
	['comment', '<!-- --><b>--></b>'],
	['reference', '[x]\n\n[x]: javascript:alert(1)'],
	['nested quotes', `${'> '.repeat(2000)}x`],
	['nested lists', `${'- '.repeat(2000)}x`],
	['nested emphasis', `${'*a _b '.repeat(650)}`],
	['open brackets', '['.repeat(4000)],
	['bracket pairs', '[a]('.repeat(1000)],
	['backticks', Array.from({ length: 80 }, (_, i) => '`'.repeat(i)).join(' ')],
	['bars', '||'.repeat(2000)],
	['spoilers in spoilers', '||a '.repeat(1300)],
	['tildes', '~~a'.repeat(1300)],
	['angle brackets', '<'.repeat(4000)],
	['addresses', 'http://a.b '.repeat(360)],
	['one long address', `https://a.b/${'('.repeat(3900)}`],
	['escapes', '\\*'.repeat(2000)],
	['dots', 'www.'.repeat(1000)],
];

/** How often a character is read or an expression tried: what the text costs, on any machine. */
function stepsOf(work: () => void): number {
	let steps = 0;
	const { charCodeAt } = String.prototype;
	const { exec } = RegExp.prototype;
	String.prototype.charCodeAt = function (at) {
		steps++;
		return charCodeAt.call(this, at);
	};
	RegExp.prototype.exec = function (text) {
		steps++;
		return exec.call(this, text);
	};
	try {
		work();
	} finally {
		Object.assign(String.prototype, { charCodeAt });
		Object.assign(RegExp.prototype, { exec });
	}
	return steps;
}

describe('hostile text', () => {
	test.each(hostile)('%s stays inert and quick', (_, text) => {
		const steps = stepsOf(() => renderRich(text, names));
		expect(steps).toBeLessThan(100 * text.length + 1000);
		const c = show(text);
		expect(
			c.querySelector('script, img, style, iframe, svg, object, embed, form, input, link, meta'),
		).toBe(null);
		for (const el of c.querySelectorAll('*'))
			for (const { name, value } of el.attributes) {
				expect(name.startsWith('on')).toBe(false);
				if (name === 'href') expect(value).toMatch(/^(https?:|mailto:)/i);
				expect(
					[
						'href',
						'target',
						'rel',
						'class',
						'start',
						'tabindex',
						'type',
						'aria-label',
						'aria-hidden',
						'data-open',
					]
						.concat('style')
						.includes(name) && name !== 'style',
				).toBe(true);
			}
	});
});
