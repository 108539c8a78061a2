/* Ctrl+K: from what is in memory, so it answers at once and without network. */
import { Hash, Lock, Video, Volume2 } from 'lucide-react';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { cx } from '../../lib/cx';
import { channelName, isConversation, nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { unreadOf } from '../../store/selectors';
import { chat } from '../../store/store';
import { setDrawer, useView } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { Dialog } from '../../ui/dialog';
import { openConversation } from '../members/open-dm';
import { rank } from './rank';

interface Entry {
	key: string;
	name: string;
	note: string;
	icon: 'text' | 'audio' | 'video' | 'private' | 'person';
	personId: string;
	weight: number;
	go: () => Promise<string | null> | string;
}

const icons = { text: Hash, audio: Volume2, video: Video, private: Lock };

function entries(): Entry[] {
	const s = chat();
	const recent = new Set(Object.values(useView.getState().last));
	const channels = Object.values(s.channels).map((c): Entry => {
		const other = c.kind === 'dm' ? c.members?.find((u) => u.id !== s.me?.id) : undefined;
		return {
			key: c.id,
			name: channelName(c, s.me?.id, s.users),
			note: c.server_id ? (s.servers[c.server_id]?.name ?? '') : t('switcher.conversation'),
			icon: isConversation(c) ? 'person' : c.private ? 'private' : (c.kind as 'text'),
			personId: other?.id ?? c.id,
			weight: (unreadOf(s, c.id) > 0 ? 5 : 0) + (recent.has(c.id) ? 3 : 0),
			go: () => `/c/${c.id}`,
		};
	});
	const withDm = new Set(
		Object.values(s.channels).flatMap((c) =>
			c.kind === 'dm' ? (c.members ?? []).map((u) => u.id) : [],
		),
	);
	const people = Object.values(s.users)
		.filter((u) => u.id !== s.me?.id && !withDm.has(u.id))
		.map(
			(u): Entry => ({
				key: `u${u.id}`,
				name: nameOf(u),
				note: `@${u.username}`,
				icon: 'person',
				personId: u.id,
				weight: -2,
				go: () => openConversation([u.id]),
			}),
		);
	return [...channels, ...people];
}

export default function Switcher({ onClose }: { onClose: () => void }) {
	const [query, setQuery] = useState('');
	const [at, setAt] = useState(0);
	const [, navigate] = useLocation();
	const id = useId();
	const all = useMemo(entries, []);
	const found = useMemo(() => {
		const q = query.replace(/^[#@]/, '');
		const only = query[0];
		return all
			.filter((e) =>
				only === '#' ? e.icon !== 'person' : only === '@' ? e.icon === 'person' : true,
			)
			.map((e) => ({ e, score: Math.max(rank(e.name, q), rank(e.note, q) / 2) }))
			.filter((x) => x.score > 0)
			.sort((a, b) => b.score + b.e.weight - (a.score + a.e.weight))
			.slice(0, 30)
			.map((x) => x.e);
	}, [all, query]);

	const choose = async (e: Entry | undefined) => {
		const to = await e?.go();
		onClose();
		setDrawer(false);
		if (to) navigate(to);
	};

	const onKeyDown = (e: KeyboardEvent) => {
		const by = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
		if (by !== 0 && found.length > 0) {
			e.preventDefault();
			const next = (at + by + found.length) % found.length;
			setAt(next);
			document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
		} else if (e.key === 'Enter') {
			e.preventDefault();
			void choose(found[at]);
		}
	};

	return (
		<Dialog hideTitle title={t('switcher.title')} onClose={onClose}>
			<input
				role="combobox"
				aria-expanded="true"
				aria-controls={`${id}-list`}
				aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
				aria-label={t('switcher.title')}
				placeholder={t('switcher.placeholder')}
				className="w-full border-line border-b bg-transparent px-5 py-4 text-lg outline-none placeholder:text-ink-3"
				value={query}
				onChange={(e) => {
					setQuery(e.target.value);
					setAt(0);
				}}
				onKeyDown={onKeyDown}
			/>
			<div
				id={`${id}-list`}
				role="listbox"
				aria-label={t('switcher.title')}
				className="h-80 overflow-y-auto p-2"
			>
				{found.length === 0 && (
					<p className="p-4 text-center text-ink-2 text-sm">{t('switcher.nothing')}</p>
				)}
				{found.map((e, i) => {
					const Icon = e.icon === 'person' ? null : icons[e.icon];
					return (
						// biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
						<div
							key={e.key}
							id={`${id}-${i}`}
							role="option"
							tabIndex={-1}
							aria-selected={i === at}
							className={cx(
								'flex min-h-10 pointer-coarse:min-h-11 cursor-pointer items-center gap-3 rounded-lg px-3',
								i === at && 'bg-moss-soft text-moss-soft-ink',
							)}
							onPointerMove={() => setAt(i)}
							onClick={() => void choose(e)}
						>
							{Icon ? (
								<Icon size={17} className="mx-0.5 opacity-70" aria-hidden />
							) : (
								<Avatar id={e.personId} name={e.name} size={22} />
							)}
							<bdi className="min-w-0 truncate font-semibold text-sm">{e.name}</bdi>
							<bdi className={cx('ms-auto shrink-0 truncate text-xs', i !== at && 'text-ink-3')}>
								{e.note}
							</bdi>
						</div>
					);
				})}
			</div>
		</Dialog>
	);
}
