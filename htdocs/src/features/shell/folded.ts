/* Which categories of a server are folded; the browser remembers. */
import { create } from 'zustand';
import { recall, remember } from '../../lib/local';

const key = (serverId: string): string => `folded.${serverId}`;

const useStore = create<Record<string, string[]>>(() => ({}));

function stored(serverId: string): string[] {
	try {
		const list: unknown = JSON.parse(recall(key(serverId)) ?? '[]');
		return Array.isArray(list) ? list.filter((x) => typeof x === 'string') : [];
	} catch {
		return [];
	}
}

const foldedOf = (all: Record<string, string[]>, serverId: string): string[] =>
	all[serverId] ?? stored(serverId);

export const useFolded = (serverId: string, category: string): boolean =>
	useStore((all) => foldedOf(all, serverId).includes(category));

export function setFolded(serverId: string, category: string, folded: boolean): void {
	const others = foldedOf(useStore.getState(), serverId).filter((c) => c !== category);
	const list = folded ? [...others, category] : others;
	remember(key(serverId), list.length > 0 ? JSON.stringify(list) : null);
	useStore.setState({ [serverId]: list });
}
