import { useSyncExternalStore } from 'react';

const queries = new Map<string, MediaQueryList>();
function list(query: string): MediaQueryList {
	let q = queries.get(query);
	if (!q) {
		q = matchMedia(query);
		queries.set(query, q);
	}
	return q;
}

function useMedia(query: string): boolean {
	return useSyncExternalStore(
		(changed) => {
			list(query).addEventListener('change', changed);
			return () => list(query).removeEventListener('change', changed);
		},
		() => list(query).matches,
	);
}

export const usePhone = (): boolean => useMedia('(width < 48rem)');
export const useWide = (): boolean => useMedia('(width >= 70rem)');
