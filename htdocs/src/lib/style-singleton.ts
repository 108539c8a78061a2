/*
 * Stands in for the package `react-style-singleton` (Radix's scroll lock uses it): the same
 * interface, but through a constructed style sheet, which `style-src 'self'` allows.
 */
import { useEffect } from 'react';

export function stylesheetSingleton() {
	let users = 0;
	let sheet: CSSStyleSheet | null = null;
	return {
		add(css: string): void {
			if (users++ > 0) return;
			sheet = new CSSStyleSheet();
			sheet.replaceSync(css);
			document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
		},
		remove(): void {
			if (--users > 0) return;
			document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== sheet);
			sheet = null;
		},
	};
}

export function styleHookSingleton() {
	const sheet = stylesheetSingleton();
	return (css: string, dynamic?: boolean): void => {
		// biome-ignore lint/correctness/useExhaustiveDependencies: the original's contract, a static sheet never follows its text
		useEffect(() => {
			sheet.add(css);
			return () => sheet.remove();
		}, [css && dynamic]);
	};
}

export function styleSingleton() {
	const useStyle = styleHookSingleton();
	// biome-ignore lint/correctness/noComponentHookFactories: the original's contract, called once at import
	return function Sheet({ styles, dynamic }: { styles: string; dynamic?: boolean }): null {
		useStyle(styles, dynamic);
		return null;
	};
}
