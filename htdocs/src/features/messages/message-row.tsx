import {
	Copy,
	CornerUpRight,
	Ellipsis,
	Eye,
	Flag,
	Link2,
	ListChecks,
	Pencil,
	Reply,
	Trash2,
	UserRound,
} from 'lucide-react';
import { memo, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { Message } from '../../api/schema';
import { cx } from '../../lib/cx';
import { Markdown } from '../../lib/markdown';
import { isConversation } from '../../lib/people';
import { snippet } from '../../lib/snippet';
import { t } from '../../lib/text';
import { clock, fullTime } from '../../lib/time';
import { usePeople } from '../../store/authors';
import { colorIn, nameIn } from '../../store/here';
import { needMessage } from '../../store/history';
import { isFolded } from '../../store/selectors';
import { chat, useChat } from '../../store/store';
import { useView } from '../../store/view';
import { IconButton } from '../../ui/button';
import { Menu } from '../../ui/menu';
import { measureItems } from '../moderation/measures';
import { PersonAvatar } from '../presence/person-avatar';
import { inkOf } from '../roles/ink';
import * as act from './actions';
import { Editor } from './editor';
import { Fate } from './fate';
import { Fold } from './fold';
import { serverOf, useNames } from './names';
import { maySelect, toggleSelected } from './selection';

interface Props {
	message: Message;
	/** Shows author and time; otherwise the row continues the one above. */
	first: boolean;
	/** Buttons are only drawn for the row under the pointer or with the focus. */
	active: boolean;
	tabStop: boolean;
	marked: boolean;
	rowKey: string;
}

export const MessageRow = memo(function MessageRow(props: Props) {
	const { message: m, first, tabStop, marked, rowKey } = props;
	// An open menu keeps its row's buttons, wherever the pointer goes.
	const [held, setHeld] = useState(false);
	const active = props.active || held;
	const author = useChat((s) => s.users[m.author.id]) ?? m.author;
	const editing = useView((v) => v.editing === m.id);
	const blocked = useChat((s) => isFolded(s, m.channel_id, m.author.id));
	const [unfolded, setUnfolded] = useState(false);
	const folded = blocked && !unfolded;
	const mentioned = useChat((s) => s.me !== null && m.mentions.includes(s.me.id)) && !blocked;
	const own = useChat(
		(s) => m.author.id === s.me?.id && isConversation(s.channels[m.channel_id] ?? { kind: 'text' }),
	);
	const chosen = useView((v) =>
		v.selection?.channelId === m.channel_id ? v.selection.ids.includes(m.id) : null,
	);
	const name = useChat((s) => nameIn(s, serverOf(s, m.channel_id), m.author));
	return (
		<article
			data-row={rowKey}
			data-message={m.id}
			tabIndex={tabStop ? 0 : -1}
			aria-label={
				folded ? t('message.blocked') : t('message.label', { name, time: clock(m.created_at) })
			}
			className={cx(
				'group relative grid grid-cols-[2.25rem_minmax(0,1fr)] gap-x-3 px-4 py-0.5 outline-none focus-visible:bg-hover focus-visible:outline-2 focus-visible:outline-moss focus-visible:-outline-offset-2',
				first && 'mt-2.5',
				active && 'bg-hover',
				chosen !== null && 'cursor-pointer select-none',
				chosen && 'bg-moss-soft',
				mentioned && !m.deleted && 'border-amber border-s-2 bg-amber-soft',
				chosen !== null ? 'ps-11' : mentioned && !m.deleted && 'ps-3.5',
				marked && 'animate-mark',
			)}
		>
			{chosen !== null && !m.deleted && (
				<input
					type="checkbox"
					data-choose=""
					tabIndex={-1}
					className="absolute start-4 top-1.5 size-4.5 accent-moss"
					aria-label={t('message.select_label', { name, time: clock(m.created_at) })}
					checked={chosen}
					onChange={() => toggleSelected(m)}
				/>
			)}
			{m.reply_to && !folded && <Quote channelId={m.channel_id} id={m.reply_to} />}
			{first && !folded ? (
				<div className="pt-0.5">
					<PersonAvatar user={author} name={name} />
				</div>
			) : (
				<time
					dateTime={m.created_at}
					title={fullTime(m.created_at)}
					className={cx(
						'select-none whitespace-nowrap pt-[0.2rem] text-end text-2xs text-ink-3 tabular-nums',
						!active && 'invisible',
					)}
				>
					{clock(m.created_at)}
				</time>
			)}
			<div className="min-w-0">
				{blocked && <Fold open={unfolded} onOpen={setUnfolded} />}
				{first && !folded && (
					<div className="flex items-baseline gap-2 leading-tight">
						<AuthorName message={m} name={name} tabStop={active} />
						{author.bot && (
							<span className="text-2xs text-ink-3 uppercase">{t('message.bot')}</span>
						)}
						<time
							dateTime={m.created_at}
							title={fullTime(m.created_at)}
							className="shrink-0 text-ink-3 text-xs"
						>
							{clock(m.created_at)}
						</time>
					</div>
				)}
				{folded ? null : m.deleted ? (
					<p className="text-ink-3 text-sm italic">{t('message.deleted')}</p>
				) : editing ? (
					<Editor message={m} />
				) : (
					<Body message={m} own={own} />
				)}
			</div>
			{active && !editing && !m.deleted && !folded && chosen === null && (
				<Actions message={m} onHold={setHeld} />
			)}
		</article>
	);
});

interface AuthorProps {
	message: Message;
	name: string;
	tabStop: boolean;
}

function AuthorName({ message: m, name, tabStop }: AuthorProps) {
	const serverId = useChat((s) => serverOf(s, m.channel_id));
	const color = useChat((s) => colorIn(s, serverId, m.author.id));
	usePeople(serverId, m.author.id);
	return (
		<button
			type="button"
			tabIndex={tabStop ? 0 : -1}
			className={cx('truncate font-bold hover:underline', color !== null && 'role-ink')}
			style={inkOf(color)}
			onClick={() => act.who(m)}
		>
			<bdi>{name}</bdi>
		</button>
	);
}

const LONG = 1600;
const MANY_LINES = 24;

function Body({ message: m, own }: { message: Message; own: boolean }) {
	const long = m.content.length > LONG || m.content.split('\n').length > MANY_LINES;
	const [open, setOpen] = useState(false);
	const names = useNames(m.channel_id, m.content, m.mentions);
	return (
		<div>
			<div className={cx('prose', long && !open && 'max-h-80 overflow-hidden')}>
				<Markdown text={m.content} names={names} />
			</div>
			{long && (
				<button
					type="button"
					className="mt-1 font-semibold text-moss text-sm hover:underline"
					aria-expanded={open}
					onClick={() => setOpen(!open)}
				>
					{t(open ? 'message.less' : 'message.more')}
				</button>
			)}
			{m.edited_at && (
				<span className="text-ink-3 text-xs" title={fullTime(m.edited_at)}>
					{t('message.edited')}
				</span>
			)}
			{own && <Fate message={m} />}
		</div>
	);
}

function Quote({ channelId, id }: { channelId: string; id: string }) {
	const quoted = useChat((s) => s.messages[channelId]?.[id]);
	const blocked = useChat((s) => quoted !== undefined && isFolded(s, channelId, quoted.author.id));
	const author = useChat((s) =>
		quoted && !blocked ? nameIn(s, serverOf(s, channelId), quoted.author) : null,
	);
	const names = useNames(channelId, quoted?.content ?? '', quoted?.mentions);
	const [, navigate] = useLocation();
	useEffect(() => needMessage(channelId, id), [channelId, id]);
	const text = blocked
		? t('message.blocked')
		: !quoted || quoted.deleted
			? t('message.quote_gone')
			: snippet(quoted.content, names);
	return (
		<button
			type="button"
			className="col-span-2 mb-0.5 flex min-w-0 items-center gap-1.5 ps-5 text-start text-ink-2 text-xs hover:text-ink"
			onClick={() => navigate(`/c/${channelId}/${id}`)}
		>
			<CornerUpRight size={14} className="shrink-0 text-ink-3 rtl:-scale-x-100" aria-hidden />
			{author && <bdi className="shrink-0 font-semibold">{author}</bdi>}
			<span className="truncate">{text}</span>
		</button>
	);
}

function Actions({ message: m, onHold }: { message: Message; onHold: (open: boolean) => void }) {
	const mine = act.mayEdit(m);
	const place = chat().channels[m.channel_id]?.server_id ?? null;
	const name = nameIn(chat(), place ?? '', m.author);
	const measures = measureItems(place, m.author.id, name);
	return (
		<div className="absolute end-3 -top-3.5 flex rounded-lg border border-line bg-raised shadow-float">
			<IconButton small label={t('message.reply')} keys="R" onClick={() => act.reply(m)}>
				<Reply size={15} />
			</IconButton>
			{mine && (
				<IconButton small label={t('message.edit')} keys="E" onClick={() => act.edit(m)}>
					<Pencil size={15} />
				</IconButton>
			)}
			<Menu
				align="end"
				label={t('message.actions')}
				onOpenChange={onHold}
				trigger={
					<button
						type="button"
						data-menu=""
						aria-label={t('message.actions')}
						className="inline-grid size-7 place-items-center rounded-lg text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:size-11"
					>
						<Ellipsis size={15} />
					</button>
				}
				items={[
					{
						label: t('message.reply'),
						icon: <Reply size={16} />,
						keys: 'R',
						onSelect: () => act.reply(m),
					},
					{
						label: t('message.copy'),
						icon: <Copy size={16} />,
						keys: 'C',
						onSelect: () => void act.copyText(m),
					},
					{
						label: t('message.copy_link'),
						icon: <Link2 size={16} />,
						keys: 'L',
						onSelect: () => void act.copyLink(m),
					},
					{
						label: t('person.show_name', { name }),
						icon: <UserRound size={16} />,
						onSelect: () => act.who(m),
					},
					act.hasReaders(m) && {
						label: t('message.seen_by'),
						icon: <Eye size={16} />,
						onSelect: () => act.seenBy(m),
					},
					mine && {
						label: t('message.edit'),
						icon: <Pencil size={16} />,
						keys: 'E',
						onSelect: () => act.edit(m),
					},
					maySelect(m.channel_id) && {
						label: t('message.select'),
						icon: <ListChecks size={16} />,
						keys: 'X',
						onSelect: () => toggleSelected(m),
					},
					act.mayReport(m) && {
						label: t('report.message'),
						icon: <Flag size={16} />,
						onSelect: () => act.report(m),
					},
					(act.mayDelete(m) || measures.length > 0) && 'line',
					act.mayDelete(m) && {
						label: t('message.delete'),
						danger: true,
						icon: <Trash2 size={16} />,
						keys: t('key.delete'),
						onSelect: () => act.remove(m),
					},
					...measures,
				]}
			/>
		</div>
	);
}
