/*
 * The order of a server's channels, as pure functions over the sections of the sidebar. A channel
 * goes from its section into the next one that takes it; those without a category stand in two, by
 * their kind.
 */
import type { ChannelPlace } from '../../api/endpoints';
import type { Channel } from '../../api/schema';
import { archivedOf, type Section, sectionsOf } from '../../store/selectors';
import type { State } from '../../store/types';

/** As the sidebar shows them, with the sections without a category even where they are empty. */
export function layoutOf(channels: State['channels'], serverId: string): Section[] {
	const shown = sectionsOf(channels, serverId);
	const loose = (kind: 'text' | 'rooms'): Section =>
		shown.find((s) => s.kind === kind) ?? { kind, name: '', channels: [] };
	return [loose('text'), loose('rooms'), ...shown.filter((s) => s.kind === 'category')];
}

const takes = (s: Section, c: Channel): boolean =>
	s.kind === 'category' || (s.kind === 'text') === (c.kind === 'text');

export const sectionOf = (layout: Section[], id: string): number =>
	layout.findIndex((s) => s.channels.some((c) => c.id === id));

/** To stand at `index` of that section; null when it cannot, or would stand where it does. */
export function moveTo(
	layout: Section[],
	id: string,
	section: number,
	index: number,
): Section[] | null {
	const from = sectionOf(layout, id);
	const channel = layout[from]?.channels.find((c) => c.id === id);
	const target = layout[section];
	if (!channel || !target || !takes(target, channel)) return null;
	const at = layout[from]?.channels.indexOf(channel) ?? -1;
	const to = from === section && at < index ? index - 1 : index;
	if (from === section && at === to) return null;
	return layout.map((s, i) => {
		if (i !== from && i !== section) return s;
		const others = s.channels.filter((c) => c.id !== id);
		return i === section
			? { ...s, channels: others.toSpliced(to, 0, channel) }
			: { ...s, channels: others };
	});
}

/** One place up or down; at the end of a section into the next one that takes it. */
export function step(layout: Section[], id: string, by: 1 | -1): Section[] | null {
	const from = sectionOf(layout, id);
	const channel = layout[from]?.channels.find((c) => c.id === id);
	if (!channel) return null;
	const at = layout[from]?.channels.indexOf(channel) ?? 0;
	const last = (layout[from]?.channels.length ?? 1) - 1;
	if (by < 0 && at > 0) return moveTo(layout, id, from, at - 1);
	if (by > 0 && at < last) return moveTo(layout, id, from, at + 2);
	for (let i = from + by; i >= 0 && i < layout.length; i += by) {
		const next = layout[i];
		if (next && takes(next, channel))
			return moveTo(layout, id, i, by < 0 ? next.channels.length : 0);
	}
	return null;
}

/** A category with all that is in it. */
export function stepCategory(layout: Section[], name: string, by: 1 | -1): Section[] | null {
	const at = layout.findIndex((s) => s.kind === 'category' && s.name === name);
	const other = layout[at + by];
	const mine = layout[at];
	if (!mine || other?.kind !== 'category') return null;
	return layout.with(at, other).with(at + by, mine);
}

/** For the server: every channel that I see, with those that are put away at the end. */
export const placesOf = (
	layout: Section[],
	channels: State['channels'],
	serverId: string,
): ChannelPlace[] => [
	...layout.flatMap((s) =>
		s.channels.map((c) => ({ id: c.id, category: s.kind === 'category' ? s.name : null })),
	),
	...archivedOf(channels, serverId).map(({ id, category }) => ({ id, category })),
];
