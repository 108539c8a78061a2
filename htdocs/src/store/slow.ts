/* Slow mode: how long somebody waits between two messages of his in a channel. */
import { allows, Permission } from '../lib/permissions';
import type { State } from './types';

const LOCKDOWN_S = 60;

/** Seconds between two of my messages; 0 where I may write as I like. */
export function paceOf(s: State, channelId: string): number {
	const c = s.channels[channelId];
	const server = s.servers[c?.server_id ?? ''];
	if (!c || !server || allows(server.my_permissions, Permission.manageMessages)) return 0;
	return Math.max(c.slow_mode, server.lockdown ? LOCKDOWN_S : 0);
}

/** When I may write there again, by the server's clock (ms); 0: at once, as far as is known here. */
export function slowUntil(s: State, channelId: string): number {
	const waiting = (s.pending[channelId] ?? []).filter((p) => p.state !== 'failed');
	const told = Math.max(0, ...(s.pending[channelId] ?? []).map((p) => p.retryAt ?? 0));
	const pace = paceOf(s, channelId) * 1000;
	if (pace === 0) return told;
	const known = s.messages[channelId] ?? {};
	const last = s.windows[channelId]?.ids.findLast((id) => known[id]?.author.id === s.me?.id);
	const at = Math.max(
		0,
		Date.parse(known[last ?? '']?.created_at ?? '') || 0,
		...waiting.map((p) => p.createdAt),
	);
	return Math.max(told, at === 0 ? 0 : at + pace);
}
