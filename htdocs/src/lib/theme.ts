/* The choice of theme. public/theme.js makes the same decision before the first paint. */
import { create } from 'zustand';
import { recall, remember } from './local';

export type Theme = 'system' | 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
const known = (word: string | null): Theme =>
	word === 'light' || word === 'dark' ? word : 'system';

export const useTheme = create<{ choice: Theme }>(() => ({
	choice: known(recall('theme')),
}));

export function setTheme(choice: Theme): void {
	remember('theme', choice === 'system' ? null : choice);
	useTheme.setState({ choice });
	show();
}

function show(): void {
	const { choice } = useTheme.getState();
	const dark = choice === 'dark' || (choice === 'system' && system.matches);
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
	document
		.querySelector('meta[name="theme-color"]')
		?.setAttribute('content', dark ? '#141817' : '#f4f5f1');
}

system.addEventListener('change', show);
// Chosen in another tab.
window.addEventListener('storage', (e) => {
	if (e.key !== 'moot.theme') return;
	useTheme.setState({ choice: known(e.newValue) });
	show();
});
