import { UserPlus } from 'lucide-react';
import type { Channel } from '../../api/schema';
import { channelName, isConversation } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { openDialog } from '../../store/view';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-icon';

/** Stands above the very first message. */
export function Beginning({ channelId }: { channelId: string }) {
	const c = useChat((s) => s.channels[channelId]);
	const me = useChat((s) => s.me?.id);
	const users = useChat((s) => s.users);
	if (!c) return null;
	const name = channelName(c, me, users);
	return (
		<div className="px-4 pt-10 pb-2">
			<span className="mb-3 grid size-12 place-items-center rounded-2xl bg-moss-soft text-moss-soft-ink">
				<ChannelIcon channel={c} size={24} />
			</span>
			<p className="font-bold text-xl leading-tight">
				<bdi>{t(isConversation(c) ? 'messages.beginning_dm' : 'messages.beginning', { name })}</bdi>
			</p>
			<Next channel={c} />
		</div>
	);
}

/** What one does with an empty channel: get people into it. */
function Next({ channel: c }: { channel: Channel }) {
	const mask = useChat((s) => s.servers[c.server_id ?? '']?.my_permissions ?? '0');
	const { server_id: serverId } = c;
	if (!serverId) return null;
	const step =
		c.private && (allows(mask, Permission.manageChannels) || allows(mask, Permission.createInvite))
			? {
					label: t('channel.add_people'),
					dialog: { name: 'channel-people', channelId: c.id } as const,
				}
			: !c.private && c.last_seq < 5 && allows(mask, Permission.createInvite)
				? { label: t('invite.people'), dialog: { name: 'invite', serverId } as const }
				: null;
	return (
		step && (
			<div className="mt-3">
				<Button onClick={() => openDialog(step.dialog)}>
					<UserPlus size={16} aria-hidden />
					{step.label}
				</Button>
			</div>
		)
	);
}
