/*
 * The conversation: a bounded run of real rows (at most 300), kept in place by use-keep-place.ts.
 * One tab stop with roving focus; Enter goes into a row, Esc out of it and to the composer.
 */
import { ArrowDown } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { cx } from '../../lib/cx';
import { isLetter } from '../../lib/keys';
import { useMarkdownReady } from '../../lib/markdown';
import { t } from '../../lib/text';
import { dayName } from '../../lib/time';
import {
	jumpToPresent,
	loadingOf,
	loadNewer,
	loadOlder,
	openChannel,
	reached,
	reachSeq,
	retryHistory,
	useHistory,
} from '../../store/history';
import { lookAtReceipts } from '../../store/reaching';
import { unreadOf } from '../../store/selectors';
import { markSeen } from '../../store/sending';
import { apply, chat, useChat } from '../../store/store';
import type { Pending } from '../../store/types';
import { Failed, Skeleton } from '../../ui/states';
import * as act from './actions';
import { Announcer } from './announcer';
import { Beginning } from './beginning';
import { MessageRow } from './message-row';
import { PendingRow } from './pending-row';
import { buildRows, type Row } from './rows';
import { endSelection, selectionIn, selectTo, toggleSelected } from './selection';
import { PAGE_PX, type Place, useKeepPlace } from './use-keep-place';

const places = new Map<string, Place>();
const nothing: Pending[] = [];
const noMessages = {};

interface Props {
	channelId: string;
	target: string | undefined;
}

export function MessageList({ channelId, target }: Props) {
	const w = useChat((s) => s.windows[channelId]);
	const messages = useChat((s) => s.messages[channelId]) ?? noMessages;
	const pending = useChat((s) => s.pending[channelId]) ?? nothing;
	const me = useChat((s) => s.me?.id);
	const { busy, error, target: landing } = useHistory((h) => loadingOf(h, channelId));
	const markdown = useMarkdownReady();
	const [divider, setDivider] = useState(() => dividerOf(channelId));
	const [edges, setEdges] = useState({ pinned: true, below: 0 });
	const [hovered, setHovered] = useState<string | null>(null);
	const [focused, setFocused] = useState<string | null>(null);
	const [marked, setMarked] = useState<string | null>(null);
	const scroller = useRef<HTMLDivElement>(null);
	const content = useRef<HTMLDivElement>(null);

	const rows = useMemo(
		() =>
			w?.loaded && markdown
				? buildRows({ window: w, messages, pending, me, dividerAfter: divider })
				: [],
		[w, messages, pending, me, divider, markdown],
	);
	const shown = w?.loaded === true && markdown;

	const keeper = useKeepPlace({
		scroller,
		content,
		run: `${channelId}/${w?.epoch ?? 0}`,
		initial: shown
			? () => {
					if (landing) return { pinned: false, key: null, top: 0 };
					const saved = places.get(channelId);
					if (saved && !saved.pinned) return saved;
					return rows.some((r) => r.kind === 'new') ? 'new' : { pinned: true, key: null, top: 0 };
				}
			: null,
		onPlace: (place, { above, below }) => {
			const now = chat().windows[channelId];
			const pinned = place.pinned && now?.hasNewer === false;
			setEdges((e) => {
				const coarse = Math.round(below / 100) * 100;
				return e.pinned === pinned && e.below === coarse ? e : { pinned, below: coarse };
			});
			places.set(channelId, place);
			if (now?.loaded && now.atEnd !== pinned) apply({ kind: 'at-end', channelId, atEnd: pinned });
			if (above < PAGE_PX) void loadOlder(channelId);
			else if (below < PAGE_PX) void loadNewer(channelId);
		},
	});

	useEffect(() => {
		void openChannel(channelId, target);
	}, [channelId, target]);

	// Leaving a channel whose end was on screen keeps only its last rows.
	useEffect(
		() => () => {
			if (places.get(channelId)?.pinned !== false) apply({ kind: 'left', channelId });
		},
		[channelId],
	);

	// A message to land on: centred and marked once its row is there.
	useEffect(() => {
		if (!landing || !shown) return;
		const key = rows.find((r) => holds(r, landing))?.key;
		if (!key || !keeper.center(key)) return;
		setMarked(landing);
		setFocused(key);
		reached(channelId);
		const timer = setTimeout(() => setMarked(null), 2000);
		return () => clearTimeout(timer);
	}, [landing, shown, rows, channelId, keeper]);

	useSeen(channelId, shown && edges.pinned, setDivider);

	const keys = rows.filter((r) => r.kind === 'message' || r.kind === 'gone').map((r) => r.key);
	const stop = focused && keys.includes(focused) ? focused : keys.at(-1);
	const active = hovered ?? null;

	const focusRow = (key: string | undefined) => {
		if (!key) return;
		setFocused(key);
		content.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)?.focus();
	};

	const toPresent = async () => {
		if (await jumpToPresent(channelId)) {
			places.delete(channelId);
			keeper.toEnd();
		}
	};

	const onKeyDown = (e: KeyboardEvent<HTMLDivElement>) => {
		const row = (e.target as HTMLElement).closest<HTMLElement>('[data-row]');
		const inside = row !== null && e.target !== row;
		if (e.key === 'Escape' && row) {
			e.preventDefault();
			e.stopPropagation();
			if (selectionIn(channelId)) return endSelection();
			return inside ? row.focus() : act.focusComposer();
		}
		if (inside) return;
		const at = keys.indexOf(row?.dataset.row ?? '');
		const move: Record<string, number> = {
			ArrowUp: at - 1,
			ArrowDown: at + 1,
			Home: 0,
			End: keys.length - 1,
		};
		const next = move[e.key];
		if (next !== undefined && !e.altKey && !e.ctrlKey && !e.metaKey) {
			e.preventDefault();
			const to = keys[Math.max(0, Math.min(keys.length - 1, next))];
			const chosen = rows.find((r) => r.key === to);
			if (e.shiftKey && chosen?.kind === 'message' && selectionIn(channelId))
				selectTo(chosen.message);
			return focusRow(to);
		}
		if (e.key === 'Enter' && row) {
			e.preventDefault();
			return row.querySelector<HTMLElement>('button, a')?.focus();
		}
		const found = rows.find((r) => r.key === row?.dataset.row);
		if (isLetter(e, 'j')) void toPresent();
		else if (found?.kind === 'message') rowKey(e, found, row);
	};

	/** While messages are being chosen a row is nothing but that. */
	const choose = (e: MouseEvent<HTMLDivElement>) => {
		const on = e.target as HTMLElement;
		if (!selectionIn(channelId) || !e.currentTarget.contains(on)) return;
		const key = on.closest<HTMLElement>('[data-row]')?.dataset.row;
		const row = rows.find((r) => r.key === key);
		if (row?.kind !== 'message') return;
		// What a reader presses in the box of a row comes as its change.
		if (on.matches('[data-choose]') && !e.shiftKey) return;
		e.preventDefault();
		e.stopPropagation();
		if (e.shiftKey) selectTo(row.message);
		else toggleSelected(row.message);
	};

	const unread = useChat((s) => unreadOf(s, channelId));
	const hiddenBefore = divider !== null && shown ? unseenAbove(rows, divider) : false;

	return (
		<div className="relative flex min-h-0 flex-col">
			<div
				ref={scroller}
				className="min-h-0 grow overflow-y-auto overflow-x-hidden overscroll-contain [overflow-anchor:none]"
				onPointerOver={(e) => {
					// Menus are children of rows here, but lie elsewhere in the document.
					const on = e.target as HTMLElement;
					if (!e.currentTarget.contains(on)) return;
					setHovered(on.closest<HTMLElement>('[data-row]')?.dataset.row ?? null);
				}}
				onPointerLeave={(e) => e.pointerType === 'mouse' && setHovered(null)}
			>
				<div className="flex min-h-full flex-col justify-end">
					{w?.loaded && !w.hasOlder && markdown && <Beginning channelId={channelId} />}
					{busy === 'before' && <Skeleton rows={2} />}
					<div
						ref={content}
						role="log"
						aria-live="off"
						aria-label={t('messages.label')}
						className="pb-4"
						onKeyDown={onKeyDown}
						onClickCapture={choose}
						onFocus={(e) => {
							const key = e.target.closest<HTMLElement>('[data-row]')?.dataset.row;
							if (key) {
								setFocused(key);
								setHovered(key);
							}
						}}
						onBlur={(e) => {
							if (!e.currentTarget.contains(e.relatedTarget)) setHovered(null);
						}}
					>
						{rows.map((row) => draw(row, row.key === active, row.key === stop, marked))}
					</div>
					{!shown && !error && <Skeleton rows={9} />}
					{error && <Failed error={error} onRetry={() => retryHistory(channelId)} />}
				</div>
			</div>
			{hiddenBefore && divider !== null && (
				<button
					type="button"
					className="absolute inset-x-0 top-2 mx-auto w-fit rounded-full bg-moss px-3.5 py-1.5 font-semibold text-moss-ink text-sm shadow-float hover:bg-moss-strong pointer-coarse:min-h-11"
					onClick={() => void reachSeq(channelId, divider + 1)}
				>
					{t('messages.first_unread')}
				</button>
			)}
			{shown && !edges.pinned && (unread > 0 || edges.below > 600 || w?.hasNewer) && (
				<button
					type="button"
					className="absolute end-4 bottom-3 flex animate-rise items-center gap-1.5 rounded-full border border-line bg-raised px-3.5 py-2 font-semibold text-sm shadow-float hover:bg-side pointer-coarse:min-h-11"
					onClick={() => void toPresent()}
				>
					<ArrowDown size={15} aria-hidden />
					{unread > 0 ? t('messages.new_count', { count: unread }) : t('messages.to_present')}
				</button>
			)}
			<Announcer channelId={channelId} />
		</div>
	);
}

const holds = (r: Row, id: string): boolean =>
	r.kind === 'gone' ? r.ids.includes(id) : r.kind === 'message' && r.message.id === id;

function draw(row: Row, active: boolean, tabStop: boolean, marked: string | null) {
	switch (row.kind) {
		case 'day':
			return (
				<div key={row.key} data-row={row.key} className="flex items-center gap-3 px-4 pt-5 pb-1">
					<span className="h-px grow bg-line" />
					<h2 className="font-semibold text-ink-2 text-xs">{dayName(row.at)}</h2>
					<span className="h-px grow bg-line" />
				</div>
			);
		case 'new':
			return (
				<div key={row.key} data-row={row.key} className="flex items-center gap-2 px-4 pt-2">
					<span className="h-px grow bg-amber" />
					<span className="rounded-full bg-amber px-2 font-bold text-2xs text-amber-ink uppercase tracking-wide">
						{t('messages.new')}
					</span>
				</div>
			);
		case 'gone':
			return (
				<article
					key={row.key}
					data-row={row.key}
					tabIndex={tabStop ? 0 : -1}
					className={cx(
						'mt-2.5 px-4 py-0.5 ps-16 text-ink-3 text-sm italic outline-none focus-visible:bg-hover focus-visible:outline-2 focus-visible:outline-moss focus-visible:-outline-offset-2',
						marked !== null && row.ids.includes(marked) && 'animate-mark',
					)}
				>
					{t('messages.gone', { count: row.ids.length })}
				</article>
			);
		case 'pending':
			return <PendingRow key={row.key} rowKey={row.key} entry={row.entry} first={row.first} />;
		case 'message':
			return (
				<MessageRow
					key={row.key}
					rowKey={row.key}
					message={row.message}
					first={row.first}
					active={active}
					tabStop={tabStop}
					marked={marked === row.message.id}
				/>
			);
	}
}

function rowKey(
	e: KeyboardEvent,
	{ message: m }: Extract<Row, { kind: 'message' }>,
	row: HTMLElement | null,
): void {
	if (e.ctrlKey || e.metaKey || e.altKey || m.deleted) return;
	if (isLetter(e, 'x') || (e.key === ' ' && selectionIn(m.channel_id))) toggleSelected(m);
	else if (isLetter(e, 'r')) act.reply(m);
	else if (isLetter(e, 'e') && act.mayEdit(m)) act.edit(m);
	else if (isLetter(e, 'c')) void act.copyText(m);
	else if (isLetter(e, 'l')) void act.copyLink(m);
	else if (e.key === 'Delete' && act.mayDelete(m)) act.remove(m);
	else if (isLetter(e, 'm')) row?.querySelector<HTMLElement>('[data-menu]')?.click();
	else return;
	e.preventDefault();
}

/** Where reading stopped, when there is something after it. */
function dividerOf(channelId: string): number | null {
	const s = chat();
	const read = s.reads[channelId]?.read_seq ?? 0;
	return unreadOf(s, channelId) > 0 && read > 0 ? read : null;
}

const unseenAbove = (rows: Row[], divider: number): boolean => {
	const first = rows.find((r) => r.kind === 'message' || r.kind === 'gone');
	if (first?.kind === 'gone') return first.seq > divider + 1;
	return first?.kind === 'message' && first.message.seq > divider + 1;
};

/**
 * Reading is acknowledged only with the tab visible, the window focused and the end in view. What
 * arrives while nobody looks gets a line above it on return.
 */
function useSeen(
	channelId: string,
	atEnd: boolean,
	setDivider: (update: (d: number | null) => number | null) => void,
): void {
	const last = useChat((s) => s.channels[channelId]?.last_seq ?? 0);
	useEffect(() => lookAtReceipts(channelId), [channelId]);
	useEffect(() => {
		const look = () => {
			if (!atEnd || document.visibilityState !== 'visible' || !document.hasFocus()) return;
			markSeen(channelId);
		};
		const back = () => {
			const unseen = dividerOf(channelId);
			if (unseen !== null) setDivider(() => unseen);
			look();
		};
		if (last > 0) look();
		window.addEventListener('focus', back);
		document.addEventListener('visibilitychange', look);
		return () => {
			window.removeEventListener('focus', back);
			document.removeEventListener('visibilitychange', look);
		};
	}, [channelId, atEnd, last, setDivider]);
}
