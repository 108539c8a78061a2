import {
	ChevronDown,
	Keyboard,
	Lock,
	LogOut,
	Plus,
	Settings,
	SquarePen,
	UserPlus,
} from 'lucide-react';
import { Fragment, lazy, type ReactNode, Suspense, useId, useMemo } from 'react';
import type { Channel } from '../../api/schema';
import { cx } from '../../lib/cx';
import { keysOf } from '../../lib/keys';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useDrag } from '../../lib/use-drag';
import {
	archivedOf,
	conversations,
	type Section,
	sectionsOf,
	unreadOf,
} from '../../store/selectors';
import { chat, useChat } from '../../store/store';
import { openDialog } from '../../store/view';
import { IconButton } from '../../ui/button';
import { Menu } from '../../ui/menu';
import { toast } from '../../ui/toast';
import { layoutOf, moveTo, sectionOf } from '../channels/order';
import { placeText, reorder } from '../channels/reorder';
import { StatusMenu } from '../presence/status-menu';
import { settingsPages } from '../servers/settings-pages';
import { ChannelItem, ChannelItems } from './channel-item';
import { Connection } from './connection';
import { setFolded, useFolded } from './folded';
import { usePlace } from './place';

/** Without it nothing else of the sidebar is lost. */
const OpenReports = lazy(() =>
	import('../moderation/open-reports').catch(() => ({ default: () => null })),
);

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
	const sections = useMemo(() => sectionsOf(channels, serverId), [channels, serverId]);
	const archived = useMemo(() => archivedOf(channels, serverId), [channels, serverId]);
	const dragging = useDrag((id, { place, after }) => {
		const layout = layoutOf(chat().channels, serverId);
		const at = sectionOf(layout, place);
		const index = layout[at]?.channels.findIndex((c) => c.id === place) ?? -1;
		if (index >= 0)
			void reorder(serverId, moveTo(layout, id, at, index + (after ? 1 : 0))).then((done) => {
				if (done) toast(placeText(serverId, id));
			});
	}, true);
	if (!server) return <div className="grow" />;
	const may = (bit: bigint) => allows(server.my_permissions, bit);
	const owner = server.owner_id === me;
	const manage = may(Permission.manageChannels);
	const add = (category?: string) =>
		openDialog({ name: 'create-channel', serverId, ...(category ? { category } : {}) });
	return (
		<nav aria-label={t('sidebar.channels')} className="flex min-h-0 grow flex-col">
			<div className="flex h-13 shrink-0 items-center border-line border-b ps-1 pe-2">
				<Menu
					label={t('server.menu')}
					trigger={
						<button
							type="button"
							className="flex min-w-0 grow items-center gap-1.5 rounded-lg px-3 py-2 text-start font-bold text-lg hover:bg-hover data-[state=open]:bg-press pointer-coarse:min-h-11"
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
						manage && {
							label: t('channel.create'),
							icon: <Plus size={16} />,
							onSelect: () => add(),
						},
						settingsPages(server, owner).length > 0 && {
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
			{server.lockdown && (
				<p className="flex items-center gap-2 bg-amber-soft px-4 py-1.5 text-sm">
					<Lock size={15} className="shrink-0" aria-hidden />
					{t('server.lockdown')}
				</p>
			)}
			{may(Permission.manageMessages) && (
				<Suspense fallback={null}>
					<OpenReports serverId={serverId} />
				</Suspense>
			)}
			<div className="min-h-0 grow overflow-y-auto px-2 py-3">
				{manage && sections[0]?.kind !== 'text' && (
					<Heading text={t('sidebar.text_channels')} onAdd={() => add()} />
				)}
				{sections.map((section) =>
					section.kind === 'category' ? (
						<Category
							key={section.name}
							serverId={serverId}
							section={section}
							manage={manage}
							dragging={dragging}
							onAdd={() => add(section.name)}
						/>
					) : (
						<Fragment key={section.kind}>
							<Heading
								text={t(section.kind === 'text' ? 'sidebar.text_channels' : 'sidebar.rooms')}
								{...(manage && section.kind === 'text' ? { onAdd: () => add() } : {})}
							/>
							<ChannelItems channels={section.channels} manage={manage} dragging={dragging} />
						</Fragment>
					),
				)}
				{archived.length > 0 && <PutAway serverId={serverId} channels={archived} manage={manage} />}
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
	onAdd?: () => void;
}

const Heading = ({ text, onAdd }: HeadingProps) => (
	<div className="flex min-h-7 items-center ps-2 pt-1 pb-0.5 [&:not(:first-child)]:mt-3">
		<h2 className="grow font-semibold text-ink-2 text-xs">{text}</h2>
		{onAdd && (
			<IconButton small label={t('channel.create')} onClick={onAdd}>
				<Plus size={15} />
			</IconButton>
		)}
	</div>
);

interface CategoryProps {
	serverId: string;
	section: Section;
	manage: boolean;
	dragging: ReturnType<typeof useDrag>;
	onAdd: () => void;
}

/** Folded it still shows what is open and what is unread. */
function Category({ serverId, section, manage, dragging, onAdd }: CategoryProps) {
	const folded = useFolded(serverId, section.name);
	const place = usePlace();
	const unread = useChat((s) =>
		section.channels.flatMap((c) => (unreadOf(s, c.id) > 0 ? c.id : [])).join(),
	).split(',');
	const shown = folded
		? section.channels.filter((c) => c.id === place.channelId || unread.includes(c.id))
		: section.channels;
	return (
		<Fold
			name={section.name}
			folded={folded}
			onFold={(f) => setFolded(serverId, section.name, f)}
			beside={
				manage && (
					<IconButton
						small
						label={t('channel.create_in', { category: section.name })}
						onClick={onAdd}
					>
						<Plus size={15} />
					</IconButton>
				)
			}
		>
			{shown.length > 0 && <ChannelItems channels={shown} manage={manage} dragging={dragging} />}
		</Fold>
	);
}

interface ArchiveProps {
	serverId: string;
	channels: Channel[];
	manage: boolean;
}

/** No name of a category begins with a blank. */
const ARCHIVE_OPEN = ' archive open';

/** Channels that are only read any more: folded until somebody looks for one. */
function PutAway({ serverId, channels, manage }: ArchiveProps) {
	const open = useFolded(serverId, ARCHIVE_OPEN);
	const place = usePlace();
	const shown = open ? channels : channels.filter((c) => c.id === place.channelId);
	return (
		<Fold
			name={t('channels.archived')}
			folded={!open}
			onFold={(folded) => setFolded(serverId, ARCHIVE_OPEN, !folded)}
		>
			{shown.length > 0 && <ChannelItems channels={shown} manage={manage} />}
		</Fold>
	);
}

interface FoldProps {
	name: string;
	folded: boolean;
	onFold: (folded: boolean) => void;
	beside?: ReactNode;
	children: ReactNode;
}

function Fold({ name, folded, onFold, beside, children }: FoldProps) {
	const id = useId();
	return (
		<section aria-labelledby={`${id}-name`} className="[&:not(:first-child)]:mt-3">
			<div className="flex min-h-7 items-center pb-0.5">
				<h2 id={`${id}-name`} className="min-w-0 grow font-semibold text-ink-2 text-xs">
					<button
						type="button"
						aria-expanded={!folded}
						aria-controls={`${id}-list`}
						className="flex min-h-7 w-full items-center gap-1 rounded-lg px-1 text-start hover:text-ink pointer-coarse:min-h-11"
						onClick={() => onFold(!folded)}
					>
						<ChevronDown
							size={13}
							aria-hidden
							className={cx('shrink-0 transition-transform', folded && '-rotate-90 rtl:rotate-90')}
						/>
						<bdi className="truncate">{name}</bdi>
					</button>
				</h2>
				{beside}
			</div>
			<div id={`${id}-list`}>{children}</div>
		</section>
	);
}

function Self() {
	const me = useChat((s) => s.me);
	if (!me) return null;
	return (
		<div className="flex items-center gap-2.5 border-line border-t px-2 py-1 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
			<StatusMenu me={me} />
			<span className="-me-2 pointer-coarse:hidden">
				<IconButton
					label={t('keys.title')}
					keys={keysOf('shortcuts')}
					onClick={() => openDialog({ name: 'shortcuts' })}
				>
					<Keyboard size={18} />
				</IconButton>
			</span>
			<IconButton
				label={t('account.settings')}
				keys={keysOf('settings')}
				onClick={() => openDialog({ name: 'account' })}
			>
				<Settings size={18} />
			</IconButton>
		</div>
	);
}
