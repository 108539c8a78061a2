/* Who somebody is: what he says of himself, what he is in this server, and what one can do. */
import { useQuery } from '@tanstack/react-query';
import { Clock, Flag, MessageCircle, ShieldBan, ShieldCheck, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import type { CustomStatus, Member } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { shortDate, timeIn } from '../../lib/time';
import { useChat } from '../../store/store';
import { openDialog, setDrawer, useView } from '../../store/view';
import { Button, IconButton } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { Skeleton } from '../../ui/states';
import { openConversation } from '../members/open-dm';
import { measureItems } from '../moderation/measures';
import { TimedOut } from '../moderation/timed-out';
import { PersonAvatar } from '../presence/person-avatar';
import { usePresenceText } from '../presence/use-presence';
import { RoleDot } from '../roles/role-dot';
import { inOrder, roleName } from '../roles/standing';
import { setBlocked } from './block';

interface Props {
	userId: string;
	serverId: string | null;
	onClose: () => void;
}

/** As a member of this server; null where he is none, or there is no server. */
function useMember(serverId: string | null, userId: string, username: string | undefined) {
	const rev = useChat((s) => s.changes[serverId ?? ''] ?? 0);
	return useQuery(
		{
			queryKey: ['member', serverId, userId, rev],
			enabled: serverId !== null && username !== undefined,
			queryFn: async (): Promise<Member | null> => {
				const { items } = await api.members(serverId ?? '', undefined, { q: username });
				return items.find((m) => m.user.id === userId) ?? null;
			},
			placeholderData: (before) => before,
		},
		queries,
	);
}

export default function Person({ userId, serverId, onClose }: Props) {
	const known = useChat((s) => s.users[userId]);
	const about = useQuery(
		{ queryKey: ['person', userId], queryFn: () => api.person(userId), staleTime: 0 },
		queries,
	);
	const user = known ?? about.data;
	const member = useMember(serverId, userId, user?.username).data ?? null;
	const presence = usePresenceText(userId);
	const name = member?.nickname || (user ? nameOf(user) : t('message.unknown_person'));
	return (
		<Dialog title={name} hideTitle onClose={onClose}>
			<DialogBody>
				{user && (
					<div className="flex items-start gap-4 pt-2">
						<PersonAvatar user={user} name={name} size={60} silent />
						<div className="min-w-0 grow self-center leading-tight">
							<p aria-hidden="true" className="truncate font-bold text-lg">
								<bdi>{name}</bdi>
							</p>
							<p className="truncate text-ink-2 text-sm">
								<bdi>@{user.username}</bdi>
								{presence && ` · ${presence}`}
							</p>
							<TimedOut until={member?.timeout_until} />
						</div>
						<IconButton label={t('action.close')} onClick={onClose}>
							<X size={18} />
						</IconButton>
					</div>
				)}
				{about.isPending && <Skeleton rows={1} />}
				{about.data && <About person={about.data} />}
				{member && <Here member={member} serverId={serverId ?? ''} />}
				<Actions
					userId={userId}
					name={name}
					serverId={serverId}
					member={member}
					onClose={onClose}
				/>
			</DialogBody>
		</Dialog>
	);
}

function About({
	person: p,
}: {
	person: { bio: string | null; time_zone: string | null; custom_status: CustomStatus | null };
}) {
	const [, tick] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => tick((n) => n + 1), 20_000);
		return () => clearInterval(timer);
	}, []);
	const there = p.time_zone ? timeIn(p.time_zone) : null;
	const { emoji, text } = p.custom_status ?? {};
	return (
		<>
			{(emoji || text) && (
				<p className="break-words rounded-lg bg-side px-3 py-2 text-sm">
					{emoji} <bdi>{text}</bdi>
				</p>
			)}
			{p.bio && <p className="whitespace-pre-wrap break-words text-sm">{p.bio}</p>}
			{there && (
				<p className="flex items-center gap-2 text-ink-2 text-sm">
					<Clock size={15} aria-hidden />
					{t('person.local_time', { time: there, zone: (p.time_zone ?? '').replaceAll('_', ' ') })}
				</p>
			)}
		</>
	);
}

function Here({ member: m, serverId }: { member: Member; serverId: string }) {
	const server = useChat((s) => s.servers[serverId]);
	if (!server) return null;
	const held = inOrder(server.roles).filter((r) => m.roles.includes(r.id));
	return (
		<section aria-label={server.name} className="flex flex-col gap-1">
			<h3 className="font-semibold text-ink-2 text-xs">
				<bdi>{server.name}</bdi>
			</h3>
			{held.length > 0 && (
				<ul aria-label={t('roles.title')} className="flex flex-wrap gap-1.5">
					{held.map((r) => (
						<li
							key={r.id}
							className="flex items-center gap-1.5 rounded-full border border-line px-2.5 py-0.5 text-xs"
						>
							<RoleDot role={r} />
							<bdi>{roleName(r)}</bdi>
						</li>
					))}
				</ul>
			)}
			{m.joined_at && (
				<p className="text-ink-3 text-xs">{t('person.since', { time: shortDate(m.joined_at) })}</p>
			)}
		</section>
	);
}

interface ActionsProps {
	userId: string;
	name: string;
	serverId: string | null;
	member: Member | null;
	onClose: () => void;
}

function Actions({ userId, name, serverId, member, onClose }: ActionsProps) {
	const self = useChat((s) => s.me?.id === userId);
	const blocked = useChat((s) => s.blocks.includes(userId));
	const [, navigate] = useLocation();
	if (self) return null;
	const talk = async () => {
		const to = await openConversation([userId]);
		if (!to) return;
		onClose();
		useView.setState({ members: false });
		setDrawer(false);
		navigate(to);
	};
	return (
		<div className="flex flex-wrap gap-2 pt-1">
			{!blocked && (
				<Button look="primary" data-first="" onClick={() => void talk()}>
					<MessageCircle size={16} aria-hidden />
					{t('members.message')}
				</Button>
			)}
			<Button onClick={() => void setBlocked(userId, name, !blocked)}>
				{blocked ? <ShieldCheck size={16} aria-hidden /> : <ShieldBan size={16} aria-hidden />}
				{t(blocked ? 'person.unblock' : 'person.block')}
			</Button>
			{serverId && (
				<Button onClick={() => openDialog({ name: 'report-person', serverId, userId, who: name })}>
					<Flag size={16} aria-hidden />
					{t('report.person')}
				</Button>
			)}
			{member &&
				measureItems(serverId, userId, name, member.roles, member.timeout_until, true).map((m) => (
					<Button key={m.label} onClick={m.onSelect}>
						{m.icon}
						{m.label}
					</Button>
				))}
		</div>
	);
}
