/* Commands that work wherever the focus is; lib/keys.ts names the keys. */
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { isCommand } from '../../lib/keys';
import { channelsOf, conversations, unreadOf } from '../../store/selectors';
import { chat } from '../../store/store';
import { openDialog, useView } from '../../store/view';
import { placeOf } from './place';

export function useGlobalKeys(): void {
	const [path, navigate] = useLocation();
	useEffect(() => {
		const onKey = (e: KeyboardEvent) => {
			if (e.defaultPrevented || e.isComposing) return;
			const done = act(e, path, navigate);
			if (done) e.preventDefault();
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, [path, navigate]);
}

function act(e: KeyboardEvent, path: string, navigate: (to: string) => void): boolean {
	if (useView.getState().dialog) return false;
	if (isCommand(e, 'switcher')) openDialog({ name: 'switcher' });
	else if (isCommand(e, 'shortcuts')) openDialog({ name: 'shortcuts' });
	else if (isCommand(e, 'settings')) openDialog({ name: 'account' });
	else if (isCommand(e, 'members')) useView.setState((v) => ({ members: !v.members }));
	else if (isCommand(e, 'previous')) step(path, navigate, -1, false);
	else if (isCommand(e, 'next')) step(path, navigate, 1, false);
	else if (isCommand(e, 'previous-unread')) step(path, navigate, -1, true);
	else if (isCommand(e, 'next-unread')) step(path, navigate, 1, true);
	else if (isCommand(e, 'region')) region(1);
	else if (isCommand(e, 'region-back')) region(-1);
	else return typeAhead(e);
	return true;
}

function step(path: string, navigate: (to: string) => void, by: number, unread: boolean): void {
	const s = chat();
	const place = placeOf(path);
	const list =
		place.kind === 'server' ? channelsOf(s.channels, place.id) : conversations(s.channels);
	const at = list.findIndex((c) => c.id === place.channelId);
	for (let i = 1; i <= list.length; i++) {
		const c = list[(at + by * i + list.length * 2) % list.length];
		if (c && (!unread || unreadOf(s, c.id) > 0)) return navigate(`/c/${c.id}`);
	}
}

/** What takes the focus in each region, by preference; the regions in reading order. */
const regions: [region: string, entries: string[]][] = [
	['rail', ['[aria-current="page"]', 'a, button']],
	['sidebar', ['[aria-current="page"]', 'a, button']],
	['main', ['[role="log"] article[tabindex="0"]', 'a, button']],
	['composer', ['textarea', 'button:not(:disabled)']],
	['members', ['button, a, input']],
];

function region(by: number): void {
	const here = regions.filter(([name]) => document.querySelector(`[data-region="${name}"]`));
	const inside = document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset.region;
	const at = here.findIndex(([name]) => name === inside);
	for (let i = 1; i <= here.length; i++) {
		const next = here[(at + by * i + here.length * 2) % here.length];
		if (!next) return;
		const [name, entries] = next;
		const root = document.querySelector(`[data-region="${name}"]`);
		const target = entries
			.map((entry) => root?.querySelector<HTMLElement>(entry))
			.find((el) => el !== null && el !== undefined);
		if (target) return target.focus();
	}
}

/** Any character typed outside of a field goes to the composer. */
function typeAhead(e: KeyboardEvent): boolean {
	const on = document.activeElement;
	const free = on === null || on === document.body || on.closest('[role="log"]') !== null;
	if (!free || e.key.length !== 1 || e.ctrlKey || e.metaKey || e.altKey || e.key === ' ')
		return false;
	if (on?.closest('[data-row]')) return false;
	document.getElementById('composer')?.focus();
	return false;
}
