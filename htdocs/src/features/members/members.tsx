import { Ellipsis, MessageCircle, UserMinus, X } from 'lucide-react';
import { VList } from 'virtua';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Channel, Member, User } from '../../api/schema';
import { useWide } from '../../lib/media';
import { nameOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { useView } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { IconButton } from '../../ui/button';
import { Menu } from '../../ui/menu';
import { Failed, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';
import { openConversation } from './open-dm';
import { useMembers } from './use-members';

export default function Members({ channel }: { channel: Channel }) {
	const wide = useWide();
	const count = useChat((s) => s.servers[channel.server_id ?? '']?.member_count);
	const close = () => useView.setState({ members: false });
	return (
		<aside
			data-region="members"
			aria-label={t('members.title')}
			className={
				wide
					? 'flex w-60 flex-col border-line border-s bg-side'
					: 'fixed inset-y-0 end-0 z-20 flex w-[min(18rem,85vw)] flex-col bg-side shadow-float'
			}
		>
			<div className="flex h-13 shrink-0 items-center border-line border-b ps-4 pe-2">
				<h2 className="grow font-bold">
					{t('members.title')}{' '}
					<span className="font-normal text-ink-3">{channel.members?.length ?? count}</span>
				</h2>
				<IconButton label={t('action.close')} onClick={close}>
					<X size={17} />
				</IconButton>
			</div>
			{channel.server_id ? (
				<ServerPeople serverId={channel.server_id} />
			) : (
				<List people={(channel.members ?? []).map((user) => ({ user }))} serverId={null} />
			)}
		</aside>
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
					<Person key={m.user.id} user={m.user} nickname={m.nickname ?? null} serverId={serverId} />
				))}
			</VList>
		</div>
	);
}

interface PersonProps {
	user: User;
	nickname: string | null;
	serverId: string | null;
}

function Person({ user: given, nickname, serverId }: PersonProps) {
	const user = useChat((s) => s.users[given.id]) ?? given;
	const me = useChat((s) => s.me?.id);
	const server = useChat((s) => (serverId ? s.servers[serverId] : undefined));
	const [, navigate] = useLocation();
	const name = nickname || nameOf(user);
	const owner = server?.owner_id === user.id;
	const mayKick =
		server && user.id !== me && !owner && allows(server.my_permissions, Permission.kick);
	const talk = async () => {
		const to = await openConversation([user.id]);
		if (to) navigate(to);
	};
	return (
		<div
			role="listitem"
			className="group flex min-h-10 items-center gap-2.5 rounded-lg px-2 py-1 hover:bg-hover"
		>
			<Avatar id={user.id} name={name} url={user.avatar_url} size={28} />
			<div className="min-w-0 grow leading-tight">
				<bdi className="block truncate text-sm">{name}</bdi>
				{(owner || user.id === me) && (
					<span className="text-2xs text-ink-3">{t(owner ? 'members.owner' : 'members.you')}</span>
				)}
			</div>
			{user.id !== me && (
				<Menu
					align="end"
					label={t('members.actions', { name })}
					trigger={
						<button
							type="button"
							aria-label={t('members.actions', { name })}
							className="grid size-7 place-items-center rounded-lg text-ink-2 hover:bg-press pointer-coarse:size-11"
						>
							<Ellipsis size={16} aria-hidden />
						</button>
					}
					items={[
						{
							label: t('members.message'),
							icon: <MessageCircle size={16} />,
							onSelect: () => void talk(),
						},
						mayKick && 'line',
						mayKick && {
							label: t('members.kick', { name }),
							danger: true,
							icon: <UserMinus size={16} />,
							onSelect: () => void kick(server.id, user.id, name),
						},
					]}
				/>
			)}
		</div>
	);
}

async function kick(serverId: string, userId: string, name: string): Promise<void> {
	try {
		await api.removeMember(serverId, userId);
		toast(t('toast.kicked', { name }));
	} catch (e) {
		toast(problemText(e), { bad: true });
	}
}
