import { useEffect } from 'react';
import { channelName } from '../../lib/people';
import { t } from '../../lib/text';
import { useTitle } from '../../lib/title';
import { calls, unreadOf } from '../../store/selectors';
import { useChat } from '../../store/store';
import { usePlace } from './place';

/** How many call, anywhere; whether anything is new, anywhere. */
export const useCalls = (): number =>
	useChat((s) => Object.values(s.channels).reduce((n, c) => n + calls(s, c), 0));
export const useAnyUnread = (): boolean =>
	useChat((s) => Object.keys(s.channels).some((id) => unreadOf(s, id) > 0));

/** "(3) " for what calls, "• " for what is merely new, before the place; the installed app's badge too. */
export function useBadge(): void {
	const count = useCalls();
	const some = useAnyUnread();
	useTitle(usePlaceName(), count > 0 ? `(${Math.min(count, 99)}) ` : some ? '• ' : '');
	useEffect(() => {
		if ('setAppBadge' in navigator) void navigator.setAppBadge(count).catch(() => undefined);
	}, [count]);
}

function usePlaceName(): string {
	const place = usePlace();
	return useChat((s) => {
		const c = place.channelId ? s.channels[place.channelId] : undefined;
		const server = place.kind === 'server' ? s.servers[place.id]?.name : undefined;
		if (c) return [channelName(c, s.me?.id, s.users), server].filter(Boolean).join(' · ');
		return server ?? t('sidebar.conversations');
	});
}
