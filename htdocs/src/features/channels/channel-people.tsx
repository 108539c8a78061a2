/*
 * Who sees a private channel, and who of its server could be let in. Of a channel that is open to
 * members: the same of guests, who see nothing but what they are let into.
 */
import { type ReactNode, useDeferredValue, useRef, useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Member, User } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';
import { onlyThese, useChannelPeople, useMembers } from '../members/use-members';

interface Props {
	channelId: string;
	onClose: () => void;
}

/** The role of those who see single channels only. */
const useGuestRole = (serverId: string): string | undefined =>
	useChat((s) => s.servers[serverId]?.roles.find((r) => r.kind === 'guest')?.id);

export default function ChannelPeople({ channelId, onClose }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const serverId = channel?.server_id ?? '';
	const guest = useGuestRole(serverId);
	const me = useChat((s) => s.me?.id);
	const mask = useChat((s) => s.servers[serverId]?.my_permissions ?? '0');
	const [words, setWords] = useState('');
	const [said, setSaid] = useState('');
	const box = useRef<HTMLDivElement>(null);
	const open = channel?.private === false;
	const everyone = useMembers(channel ? serverId : null, {
		q: useDeferredValue(words.trim()) || undefined,
		roleId: open ? guest : undefined,
	});
	const inside = useChannelPeople(channelId, serverId);
	const { run, busy, error } = useSubmit(async (user: User, isIn: boolean) => {
		await (isIn ? api.removeFromChannel : api.addToChannel)(channelId, user.id);
		await inside.refetch();
		setSaid(t(isIn ? 'channel.people_removed' : 'channel.people_added', { name: nameOf(user) }));
		// The button is gone with its row.
		box.current?.querySelector<HTMLElement>('input[type=search]')?.focus();
	});
	const members = everyone.data?.pages.flatMap((p) => p.items) ?? [];
	const isGuest = (m: Member) => m.roles.every((id) => id === guest) && m.roles.length > 0;
	const wanted = words.trim().toLocaleLowerCase();
	const fits = (u: User) => `${nameOf(u)} ${u.username}`.toLocaleLowerCase().includes(wanted);
	const all = inside.data?.pages.flatMap((p) => p.items) ?? [];
	const people = all.filter((m) =>
		open ? members.some((x) => x.user.id === m.user.id && isGuest(x)) : fits(m.user),
	);
	const ids = new Set(all.map((m) => m.user.id));
	const others = members.filter((m) => !ids.has(m.user.id) && (!open || isGuest(m)));
	const failed = everyone.error ?? inside.error;
	const pending = everyone.isPending || inside.isPending;
	return (
		<Dialog
			title={t(open ? 'channel.guests' : 'channel.people')}
			description={open ? t('channel.guests_lead') : onlyThese(all.length, inside.hasNextPage)}
			onClose={onClose}
		>
			<DialogBody>
				<div ref={box}>
					<Field
						label={t('members.search')}
						type="search"
						maxLength={64}
						value={words}
						onChange={(e) => setWords(e.target.value)}
					/>
				</div>
				<p role="status" className="sr-only">
					{said}
				</p>
				{error && <FormError>{problemText(error)}</FormError>}
				{failed && <Failed error={failed} onRetry={() => void inside.refetch()} />}
				{pending && <Skeleton rows={4} />}
				{open && !pending && !failed && people.length + others.length === 0 && (
					<p className="text-ink-2 text-sm">{t('channel.guests_none')}</p>
				)}
				{people.length > 0 && (
					<List title={t('channel.people_in')}>
						{people.map(({ user: u, joined_at }) => (
							<Person key={u.id} user={u}>
								{u.id === me || !joined_at ? (
									<span className="text-ink-3 text-xs">
										{t(u.id === me ? 'members.you' : 'channel.people_by_role')}
									</span>
								) : (
									allows(mask, Permission.manageChannels) && (
										<Button
											disabled={busy}
											aria-label={t('channel.people_remove', { name: nameOf(u) })}
											onClick={() => void run(u, true)}
										>
											{t('action.remove')}
										</Button>
									)
								)}
							</Person>
						))}
					</List>
				)}
				{others.length > 0 && !inside.hasNextPage && (
					<List title={t(open ? 'channel.guests_others' : 'channel.add_people')}>
						{others.map(({ user: u }) => (
							<Person key={u.id} user={u}>
								<Button
									look="primary"
									disabled={busy}
									aria-label={t('channel.people_add', { name: nameOf(u) })}
									onClick={() => void run(u, false)}
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
