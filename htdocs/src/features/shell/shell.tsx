/* The frame of the signed-in client: servers, channels, the open channel, its people. */
import { lazy, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { usePhone } from '../../lib/media';
import { t } from '../../lib/text';
import { conversations, serversInOrder } from '../../store/selectors';
import { chat, useChat } from '../../store/store';
import { useView } from '../../store/view';
import { preloadMenus } from '../../ui/menu';
import { findDrafts } from '../composer/drafts';
import { ChannelPage } from './channel-page';
import { Dialogs } from './dialogs';
import { useGlobalKeys } from './global-keys';
import { Gone } from './gone';
import { HomePage } from './home-page';
import { Rail } from './rail';
import { Sidebar } from './sidebar';
import { useBadge } from './use-badge';

const Drawer = lazy(() => import('./drawer'));
const InvitePage = lazy(() => import('../servers/invite-page'));

export function Shell() {
	const phone = usePhone();
	const me = useChat((s) => s.me?.id ?? '');
	useGlobalKeys();
	useBadge();
	useEffect(() => findDrafts(me), [me]);
	useEffect(preloadMenus, []);
	return (
		<>
			<a
				href="#composer"
				className="sr-only z-50 rounded-b-lg bg-moss px-4 py-2 text-moss-ink focus:not-sr-only focus:fixed focus:start-4 focus:top-0"
			>
				{t('shell.skip')}
			</a>
			<div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] md:grid-cols-[auto_15.5rem_minmax(0,1fr)]">
				{phone ? (
					<Suspense fallback={null}>
						<Drawer />
					</Suspense>
				) : (
					<>
						<Rail />
						<Sidebar />
					</>
				)}
				<Suspense fallback={<main />}>
					<Switch>
						<Route path="/c/:channelId/:messageId?">
							{({ channelId, messageId }) => (
								<ChannelPage key={channelId} channelId={channelId} messageId={messageId} />
							)}
						</Route>
						<Route path="/s/:serverId">{({ serverId }) => <HomePage serverId={serverId} />}</Route>
						<Route path="/invite/:code">{({ code }) => <InvitePage code={code} />}</Route>
						<Route path="/dms">
							<HomePage />
						</Route>
						{/* Who signed up or set up stands at that address still. */}
						{['/', '/sign-up', '/setup'].map((path) => (
							<Route key={path} path={path}>
								<Redirect to={landing()} replace />
							</Route>
						))}
						<Route>
							<Gone />
						</Route>
					</Switch>
				</Suspense>
			</div>
			<Dialogs />
		</>
	);
}

/** Where one arrives without an address: the latest conversation, else the first server. */
function landing(): string {
	const s = chat();
	const last = useView.getState().last.any;
	if (last && s.channels[last]) return `/c/${last}`;
	const server = serversInOrder(s.servers)[0];
	if (server) return `/s/${server.id}`;
	const dm = conversations(s.channels)[0];
	return dm ? `/c/${dm.id}` : '/dms';
}
