import {
	Ban,
	Flag,
	Hash,
	LifeBuoy,
	ScrollText,
	Settings,
	ShieldCheck,
	UsersRound,
} from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect } from 'react';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { Dialog } from '../../ui/dialog';
import { Skeleton } from '../../ui/states';
import { type SettingsPage, settingsPages } from './settings-pages';

interface Props {
	serverId: string;
	/** That is shown first. */
	page?: string;
	onClose: () => void;
}

interface Tab {
	label: string;
	icon: ReactNode;
	Body: ComponentType<Omit<Props, 'page'>>;
}

/** Each page is fetched when it is first looked at. */
const tabs: Record<SettingsPage, Tab> = {
	general: {
		label: 'server.general',
		icon: <Settings size={17} />,
		Body: lazy(() => import('./general-page')),
	},
	channels: {
		label: 'channels.title',
		icon: <Hash size={17} />,
		Body: lazy(() => import('../channels/channels-page')),
	},
	roles: {
		label: 'roles.title',
		icon: <ShieldCheck size={17} />,
		Body: lazy(() => import('./roles-page')),
	},
	members: {
		label: 'members.title',
		icon: <UsersRound size={17} />,
		Body: lazy(() => import('./members-page')),
	},
	bans: {
		label: 'bans.title',
		icon: <Ban size={17} />,
		Body: lazy(() => import('../moderation/bans-page')),
	},
	reports: {
		label: 'reports.title',
		icon: <Flag size={17} />,
		Body: lazy(() => import('../moderation/reports-page')),
	},
	safety: {
		label: 'safety.title',
		icon: <LifeBuoy size={17} />,
		Body: lazy(() => import('../moderation/safety-page')),
	},
	audit: {
		label: 'audit.title',
		icon: <ScrollText size={17} />,
		Body: lazy(() => import('../moderation/audit-page')),
	},
};

/** Whoever loses the permission for a page loses the page. */
export default function ServerSettings({ serverId, page: first, onClose }: Props) {
	const server = useChat((s) => s.servers[serverId]);
	const owner = useChat((s) => s.me !== null && s.servers[serverId]?.owner_id === s.me.id);
	const pages = server ? settingsPages(server, owner) : [];
	const none = pages.length === 0;
	useEffect(() => {
		if (none) onClose();
	}, [none, onClose]);
	if (none) return null;
	const page = (p: SettingsPage) => {
		const { Body } = tabs[p];
		return <Body serverId={serverId} onClose={onClose} />;
	};
	return (
		<Dialog size="large" title={t('server.settings')} onClose={onClose}>
			<Tabs.Root
				defaultValue={pages.find((p) => p === first) ?? pages[0] ?? ''}
				orientation="vertical"
				className="flex min-h-0 grow flex-col gap-x-6 px-5 pt-3 pb-5 max-sm:overflow-y-auto sm:flex-row"
			>
				<Tabs.List
					aria-label={t('server.settings')}
					className="grid shrink-0 grid-cols-2 gap-1 pb-4 sm:flex sm:w-36 sm:flex-col sm:pb-0"
				>
					{pages.map((p) => (
						<Tabs.Trigger
							key={p}
							value={p}
							className="flex min-h-9 shrink-0 items-center gap-2.5 whitespace-nowrap rounded-lg px-3 text-ink-2 text-sm hover:bg-hover data-[state=active]:bg-moss-soft data-[state=active]:text-moss-soft-ink pointer-coarse:min-h-11"
						>
							{tabs[p].icon}
							{t(tabs[p].label)}
						</Tabs.Trigger>
					))}
				</Tabs.List>
				{pages.map((p) => (
					<Tabs.Content
						key={p}
						value={p}
						className="min-w-0 grow px-0.5 outline-offset-4 sm:min-h-0 sm:overflow-y-auto"
					>
						<h3 className="mb-4 font-bold text-lg">{t(tabs[p].label)}</h3>
						<Suspense fallback={<Skeleton rows={4} />}>{page(p)}</Suspense>
					</Tabs.Content>
				))}
			</Tabs.Root>
		</Dialog>
	);
}
