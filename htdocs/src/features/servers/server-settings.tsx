import { Settings, ShieldCheck, UsersRound } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type ReactNode, useEffect } from 'react';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { Dialog } from '../../ui/dialog';
import { GeneralPage } from './general-page';
import { MembersPage } from './members-page';
import { RolesPage } from './roles-page';
import { type SettingsPage, settingsPages } from './settings-pages';

interface Props {
	serverId: string;
	onClose: () => void;
}

const tabs: Record<SettingsPage, { label: string; icon: ReactNode }> = {
	general: { label: 'server.general', icon: <Settings size={17} /> },
	roles: { label: 'roles.title', icon: <ShieldCheck size={17} /> },
	members: { label: 'members.title', icon: <UsersRound size={17} /> },
};

/** Whoever loses the permission for a page loses the page. */
export default function ServerSettings({ serverId, onClose }: Props) {
	const server = useChat((s) => s.servers[serverId]);
	const owner = useChat((s) => s.me !== null && s.servers[serverId]?.owner_id === s.me.id);
	const pages = server ? settingsPages(server, owner) : [];
	const none = pages.length === 0;
	useEffect(() => {
		if (none) onClose();
	}, [none, onClose]);
	if (none) return null;
	const bodies: Record<SettingsPage, ReactNode> = {
		general: <GeneralPage serverId={serverId} onClose={onClose} />,
		roles: <RolesPage serverId={serverId} />,
		members: <MembersPage serverId={serverId} />,
	};
	return (
		<Dialog size="large" title={t('server.settings')} onClose={onClose}>
			<Tabs.Root
				defaultValue={pages[0] ?? ''}
				orientation="vertical"
				className="flex min-h-0 grow flex-col gap-x-6 px-5 pt-3 pb-5 sm:flex-row"
			>
				<Tabs.List
					aria-label={t('server.settings')}
					className="flex shrink-0 flex-wrap gap-1 pb-4 sm:w-36 sm:flex-col sm:pb-0"
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
						className="min-h-0 min-w-0 grow overflow-y-auto px-0.5 outline-offset-4"
					>
						<h3 className="mb-4 font-bold text-lg">{t(tabs[p].label)}</h3>
						{bodies[p]}
					</Tabs.Content>
				))}
			</Tabs.Root>
		</Dialog>
	);
}
