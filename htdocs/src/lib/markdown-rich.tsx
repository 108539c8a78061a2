/*
 * markdown-it's tokens to React elements. No HTML text exists at any point, so there is nothing to
 * sanitise. What is understood: emphasis, strong, strike, spoiler (||…||), inline and fenced code,
 * quotes, lists, links and bare addresses, mentions (<@id>, <@&id>). Everything else stays text.
 */
import MarkdownIt, { type Token } from 'markdown-it';
import { type CSSProperties, createElement, type ReactNode, useState } from 'react';
import { trueTarget } from './link-host';
import { mentionAt, type Names, type RoleName } from './mentions';
import { t } from './text';

const md = new MarkdownIt('zero', { html: false, linkify: true, breaks: true, maxNesting: 20 });
md.enable([
	'blockquote',
	'fence',
	'list',
	'autolink',
	'backticks',
	'emphasis',
	'strikethrough',
	'escape',
	'link',
	'linkify',
	'newline',
	'balance_pairs',
	'fragments_join',
]);
md.linkify.set({ fuzzyEmail: false, fuzzyIP: false });

const allowed = /^(?:https?:|mailto:)/i;
md.validateLink = (url) => allowed.test(url.trim());

/** The parser's own rule for plain runs does not stop at a bar, which spoilers begin with. */
const terminator = /[\n!#$%&*+\-:<=>@[\\\]^_`{|}~]/g;
md.inline.ruler.at('text', (state, silent) => {
	terminator.lastIndex = state.pos;
	const hit = terminator.exec(state.src);
	const end = Math.min(hit?.index ?? state.posMax, state.posMax);
	if (end === state.pos) return false;
	if (!silent) state.pending += state.src.slice(state.pos, end);
	state.pos = end;
	return true;
});

md.inline.ruler.before('autolink', 'mention', (state, silent) => {
	const hit = mentionAt(state.src.slice(state.pos, state.pos + 24));
	if (!hit) return false;
	if (!silent) {
		const token = state.push(hit[1] ? 'role' : 'mention', '', 0);
		token.content = hit[2] ?? '';
	}
	state.pos += hit[0].length;
	return true;
});

md.inline.ruler.before('emphasis', 'spoiler', (state, silent) => {
	if (!state.src.startsWith('||', state.pos)) return false;
	const end = state.src.indexOf('||', state.pos + 2);
	if (end <= state.pos + 2 || end > state.posMax) return false;
	if (!silent) {
		const { posMax } = state;
		state.push('spoiler_open', 'spoiler', 1);
		state.pos += 2;
		state.posMax = end;
		state.md.inline.tokenize(state);
		state.push('spoiler_close', 'spoiler', -1);
		state.posMax = posMax;
	}
	state.pos = end + 2;
	return true;
});

/** Elements of one message; what is beyond stays unread text rather than a frozen page. */
const MAX_TOKENS = 4000;

const elements: Record<string, string> = {
	p: 'p',
	em: 'em',
	strong: 'strong',
	s: 's',
	blockquote: 'blockquote',
	ul: 'ul',
	ol: 'ol',
	li: 'li',
};

export function renderRich(text: string, names: Names): ReactNode {
	const tokens = md.parse(text, {});
	return build(tokens, names, { left: MAX_TOKENS });
}

interface Open {
	token: Token;
	children: ReactNode[];
	/** All that can be read in it. */
	text: string;
}

/** Tokens come flat, with +1/-1 nesting: a stack of open elements makes the tree. */
function build(tokens: Token[], names: Names, budget: { left: number }): ReactNode[] {
	const made: ReactNode[] = [];
	const stack: Open[] = [];
	let key = 0;
	const put = (node: ReactNode, text: string) => {
		const top = stack.at(-1);
		(top?.children ?? made).push(node);
		if (top) top.text += text;
	};
	const close = () => {
		const open = stack.pop();
		if (open) put(element(open, key++), open.text);
	};
	for (const token of tokens) {
		if (budget.left-- <= 0) break;
		if (token.nesting === 1) stack.push({ token, children: [], text: '' });
		else if (token.nesting === -1) close();
		else put(leaf(token, key++, names, budget), /break$/.test(token.type) ? ' ' : token.content);
	}
	while (stack.length > 0) close();
	return made;
}

function element({ token, children, text }: Open, key: number): ReactNode {
	// Tight lists hide their paragraphs.
	if (token.hidden) return children;
	if (token.tag === 'a') return link(token, children, text, key);
	if (token.tag === 'spoiler') return <Spoiler key={key}>{children}</Spoiler>;
	const name = elements[token.tag];
	if (!name) return children;
	const start = name === 'ol' ? Number(token.attrGet('start') ?? 1) : undefined;
	return createElement(name, start && start > 1 ? { key, start } : { key }, ...children);
}

function link(token: Token, children: ReactNode[], text: string, key: number): ReactNode {
	const href = String(token.attrGet('href') ?? '');
	const target = trueTarget(text, href, md.normalizeLinkText(href));
	if (!allowed.test(href) || target === undefined) return children;
	return (
		<a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
			{target === null ? (
				children
			) : (
				// Each for itself, so that no sign in the text turns the order of what follows.
				<>
					<bdi>{children}</bdi> <bdi dir="ltr" className="target">{`(${target})`}</bdi>
				</>
			)}
		</a>
	);
}

function leaf(token: Token, key: number, names: Names, budget: { left: number }): ReactNode {
	switch (token.type) {
		case 'inline':
			return build(token.children ?? [], names, budget);
		case 'text':
		case 'text_special':
			return token.content;
		case 'softbreak':
		case 'hardbreak':
			return <br key={key} />;
		case 'code_inline':
			return <code key={key}>{token.content}</code>;
		case 'fence':
		case 'code_block':
			return (
				// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
				<pre key={key} tabIndex={0}>
					<code>{token.content.replace(/\n$/, '')}</code>
				</pre>
			);
		case 'mention':
			return (
				<bdi key={key} className="mention">
					@{names.person(token.content) ?? t('message.unknown_person')}
				</bdi>
			);
		case 'role':
			return <RoleMention key={key} role={names.role(token.content)} />;
		default:
			return token.content;
	}
}

/** Its colour lies under the name, so that the name can be read whatever it is. */
function RoleMention({ role }: { role: RoleName | null }) {
	if (!role) return <bdi className="mention italic">{t('message.unknown_role')}</bdi>;
	const color = role.color === null ? undefined : `#${role.color.toString(16).padStart(6, '0')}`;
	return (
		<bdi
			className="mention"
			data-role=""
			style={color ? ({ '--role': color } as CSSProperties) : undefined}
		>
			@{role.name}
		</bdi>
	);
}

function Spoiler({ children }: { children: ReactNode }) {
	const [open, setOpen] = useState(false);
	if (open) {
		return (
			<span className="spoiler" data-open="">
				{children}
			</span>
		);
	}
	return (
		<button
			type="button"
			className="spoiler"
			aria-label={t('message.spoiler')}
			onClick={() => setOpen(true)}
		>
			<span aria-hidden="true">{children}</span>
		</button>
	);
}
