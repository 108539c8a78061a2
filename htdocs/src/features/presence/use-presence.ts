import { useCallback, useEffect, useState } from 'react';
import { t } from '../../lib/text';
import { ago } from '../../lib/time';
import { lastSeen, ownStatus, type Shown } from '../../store/presence';
import { usePresent, watching } from '../../store/present';
import { useSession } from '../../store/session';
import { useChat } from '../../store/store';
import { words } from './dot';

/** Null where it is not known. Without a stream nothing is known of others. */
export function usePresence(userId: string | undefined): Shown | null {
	const idle = usePresent((p) => p.idle);
	const knows = useSession((s) => s.knows);
	return useChat((s) => {
		if (!userId) return null;
		if (s.me?.id === userId) return ownStatus(s.me, idle);
		return knows ? (s.presence[userId]?.status ?? null) : null;
	});
}

/** In words, with the time for who is not there: null where nothing is known. */
export function usePresenceText(userId: string | undefined): string | null {
	const status = usePresence(userId);
	const seen = useChat((s) => (userId ? lastSeen(s, userId) : null));
	const [, tick] = useState(0);
	useEffect(() => {
		if (!seen) return;
		const timer = setInterval(() => tick((n) => n + 1), 60_000);
		return () => clearInterval(timer);
	}, [seen]);
	if (!status) return null;
	return status === 'offline' && seen
		? t('presence.last_seen', { time: ago(seen) })
		: t(words[status]);
}

const inView = new Map<Element, { id: string; end: (() => void) | null }>();

const toggle = (element: Element, shown: boolean): void => {
	const entry = inView.get(element);
	if (!entry || shown === (entry.end !== null)) return;
	entry.end?.();
	entry.end = shown ? watching.look(entry.id) : null;
};

const observer =
	typeof IntersectionObserver === 'function'
		? new IntersectionObserver((all) => {
				for (const e of all) toggle(e.target, e.isIntersecting);
			})
		: null;

/** Watches somebody for as long as the element is in view. */
export function useWatch(userId: string | undefined): (element: Element | null) => void {
	return useCallback(
		(element: Element | null) => {
			if (!element || !userId) return;
			inView.set(element, { id: userId, end: null });
			if (observer) observer.observe(element);
			else toggle(element, true);
			return () => {
				observer?.unobserve(element);
				toggle(element, false);
				inView.delete(element);
			};
		},
		[userId],
	);
}
