import { PanelRight } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef } from 'react';
import type { Channel } from '../../api/schema';
import { isId, own } from '../../lib/ids';
import { keysOf } from '../../lib/keys';
import { useWide } from '../../lib/media';
import { channelName, isConversation, otherOf } from '../../lib/people';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { useView } from '../../store/view';
import { IconButton } from '../../ui/button';
import { ChannelIcon, spokenName } from '../../ui/channel-icon';
import { Composer } from '../composer/composer';
import { MessageList } from '../messages/message-list';
import { Dot } from '../presence/dot';
import { usePresence, usePresenceText, useWatch } from '../presence/use-presence';
import { ConnectionLine } from './connection';
import { DrawerButton } from './drawer-button';
import { Gone } from './gone';

const SelectionBar = lazy(() => import('../messages/selection-bar'));
const Members = lazy(() => import('../members/members'));

interface Props {
	channelId: string;
	messageId: string | undefined;
}

export function ChannelPage({ channelId, messageId }: Props) {
	const channel = useChat((s) => own(s.channels, channelId));
	const members = useView((v) => v.members);
	const selecting = useView((v) => v.selection?.channelId === channelId);
	const wide = useWide();
	useEffect(() => {
		if (!channel) return;
		const home = channel.server_id ?? 'dms';
		useView.setState((v) => ({ last: { ...v.last, any: channelId, [home]: channelId } }));
	}, [channel, channelId]);
	const server = useChat((s) => own(s.servers, channel?.server_id ?? ''));
	const seen = useRef<Seen>(null);
	if (channel) seen.current = { serverId: server?.id ?? '', name: server?.name ?? '' };
	// What was open before one's eyes is known to have been there.
	if (!channel && seen.current) return <Lost {...seen.current} />;
	if (!channel) return <Gone />;
	return (
		<div className="grid min-h-0 grid-cols-[minmax(0,1fr)_auto] grid-rows-[minmax(0,1fr)]">
			<main
				data-region="main"
				className="grid min-h-0 grid-cols-[minmax(0,1fr)] grid-rows-[auto_auto_minmax(0,1fr)_auto] bg-canvas"
			>
				<Head channel={channel} />
				<div>
					<ConnectionLine />
				</div>
				<MessageList channelId={channelId} target={isId(messageId) ? messageId : undefined} />
				{selecting ? (
					<Suspense fallback={<div className="h-16" />}>
						<SelectionBar channelId={channelId} />
					</Suspense>
				) : (
					<Composer channelId={channelId} />
				)}
			</main>
			{members && channel.kind !== 'dm' && (
				<Suspense fallback={wide ? <aside className="w-60 bg-side" /> : null}>
					<Members channel={channel} />
				</Suspense>
			)}
		</div>
	);
}

interface Seen {
	serverId: string;
	name: string;
}

/** Whoever did not leave by himself is told why the whole server is gone. */
function Lost({ serverId, name }: Seen) {
	const still = useChat((s) => own(s.servers, serverId) !== undefined);
	const reason = useChat((s) => own(s.left, serverId));
	if (!still && reason === 'kicked')
		return <Gone title={t('server.kicked', { name })} why={t('server.kicked_why')} />;
	if (!still && reason === 'banned')
		return <Gone title={t('server.banned', { name })} why={t('server.banned_why')} />;
	if (!still && reason === 'expired')
		return <Gone title={t('server.expired', { name })} why={t('server.expired_why')} />;
	if (!still && reason === 'deleted')
		return <Gone title={t('server.was_deleted', { name })} why={t('server.was_deleted_why')} />;
	return <Gone title={t('channel.lost')} why={t('channel.lost_why')} />;
}

/** Of a conversation of two: whether the other is there, or when he was. */
function WithWhom({ userId }: { userId: string | undefined }) {
	const status = usePresence(userId);
	const text = usePresenceText(userId);
	const watch = useWatch(userId);
	if (!userId) return null;
	return (
		<p ref={watch} className="flex min-h-4 min-w-0 items-center gap-1.5 text-ink-2 text-sm">
			{status && <Dot status={status} silent />}
			<span className="truncate">{text}</span>
		</p>
	);
}

function Head({ channel: c }: { channel: Channel }) {
	const me = useChat((s) => s.me?.id);
	const users = useChat((s) => s.users);
	const members = useView((v) => v.members);
	return (
		<header className="flex h-13 min-w-0 items-center gap-2 border-line border-b px-2 sm:px-4">
			<DrawerButton />
			<ChannelIcon channel={c} size={18} className="text-ink-3" />
			<h1 className="min-w-0 shrink truncate font-bold text-lg">
				<bdi>{channelName(c, me, users)}</bdi>
			</h1>
			<span className="sr-only">{spokenName(c, '')}</span>
			<WithWhom userId={otherOf(c, me)?.id} />
			{c.topic && (
				<p
					className="min-w-0 grow-[99] basis-0 truncate border-line border-s ps-3 text-ink-2 text-sm max-sm:hidden"
					title={c.topic}
				>
					{c.topic}
				</p>
			)}
			<span className="grow" />
			{c.kind !== 'dm' && (
				<IconButton
					label={t(isConversation(c) ? 'members.people' : 'members.show')}
					keys={keysOf('members')}
					pressed={members}
					onClick={() => useView.setState((v) => ({ members: !v.members }))}
				>
					<PanelRight size={19} className="rtl:-scale-x-100" />
				</IconButton>
			)}
		</header>
	);
}
