/* Who changed what, when and why: newest first, filtered, and as a table for a spreadsheet. */
import { type InfiniteData, useQuery } from '@tanstack/react-query';
import { Download, X } from 'lucide-react';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { AuditEntry, User } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { dateAndTime } from '../../lib/time';
import { usePages } from '../../lib/use-pages';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import type { State } from '../../store/types';
import { Button, IconButton } from '../../ui/button';
import { Choice } from '../../ui/field';
import { FormError } from '../../ui/form';
import { Listing } from '../../ui/listing';
import { roleName } from '../roles/standing';
import { AuditDays } from './audit-days';
import { actions, actionText, namedIn, tellDetail } from './audit-words';

export default function AuditPage({ serverId }: { serverId: string }) {
	const mayKeep = useChat((s) => {
		const server = s.servers[serverId];
		return (
			server !== undefined &&
			(server.owner_id === s.me?.id || allows(server.my_permissions, Permission.manageServer))
		);
	});
	const [filter, setFilter] = useState<api.AuditFilter>({});
	const { q, list } = usePages(
		['audit', serverId, filter],
		(before) => api.audit(serverId, filter, before),
		{ anew: 1 },
	);
	const csv = useSubmit(async () =>
		save(await api.auditCsv(serverId, filter), `audit-${serverId}.csv`),
	);
	const set = (part: api.AuditFilter) => setFilter((f) => ({ ...f, ...part }));
	return (
		<div className="flex flex-col gap-4">
			<div className="flex flex-wrap items-end gap-3">
				<Choice
					label={t('audit.actor')}
					value={filter.actor_id ?? ''}
					onChange={(v) => set({ actor_id: v || undefined })}
					options={[
						['', t('audit.anybody')],
						...actorsOf(serverId).map((u): [string, string] => [u.id, nameOf(u)]),
					]}
				/>
				<Choice
					label={t('audit.action')}
					value={filter.action ?? ''}
					onChange={(v) => set({ action: v || undefined })}
					options={[
						['', t('audit.anything')],
						...actions.map((a): [string, string] => [a, actionText(a)]),
					]}
				/>
				<Button busy={csv.busy} onClick={() => void csv.run()}>
					<Download size={16} aria-hidden />
					{t('audit.csv')}
				</Button>
			</div>
			{filter.target_id && (
				<p className="flex items-center gap-1 text-sm">
					<Target id={filter.target_id} serverId={serverId} />
					<IconButton
						small
						label={t('audit.any_target')}
						onClick={() => set({ target_id: undefined })}
					>
						<X size={14} />
					</IconButton>
				</p>
			)}
			{csv.error && <FormError>{problemText(csv.error)}</FormError>}
			<Listing q={q} label={t('audit.title')} none={t('audit.nothing')} rows={5}>
				{list.map((e) => (
					<Entry
						key={e.id}
						entry={e}
						serverId={serverId}
						onTarget={(id) => set({ target_id: id })}
					/>
				))}
			</Listing>
			{mayKeep && <AuditDays serverId={serverId} />}
		</div>
	);
}

/** Everybody who stands in what was read of the log, whatever it was filtered by. */
function actorsOf(serverId: string): User[] {
	const read = queries.getQueriesData<InfiniteData<{ items: AuditEntry[] }>>({
		queryKey: ['audit', serverId],
	});
	const actors = read.flatMap(([, data]) =>
		(data?.pages ?? []).flatMap((p) => p.items.flatMap((e) => e.actor ?? [])),
	);
	return [...new Map(actors.map((u) => [u.id, u])).values()].sort((a, b) =>
		nameOf(a).localeCompare(nameOf(b)),
	);
}

/** Handed to the browser as a file. */
function save(text: string, name: string): void {
	const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
	const a = document.createElement('a');
	a.href = url;
	a.download = name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** What an id belongs to, where it is known here. */
function nameFor(s: State, serverId: string, id: string): string | null {
	const role = s.servers[serverId]?.roles.find((r) => r.id === id);
	if (role) return roleName(role);
	if (s.channels[id]) return `#${s.channels[id].name ?? ''}`;
	if (s.users[id]) return nameOf(s.users[id]);
	return s.servers[id]?.name ?? null;
}

interface TargetProps {
	id: string;
	serverId: string;
	/** Of what is gone its name may still stand in the entry. */
	entry?: AuditEntry;
}

/** Who has not been seen here yet is asked for; what nothing is known of has its number only. */
function Target({ id, serverId, entry }: TargetProps) {
	const known = useChat((s) => nameFor(s, serverId, id)) ?? (entry ? namedIn(entry) : null);
	const isPerson = entry !== undefined && /^(member|report)\./.test(entry.action);
	const person = useQuery(
		{
			queryKey: ['person', id],
			queryFn: () => api.person(id),
			enabled: known === null && isPerson,
			staleTime: 60_000,
			retry: false,
		},
		queries,
	).data;
	const name = known ?? (person ? nameOf(person) : null);
	return name ? <bdi>{name}</bdi> : <span className="font-mono text-xs">{id}</span>;
}

interface EntryProps {
	entry: AuditEntry;
	serverId: string;
	onTarget: (id: string) => void;
}

function Entry({ entry: e, serverId, onTarget }: EntryProps) {
	const named = useChat((s) => tellDetail(e.detail, (id) => nameFor(s, serverId, id)));
	return (
		<li className="flex flex-col gap-0.5 border-line border-b py-2 text-sm leading-tight">
			<p className="flex flex-wrap items-baseline gap-x-1">
				<bdi className="font-semibold">{e.actor ? nameOf(e.actor) : t('audit.nobody')}</bdi>
				<span>{actionText(e.action)}</span>
				{e.target_id && e.target_id !== serverId && (
					<button
						type="button"
						title={t('audit.only_this')}
						className="rounded-sm text-moss hover:underline"
						onClick={() => onTarget(e.target_id ?? '')}
					>
						<Target id={e.target_id} serverId={serverId} entry={e} />
					</button>
				)}
			</p>
			{e.reason && <p className="break-words text-ink-2">“{e.reason}”</p>}
			{named && <p className="break-words text-ink-2 text-xs">{named}</p>}
			<time dateTime={e.at} className="text-ink-3 text-xs">
				{dateAndTime(e.at)}
			</time>
		</li>
	);
}
