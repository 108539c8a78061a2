import { MessagesSquare } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Redirect } from 'wouter';
import { own } from '../../lib/ids';
import { t } from '../../lib/text';
import { channelsOf, conversations } from '../../store/selectors';
import { useChat } from '../../store/store';
import { openDialog, useView } from '../../store/view';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/states';
import { DrawerButton } from './drawer-button';
import { Gone } from './gone';

const Join = lazy(() => import('./join'));

/** A server or the conversations, without a channel chosen: goes to the last one, or says what to do. */
export function HomePage({ serverId }: { serverId?: string }) {
	const channels = useChat((s) => s.channels);
	const known = useChat((s) => !serverId || own(s.servers, serverId) !== undefined);
	const last = useView((v) => own(v.last, serverId ?? 'dms'));
	if (!known) return <Gone />;
	const list = serverId ? channelsOf(channels, serverId) : conversations(channels);
	const first = list.find((c) => c.kind === 'text') ?? list[0];
	const to = last && channels[last] ? last : (serverId ? first : list[0])?.id;
	if (to) return <Redirect to={`/c/${to}`} replace />;
	return (
		<main data-region="main" className="flex flex-col bg-canvas">
			<div className="p-1">
				<DrawerButton />
			</div>
			<div className="grid grow place-items-center">
				{serverId ? <Empty title={t('server.no_channels')} heading /> : <Welcome />}
			</div>
		</main>
	);
}

function Welcome() {
	const servers = useChat((s) => Object.keys(s.servers).length);
	return (
		<Empty icon={<MessagesSquare size={36} aria-hidden />} title={t('home.welcome')} heading>
			<p>{t(servers > 0 ? 'home.no_conversation' : 'home.no_server')}</p>
			<div className="flex flex-wrap justify-center gap-2">
				<Button
					look={servers > 0 ? 'plain' : 'primary'}
					onClick={() => openDialog({ name: 'create-server' })}
				>
					{t('server.create')}
				</Button>
				{servers > 0 && (
					<Button look="primary" onClick={() => openDialog({ name: 'new-conversation' })}>
						{t('dm.new')}
					</Button>
				)}
			</div>
			<Suspense fallback={<div className="h-16" />}>
				<Join />
			</Suspense>
		</Empty>
	);
}
