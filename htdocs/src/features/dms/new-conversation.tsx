/* Choosing people from the servers one shares with them: one makes a 1:1, up to nine a group. */
import { useQueries } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import type { User } from '../../api/schema';
import { cx } from '../../lib/cx';
import { nameOf } from '../../lib/people';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { setDrawer } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Dialog, DialogFoot } from '../../ui/dialog';
import { Failed, Skeleton } from '../../ui/states';
import { openConversation } from '../members/open-dm';

const MOST = 9;
const PAGES = 5;

async function everyone(serverId: string): Promise<User[]> {
	const found: User[] = [];
	let after: string | undefined;
	for (let i = 0; i < PAGES; i++) {
		const page = await api.members(serverId, after);
		found.push(...page.items.map((m) => m.user));
		if (!page.after) break;
		after = page.after;
	}
	return found;
}

export default function NewConversation({ onClose }: { onClose: () => void }) {
	const me = useChat((s) => s.me?.id);
	const servers = useChat((s) => s.servers);
	const [query, setQuery] = useState('');
	const [chosen, setChosen] = useState<User[]>([]);
	const [, navigate] = useLocation();
	const lists = useQueries(
		{
			queries: Object.keys(servers).map((id) => ({
				queryKey: ['everyone', id],
				queryFn: () => everyone(id),
				staleTime: 60_000,
			})),
		},
		queries,
	);
	const pending = lists.some((l) => l.isPending);
	const failed = lists.find((l) => l.isError);
	const people = useMemo(() => {
		const byId = new Map<string, User>();
		for (const l of lists) for (const u of l.data ?? []) if (u.id !== me) byId.set(u.id, u);
		return [...byId.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
	}, [lists, me]);
	const wanted = query.trim().toLocaleLowerCase();
	const shown = people
		.filter((u) => `${nameOf(u)} ${u.username}`.toLocaleLowerCase().includes(wanted))
		.slice(0, 100);
	const { run, busy } = useSubmit(async () => {
		const to = await openConversation(chosen.map((u) => u.id));
		if (!to) return;
		onClose();
		setDrawer(false);
		navigate(to);
	});
	const toggle = (u: User) =>
		setChosen((c) =>
			c.some((x) => x.id === u.id)
				? c.filter((x) => x.id !== u.id)
				: c.length < MOST
					? [...c, u]
					: c,
		);
	return (
		<Dialog title={t('dm.new')} description={t('dm.new_lead')} onClose={onClose}>
			<div className="flex min-h-0 flex-col gap-3 px-5 pt-3 pb-5">
				<input
					type="search"
					aria-label={t('dm.find')}
					placeholder={t('dm.find')}
					className="w-full shrink-0 rounded-lg border border-line-strong bg-canvas px-3 py-2 pointer-coarse:min-h-11"
					value={query}
					onChange={(e) => setQuery(e.target.value)}
				/>
				{chosen.length > 0 && (
					<ul aria-label={t('dm.chosen')} className="flex flex-wrap gap-1.5">
						{chosen.map((u) => (
							<li key={u.id}>
								<button
									type="button"
									aria-label={t('dm.unchoose', { name: nameOf(u) })}
									className="flex items-center gap-1 rounded-full bg-moss-soft py-1 ps-3 pe-2 text-moss-soft-ink text-sm pointer-coarse:min-h-11"
									onClick={() => toggle(u)}
								>
									<bdi>{nameOf(u)}</bdi>
									<X size={14} aria-hidden />
								</button>
							</li>
						))}
					</ul>
				)}
				<div className="h-72 min-h-0 overflow-y-auto">
					{pending && people.length === 0 && lists.length > 0 && <Skeleton rows={5} />}
					{failed && <Failed error={failed.error} onRetry={() => void failed.refetch()} />}
					{!pending && shown.length === 0 && (
						<p className="p-4 text-center text-ink-2 text-sm">
							{t(people.length === 0 ? 'dm.nobody' : 'dm.no_match')}
						</p>
					)}
					{shown.map((u) => {
						const on = chosen.some((x) => x.id === u.id);
						return (
							<button
								key={u.id}
								type="button"
								aria-pressed={on}
								data-person={u.username}
								className={cx(
									'flex min-h-11 w-full items-center gap-3 rounded-lg px-2 text-start hover:bg-hover',
									on && 'bg-moss-soft text-moss-soft-ink',
								)}
								onClick={() => toggle(u)}
							>
								<Avatar id={u.id} name={nameOf(u)} url={u.avatar_url} size={30} />
								<span className="min-w-0 grow leading-tight">
									<bdi className="block truncate font-semibold text-sm">{nameOf(u)}</bdi>
									<bdi className={cx('block truncate text-xs', !on && 'text-ink-3')}>
										@{u.username}
									</bdi>
								</span>
								{on && <Check size={17} aria-hidden />}
							</button>
						);
					})}
				</div>
				<DialogFoot>
					<Button onClick={onClose}>{t('action.cancel')}</Button>
					<Button
						look="primary"
						busy={busy}
						disabled={chosen.length === 0}
						onClick={() => void run()}
					>
						{t(chosen.length > 1 ? 'dm.start_group' : 'dm.start')}
					</Button>
				</DialogFoot>
			</div>
		</Dialog>
	);
}
