/* The roles of a server, highest first: the list in which they are moved, and the one that is open. */
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, GripVertical, Plus } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Role } from '../../api/schema';
import { cx } from '../../lib/cx';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button, IconButton } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { RoleDot } from '../roles/role-dot';
import { inOrder, roleName, type Standing, useStanding } from '../roles/standing';
import { RoleEditor } from './role-editor';

/** How many hold each role; asked again when somebody's change. */
function useCounts(serverId: string): Record<string, number> {
	const rev = useChat((s) => s.changes[serverId] ?? 0);
	const q = useQuery(
		{
			queryKey: ['roles', serverId, rev],
			queryFn: () => api.roles(serverId),
			placeholderData: (before) => before,
		},
		queries,
	);
	return Object.fromEntries((q.data?.items ?? []).map((r) => [r.id, r.member_count ?? 0]));
}

const noRoles: Role[] = [];

export default function RolesPage({ serverId }: { serverId: string }) {
	const roles = useChat((s) => s.servers[serverId]?.roles ?? noRoles);
	const [openId, setOpenId] = useState<string | null>(null);
	const [said, setSaid] = useState('');
	const standing = useStanding(serverId);
	const counts = useCounts(serverId);
	const list = inOrder(roles);
	const open = list.find((r) => r.id === openId);
	const move = useSubmit(async (id: string, to: number) => {
		const ids = list.filter((r) => r.kind === 'custom').map((r) => r.id);
		const order = ids.filter((x) => x !== id);
		order.splice(to, 0, id);
		if (order.join() === ids.join()) return;
		await api.orderRoles(serverId, order);
		const moved = list.find((r) => r.id === id);
		if (moved) setSaid(t('roles.moved', { name: moved.name, place: to + 1, count: ids.length }));
	});
	if (open) {
		return (
			<RoleEditor
				key={open.id}
				serverId={serverId}
				role={open}
				standing={standing}
				onBack={() => setOpenId(null)}
			/>
		);
	}
	return (
		<div className="flex flex-col gap-4">
			<p className="text-ink-2 text-sm">{t('roles.lead')}</p>
			<NewRole serverId={serverId} onMade={setOpenId} />
			{move.error && <FormError>{problemText(move.error)}</FormError>}
			<List
				list={list}
				standing={standing}
				counts={counts}
				onOpen={setOpenId}
				onMove={(id, to) => void move.run(id, to)}
			/>
			<p role="status" className="sr-only">
				{said}
			</p>
		</div>
	);
}

function NewRole({ serverId, onMade }: { serverId: string; onMade: (id: string) => void }) {
	const [name, setName] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		const role = await api.createRole(serverId, { name: name.trim() });
		setName('');
		onMade(role.id);
	});
	return (
		<Form run={run} error={error} label={t('roles.create')} className="flex flex-col gap-2">
			<div className="flex items-end gap-2 max-sm:flex-col max-sm:items-stretch">
				<div className="min-w-0 grow">
					<Field
						label={t('roles.new_name')}
						field="name"
						required
						maxLength={64}
						value={name}
						onChange={(e) => setName(e.target.value)}
					/>
				</div>
				<Button type="submit" look="primary" busy={busy}>
					<Plus size={16} aria-hidden />
					{t('roles.create')}
				</Button>
			</div>
			<FormProblem />
		</Form>
	);
}

interface ListProps {
	list: Role[];
	standing: Standing;
	counts: Record<string, number>;
	onOpen: (id: string) => void;
	onMove: (id: string, to: number) => void;
}

function List({ list, standing, counts, onOpen, onMove }: ListProps) {
	const [dragged, setDragged] = useState<string | null>(null);
	const focus = useRef<string | null>(null);
	const custom = list.filter((r) => r.kind === 'custom');
	const first = custom.findIndex((r) => standing.mayChange(r));
	const order = list.map((r) => r.id).join();
	const before = useRef(order);
	// A row that moves may lose the focus, and at the end of the list the button it was on.
	useLayoutEffect(() => {
		if (before.current === order) return;
		before.current = order;
		const [id, word] = (focus.current ?? '').split(' ');
		const at = document.activeElement;
		// Not from wherever somebody has gone meanwhile.
		if (!id || !(at?.matches('body, [role=dialog]') || at?.id.startsWith(id))) return;
		const button = (which: string) =>
			document.querySelector<HTMLElement>(`[id="${id}-${which}"]:not(:disabled)`);
		(button(word ?? '') ?? button('up') ?? button('down'))?.focus();
	});
	return (
		<ul aria-label={t('roles.title')} className="flex flex-col">
			{list.map((r) => {
				const at = custom.indexOf(r);
				const mine = standing.mayChange(r);
				const movable = at >= 0 && mine;
				const step = (by: number, word: string) => {
					focus.current = `${r.id} ${word}`;
					onMove(r.id, at + by);
				};
				return (
					<li
						key={r.id}
						draggable={movable}
						onDragStart={() => setDragged(r.id)}
						onDragEnd={() => setDragged(null)}
						onDragOver={(e) => dragged && movable && e.preventDefault()}
						onDrop={(e) => {
							e.preventDefault();
							if (dragged && movable) onMove(dragged, at);
							setDragged(null);
						}}
						className={cx(
							'flex min-h-12 items-center gap-2 border-line border-b',
							dragged === r.id && 'opacity-50',
						)}
					>
						<GripVertical
							size={16}
							aria-hidden
							className={cx(
								'shrink-0 text-ink-3 max-sm:hidden',
								movable ? 'cursor-grab' : 'invisible',
							)}
						/>
						<RoleDot role={r} />
						<span className="min-w-0 grow leading-tight">
							<bdi className="block truncate font-semibold text-sm">{roleName(r)}</bdi>
							<span className="block text-ink-3 text-xs">
								{t('roles.held_by', { count: counts[r.id] ?? 0 })}
								{at < 0 && mine && ` · ${t('roles.fixed')}`}
							</span>
						</span>
						{movable && (
							<span className="flex shrink-0">
								<IconButton
									small
									id={`${r.id}-up`}
									label={t('roles.up', { name: r.name })}
									disabled={at <= first}
									onClick={() => step(-1, 'up')}
								>
									<ChevronUp size={16} />
								</IconButton>
								<IconButton
									small
									id={`${r.id}-down`}
									label={t('roles.down', { name: r.name })}
									disabled={at === custom.length - 1}
									onClick={() => step(1, 'down')}
								>
									<ChevronDown size={16} />
								</IconButton>
							</span>
						)}
						{mine ? (
							<Button
								data-opens={r.id}
								aria-label={t('roles.edit_name', { name: roleName(r) })}
								onClick={() => onOpen(r.id)}
							>
								{t('roles.edit')}
							</Button>
						) : (
							<span className="text-ink-3 text-xs">{t('roles.above')}</span>
						)}
					</li>
				);
			})}
		</ul>
	);
}
