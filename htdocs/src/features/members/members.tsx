import { Ellipsis, Flag, Lock, MessageCircle, UserRound, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { VList } from 'virtua';
import { useLocation } from 'wouter';
import type { Channel, Member } from '../../api/schema';
import { cx } from '../../lib/cx';
import '../../lib/later-texts';
import { useWide } from '../../lib/media';
import { nameOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { lastSeen } from '../../store/presence';
import { useChat } from '../../store/store';
import { openDialog, useView } from '../../store/view';
import { Button, IconButton } from '../../ui/button';
import { Menu } from '../../ui/menu';
import { Failed, Skeleton } from '../../ui/states';
import { focusComposer } from '../messages/actions';
import { measureItems } from '../moderation/measures';
import { TimedOut } from '../moderation/timed-out';
import { PersonAvatar } from '../presence/person-avatar';
import { usePresenceText } from '../presence/use-presence';
import { inkOf } from '../roles/ink';
import { inOrder, roleName } from '../roles/standing';
import { openConversation } from './open-dm';
import { onlyThese, useChannelPeople, useMembers } from './use-members';

/** Beside the messages where there is room, else over them, as the channels are on the other side. */
export default function Members({ channel }: { channel: Channel }) {
	const wide = useWide();
	const body = (
		<>
			{channel.topic && <Topic text={channel.topic} />}
			<People channel={channel} />
		</>
	);
	if (wide) {
		return (
			<aside
				data-region="members"
				aria-label={t('members.title')}
				className="flex w-60 flex-col border-line border-s bg-side"
				onKeyDown={(e) => {
					if (e.key !== 'Escape' || e.defaultPrevented) return;
					close();
					focusComposer();
				}}
			>
				<div className="flex h-13 shrink-0 items-center border-line border-b px-4">
					<h2 className="font-bold">
						<Title channel={channel} />
					</h2>
				</div>
				{body}
			</aside>
		);
	}
	return (
		<Dialog.Root open onOpenChange={close}>
			<Dialog.Portal>
				<Dialog.Overlay className="fixed inset-0 z-30 animate-appear bg-scrim" />
				<Dialog.Content
					data-region="members"
					aria-describedby={undefined}
					className="fixed inset-y-0 end-0 z-30 flex w-[min(18rem,85vw)] animate-appear flex-col bg-side shadow-float outline-none"
				>
					<div className="flex h-13 shrink-0 items-center border-line border-b ps-4 pe-2">
						<Dialog.Title className="grow font-bold">
							<Title channel={channel} />
						</Dialog.Title>
						<IconButton label={t('action.close')} onClick={close}>
							<X size={17} />
						</IconButton>
					</div>
					{body}
				</Dialog.Content>
			</Dialog.Portal>
		</Dialog.Root>
	);
}

const close = (): void => useView.setState({ members: false });

function Title({ channel: c }: { channel: Channel }) {
	const all = useChat((s) => s.servers[c.server_id ?? '']?.member_count);
	// A guest is not told how many there are.
	const count = c.members?.length ?? ((!c.private && all) || undefined);
	return (
		<>
			{t('members.title')} <span className="font-normal text-ink-3">{count}</span>
		</>
	);
}

/** Where the heading of a channel has no room for it. */
const Topic = ({ text }: { text: string }) => (
	<section aria-label={t('channel.topic')} className="border-line border-b px-4 py-3 sm:hidden">
		<p className="max-h-40 overflow-y-auto break-words text-sm">{text}</p>
	</section>
);

function People({ channel: c }: { channel: Channel }) {
	if (!c.server_id)
		return <List people={(c.members ?? []).map((user) => ({ user }))} serverId={null} />;
	if (c.private) return <PrivatePeople channelId={c.id} serverId={c.server_id} />;
	return <ServerPeople serverId={c.server_id} />;
}

/** Who looks here wants to know who reads along. */
function PrivatePeople({ channelId, serverId }: { channelId: string; serverId: string }) {
	const q = useChannelPeople(channelId, serverId);
	const mask = useChat((s) => s.servers[serverId]?.my_permissions ?? '0');
	const shares = allows(mask, Permission.manageChannels) || allows(mask, Permission.createInvite);
	if (q.isPending) return <Skeleton rows={3} />;
	if (q.isError) return <Failed error={q.error} onRetry={() => void q.refetch()} />;
	const people = q.data.pages.flatMap((p) => p.items);
	return (
		<>
			<div className="flex flex-col gap-2 px-4 pt-3 text-ink-2 text-xs">
				<p className="flex gap-2">
					<Lock size={14} className="mt-px shrink-0" aria-hidden />
					{onlyThese(people.length, q.hasNextPage)}
				</p>
				{shares && (
					<Button onClick={() => openDialog({ name: 'channel-people', channelId })}>
						{t('channel.add_people')}
					</Button>
				)}
			</div>
			<List
				people={people}
				serverId={serverId}
				onEnd={() => q.hasNextPage && !q.isFetching && void q.fetchNextPage()}
			/>
		</>
	);
}

function ServerPeople({ serverId }: { serverId: string }) {
	const q = useMembers(serverId);
	if (q.isPending) return <Skeleton rows={6} />;
	if (q.isError) return <Failed error={q.error} onRetry={() => void q.refetch()} />;
	return (
		<List
			people={q.data.pages.flatMap((p) => p.items)}
			serverId={serverId}
			onEnd={() => q.hasNextPage && !q.isFetching && void q.fetchNextPage()}
		/>
	);
}

interface ListProps {
	people: (Pick<Member, 'user'> & Partial<Member>)[];
	serverId: string | null;
	onEnd?: () => void;
}

function List({ people, serverId, onEnd }: ListProps) {
	return (
		<div className="min-h-0 grow p-2">
			<VList
				role="list"
				onScrollEnd={onEnd}
				ref={(list) => {
					if (list && list.scrollSize <= list.viewportSize) onEnd?.();
				}}
			>
				{people.map((m) => (
					<Person key={m.user.id} member={m} serverId={serverId} />
				))}
			</VList>
		</div>
	);
}

interface PersonProps {
	member: ListProps['people'][number];
	serverId: string | null;
}

function Person({ member, serverId }: PersonProps) {
	const { user: given, nickname, roles, timeout_until } = member;
	const user = useChat((s) => s.users[given.id]) ?? given;
	const me = useChat((s) => s.me?.id);
	const server = useChat((s) => (serverId ? s.servers[serverId] : undefined));
	const wide = useWide();
	const [, navigate] = useLocation();
	const name = nickname || nameOf(user);
	const seen = useChat((s) => lastSeen(s, user.id) !== null);
	const presence = usePresenceText(user.id);
	const held = inOrder(server?.roles ?? []).filter((r) => roles?.includes(r.id));
	const top = held.find((r) => r.kind !== 'member' && r.kind !== 'everyone');
	const color = held.find((r) => r.color !== null)?.color;
	const measures = measureItems(serverId, user.id, name, roles, timeout_until);
	const show = () => openDialog({ name: 'person', userId: user.id, serverId });
	const talk = async () => {
		const to = await openConversation([user.id]);
		if (!to) return;
		if (!wide) close();
		navigate(to);
	};
	return (
		<div
			role="listitem"
			className="group flex min-h-10 items-center gap-2.5 rounded-lg px-2 py-1 hover:bg-hover"
		>
			<PersonAvatar user={user} name={name} size={28} />
			<div
				data-target=""
				className="relative flex min-w-0 grow flex-col justify-center leading-tight pointer-coarse:min-h-11"
			>
				{/* It is pressed on all that is beside the picture. */}
				<button
					type="button"
					className={cx(
						'block max-w-full truncate text-start text-sm before:absolute before:inset-0 hover:underline',
						color != null && 'role-ink',
					)}
					style={inkOf(color)}
					onClick={show}
				>
					<bdi>{name}</bdi>
				</button>
				<span className="block truncate text-2xs text-ink-3">
					{user.id === me && `${t('members.you')} · `}
					{top && `${roleName(top)} · `}
					<bdi>@{user.username}</bdi>
				</span>
				<TimedOut until={timeout_until} />
				{seen && <span className="block truncate text-2xs text-ink-3">{presence}</span>}
			</div>
			{user.id !== me && (
				<Menu
					align="end"
					label={t('members.actions', { name })}
					trigger={
						<button
							type="button"
							aria-label={t('members.actions', { name })}
							className="grid size-7 shrink-0 place-items-center rounded-lg text-ink-2 hover:bg-press pointer-coarse:size-11"
						>
							<Ellipsis size={16} aria-hidden />
						</button>
					}
					items={[
						{
							label: t('person.show'),
							icon: <UserRound size={16} />,
							onSelect: show,
						},
						{
							label: t('members.message'),
							icon: <MessageCircle size={16} />,
							onSelect: () => void talk(),
						},
						serverId !== null && {
							label: t('report.person'),
							icon: <Flag size={16} />,
							onSelect: () =>
								openDialog({ name: 'report-person', serverId, userId: user.id, who: name }),
						},
						measures.length > 0 && 'line',
						...measures,
					]}
				/>
			)}
		</div>
	);
}
