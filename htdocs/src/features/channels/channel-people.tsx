/* Who sees a private channel: the people of its server, those with access marked. */
import { useQuery } from '@tanstack/react-query';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { nameOf } from '../../lib/people';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { FormError } from '../../ui/field';
import { Failed, Skeleton } from '../../ui/states';
import { useMembers } from '../members/use-members';

interface Props {
	channelId: string;
	onClose: () => void;
}

export default function ChannelPeople({ channelId, onClose }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const me = useChat((s) => s.me?.id);
	const everyone = useMembers(channel?.server_id ?? null);
	const inside = useQuery(
		{ queryKey: ['channel-people', channelId], queryFn: () => api.channelPeople(channelId) },
		queries,
	);
	const { run, busy, error } = useSubmit(async (userId: string, isIn: boolean) => {
		await (isIn ? api.removeFromChannel : api.addToChannel)(channelId, userId);
		await inside.refetch();
	});
	const ids = new Set(inside.data?.items.map((m) => m.user.id));
	const failed = everyone.error ?? inside.error;
	return (
		<Dialog title={t('channel.people')} description={t('channel.people_lead')} onClose={onClose}>
			<DialogBody>
				{error && <FormError>{problemText(error)}</FormError>}
				{failed && <Failed error={failed} onRetry={() => void inside.refetch()} />}
				{(everyone.isPending || inside.isPending) && <Skeleton rows={4} />}
				<ul className="flex flex-col">
					{everyone.data?.pages
						.flatMap((p) => p.items)
						.filter((m) => m.user.id !== me)
						.map(({ user }) => {
							const isIn = ids.has(user.id);
							const name = nameOf(user);
							return (
								<li key={user.id} className="flex min-h-12 items-center gap-3">
									<Avatar id={user.id} name={name} url={user.avatar_url} size={30} />
									<bdi className="min-w-0 grow truncate font-semibold text-sm">{name}</bdi>
									<Button
										look={isIn ? 'plain' : 'primary'}
										disabled={busy}
										aria-label={t(isIn ? 'channel.people_remove' : 'channel.people_add', { name })}
										onClick={() => void run(user.id, isIn)}
									>
										{t(isIn ? 'action.remove' : 'action.add')}
									</Button>
								</li>
							);
						})}
				</ul>
				{everyone.hasNextPage && (
					<Button busy={everyone.isFetchingNextPage} onClick={() => void everyone.fetchNextPage()}>
						{t('action.more')}
					</Button>
				)}
			</DialogBody>
		</Dialog>
	);
}
