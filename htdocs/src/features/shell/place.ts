/* Which part of Moot the address belongs to. */
import { useLocation } from 'wouter';
import { isId, own } from '../../lib/ids';
import { isConversation } from '../../lib/people';
import { chat, useChat } from '../../store/store';
import { useView } from '../../store/view';

type PlaceRef =
	| { kind: 'dms'; channelId?: string }
	| { kind: 'server'; id: string; channelId?: string };

/** Whoever loses the channel that is open stays in its server, as long as he is a member of that. */
const serverLeftIn = (channelId: string): string | undefined =>
	Object.entries(useView.getState().last).find(
		([home, last]) => last === channelId && own(chat().servers, home) !== undefined,
	)?.[0];

export function placeOf(path: string, channels = chat().channels): PlaceRef {
	const [, kind, id] = path.split('/');
	if (!isId(id)) return { kind: 'dms' };
	if (kind === 's') return { kind: 'server', id };
	if (kind !== 'c') return { kind: 'dms' };
	const c = own(channels, id);
	const left = c ? undefined : serverLeftIn(id);
	if (left) return { kind: 'server', id: left };
	if (!c || isConversation(c) || !c.server_id) return { kind: 'dms', channelId: id };
	return { kind: 'server', id: c.server_id, channelId: id };
}

export function usePlace(): PlaceRef {
	const [path] = useLocation();
	const channels = useChat((s) => s.channels);
	return placeOf(path, channels);
}
