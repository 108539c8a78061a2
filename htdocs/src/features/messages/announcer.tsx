/*
 * One polite voice for the open channel: new messages of others, never history. More than three
 * within a second are only counted.
 */
import { useEffect, useRef, useState } from 'react';
import type { Message } from '../../api/schema';
import { snippet } from '../../lib/snippet';
import { t } from '../../lib/text';
import { nameIn } from '../../store/here';
import { isFolded } from '../../store/selectors';
import { chat, useChat } from '../../store/store';
import { namesIn, serverOf } from './names';

export function Announcer({ channelId }: { channelId: string }) {
	const last = useChat((s) => s.channels[channelId]?.last_seq ?? 0);
	const from = useRef(last);
	const [said, setSaid] = useState('');
	useEffect(() => {
		if (last <= from.current) return;
		const timer = setTimeout(() => {
			setSaid(news(channelId, from.current));
			from.current = last;
		}, 1000);
		return () => clearTimeout(timer);
	}, [channelId, last]);
	// It has been read by then, and would be found here when the message is gone.
	useEffect(() => {
		if (said === '') return;
		const timer = setTimeout(setSaid, 10_000, '');
		return () => clearTimeout(timer);
	}, [said]);
	return (
		<div className="sr-only" aria-live="polite" aria-atomic="true">
			{said}
		</div>
	);
}

function news(channelId: string, after: number): string {
	const s = chat();
	const known = s.messages[channelId] ?? {};
	const fresh = (s.windows[channelId]?.ids ?? [])
		.slice(-50)
		.flatMap((id) => known[id] ?? [])
		.filter((m) => m.seq > after && m.author.id !== s.me?.id && !m.deleted)
		.filter((m) => !isFolded(s, channelId, m.author.id));
	if (fresh.length > 3) return t('messages.announce_count', { count: fresh.length });
	const names = namesIn(channelId);
	const who = (m: Message) => nameIn(s, serverOf(s, channelId), m.author);
	return fresh.map((m) => `${who(m)}: ${snippet(m.content, names)}`).join('. ');
}
