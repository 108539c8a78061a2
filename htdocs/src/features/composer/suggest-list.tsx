import '../../lib/later-texts';
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import type { Channel, Member, Role, User } from '../../api/schema';
import { cx } from '../../lib/cx';
import { isConversation, nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { nameIn } from '../../store/here';
import { chat, useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { useChannelPeople, useMembers } from '../members/use-members';
import { rank } from '../palette/rank';
import { RoleDot } from '../roles/role-dot';
import { roleName } from '../roles/standing';
import type { ListProps, Suggested } from './suggest';
import { mentionable } from './typed-names';

const MOST = 8;

interface Entry extends Suggested {
	user?: User;
	role?: Role;
	score: number;
}

export default function SuggestedNames({ channelId, query, suggest, onPick }: ListProps) {
	const entries = useEntries(channelId, query);
	const [chosen, setChosen] = useState({ query, n: 0 });
	const n = chosen.query === query ? Math.min(chosen.n, entries.length - 1) : 0;
	const { id, keys, setActive } = suggest;
	const active = entries[n];
	const option = (e: Entry) => `${id}-${e.code.replace(/\D/g, '')}`;
	const activeId = active && option(active);
	useEffect(() => {
		setActive(activeId);
		if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
		return () => setActive(undefined);
	}, [activeId, setActive]);
	useEffect(() => {
		keys.current = (e: KeyboardEvent) => {
			const by = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
			if (!active || e.shiftKey || e.ctrlKey || e.altKey || e.metaKey) return false;
			if (by !== 0) setChosen({ query, n: (n + by + entries.length) % entries.length });
			else if (e.key === 'Enter' || e.key === 'Tab') onPick(active);
			else return false;
			return true;
		};
		return () => {
			keys.current = null;
		};
	}, [keys, active, entries.length, n, query, onPick]);
	if (!active) return null;
	return (
		<div
			id={id}
			role="listbox"
			aria-label={t('suggest.title')}
			className="absolute inset-x-3 bottom-full z-10 mb-1 max-h-80 animate-rise overflow-y-auto rounded-xl border border-line bg-raised p-1.5 shadow-float sm:inset-x-4"
		>
			{entries.map((e) => (
				// biome-ignore lint/a11y/useKeyWithClickEvents: the box below takes the keys
				<div
					key={e.code}
					id={option(e)}
					role="option"
					tabIndex={-1}
					aria-selected={e === active}
					className={cx(
						'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 pointer-coarse:min-h-11',
						e === active ? 'bg-moss-soft text-moss-soft-ink' : 'text-ink',
					)}
					// The focus stays in the box.
					onPointerDown={(event) => event.preventDefault()}
					onPointerMove={() => setChosen({ query, n: entries.indexOf(e) })}
					onClick={() => onPick(e)}
				>
					{e.user ? (
						<Avatar id={e.user.id} name={e.name} url={e.user.avatar_url} size={22} />
					) : (
						<span className="grid size-5.5 place-items-center">
							{e.role && <RoleDot role={e.role} />}
						</span>
					)}
					<bdi className="min-w-0 truncate font-semibold text-sm">{e.name}</bdi>
					<bdi
						className={cx(
							'ms-auto max-w-1/2 shrink-0 truncate text-xs',
							e !== active && 'text-ink-3',
						)}
					>
						{e.user ? `@${e.user.username}` : t('suggest.role')}
					</bdi>
				</div>
			))}
		</div>
	);
}

function useEntries(channelId: string, query: string): Entry[] {
	const channel = useChat((s) => s.channels[channelId]);
	const server = useChat((s) => s.servers[channel?.server_id ?? '']);
	const people = usePeople(channel, query);
	return useMemo(() => {
		const recent = recentIn(channelId);
		const all = [...recent.map((user) => ({ user })), ...people];
		const users = [...new Map(all.map((p) => [p.user.id, p])).values()];
		const roles = server ? mentionable(server) : [];
		const entries = [
			...users.map(({ user: u, nickname }: Person): Entry => {
				const name = nickname || nameIn(chat(), channel?.server_id ?? '', u);
				const called = [name, nameOf(u), u.username];
				const fits = Math.max(...called.map((n) => rank(n, query)));
				const at = recent.findIndex((r) => r.id === u.id);
				const score = fits === 0 ? 0 : fits + (at < 0 ? 0 : 15 - Math.min(at, 10));
				return { code: `<@${u.id}>`, name, second: u.username, user: u, score };
			}),
			...roles.map((r): Entry => {
				const score = rank(roleName(r), query);
				return { code: `<@&${r.id}>`, name: roleName(r), second: null, role: r, score };
			}),
		];
		return entries
			.filter((e) => e.score > 0)
			.sort((a, b) => b.score - a.score)
			.slice(0, MOST);
	}, [channelId, channel, server, people, query]);
}

/** Who has written here lately, the last one first. */
function recentIn(channelId: string): User[] {
	const s = chat();
	const known = s.messages[channelId] ?? {};
	const authors = [...(s.windows[channelId]?.ids ?? [])]
		.reverse()
		.map((id) => known[id]?.author.id);
	return [...new Set(authors)].flatMap((id) => (id && id !== s.me?.id ? (s.users[id] ?? []) : []));
}

type Person = Pick<Member, 'user'> & Partial<Member>;
const nobody: Person[] = [];

/** Who may be meant: of a private channel who sees it, of others the members of that name. */
function usePeople(channel: Channel | undefined, query: string): Person[] {
	const talk = channel === undefined || isConversation(channel);
	const open = !talk && !channel.private;
	// A few letters fetch enough; what is typed after them only chooses among these.
	const members = useMembers(open ? channel.server_id : null, { q: query.slice(0, 3) });
	const inside = useChannelPeople(
		!talk && channel.private ? channel.id : null,
		channel?.server_id ?? null,
	);
	const pages = (open ? members : inside).data?.pages;
	const me = useChat((s) => s.me?.id);
	return useMemo(
		() =>
			(talk
				? (channel?.members?.map((user) => ({ user })) ?? nobody)
				: (pages?.flatMap((p): Person[] => p.items) ?? nobody)
			).filter((p) => p.user.id !== me),
		[talk, channel, pages, me],
	);
}
