import { useEffect } from 'react';
import { calls, unreadOf } from '../../store/selectors';
import { useChat } from '../../store/store';

/** "(3) Moot" for what calls, "• Moot" for what is merely new; the installed app's badge too. */
export function useBadge(): void {
	const count = useChat((s) => Object.values(s.channels).reduce((n, c) => n + calls(s, c), 0));
	const some = useChat((s) => Object.keys(s.channels).some((id) => unreadOf(s, id) > 0));
	useEffect(() => {
		document.title = `${count > 0 ? `(${Math.min(count, 99)}) ` : some ? '• ' : ''}Moot`;
		if ('setAppBadge' in navigator) void navigator.setAppBadge(count).catch(() => undefined);
	}, [count, some]);
}
