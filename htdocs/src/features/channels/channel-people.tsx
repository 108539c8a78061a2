/* Who sees a private channel, and who of its server could be let in. */
import type { ReactNode } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { User } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';
import { onlyThese, useChannelPeople, useMembers } from '../members/use-members';

interface Props {
	channelId: string;
	onClose: () => void;
}

export default function ChannelPeople({ channelId, onClose }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const me = useChat((s) => s.me?.id);
	const everyone = useMembers(channel?.server_id ?? null);
	const inside = useChannelPeople(channelId, channel?.server_id ?? null);
	const { run, busy, error } = useSubmit(async (userId: string, isIn: boolean) => {
		await (isIn ? api.removeFromChannel : api.addToChannel)(channelId, userId);
		await inside.refetch();
	});
	const people = inside.data?.pages.flatMap((p) => p.items) ?? [];
	const ids = new Set(people.map((m) => m.user.id));
	const others = everyone.data?.pages
		.flatMap((p) => p.items.map((m) => m.user))
		.filter((u) => !ids.has(u.id));
	const failed = everyone.error ?? inside.error;
	return (
		<Dialog
			title={t('channel.people')}
			description={onlyThese(people.length, inside.hasNextPage)}
			onClose={onClose}
		>
			<DialogBody>
				{error && <FormError>{problemText(error)}</FormError>}
				{failed && <Failed error={failed} onRetry={() => void inside.refetch()} />}
				{(everyone.isPending || inside.isPending) && <Skeleton rows={4} />}
				<List title={t('channel.people_in')}>
					{people.map(({ user: u, joined_at }) => (
						<Person key={u.id} user={u}>
							{u.id === me || !joined_at ? (
								<span className="text-ink-3 text-xs">
									{t(u.id === me ? 'members.you' : 'channel.people_by_role')}
								</span>
							) : (
								<Button
									disabled={busy}
									aria-label={t('channel.people_remove', { name: nameOf(u) })}
									onClick={() => void run(u.id, true)}
								>
									{t('action.remove')}
								</Button>
							)}
						</Person>
					))}
				</List>
				{others && others.length > 0 && !inside.hasNextPage && (
					<List title={t('channel.add_people')}>
						{others.map((u) => (
							<Person key={u.id} user={u}>
								<Button
									look="primary"
									disabled={busy}
									aria-label={t('channel.people_add', { name: nameOf(u) })}
									onClick={() => void run(u.id, false)}
								>
									{t('action.add')}
								</Button>
							</Person>
						))}
					</List>
				)}
				{(everyone.hasNextPage || inside.hasNextPage) && (
					<Button
						busy={everyone.isFetchingNextPage || inside.isFetchingNextPage}
						onClick={() => {
							if (inside.hasNextPage) void inside.fetchNextPage();
							else void everyone.fetchNextPage();
						}}
					>
						{t('action.more')}
					</Button>
				)}
			</DialogBody>
		</Dialog>
	);
}

const List = ({ title, children }: { title: string; children: ReactNode }) => (
	<section aria-label={title}>
		<h3 className="mb-1 font-semibold text-ink-2 text-xs">{title}</h3>
		<ul className="flex flex-col">{children}</ul>
	</section>
);

function Person({ user, children }: { user: User; children: ReactNode }) {
	const name = nameOf(user);
	return (
		<li className="flex min-h-12 items-center gap-3">
			<Avatar id={user.id} name={name} url={user.avatar_url} size={30} />
			<span className="min-w-0 grow leading-tight">
				<bdi className="block truncate font-semibold text-sm">{name}</bdi>
				<bdi className="block truncate text-ink-3 text-xs">@{user.username}</bdi>
			</span>
			{children}
		</li>
	);
}
