/*
 * Message text to elements. Most messages are plain and never meet the parser, which is a chunk of
 * its own (markdown-rich.tsx) fetched beside the first page.
 */
import { Fragment, memo, type ReactNode, useSyncExternalStore } from 'react';
import type { Names } from './mentions';

type Render = (text: string, names: Names) => ReactNode;

let rich: Render | null = null;
let settled = false;
let loading: Promise<void> | null = null;
const waiting = new Set<() => void>();

export function loadMarkdown(): Promise<void> {
	loading ??= import('./markdown-rich')
		.then((m) => {
			rich = m.renderRich;
		})
		.catch(() => {
			// Without the parser texts are shown as they were typed.
			loading = null;
		})
		.finally(() => {
			settled = true;
			for (const tell of waiting) tell();
		});
	return loading;
}

const subscribe = (tell: () => void) => {
	waiting.add(tell);
	return () => waiting.delete(tell);
};

/** True when the parser is there or cannot be had: rows drawn earlier would change their height. */
export const useMarkdownReady = (): boolean => useSyncExternalStore(subscribe, () => settled);

const special = /[*_~`|<>\\[\]#]|^\s*(?:[-+]|\d+[.)])\s|:\/\/|www\.|@\w+\.|\n\s*\n/m;
export const isPlain = (text: string): boolean => !special.test(text);

const plain = (text: string): ReactNode => (
	<p className="whitespace-pre-wrap break-words">{text}</p>
);

export const Markdown = memo(function Markdown({ text, names }: { text: string; names: Names }) {
	return <Fragment>{isPlain(text) || !rich ? plain(text) : rich(text, names)}</Fragment>;
});
