/* What roles and members may do in one channel beside what they may do everywhere. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Override, Role } from '../../api/schema';
import { cx } from '../../lib/cx';
import { nameOf } from '../../lib/people';
import { allows, has, Permission } from '../../lib/permissions';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { Choice, Field } from '../../ui/field';
import { FormError } from '../../ui/form';
import { Panel } from '../../ui/panel';
import { Failed, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';
import { useMembers } from '../members/use-members';
import { offered } from '../roles/bits';
import { RoleDot } from '../roles/role-dot';
import { inOrder, roleName, useStanding } from '../roles/standing';

interface Props {
	channelId: string;
	onClose: () => void;
}

/** Read anew when the channel or a role changes. */
function useOverrides(channelId: string, serverId: string) {
	const rev = useChat((s) => s.changes[channelId] ?? 0);
	const around = useChat((s) => s.changes[serverId] ?? 0);
	return useQuery(
		{
			queryKey: ['overrides', channelId, rev, around],
			queryFn: () => api.overrides(channelId),
			placeholderData: (before) => before,
		},
		queries,
	);
}

const noRoles: Role[] = [];
const nothing = { allow: '0', deny: '0' };

export default function ChannelPermissions({ channelId, onClose }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const serverId = channel?.server_id ?? '';
	const may = useChat((s) =>
		allows(s.servers[serverId]?.my_permissions ?? '0', Permission.manageRoles),
	);
	const gone = !channel || !may;
	useEffect(() => {
		if (gone) onClose();
	}, [gone, onClose]);
	if (gone) return null;
	return (
		<Dialog
			size="medium"
			title={t('channel.permissions_title', { name: channel.name ?? '' })}
			description={t('channel.permissions_lead')}
			onClose={onClose}
		>
			<DialogBody>
				<Targets channelId={channelId} serverId={serverId} />
			</DialogBody>
		</Dialog>
	);
}

interface Target {
	id: string;
	name: string;
	role: Role | null;
	/** Stands above me, or is myself. */
	fixed: boolean;
}

/** Whom the channel has something of its own for, and who could be added. */
function Targets({ channelId, serverId }: { channelId: string; serverId: string }) {
	const roles = useChat((s) => s.servers[serverId]?.roles ?? noRoles);
	const users = useChat((s) => s.users);
	const me = useChat((s) => s.me?.id);
	const { mayChange } = useStanding(serverId);
	const q = useOverrides(channelId, serverId);
	const [openId, setOpenId] = useState<string | null>(null);
	const all = inOrder(roles);
	const roleTarget = (r: Role): Target => ({
		id: r.id,
		name: roleName(r),
		role: r,
		fixed: !mayChange(r),
	});
	const personTarget = (id: string): Target => {
		const user = users[id];
		const name = user ? nameOf(user) : t('channel.permissions_somebody');
		return { id, name, role: null, fixed: id === me };
	};
	const targetOf = (id: string): Target => {
		const r = roles.find((x) => x.id === id);
		return r ? roleTarget(r) : personTarget(id);
	};
	if (q.isPending) return <Skeleton rows={4} />;
	if (q.isError) return <Failed error={q.error} onRetry={() => void q.refetch()} />;
	const set = new Map(q.data.items.map((o) => [o.target_id, o]));
	if (openId) {
		const target = targetOf(openId);
		return (
			<Editor
				key={openId}
				channelId={channelId}
				serverId={serverId}
				target={target}
				override={set.get(openId) ?? null}
				onSaved={() => void q.refetch()}
				onBack={() => setOpenId(null)}
			/>
		);
	}
	const shown = all.filter((r) => set.has(r.id) || r.kind === 'everyone').map(roleTarget);
	const people = q.data.items.filter((o) => !o.is_role).map((o) => personTarget(o.target_id));
	const addable = all.filter((r) => !set.has(r.id) && r.kind !== 'everyone' && mayChange(r));
	return (
		<>
			<ul aria-label={t('channel.permissions')} className="flex flex-col">
				{[...shown, ...people].map((target) => (
					<li
						key={target.id}
						className="flex min-h-12 items-center gap-2 border-line border-b py-1"
					>
						{target.role && <RoleDot role={target.role} />}
						<span className="min-w-0 grow leading-tight">
							<bdi className="block truncate font-semibold text-sm">{target.name}</bdi>
							<Summary override={set.get(target.id) ?? null} />
						</span>
						{target.fixed ? (
							<span className="text-ink-3 text-xs">{t('roles.above')}</span>
						) : (
							<Button
								data-opens={target.id}
								aria-label={t('roles.edit_name', { name: target.name })}
								onClick={() => setOpenId(target.id)}
							>
								{t('roles.edit')}
							</Button>
						)}
					</li>
				))}
			</ul>
			{addable.length > 0 && (
				<Choice
					label={t('channel.permissions_add_role')}
					value=""
					onChange={setOpenId}
					options={[
						['', t('channel.permissions_choose_role')],
						...addable.map((r): [string, string] => [r.id, roleName(r)]),
					]}
				/>
			)}
			<AddPerson serverId={serverId} taken={[...set.keys(), me ?? '']} onPick={setOpenId} />
		</>
	);
}

function Summary({ override: o }: { override: Override | null }) {
	const count = (mask: string) =>
		[...BigInt(mask).toString(2)].filter((digit) => digit === '1').length;
	return (
		<span className="block text-ink-3 text-xs">
			{o
				? t('channel.permissions_counts', { allowed: count(o.allow), denied: count(o.deny) })
				: t('channel.permissions_none')}
		</span>
	);
}

interface AddPersonProps {
	serverId: string;
	taken: string[];
	onPick: (id: string) => void;
}

function AddPerson({ serverId, taken, onPick }: AddPersonProps) {
	const [q, setQ] = useState('');
	const words = useDeferredValue(q.trim());
	const found = useMembers(words ? serverId : null, { q: words || undefined });
	const people = words ? (found.data?.pages[0]?.items ?? []) : [];
	return (
		<section aria-label={t('channel.permissions_add_person')} className="flex flex-col gap-1">
			<Field
				label={t('channel.permissions_add_person')}
				hint={t('channel.permissions_add_hint')}
				type="search"
				maxLength={64}
				value={q}
				onChange={(e) => setQ(e.target.value)}
			/>
			<ul className="flex flex-col">
				{people
					.filter((m) => !taken.includes(m.user.id))
					.slice(0, 8)
					.map((m) => (
						<li key={m.user.id} className="flex min-h-11 items-center gap-2">
							<span className="min-w-0 grow truncate text-sm">
								<bdi>{nameOf(m.user)}</bdi> <bdi className="text-ink-3">@{m.user.username}</bdi>
							</span>
							<Button
								aria-label={t('channel.people_add', { name: nameOf(m.user) })}
								onClick={() => onPick(m.user.id)}
							>
								{t('action.add')}
							</Button>
						</li>
					))}
			</ul>
		</section>
	);
}

type Word = 'allow' | 'inherit' | 'deny';

interface EditorProps {
	channelId: string;
	serverId: string;
	target: Target;
	override: Override | null;
	onSaved: () => void;
	onBack: () => void;
}

/** Three states for each permission. What somebody else sets meanwhile shows where I set nothing. */
function Editor({ channelId, serverId, target, override, onSaved, onBack }: EditorProps) {
	const features = useChat((s) => s.features);
	const { mask } = useStanding(serverId);
	const [said, setSaid] = useState<Record<string, Word>>({});
	const o = override ?? nothing;
	const now = (bit: bigint): Word =>
		said[String(bit)] ??
		(has(BigInt(o.allow), bit) ? 'allow' : has(BigInt(o.deny), bit) ? 'deny' : 'inherit');
	const { run, busy, error } = useSubmit(async () => {
		let allow = BigInt(o.allow);
		let deny = BigInt(o.deny);
		for (const [bit, word] of Object.entries(said)) {
			const one = 1n << BigInt(bit);
			allow = word === 'allow' ? allow | one : allow & ~one;
			deny = word === 'deny' ? deny | one : deny & ~one;
		}
		if ((allow | deny) !== 0n)
			await api.putOverride(channelId, target.id, { allow: String(allow), deny: String(deny) });
		else if (override) await api.deleteOverride(channelId, target.id);
		setSaid({});
		toast(t('toast.saved'));
		onSaved();
		onBack();
	});
	return (
		<Panel title={target.name} of={target.id} back={t('channel.permissions_back')} onBack={onBack}>
			{offered(features, true).map((g) => (
				<section key={g.label} aria-label={t(g.label)} className="flex flex-col gap-3">
					<h4 className="font-bold text-sm">{t(g.label)}</h4>
					{g.bits.map((b) => (
						<ThreeStates
							key={b.label}
							label={t(b.label)}
							hint={t(b.hint)}
							name={b.label}
							value={now(b.bit)}
							disabled={!allows(mask, b.bit)}
							onChange={(word) => setSaid((s) => ({ ...s, [String(b.bit)]: word }))}
						/>
					))}
				</section>
			))}
			{error && <FormError>{problemText(error)}</FormError>}
			<div className="sticky -bottom-5 -mb-5 flex flex-wrap gap-2 bg-raised pt-2 pb-5">
				<Button
					look="primary"
					busy={busy}
					disabled={Object.keys(said).length === 0}
					onClick={() => void run()}
				>
					{t('action.save')}
				</Button>
				{override && (
					<Button
						disabled={busy}
						onClick={() => {
							const all = BigInt(o.allow) | BigInt(o.deny);
							const words: Record<string, Word> = {};
							for (let bit = 0n; all >> bit > 0n; bit++)
								if (has(all, bit)) words[String(bit)] = 'inherit';
							setSaid(words);
						}}
					>
						{t('channel.permissions_clear')}
					</Button>
				)}
			</div>
		</Panel>
	);
}

interface ThreeProps {
	label: string;
	hint: string;
	name: string;
	value: Word;
	disabled: boolean;
	onChange: (word: Word) => void;
}

const words: { word: Word; label: string; chosen: string }[] = [
	{ word: 'deny', label: 'perm.deny', chosen: 'bg-danger-soft text-danger' },
	{ word: 'inherit', label: 'perm.inherit', chosen: 'bg-press text-ink' },
	{ word: 'allow', label: 'perm.allow', chosen: 'bg-moss-soft text-moss-soft-ink' },
];

const ThreeStates = ({ label, hint, name, value, disabled, onChange }: ThreeProps) => (
	<fieldset disabled={disabled} className="flex flex-wrap items-center gap-x-3 gap-y-1">
		<legend className="sr-only">{label}</legend>
		<span aria-hidden="true" className="min-w-0 grow basis-48">
			<span className="block font-semibold text-sm">{label}</span>
			<span className="block text-ink-3 text-xs">{hint}</span>
		</span>
		<span className="flex overflow-hidden rounded-lg border border-line-strong">
			{words.map(({ word, label: text, chosen }) => (
				<label
					key={word}
					className={cx(
						'flex min-h-9 items-center px-2.5 text-sm has-focus-visible:outline-2 has-focus-visible:outline-moss has-focus-visible:-outline-offset-2 pointer-coarse:min-h-11',
						value === word ? chosen : 'text-ink-2',
						disabled ? 'opacity-60' : 'cursor-pointer hover:bg-hover',
					)}
				>
					<input
						type="radio"
						className="sr-only"
						name={name}
						checked={value === word}
						onChange={() => onChange(word)}
					/>
					{t(text)}
				</label>
			))}
		</span>
	</fieldset>
);
