import { CircleAlert, Clock } from 'lucide-react';
import { memo, useEffect, useState } from 'react';
import { ApiError, problemText } from '../../api/problem';
import { cx } from '../../lib/cx';
import { Markdown } from '../../lib/markdown';
import { t } from '../../lib/text';
import { clock } from '../../lib/time';
import { nameIn } from '../../store/here';
import { discard, retrySend } from '../../store/sending';
import { useChat } from '../../store/store';
import type { Pending } from '../../store/types';
import { Avatar } from '../../ui/avatar';
import { copy } from './actions';
import { serverOf, useNames } from './names';

interface Props {
	entry: Pending;
	first: boolean;
	rowKey: string;
}

export const PendingRow = memo(function PendingRow({ entry, first, rowKey }: Props) {
	const me = useChat((s) => s.me);
	const name = useChat((s) => (s.me ? nameIn(s, serverOf(s, entry.channelId), s.me) : ''));
	const names = useNames(entry.channelId, entry.content);
	const failed = entry.state === 'failed';
	return (
		<article
			data-row={rowKey}
			data-pending={entry.state}
			className={cx(
				'grid grid-cols-[2.25rem_minmax(0,1fr)] gap-x-3 px-4 py-0.5',
				first && 'mt-2.5',
				failed && 'bg-danger-soft',
			)}
		>
			{first ? (
				<div className="pt-0.5">
					<Avatar id={me?.id ?? ''} name={name} url={me?.avatar_url ?? null} />
				</div>
			) : (
				<span />
			)}
			<div className="min-w-0">
				{first && (
					<div className="flex items-baseline gap-2 leading-tight">
						<bdi className="truncate font-bold">{name}</bdi>
						<span className="shrink-0 text-ink-3 text-xs">{clock(entry.createdAt)}</span>
					</div>
				)}
				<div className={cx('prose', !failed && 'opacity-65')}>
					<Markdown text={entry.content} names={names} />
				</div>
				{failed ? <Refused entry={entry} /> : <Waiting entry={entry} />}
			</div>
		</article>
	);
});

/** Says that a message is on its way only when that takes longer than a moment. */
function Waiting({ entry }: { entry: Pending }) {
	const [late, setLate] = useState(Date.now() - entry.createdAt > 1500);
	useEffect(() => {
		const timer = setTimeout(() => setLate(true), 1500);
		return () => clearTimeout(timer);
	}, []);
	if (!late) return null;
	const why = entry.state === 'waiting' ? entry.reason : null;
	return (
		<p className="flex items-center gap-1 text-ink-2 text-xs">
			<Clock size={12} aria-hidden />
			{t(
				why === 'network'
					? 'pending.offline'
					: why === 'slow_mode'
						? 'pending.slow'
						: 'pending.sending',
			)}
		</p>
	);
}

const link = 'font-semibold text-ink underline underline-offset-2 hover:no-underline';

function Refused({ entry }: { entry: Pending }) {
	const why = problemText(new ApiError('final', 400, entry.reason ?? 'refused'));
	return (
		<div
			role="alert"
			className="flex flex-wrap items-center gap-x-3 gap-y-1 py-0.5 text-danger text-xs"
		>
			<span className="flex items-center gap-1">
				<CircleAlert size={13} aria-hidden />
				{t('pending.failed')} {why}
			</span>
			<button type="button" className={link} onClick={() => retrySend(entry.nonce)}>
				{t('action.retry')}
			</button>
			<button
				type="button"
				className={link}
				onClick={() => void copy(entry.content, t('toast.text_copied'))}
			>
				{t('action.copy')}
			</button>
			<button
				type="button"
				className={link}
				onClick={() => void discard(entry.channelId, entry.nonce)}
			>
				{t('action.delete')}
			</button>
		</div>
	);
}
