/* The channels of a server: their order, those put away, and those that can still be brought back. */
import { useQuery } from '@tanstack/react-query';
import { ArchiveRestore, ChevronDown, ChevronUp, GripVertical, Plus } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Channel } from '../../api/schema';
import { cx } from '../../lib/cx';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { ago, dateAndTime } from '../../lib/time';
import { type Drag, useDrag } from '../../lib/use-drag';
import { useSubmit } from '../../lib/use-submit';
import { archivedOf, type Section } from '../../store/selectors';
import { apply, chat, useChat } from '../../store/store';
import { openDialog } from '../../store/view';
import { Button, IconButton } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-icon';
import { FormError } from '../../ui/form';
import { Failed } from '../../ui/states';
import { toast } from '../../ui/toast';
import { layoutOf, moveTo, sectionOf, step, stepCategory } from './order';
import { placeText, reorder, sectionName } from './reorder';

export default function ChannelsPage({ serverId }: { serverId: string }) {
	const channels = useChat((s) => s.channels);
	const layout = useMemo(() => layoutOf(channels, serverId), [channels, serverId]);
	const archived = useMemo(() => archivedOf(channels, serverId), [channels, serverId]);
	return (
		<div className="flex flex-col gap-6">
			<div className="flex flex-wrap items-center gap-3">
				<p className="min-w-48 grow text-ink-2 text-sm">{t('channels.lead')}</p>
				<Button onClick={() => openDialog({ name: 'create-channel', serverId })}>
					<Plus size={16} aria-hidden />
					{t('channel.create')}
				</Button>
			</div>
			<Order serverId={serverId} layout={layout} />
			<PutAway title={t('channels.archived')} none={t('channels.archived_none')}>
				{archived.map((c) => (
					<Archived key={c.id} channel={c} />
				))}
			</PutAway>
			<Deleted serverId={serverId} />
		</div>
	);
}

const categoryId = (name: string): string => `category-${encodeURIComponent(name)}`;

/** What moved keeps the focus, wherever it stands now. */
function useKeptFocus(order: string) {
	const wanted = useRef<string | null>(null);
	const before = useRef(order);
	useLayoutEffect(() => {
		if (before.current === order) return;
		before.current = order;
		const [id, word] = (wanted.current ?? '').split('|');
		const at = document.activeElement;
		if (!id || !(at?.matches('body, [role=dialog]') || at?.id.startsWith(id))) return;
		const button = (which: string) =>
			document.querySelector<HTMLElement>(`[id="${id}-${which}"]:not(:disabled)`);
		(button(word ?? '') ?? button('up') ?? button('down'))?.focus();
	});
	return wanted;
}

function Order({ serverId, layout }: { serverId: string; layout: Section[] }) {
	const [said, setSaid] = useState('');
	// Where there are none, nothing could stand among them.
	const rooms = layout.some((s) => s.channels.some((c) => c.kind !== 'text'));
	const focus = useKeptFocus(
		layout.map((s) => `${s.name}:${s.channels.map((c) => c.id).join()}`).join(';'),
	);
	const send = async (next: Section[] | null, id: string, word?: string) => {
		if (word) focus.current = `${id}|${word}`;
		if (await reorder(serverId, next)) setSaid(placeText(serverId, id));
	};
	const { drag, start } = useDrag((id, { place, after }) => {
		const now = layoutOf(chat().channels, serverId);
		const at = place.startsWith('section ') ? Number(place.slice(8)) : sectionOf(now, place);
		const index = now[at]?.channels.findIndex((c) => c.id === place) ?? -1;
		void send(moveTo(now, id, at, index < 0 ? 0 : index + (after ? 1 : 0)), id);
	});
	const category = async (name: string, by: 1 | -1, word: string) => {
		focus.current = `${categoryId(name)}|${word}`;
		if (await reorder(serverId, stepCategory(layout, name, by)))
			setSaid(t('channels.category_moved', { name }));
	};
	return (
		<div className="flex flex-col gap-3">
			{layout.map((s, i) =>
				s.kind === 'rooms' && !rooms ? null : (
					<section key={`${s.kind} ${s.name}`} aria-label={sectionName(s)}>
						<div
							data-drop={`section ${i}`}
							className={cx(
								'flex min-h-9 items-center gap-2 rounded-lg px-1',
								drag?.over?.place === `section ${i}` && 'bg-moss-soft',
							)}
						>
							<h4 className="min-w-0 grow truncate font-semibold text-ink-2 text-xs">
								<bdi>{sectionName(s)}</bdi>
							</h4>
							{s.kind === 'category' && (
								<UpDown
									id={categoryId(s.name)}
									name={s.name}
									first={layout[i - 1]?.kind !== 'category'}
									last={i === layout.length - 1}
									onMove={(by, word) => void category(s.name, by, word)}
								/>
							)}
						</div>
						<ul aria-label={sectionName(s)} className="flex flex-col">
							{s.channels.length === 0 && (
								<li className="px-1 text-ink-3 text-xs">{t('channels.none')}</li>
							)}
							{s.channels.map((c) => (
								<Row
									key={c.id}
									channel={c}
									layout={layout}
									drag={drag}
									onGrab={start(c.id)}
									onMove={(by, word) => void send(step(layout, c.id, by), c.id, word)}
								/>
							))}
						</ul>
					</section>
				),
			)}
			<p role="status" className="sr-only">
				{said}
			</p>
		</div>
	);
}

interface RowProps {
	channel: Channel;
	layout: Section[];
	drag: Drag | null;
	onGrab: ReturnType<ReturnType<typeof useDrag>['start']>;
	onMove: (by: 1 | -1, word: string) => void;
}

function Row({ channel: c, layout, drag, onGrab, onMove }: RowProps) {
	const over = drag?.over?.place === c.id && drag.id !== c.id ? drag.over : null;
	const name = c.name ?? '';
	return (
		<li
			data-drop={c.id}
			data-channel-row={name}
			className={cx(
				'relative flex min-h-11 items-center gap-2 border-line border-b max-sm:flex-wrap',
				drag?.id === c.id && 'opacity-50',
			)}
		>
			{over && (
				<span
					aria-hidden="true"
					className={cx(
						'absolute inset-x-0 h-0.5 rounded-full bg-moss',
						over.after ? '-bottom-px' : '-top-px',
					)}
				/>
			)}
			<span
				data-grip=""
				aria-hidden="true"
				className="grid size-8 shrink-0 cursor-grab touch-none place-items-center text-ink-3 pointer-coarse:size-11"
				onPointerDown={onGrab}
			>
				<GripVertical size={16} />
			</span>
			<ChannelIcon channel={c} size={15} className="text-ink-3" />
			<bdi className="min-w-0 grow truncate text-sm max-sm:basis-3/5">{name}</bdi>
			<UpDown
				id={c.id}
				name={name}
				first={step(layout, c.id, -1) === null}
				last={step(layout, c.id, 1) === null}
				onMove={onMove}
			/>
			<Button
				aria-label={t('roles.edit_name', { name })}
				onClick={() => openDialog({ name: 'edit-channel', channelId: c.id })}
			>
				{t('roles.edit')}
			</Button>
		</li>
	);
}

interface UpDownProps {
	id: string;
	name: string;
	first: boolean;
	last: boolean;
	onMove: (by: 1 | -1, word: string) => void;
}

const UpDown = ({ id, name, first, last, onMove }: UpDownProps) => (
	<span className="ms-auto flex shrink-0">
		<IconButton
			small
			id={`${id}-up`}
			label={t('roles.up', { name })}
			disabled={first}
			onClick={() => onMove(-1, 'up')}
		>
			<ChevronUp size={16} />
		</IconButton>
		<IconButton
			small
			id={`${id}-down`}
			label={t('roles.down', { name })}
			disabled={last}
			onClick={() => onMove(1, 'down')}
		>
			<ChevronDown size={16} />
		</IconButton>
	</span>
);

interface PutAwayProps {
	title: string;
	lead?: string;
	none: string;
	children: ReactNode[];
}

const PutAway = ({ title, lead, none, children }: PutAwayProps) => (
	<section aria-label={title} className="flex flex-col gap-1">
		<h4 className="font-bold">{title}</h4>
		{lead && <p className="text-ink-2 text-sm">{lead}</p>}
		{children.length === 0 ? (
			<p className="text-ink-3 text-sm">{none}</p>
		) : (
			<ul aria-label={title} className="flex flex-col">
				{children}
			</ul>
		)}
	</section>
);

interface BackProps {
	channel: Channel;
	note?: string;
	action: string;
	label: string;
	work: () => Promise<void>;
}

function Back({ channel: c, note, action, label, work }: BackProps) {
	const { run, busy, error } = useSubmit(work);
	return (
		<li className="flex min-h-11 flex-wrap items-center gap-2 border-line border-b py-1">
			<ChannelIcon channel={c} size={15} className="text-ink-3" />
			<span className="min-w-0 grow leading-tight">
				<bdi className="block truncate text-sm">{c.name}</bdi>
				{note && <span className="block text-ink-3 text-xs">{note}</span>}
			</span>
			<Button busy={busy} aria-label={label} onClick={() => void run()}>
				<ArchiveRestore size={15} aria-hidden />
				{action}
			</Button>
			{error && (
				<div className="w-full">
					<FormError>{problemText(error)}</FormError>
				</div>
			)}
		</li>
	);
}

const Archived = ({ channel: c }: { channel: Channel }) => (
	<Back
		channel={c}
		action={t('channels.unarchive')}
		label={t('channels.unarchive_name', { name: c.name ?? '' })}
		work={async () => {
			await api.patchChannel(c.id, { archived: false });
			toast(t('toast.unarchived', { name: c.name ?? '' }));
		}}
	/>
);

function Deleted({ serverId }: { serverId: string }) {
	const rev = useChat(
		(s) => Object.values(s.channels).filter((c) => c.server_id === serverId).length,
	);
	const key = ['deleted-channels', serverId, rev];
	const q = useQuery(
		{
			queryKey: key,
			queryFn: () => api.deletedChannels(serverId),
			placeholderData: (before) => before,
			staleTime: 0,
		},
		queries,
	);
	if (q.isError) return <Failed error={q.error} onRetry={() => void q.refetch()} />;
	const list = q.data?.items ?? [];
	return (
		<PutAway
			title={t('channels.deleted')}
			lead={t('channels.deleted_lead')}
			none={t('channels.deleted_none')}
		>
			{list.map((c) => (
				<Back
					key={c.id}
					channel={c}
					note={t('channels.deleted_at', { time: ago(c.deleted_at), end: dateAndTime(c.purge_at) })}
					action={t('channels.restore')}
					label={t('channels.restore_name', { name: c.name ?? '' })}
					work={async () => {
						apply({ kind: 'channel', channel: await api.restoreChannel(c.id) });
						toast(t('toast.restored', { name: c.name ?? '' }));
						await q.refetch();
					}}
				/>
			))}
		</PutAway>
	);
}
