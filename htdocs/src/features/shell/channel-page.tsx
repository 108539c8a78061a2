import {
	Hash,
	Lock,
	Menu as MenuIcon,
	MessageCircle,
	PanelRight,
	Users,
	Video,
	Volume2,
} from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { Link } from 'wouter';
import type { Channel } from '../../api/schema';
import { keysOf } from '../../lib/keys';
import { usePhone, useWide } from '../../lib/media';
import { channelName, isConversation } from '../../lib/people';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { setDrawer, useView } from '../../store/view';
import { IconButton } from '../../ui/button';
import { Empty } from '../../ui/states';
import { Composer } from '../composer/composer';
import { MessageList } from '../messages/message-list';
import { ConnectionLine } from './connection';

const Members = lazy(() => import('../members/members'));

interface Props {
	channelId: string;
	messageId: string | undefined;
}

export function ChannelPage({ channelId, messageId }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const members = useView((v) => v.members);
	const wide = useWide();
	useEffect(() => {
		if (!channel) return;
		const home = channel.server_id ?? 'dms';
		useView.setState((v) => ({ last: { ...v.last, any: channelId, [home]: channelId } }));
	}, [channel, channelId]);
	if (!channel) return <Gone />;
	return (
		<div className="grid min-h-0 grid-cols-[minmax(0,1fr)_auto] grid-rows-[minmax(0,1fr)]">
			<main
				data-region="main"
				className="grid min-h-0 grid-rows-[auto_auto_minmax(0,1fr)_auto] bg-canvas"
			>
				<Head channel={channel} />
				<div>
					<ConnectionLine />
				</div>
				<MessageList channelId={channelId} target={messageId} />
				<Composer channelId={channelId} />
			</main>
			{members && (
				<Suspense fallback={wide ? <aside className="w-60 bg-side" /> : null}>
					<Members channel={channel} />
				</Suspense>
			)}
		</div>
	);
}

const icons = { text: Hash, audio: Volume2, video: Video, dm: MessageCircle, group: Users };

function Head({ channel: c }: { channel: Channel }) {
	const phone = usePhone();
	const me = useChat((s) => s.me?.id);
	const users = useChat((s) => s.users);
	const members = useView((v) => v.members);
	const Icon = c.private && c.kind === 'text' ? Lock : icons[c.kind];
	return (
		<header className="flex h-13 min-w-0 items-center gap-2 border-line border-b px-2 sm:px-4">
			{phone && (
				<IconButton label={t('shell.open_drawer')} onClick={() => setDrawer(true)}>
					<MenuIcon size={20} />
				</IconButton>
			)}
			<Icon size={18} className="shrink-0 text-ink-3" aria-hidden />
			<h1 className="shrink-0 truncate font-bold text-lg max-sm:shrink">
				<bdi>{channelName(c, me, users)}</bdi>
			</h1>
			{c.topic && (
				<p
					className="min-w-0 truncate border-line border-s ps-3 text-ink-2 text-sm max-sm:hidden"
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

/** The same words whether a channel never was, is no more, or is not for this user. */
function Gone() {
	const phone = usePhone();
	return (
		<main data-region="main" className="bg-canvas">
			{phone && (
				<IconButton label={t('shell.open_drawer')} onClick={() => setDrawer(true)}>
					<MenuIcon size={20} />
				</IconButton>
			)}
			<Empty title={t('channel.gone')}>
				<p>{t('channel.gone_why')}</p>
				<Link href="/" className="font-semibold text-moss hover:underline">
					{t('channel.gone_back')}
				</Link>
			</Empty>
		</main>
	);
}
