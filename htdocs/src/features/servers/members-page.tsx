/* The people of a server: found by name or role, and what may be done about each. */
import { useDeferredValue, useState } from 'react';
import type { Member, Role } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { shortDate } from '../../lib/time';
import { useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Choice, Field } from '../../ui/field';
import { Listing } from '../../ui/listing';
import { useMembers } from '../members/use-members';
import { TimedOut } from '../moderation/timed-out';
import { RoleDot } from '../roles/role-dot';
import { inOrder, roleName } from '../roles/standing';
import { MemberEditor } from './member-editor';

const noRoles: Role[] = [];

interface Props {
	serverId: string;
	/** Whose settings are open. */
	userId?: string;
}

export default function MembersPage({ serverId, userId }: Props) {
	const roles = useChat((s) => s.servers[serverId]?.roles ?? noRoles);
	const [q, setQ] = useState('');
	const [roleId, setRoleId] = useState('');
	const [openId, setOpenId] = useState<string | null>(userId ?? null);
	const asked = useMembers(openId ? serverId : null, { userIds: openId ? [openId] : [] });
	const found = useMembers(serverId, {
		q: useDeferredValue(q.trim()) || undefined,
		roleId: roles.some((r) => r.id === roleId) ? roleId : undefined,
	});
	const people = found.data?.pages.flatMap((p) => p.items) ?? [];
	const open = [...people, ...(asked.data?.pages[0]?.items ?? [])].find(
		(m) => m.user.id === openId,
	);
	if (open) {
		return (
			<MemberEditor
				key={open.user.id}
				serverId={serverId}
				member={open}
				onBack={() => setOpenId(null)}
			/>
		);
	}
	return (
		<div className="flex flex-col gap-4">
			<div className="flex flex-wrap gap-3">
				<div className="min-w-40 grow">
					<Field
						label={t('members.search')}
						type="search"
						maxLength={64}
						value={q}
						onChange={(e) => setQ(e.target.value)}
					/>
				</div>
				<Choice
					label={t('members.by_role')}
					value={roleId}
					onChange={setRoleId}
					options={[
						['', t('members.any_role')],
						...inOrder(roles)
							.filter((r) => r.kind !== 'everyone')
							.map((r): [string, string] => [r.id, roleName(r)]),
					]}
				/>
			</div>
			<Listing q={found} label={t('members.title')} none={t('members.nobody')} rows={4}>
				{people.map((m) => (
					<Row key={m.user.id} member={m} roles={roles} onOpen={() => setOpenId(m.user.id)} />
				))}
			</Listing>
		</div>
	);
}

function Row({ member: m, roles, onOpen }: { member: Member; roles: Role[]; onOpen: () => void }) {
	const name = m.nickname || nameOf(m.user);
	return (
		<li className="flex min-h-14 items-center gap-3 border-line border-b py-1">
			<Avatar id={m.user.id} name={name} url={m.user.avatar_url} size={30} />
			<span className="min-w-0 grow leading-tight">
				<bdi className="block truncate font-semibold text-sm">{name}</bdi>
				<bdi className="block truncate text-ink-3 text-xs">@{m.user.username}</bdi>
				<TimedOut until={m.timeout_until} />
				<span className="flex flex-wrap gap-x-2">
					{inOrder(roles)
						.filter((r) => m.roles.includes(r.id))
						.map((r) => (
							<span key={r.id} className="flex items-center gap-1 text-ink-2 text-xs">
								<RoleDot role={r} />
								<bdi>{roleName(r)}</bdi>
							</span>
						))}
					{m.expires_at && (
						<span className="text-amber text-xs">
							{t('members.leaves', { time: shortDate(m.expires_at) })}
						</span>
					)}
				</span>
			</span>
			<Button
				data-opens={m.user.id}
				aria-label={t('members.manage_name', { name })}
				onClick={onOpen}
			>
				{t('members.manage')}
			</Button>
		</li>
	);
}
