import { Hash, Lock, MessageCircle, Users } from 'lucide-react';
import { channelName, isConversation } from '../../lib/people';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';

/** Stands above the very first message. */
export function Beginning({ channelId }: { channelId: string }) {
	const c = useChat((s) => s.channels[channelId]);
	const me = useChat((s) => s.me?.id);
	const users = useChat((s) => s.users);
	if (!c) return null;
	const name = channelName(c, me, users);
	const Icon =
		c.kind === 'dm' ? MessageCircle : c.kind === 'group' ? Users : c.private ? Lock : Hash;
	return (
		<div className="px-4 pt-10 pb-2">
			<span className="mb-3 grid size-12 place-items-center rounded-2xl bg-moss-soft text-moss-soft-ink">
				<Icon size={24} aria-hidden />
			</span>
			<p className="font-bold text-2xl leading-tight">
				<bdi>{name}</bdi>
			</p>
			<p className="mt-1 text-ink-2 text-sm">
				{t(isConversation(c) ? 'messages.beginning_dm' : 'messages.beginning', { name })}
			</p>
		</div>
	);
}
