/* Who may not come back, why, and until when. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Ban } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { dateAndTime, shortDate } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';

/** Read anew when somebody goes, which a ban makes him do. */
function useBans(serverId: string) {
	const rev = useChat((s) => s.memberRev[serverId] ?? 0);
	return useInfiniteQuery(
		{
			queryKey: ['bans', serverId, rev],
			initialPageParam: undefined as string | undefined,
			queryFn: ({ pageParam }) => api.bans(serverId, pageParam),
			getNextPageParam: (last) => last.after ?? undefined,
			placeholderData: (before) => before,
			staleTime: 0,
		},
		queries,
	);
}

export default function BansPage({ serverId }: { serverId: string }) {
	const q = useBans(serverId);
	const list = q.data?.pages.flatMap((p) => p.items) ?? [];
	const box = useRef<HTMLDivElement>(null);
	const lift = useSubmit(async (ban: Ban) => {
		const at = list.indexOf(ban);
		const neighbour = list[at + 1] ?? list[at - 1];
		await api.liftBan(serverId, ban.user.id);
		toast(t('toast.unbanned', { name: nameOf(ban.user) }));
		await q.refetch();
		const next = neighbour && box.current?.querySelector<HTMLElement>(`#ban-${neighbour.user.id}`);
		(next || box.current)?.focus();
	});
	return (
		<div ref={box} tabIndex={-1} className="flex flex-col gap-4 outline-none">
			<p className="text-ink-2 text-sm">{t('bans.lead')}</p>
			{lift.error && <FormError>{problemText(lift.error)}</FormError>}
			{q.isPending && <Skeleton rows={3} />}
			{q.isError && <Failed error={q.error} onRetry={() => void q.refetch()} />}
			{q.isSuccess && list.length === 0 && <p className="text-ink-2 text-sm">{t('bans.nobody')}</p>}
			<ul aria-label={t('bans.title')} className="flex flex-col">
				{list.map((b) => (
					<Row key={b.user.id} ban={b} onLift={() => void lift.run(b)} />
				))}
			</ul>
			{q.hasNextPage && (
				<Button busy={q.isFetchingNextPage} onClick={() => void q.fetchNextPage()}>
					{t('action.more')}
				</Button>
			)}
		</div>
	);
}

function Row({ ban: b, onLift }: { ban: Ban; onLift: () => void }) {
	const by = useChat((s) => s.users[b.actor_id ?? '']);
	const name = nameOf(b.user);
	const since = shortDate(b.created_at);
	return (
		<li className="flex min-h-14 items-center gap-3 border-line border-b py-2">
			<Avatar id={b.user.id} name={name} url={b.user.avatar_url} size={30} />
			<div className="min-w-0 grow leading-tight">
				<p className="truncate text-sm">
					<bdi className="font-semibold">{name}</bdi>{' '}
					<bdi className="text-ink-3 text-xs">@{b.user.username}</bdi>
				</p>
				{b.reason && <p className="break-words text-ink-2 text-sm">{b.reason}</p>}
				<p className="text-ink-3 text-xs">
					{b.expires_at
						? t('bans.until', { time: dateAndTime(b.expires_at) })
						: t('moderation.for_ever')}
					{' · '}
					{by ? t('bans.by', { name: nameOf(by), time: since }) : t('bans.since', { time: since })}
				</p>
			</div>
			<Button id={`ban-${b.user.id}`} aria-label={t('bans.lift_name', { name })} onClick={onLift}>
				{t('bans.lift')}
			</Button>
		</li>
	);
}
