import {
	ChevronDown,
	Hash,
	Lock,
	LogOut,
	Pencil,
	Plus,
	Settings,
	SquarePen,
	Trash2,
	UserPlus,
	Video,
	Volume2,
} from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import type { Channel } from '../../api/schema';
import { cx } from '../../lib/cx';
import { channelName, nameOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { calls, channelsOf, conversations, unreadOf } from '../../store/selectors';
import { useChat } from '../../store/store';
import { openDialog, setDrawer } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { IconButton } from '../../ui/button';
import { Menu } from '../../ui/menu';
import { useDrafts } from '../composer/drafts';
import { Connection } from './connection';
import { usePlace } from './place';

export function Sidebar() {
	const place = usePlace();
	return (
		<div data-region="sidebar" className="flex min-h-0 min-w-0 flex-col bg-side">
			{place.kind === 'server' ? <ServerList serverId={place.id} /> : <Conversations />}
			<section aria-label={t('sidebar.you')}>
				<Connection />
				<Self />
			</section>
		</div>
	);
}

function ServerList({ serverId }: { serverId: string }) {
	const server = useChat((s) => s.servers[serverId]);
	const channels = useChat((s) => s.channels);
	const me = useChat((s) => s.me?.id);
	const list = useMemo(() => channelsOf(channels, serverId), [channels, serverId]);
	if (!server) return <div className="grow" />;
	const may = (bit: bigint) => allows(server.my_permissions, bit);
	const owner = server.owner_id === me;
	const rooms = list.filter((c) => c.kind !== 'text');
	return (
		<nav aria-label={t('sidebar.channels')} className="flex min-h-0 grow flex-col">
			<div className="flex h-13 shrink-0 items-center border-line border-b ps-1 pe-2">
				<Menu
					label={t('server.menu')}
					trigger={
						<button
							type="button"
							className="flex min-w-0 grow items-center gap-1.5 rounded-lg px-3 py-2 text-start font-bold text-lg hover:bg-hover data-[state=open]:bg-press"
						>
							<bdi className="truncate">{server.name}</bdi>
							<ChevronDown size={16} className="shrink-0 text-ink-3" aria-hidden />
							<span className="sr-only">{t('server.menu')}</span>
						</button>
					}
					items={[
						may(Permission.createInvite) && {
							label: t('invite.people'),
							icon: <UserPlus size={16} />,
							onSelect: () => openDialog({ name: 'invite', serverId }),
						},
						may(Permission.manageChannels) && {
							label: t('channel.create'),
							icon: <Plus size={16} />,
							onSelect: () => openDialog({ name: 'create-channel', serverId }),
						},
						(owner || may(Permission.manageServer)) && {
							label: t('server.settings'),
							icon: <Settings size={16} />,
							onSelect: () => openDialog({ name: 'server-settings', serverId }),
						},
						!owner && 'line',
						!owner && {
							label: t('server.leave'),
							danger: true,
							icon: <LogOut size={16} />,
							onSelect: () => openDialog({ name: 'leave-server', serverId }),
						},
					]}
				/>
			</div>
			<div className="min-h-0 grow overflow-y-auto px-2 py-3">
				<Heading
					text={t('sidebar.text_channels')}
					action={t('channel.create')}
					{...(may(Permission.manageChannels)
						? { onAdd: () => openDialog({ name: 'create-channel', serverId }) }
						: {})}
				/>
				<ul className="flex flex-col gap-px">
					{list
						.filter((c) => c.kind === 'text')
						.map((c) => (
							<ChannelItem key={c.id} channel={c} manage={may(Permission.manageChannels)} />
						))}
				</ul>
				{rooms.length > 0 && (
					<>
						<Heading text={t('sidebar.rooms')} />
						<ul className="flex flex-col gap-px">
							{rooms.map((c) => (
								<ChannelItem key={c.id} channel={c} manage={may(Permission.manageChannels)} />
							))}
						</ul>
					</>
				)}
			</div>
		</nav>
	);
}

function Conversations() {
	const channels = useChat((s) => s.channels);
	const list = useMemo(() => conversations(channels), [channels]);
	return (
		<nav aria-label={t('sidebar.conversations')} className="flex min-h-0 grow flex-col">
			<div className="flex h-13 shrink-0 items-center border-line border-b ps-4 pe-2">
				<p className="grow font-bold text-lg">{t('sidebar.conversations')}</p>
				<IconButton label={t('dm.new')} onClick={() => openDialog({ name: 'new-conversation' })}>
					<SquarePen size={18} />
				</IconButton>
			</div>
			<ul className="flex min-h-0 grow flex-col gap-px overflow-y-auto px-2 py-3">
				{list.length === 0 && <li className="px-2 text-ink-2 text-sm">{t('dm.none')}</li>}
				{list.map((c) => (
					<ChannelItem key={c.id} channel={c} manage={false} />
				))}
			</ul>
		</nav>
	);
}

interface HeadingProps {
	text: string;
	action?: string;
	onAdd?: () => void;
}

const Heading = ({ text, action, onAdd }: HeadingProps) => (
	<div className="flex min-h-7 items-center ps-2 pt-1 pb-0.5 [&:not(:first-child)]:mt-3">
		<h2 className="grow font-semibold text-ink-2 text-xs">{text}</h2>
		{onAdd && action && (
			<IconButton small label={action} onClick={onAdd}>
				<Plus size={15} />
			</IconButton>
		)}
	</div>
);

const icons = { text: Hash, audio: Volume2, video: Video };

function ChannelItem({ channel: c, manage }: { channel: Channel; manage: boolean }) {
	const me = useChat((s) => s.me?.id);
	const users = useChat((s) => s.users);
	const unread = useChat((s) => unreadOf(s, c.id));
	const called = useChat((s) => calls(s, c));
	const draft = useDrafts((d) => d[c.id] ?? false);
	const place = usePlace();
	const current = place.channelId === c.id;
	const name = channelName(c, me, users);
	return (
		<li className="group relative flex items-center">
			<Link
				href={`/c/${c.id}`}
				data-channel={c.id}
				aria-current={current ? 'page' : undefined}
				aria-label={
					called > 0
						? t('nav.with_calls', { name, count: called })
						: unread > 0
							? t('nav.with_unread', { name })
							: name
				}
				onClick={() => setDrawer(false)}
				className={cx(
					'flex min-h-8 min-w-0 grow items-center gap-2 rounded-lg px-2 py-1 pointer-coarse:min-h-11',
					current
						? 'bg-moss-soft text-moss-soft-ink'
						: unread > 0
							? 'font-bold text-ink hover:bg-hover'
							: 'text-ink-2 hover:bg-hover hover:text-ink',
				)}
			>
				<Glyph channel={c} me={me} name={name} />
				<bdi className="grow truncate">{name}</bdi>
				{draft && !current && (
					<Pencil
						size={13}
						className="shrink-0 text-ink-3"
						role="img"
						aria-label={t('sidebar.draft')}
					/>
				)}
				{called > 0 ? (
					<span className="min-w-5 shrink-0 rounded-full bg-amber px-1.5 text-center font-bold text-2xs text-amber-ink leading-5 tabular-nums">
						{called > 98 ? '99+' : called}
					</span>
				) : (
					unread > 0 && <span className="size-2 shrink-0 rounded-full bg-ink" />
				)}
			</Link>
			{manage && (
				<div className="absolute end-1 rounded-lg bg-raised opacity-0 focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 pointer-coarse:hidden">
					<Menu
						align="end"
						label={t('channel.menu', { name })}
						trigger={
							<button
								type="button"
								aria-label={t('channel.menu', { name })}
								className="grid size-6 place-items-center rounded-lg text-ink-2 hover:text-ink"
							>
								<Settings size={14} aria-hidden />
							</button>
						}
						items={[
							{
								label: t('channel.edit'),
								icon: <Pencil size={16} />,
								onSelect: () => openDialog({ name: 'edit-channel', channelId: c.id }),
							},
							c.private && {
								label: t('channel.people'),
								icon: <UserPlus size={16} />,
								onSelect: () => openDialog({ name: 'channel-people', channelId: c.id }),
							},
							{
								label: t('channel.delete'),
								danger: true,
								icon: <Trash2 size={16} />,
								onSelect: () => openDialog({ name: 'delete-channel', channelId: c.id }),
							},
						]}
					/>
				</div>
			)}
		</li>
	);
}

function Glyph({
	channel: c,
	me,
	name,
}: {
	channel: Channel;
	me: string | undefined;
	name: string;
}) {
	if (c.kind === 'dm' || c.kind === 'group') {
		const others = (c.members ?? []).filter((u) => u.id !== me);
		const one = others.length === 1 ? others[0] : undefined;
		return (
			<Avatar
				id={one?.id ?? c.id}
				name={one ? nameOf(one) : name}
				url={one?.avatar_url ?? null}
				size={24}
			/>
		);
	}
	const Icon = c.private && c.kind === 'text' ? Lock : icons[c.kind];
	return <Icon size={16} className="shrink-0 opacity-70" aria-hidden />;
}

function Self() {
	const me = useChat((s) => s.me);
	if (!me) return null;
	const name = nameOf(me);
	return (
		<div className="flex items-center gap-2.5 border-line border-t px-3 py-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
			<Avatar id={me.id} name={name} url={me.avatar_url} size={32} />
			<div className="min-w-0 grow leading-tight">
				<bdi className="block truncate font-semibold text-sm">{name}</bdi>
				<bdi className="block truncate text-ink-3 text-xs">@{me.username}</bdi>
			</div>
			<IconButton
				label={t('account.settings')}
				keys="Ctrl+,"
				onClick={() => openDialog({ name: 'account' })}
			>
				<Settings size={18} />
			</IconButton>
		</div>
	);
}
