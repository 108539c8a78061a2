import { useEffect } from 'react';

/** What the window, the tab and the history call this page: "(3) general · Workshop – Moot". */
export function useTitle(place: string, mark = ''): void {
	useEffect(() => {
		document.title = `${mark}${place ? `${place} – ` : ''}Moot`;
	}, [place, mark]);
}
