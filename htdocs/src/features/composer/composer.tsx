import { SendHorizontal, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { problemText } from '../../api/problem';
import { cx } from '../../lib/cx';
import { isCommand } from '../../lib/keys';
import { channelName, isConversation, nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { jumpToPresent } from '../../store/history';
import { noteTyping, sendMessage, stopTyping } from '../../store/sending';
import { chat, useChat } from '../../store/store';
import { setEditing, setReply, useView } from '../../store/view';
import { IconButton } from '../../ui/button';
import { toast } from '../../ui/toast';
import { BarLine, useBar } from './bar';
import { readDraft, writeDraft } from './drafts';
import { SlowCount, SlowLine, slowText, useSlow } from './slow';
import { TypingLine } from './typing-line';
import { type Edit, wrap } from './wrap';

export function Composer({ channelId }: { channelId: string }) {
	const me = useChat((s) => s.me?.id ?? '');
	const limit = useChat((s) => s.limits.messageLength);
	const channel = useChat((s) => s.channels[channelId]);
	const users = useChat((s) => s.users);
	const reply = useView((v) => v.replies[channelId]) ?? null;
	const [text, setText] = useState(() => readDraft(me, channelId));
	const box = useRef<HTMLTextAreaElement>(null);
	const bar = useBar(channelId);
	const slow = useSlow(channelId);
	const [said, setSaid] = useState('');
	const barred = bar !== null && !bar.perhaps;
	useGrowth(box, text);

	useEffect(() => writeDraft(me, channelId, text), [me, channelId, text]);
	useEffect(() => {
		// What another tab types into the same draft shows here unless it is being written here.
		const follow = (e: StorageEvent) => {
			if (e.key === `moot.draft.${me}.${channelId}` && document.activeElement !== box.current)
				setText(e.newValue ?? '');
		};
		window.addEventListener('storage', follow);
		return () => window.removeEventListener('storage', follow);
	}, [me, channelId]);
	useEffect(() => {
		// A phone's keyboard stays away until it is asked for.
		if (matchMedia('(pointer: fine)').matches) box.current?.focus();
	}, []);

	if (!channel) return null;
	const name = channelName(channel, me, users);
	const length = [...text].length;
	const over = length > limit;

	const send = async () => {
		const content = text.trim();
		if (content === '' || barred) return;
		if (slow > 0) return setSaid(slowText(slow));
		if (over) return toast(t('composer.too_long', { count: limit }), { bad: true });
		try {
			await jumpToPresent(channelId);
		} catch (e) {
			toast(problemText(e), { bad: true });
		}
		sendMessage(channelId, content, reply);
		setText('');
		setReply(channelId, null);
		stopTyping(channelId);
		window.dispatchEvent(new CustomEvent('moot:sent'));
	};

	const change = (edit: Edit | null) => {
		if (!edit || !box.current) return;
		setText(edit.text);
		const { start, end } = edit;
		requestAnimationFrame(() => box.current?.setSelectionRange(start, end));
	};

	const onKeyDown = (e: KeyboardEvent<HTMLTextAreaElement>) => {
		if (e.nativeEvent.isComposing) return;
		const field = e.currentTarget;
		const around = (mark: string) => {
			e.preventDefault();
			change(wrap(text, field.selectionStart, field.selectionEnd, mark));
		};
		if (e.key === 'Enter' && !e.shiftKey && !e.ctrlKey && !e.metaKey && !e.altKey) {
			e.preventDefault();
			void send();
		} else if (isCommand(e, 'edit-last') && text === '') {
			const own = lastOf(channelId, true);
			if (own) {
				e.preventDefault();
				setEditing(own);
			}
		} else if (isCommand(e, 'reply-last') && text === '') {
			const last = lastOf(channelId, false);
			if (last) {
				e.preventDefault();
				setReply(channelId, last);
			}
		} else if (e.key === 'Escape' && reply) {
			e.stopPropagation();
			setReply(channelId, null);
		} else if (e.key === 'PageUp' || e.key === 'PageDown') {
			e.preventDefault();
			scrollList(e.key === 'PageUp' ? -1 : 1);
		} else if (isCommand(e, 'bold')) around('**');
		else if (isCommand(e, 'italic')) around('_');
		else if (isCommand(e, 'code')) around('`');
		else if (isCommand(e, 'strike')) around('~~');
	};

	return (
		<section
			aria-label={t('composer.region')}
			data-region="composer"
			className="px-3 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4"
		>
			<BarLine bar={bar} />
			<ReplyLine channelId={channelId} />
			<div
				className={cx(
					'flex items-end gap-1 border ps-3.5 pe-1 focus-within:border-moss',
					bar ? 'rounded-b-xl' : 'rounded-xl',
					barred ? 'bg-side' : 'bg-raised',
					over ? 'border-danger' : 'border-line-strong',
				)}
			>
				<textarea
					id="composer"
					ref={box}
					rows={1}
					value={text}
					// Not disabled: the focus and what was written stay.
					readOnly={barred}
					aria-label={t('composer.label', { name })}
					aria-describedby={bar ? 'composer-bar' : over ? 'composer-note' : undefined}
					aria-invalid={over || undefined}
					placeholder={t(isConversation(channel) ? 'composer.to_person' : 'composer.to_channel', {
						name,
					})}
					className="field-sizing-content max-h-[40dvh] min-h-11 min-w-0 grow resize-none overflow-y-auto bg-transparent py-[0.6rem] leading-[1.45] outline-none placeholder:truncate placeholder:text-ink-3"
					onChange={(e) => {
						setText(e.target.value);
						if (e.target.value.trim() !== '') noteTyping(channelId);
					}}
					onKeyDown={onKeyDown}
				/>
				{length > limit * 0.9 && (
					<span
						id="composer-note"
						className={cx(
							'shrink-0 pb-3 text-xs tabular-nums',
							over ? 'text-danger' : 'text-ink-3',
						)}
					>
						{over ? t('composer.over', { count: length - limit }) : limit - length}
					</span>
				)}
				<div className="pb-1">
					{slow > 0 && !barred ? (
						<SlowCount left={slow} />
					) : (
						<IconButton
							label={t('composer.send')}
							keys="Enter"
							disabled={text.trim() === '' || over || barred}
							onClick={() => {
								void send();
								box.current?.focus();
							}}
						>
							<SendHorizontal size={18} className="rtl:-scale-x-100" />
						</IconButton>
					)}
				</div>
			</div>
			<div className="flex justify-between gap-3">
				<TypingLine channelId={channelId} />
				<SlowLine channelId={channelId} said={slow > 0 ? said : ''} />
			</div>
		</section>
	);
}

function ReplyLine({ channelId }: { channelId: string }) {
	const id = useView((v) => v.replies[channelId]);
	const m = useChat((s) => (id ? s.messages[channelId]?.[id] : undefined));
	if (!m) return null;
	return (
		<div className="flex items-center gap-2 rounded-t-xl border border-line border-b-0 bg-side ps-3.5 pe-1 text-sm">
			<span className="min-w-0 grow truncate text-ink-2">
				{t('composer.replying', { name: nameOf(m.author) })}{' '}
				<span className="text-ink-3">{m.content.slice(0, 120)}</span>
			</span>
			<IconButton
				small
				label={t('composer.no_reply')}
				keys="Esc"
				onClick={() => setReply(channelId, null)}
			>
				<X size={15} />
			</IconButton>
		</div>
	);
}

const growsByItself = globalThis.CSS?.supports?.('field-sizing', 'content') === true;

/**
 * For browsers without `field-sizing`. Measuring from nothing lays out the list twice a key, so it
 * is done only for a text that became shorter.
 */
function useGrowth(box: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
	const length = useRef(0);
	useLayoutEffect(() => {
		const field = box.current;
		if (!field || growsByItself) return;
		if (text.length < length.current) field.style.height = '0';
		length.current = text.length;
		if (field.scrollHeight !== field.clientHeight) field.style.height = `${field.scrollHeight}px`;
	}, [box, text]);
}

function lastOf(channelId: string, mine: boolean): string | undefined {
	const s = chat();
	const known = s.messages[channelId] ?? {};
	return s.windows[channelId]?.ids.findLast((id) => {
		const m = known[id];
		return m !== undefined && !m.deleted && (!mine || m.author.id === s.me?.id);
	});
}

function scrollList(direction: number): void {
	const list = document.querySelector('[role="log"]')?.parentElement?.parentElement;
	list?.scrollBy({ top: direction * list.clientHeight * 0.9 });
}
