import {
	Archive,
	ArchiveRestore,
	ArrowDown,
	ArrowUp,
	Ellipsis,
	LogOut,
	Pencil,
	ShieldCheck,
	Trash2,
	UserPlus,
} from 'lucide-react';
import type { KeyboardEvent, PointerEventHandler } from 'react';
import { Link } from 'wouter';
import type { Channel, User } from '../../api/schema';
import { cx } from '../../lib/cx';
import { isCommand, keysOf } from '../../lib/keys';
import { channelName, otherOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import type { useDrag } from '../../lib/use-drag';
import { calls, unreadOf } from '../../store/selectors';
import { chat, useChat } from '../../store/store';
import { openDialog, setDrawer } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { ChannelIcon, spokenName } from '../../ui/channel-icon';
import { Menu, type MenuProps } from '../../ui/menu';
import { toast } from '../../ui/toast';
import { setArchived } from '../channels/archive';
import { layoutOf, step } from '../channels/order';
import { placeText, reorder } from '../channels/reorder';
import { useDrafts } from '../composer/drafts';
import { PersonAvatar } from '../presence/person-avatar';
import { usePresenceText } from '../presence/use-presence';
import { usePlace } from './place';

/** A channel or a conversation, with its menu. */
interface Props {
	channel: Channel;
	manage: boolean;
	/** While the list may be put in order by dragging. */
	grab?: PointerEventHandler<HTMLElement> | undefined;
	/** Where what is dragged would go. */
	line?: 'before' | 'after' | null;
}

export function ChannelItem({ channel: c, manage, grab, line = null }: Props) {
	const me = useChat((s) => s.me?.id);
	const users = useChat((s) => s.users);
	const unread = useChat((s) => unreadOf(s, c.id));
	const called = useChat((s) => calls(s, c));
	const draft = useDrafts((d) => d[c.id] ?? false);
	const mask = useChat((s) => s.servers[c.server_id ?? '']?.my_permissions ?? '0');
	const roles = allows(mask, Permission.manageRoles);
	const shares = c.private && allows(mask, Permission.createInvite);
	const place = usePlace();
	const current = place.channelId === c.id;
	const name = channelName(c, me, users);
	const other = otherOf(c, me);
	const presence = usePresenceText(other?.id);
	const spoken = presence ? t('presence.named', { name, status: presence }) : spokenName(c, name);
	return (
		<li className="group relative flex items-center" data-drop={grab ? c.id : undefined}>
			{line && (
				<span
					aria-hidden="true"
					className={cx(
						'absolute inset-x-1 z-10 h-0.5 rounded-full bg-moss',
						line === 'after' ? '-bottom-px' : '-top-px',
					)}
				/>
			)}
			<Link
				href={`/c/${c.id}`}
				draggable={grab ? false : undefined}
				onPointerDown={grab}
				onKeyDown={(e: KeyboardEvent<HTMLElement>) => {
					const by = isCommand(e, 'channel-up') ? -1 : isCommand(e, 'channel-down') ? 1 : 0;
					if (by === 0 || !grab) return;
					e.preventDefault();
					move(c, by);
				}}
				data-channel={c.id}
				aria-current={current ? 'page' : undefined}
				aria-label={
					called > 0
						? t('nav.with_calls', { name: spoken, count: called })
						: unread > 0
							? t('nav.with_unread', { name: spoken })
							: spoken
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
				<Glyph channel={c} other={other} name={name} />
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
					<span
						aria-hidden="true"
						data-letters={called > 98 ? '99+' : called}
						className="letters min-w-5 shrink-0 rounded-full bg-amber px-1.5 text-center font-bold text-2xs text-amber-ink leading-5 tabular-nums"
					/>
				) : (
					unread > 0 && <span className="size-2 shrink-0 rounded-full bg-ink" />
				)}
			</Link>
			{(manage || ((roles || shares) && !c.archived) || c.kind === 'group') && (
				<div className="absolute end-1 rounded-lg bg-raised opacity-0 focus-within:opacity-100 group-hover:opacity-100 has-data-[state=open]:opacity-100 pointer-coarse:relative pointer-coarse:end-0 pointer-coarse:bg-transparent pointer-coarse:opacity-100">
					<Menu
						align="end"
						label={t('channel.menu', { name })}
						trigger={
							<button
								type="button"
								aria-label={t('channel.menu', { name })}
								className="grid size-6 place-items-center rounded-lg text-ink-2 hover:text-ink pointer-coarse:size-11"
							>
								<Ellipsis size={15} aria-hidden />
							</button>
						}
						items={
							c.kind === 'group'
								? groupMenu(c)
								: c.archived
									? archivedMenu(c, manage)
									: channelMenu(c, manage, roles, shares)
						}
					/>
				</div>
			)}
		</li>
	);
}

const groupMenu = (c: Channel): MenuProps['items'] => [
	{
		label: t('dm.leave'),
		danger: true,
		icon: <LogOut size={16} />,
		onSelect: () => openDialog({ name: 'leave-conversation', channelId: c.id }),
	},
];

function move(c: Channel, by: 1 | -1): void {
	const serverId = c.server_id ?? '';
	void reorder(serverId, step(layoutOf(chat().channels, serverId), c.id, by)).then((done) => {
		if (done) toast(placeText(serverId, c.id));
	});
}

const archivedMenu = (c: Channel, manage: boolean): MenuProps['items'] => [
	manage && {
		label: t('channels.unarchive'),
		icon: <ArchiveRestore size={16} />,
		onSelect: () => void setArchived(c, false),
	},
	manage && {
		label: t('channel.delete'),
		danger: true,
		icon: <Trash2 size={16} />,
		onSelect: () => openDialog({ name: 'delete-channel', channelId: c.id }),
	},
];

const channelMenu = (
	c: Channel,
	manage: boolean,
	roles: boolean,
	shares: boolean,
): MenuProps['items'] => [
	manage && {
		label: t('channel.edit'),
		icon: <Pencil size={16} />,
		onSelect: () => openDialog({ name: 'edit-channel', channelId: c.id }),
	},
	(manage || shares) && {
		label: t(c.private ? 'channel.people' : 'channel.guests'),
		icon: <UserPlus size={16} />,
		onSelect: () => openDialog({ name: 'channel-people', channelId: c.id }),
	},
	roles && {
		label: t('channel.permissions'),
		icon: <ShieldCheck size={16} />,
		onSelect: () => openDialog({ name: 'channel-permissions', channelId: c.id }),
	},
	manage && {
		label: t('channels.up'),
		icon: <ArrowUp size={16} />,
		keys: keysOf('channel-up'),
		onSelect: () => move(c, -1),
	},
	manage && {
		label: t('channels.down'),
		icon: <ArrowDown size={16} />,
		keys: keysOf('channel-down'),
		onSelect: () => move(c, 1),
	},
	manage && 'line',
	manage && {
		label: t('channel.archive'),
		icon: <Archive size={16} />,
		onSelect: () => void setArchived(c, true),
	},
	manage && {
		label: t('channel.delete'),
		danger: true,
		icon: <Trash2 size={16} />,
		onSelect: () => openDialog({ name: 'delete-channel', channelId: c.id }),
	},
];

function Glyph({
	channel: c,
	other,
	name,
}: {
	channel: Channel;
	other: User | undefined;
	name: string;
}) {
	if (other) return <PersonAvatar user={other} size={24} silent />;
	if (c.kind === 'dm' || c.kind === 'group') return <Avatar id={c.id} name={name} size={24} />;
	return <ChannelIcon channel={c} size={16} className="opacity-70" />;
}

interface ItemsProps {
	channels: Channel[];
	manage: boolean;
	dragging?: ReturnType<typeof useDrag>;
}

export const ChannelItems = ({ channels, manage, dragging }: ItemsProps) => {
	const over = dragging?.drag?.over;
	return (
		<ul className="flex flex-col gap-px">
			{channels.map((c) => (
				<ChannelItem
					key={c.id}
					channel={c}
					manage={manage}
					grab={manage ? dragging?.start(c.id) : undefined}
					line={
						over?.place === c.id && dragging?.drag?.id !== c.id
							? over.after
								? 'after'
								: 'before'
							: null
					}
				/>
			))}
		</ul>
	);
};
