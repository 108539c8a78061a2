import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import * as api from '../../api/endpoints';
import { nameOf } from '../../lib/people';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Listing } from '../../ui/listing';
import { setBlocked } from '../people/block';

/** Whom I do not want to hear from. */
export function Blocked() {
	const blocks = useChat((s) => s.blocks.join());
	const head = useRef<HTMLHeadingElement>(null);
	const q = useQuery(
		{
			queryKey: ['blocks', blocks],
			queryFn: api.blocks,
			placeholderData: (before) => before,
			staleTime: 0,
		},
		queries,
	);
	const list = q.data?.items ?? [];
	return (
		<section aria-label={t('account.blocked')} className="flex flex-col gap-2">
			<h4 ref={head} tabIndex={-1} className="font-bold outline-none">
				{t('account.blocked')}
			</h4>
			<p className="text-ink-2 text-sm">{t('account.blocked_lead')}</p>
			<Listing q={q} label={t('account.blocked')} none={t('account.blocked_nobody')} rows={2}>
				{list.map((u) => (
					<li key={u.id} className="flex min-h-12 items-center gap-3 border-line border-b">
						<Avatar id={u.id} name={nameOf(u)} url={u.avatar_url} size={30} />
						<span className="min-w-0 grow leading-tight">
							<bdi className="block truncate font-semibold text-sm">{nameOf(u)}</bdi>
							<bdi className="block truncate text-ink-3 text-xs">@{u.username}</bdi>
						</span>
						<Button
							aria-label={t('person.unblock_name', { name: nameOf(u) })}
							onClick={async () => {
								if (await setBlocked(u.id, nameOf(u), false)) head.current?.focus();
							}}
						>
							{t('person.unblock')}
						</Button>
					</li>
				))}
			</Listing>
		</section>
	);
}
