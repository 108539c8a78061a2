/* Who has registered and waits; administrators of the installation let them in or turn them away. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Registration } from '../../api/schema-later';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { dateAndTime } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';

const useRegistrations = () =>
	useInfiniteQuery(
		{
			queryKey: ['registrations'],
			initialPageParam: undefined as string | undefined,
			queryFn: ({ pageParam }) => api.registrations(pageParam),
			getNextPageParam: (last) => last.after ?? undefined,
			placeholderData: (before) => before,
			staleTime: 0,
		},
		queries,
	);

export default function Registrations() {
	const q = useRegistrations();
	const box = useRef<HTMLDivElement>(null);
	const list = q.data?.pages.flatMap((p) => p.items) ?? [];
	const decide = useSubmit(async (r: Registration, approve: boolean) => {
		await (approve ? api.approve(r.id) : api.refuse(r.id));
		toast(t(approve ? 'admin.approved' : 'admin.refused', { name: r.username }));
		await q.refetch();
		box.current?.focus();
	});
	return (
		<div ref={box} tabIndex={-1} className="flex flex-col gap-4 outline-none">
			<p className="text-ink-2 text-sm">{t('admin.registrations_lead')}</p>
			{decide.error && <FormError>{problemText(decide.error)}</FormError>}
			{q.isPending && <Skeleton rows={3} />}
			{q.isError && <Failed error={q.error} onRetry={() => void q.refetch()} />}
			{q.isSuccess && list.length === 0 && (
				<p className="text-ink-2 text-sm">{t('admin.registrations_none')}</p>
			)}
			<ul aria-label={t('admin.registrations')} className="flex flex-col">
				{list.map((r) => (
					<Row
						key={r.id}
						one={r}
						busy={decide.busy}
						onDecide={(approve) => void decide.run(r, approve)}
					/>
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

interface RowProps {
	one: Registration;
	busy: boolean;
	onDecide: (approve: boolean) => void;
}

function Row({ one: r, busy, onDecide }: RowProps) {
	const name = r.username;
	return (
		<li className="flex flex-wrap items-center gap-3 border-line border-b py-3">
			<div className="min-w-48 grow leading-tight">
				<p className="text-sm">
					<bdi className="font-semibold">{r.display_name}</bdi>{' '}
					<bdi className="text-ink-3 text-xs">@{name}</bdi>
				</p>
				{r.email && (
					<p className="break-words text-ink-2 text-sm">
						{t(r.email_verified ? 'admin.email_verified' : 'admin.email_unverified', {
							email: r.email,
						})}
					</p>
				)}
				{r.note && <p className="whitespace-pre-wrap break-words py-1 text-sm">{r.note}</p>}
				<p className="text-ink-3 text-xs">{dateAndTime(r.created_at)}</p>
			</div>
			<Button
				aria-label={t('admin.refuse_name', { name })}
				disabled={busy}
				onClick={() => onDecide(false)}
			>
				{t('admin.refuse')}
			</Button>
			<Button
				look="primary"
				aria-label={t('admin.approve_name', { name })}
				disabled={busy}
				onClick={() => onDecide(true)}
			>
				{t('admin.approve')}
			</Button>
		</li>
	);
}
