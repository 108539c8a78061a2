/* Why somebody may not write in a channel just now, and until when. */
import { Lock, Timer } from 'lucide-react';
import { ApiError, problemText } from '../../api/problem';
import { nameOf, otherOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { clockOrDate } from '../../lib/time';
import { useSecondsLeft } from '../../lib/use-seconds-left';
import { groundsOf, useAllowed } from '../../store/allowed';
import { useChat } from '../../store/store';
import { TimeLeft } from '../moderation/time-left';

export interface Bar {
	text: string;
	/** It ends by itself. */
	until?: string;
	/** It is open whether that still holds: one may try. */
	perhaps?: boolean;
	/** Known from the roles only: whoever tries asks whether the channel allows it all the same. */
	asks?: boolean;
}

const wordsOf = (code: string, inServer: boolean): string => {
	if (code !== 'forbidden') return problemText(new ApiError('final', 403, code));
	return t(inServer ? 'composer.silent' : 'composer.closed');
};

/** Null for who may write. */
export function useBar(channelId: string): Bar | null {
	const channel = useChat((s) => s.channels[channelId]);
	const server = useChat((s) => s.servers[channel?.server_id ?? '']);
	const blocked = useChat((s) => {
		const c = s.channels[channelId];
		const other = c?.kind === 'dm' ? otherOf(c, s.me?.id) : undefined;
		return other && s.blocks.includes(other.id) ? nameOf(other) : null;
	});
	const grounds = useChat((s) => groundsOf(s, channelId));
	const asked = useAllowed((a) => a[channelId]);
	const until = server?.timeout_until ?? null;
	const held = useSecondsLeft(until) > 0;
	const answer = asked?.about === grounds ? asked : null;
	if (blocked !== null) return { text: t('composer.blocked', { name: blocked }) };
	if (channel?.archived) return { text: t('error.archived') };
	if (held && until) return { text: t('composer.timed_out', { time: clockOrDate(until) }), until };
	// What was told of a time-out is over with it.
	if (answer?.code && answer.code !== 'timed_out')
		// In a conversation nothing tells when that changes: it is asked again.
		return { text: wordsOf(answer.code, server !== undefined), perhaps: server === undefined };
	if (!server || answer) return null;
	if (!allows(server.my_permissions, Permission.send))
		return { text: t('composer.silent'), asks: true };
	if (channel?.read_only && !allows(server.my_permissions, Permission.manageMessages))
		return { text: t('error.read_only'), asks: true };
	return null;
}

/** Said once, beside what runs before the eyes. */
export function BarLine({ bar }: { bar: Bar | null }) {
	return (
		<div
			className={
				bar
					? 'flex items-center gap-x-2 rounded-t-xl border border-line-strong border-b-0 bg-amber-soft px-3.5 py-1.5 text-sm'
					: undefined
			}
		>
			{bar &&
				(bar.until ? (
					<Timer size={15} className="shrink-0" aria-hidden />
				) : (
					<Lock size={15} className="shrink-0" aria-hidden />
				))}
			<p id="composer-bar" role="status" className="min-w-0">
				{bar?.text}
			</p>
			{bar?.until && (
				<span aria-hidden="true" className="ms-auto text-end font-semibold">
					<TimeLeft until={bar.until} />
				</span>
			)}
		</div>
	);
}
