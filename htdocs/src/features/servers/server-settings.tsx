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
import { type ComponentType, lazy, type ReactNode, useEffect } from 'react';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { PagedDialog } from '../../ui/paged-dialog';
import { type SettingsPage, settingsPages } from './settings-pages';

interface Props {
	serverId: string;
	/** That is shown first. */
	page?: string;
	/** Whom it is about. */
	userId?: string;
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
export default function ServerSettings({ serverId, page: first, userId, onClose }: Props) {
	const server = useChat((s) => s.servers[serverId]);
	const owner = useChat((s) => s.me !== null && s.servers[serverId]?.owner_id === s.me.id);
	const pages = server ? settingsPages(server, owner) : [];
	const none = pages.length === 0;
	useEffect(() => {
		if (none) onClose();
	}, [none, onClose]);
	if (none) return null;
	return (
		<PagedDialog
			title={t('server.settings')}
			first={first}
			pages={pages.map((id) => {
				const { Body, ...tab } = tabs[id];
				return {
					id,
					...tab,
					body: <Body serverId={serverId} onClose={onClose} {...(userId && { userId })} />,
				};
			})}
			onClose={onClose}
		/>
	);
}
