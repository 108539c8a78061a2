/* Several messages chosen at once, to be deleted together. */
import type { Message } from '../../api/schema';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { chat } from '../../store/store';
import { useView } from '../../store/view';
import { toast } from '../../ui/toast';

/** As many as one request takes. */
export const MOST = 100;

export function maySelect(channelId: string): boolean {
	const s = chat();
	const server = s.servers[s.channels[channelId]?.server_id ?? ''];
	return server !== undefined && allows(server.my_permissions, Permission.manageMessages);
}

export const selectionIn = (channelId: string): string[] | null => {
	const { selection } = useView.getState();
	return selection?.channelId === channelId ? selection.ids : null;
};

const set = (channelId: string, ids: string[]): void =>
	useView.setState({ selection: { channelId, ids } });

export const endSelection = (): void => useView.setState({ selection: null });

/** Adds one or takes it out; the first one starts the mode. */
export function toggleSelected(m: Message): void {
	const ids = selectionIn(m.channel_id);
	if (m.deleted || (!ids && !maySelect(m.channel_id))) return;
	const others = (ids ?? []).filter((id) => id !== m.id);
	if (ids?.includes(m.id)) set(m.channel_id, others);
	else add(m.channel_id, others, [m.id]);
}

/** Adds all from the one touched last to this one. */
export function selectTo(m: Message): void {
	const ids = selectionIn(m.channel_id);
	const from = ids?.at(-1);
	const s = chat();
	const run = s.windows[m.channel_id]?.ids ?? [];
	const [a, b] = [run.indexOf(from ?? ''), run.indexOf(m.id)];
	if (!ids || a < 0 || b < 0) return toggleSelected(m);
	const between = run.slice(Math.min(a, b), Math.max(a, b) + 1);
	const known = s.messages[m.channel_id] ?? {};
	const fresh = between.filter((id) => known[id]?.deleted === false && !ids.includes(id));
	add(m.channel_id, ids, a <= b ? fresh : fresh.reverse());
}

function add(channelId: string, ids: string[], more: string[]): void {
	const room = MOST - ids.length;
	if (more.length > room) toast(t('selection.most', { count: MOST }), { bad: true });
	set(channelId, [...ids, ...more.slice(0, room)]);
}
