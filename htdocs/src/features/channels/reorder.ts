/* Moving channels: shown at once, told to the server, put back when it refuses. */
import * as api from '../../api/core';
import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import type { Section } from '../../store/selectors';
import { applyAll, chat } from '../../store/store';
import { toast } from '../../ui/toast';
import { layoutOf, placesOf, sectionOf } from './order';

/** True when the server has taken it. */
export async function reorder(serverId: string, layout: Section[] | null): Promise<boolean> {
	if (!layout) return false;
	const { channels } = chat();
	const places = placesOf(layout, channels, serverId);
	const before = places.flatMap(({ id }) => channels[id] ?? []);
	const seats = before.map((c) => c.position).sort((a, b) => a - b);
	applyAll(
		before.map((c, i) => ({
			kind: 'channel' as const,
			channel: { ...c, position: seats[i] ?? 0, category: places[i]?.category ?? null },
		})),
	);
	try {
		const { items } = await api.orderChannels(serverId, places);
		applyAll(items.map((channel) => ({ kind: 'channel' as const, channel })));
		return true;
	} catch (e) {
		applyAll(
			before.map(({ id, position, category }) => ({
				kind: 'channel' as const,
				channel: {
					...(chat().channels[id] ?? channels[id]),
					position,
					category,
				} as (typeof before)[0],
			})),
		);
		toast(problemText(e), { bad: true });
		return false;
	}
}

/** "general is number 2 of 5 in Machines now." */
export function placeText(serverId: string, id: string): string {
	const { channels } = chat();
	const layout = layoutOf(channels, serverId);
	const section = layout[sectionOf(layout, id)];
	if (!section) return '';
	return t('channels.moved', {
		name: channels[id]?.name ?? '',
		place: section.channels.findIndex((c) => c.id === id) + 1,
		count: section.channels.length,
		section: sectionName(section),
	});
}

export const sectionName = (s: Section): string =>
	s.kind === 'category' ? s.name : t(s.kind === 'text' ? 'sidebar.text_channels' : 'sidebar.rooms');
