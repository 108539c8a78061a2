import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { problemText } from '../../api/problem';
import { cx } from '../../lib/cx';
import { channelName, isConversation } from '../../lib/people';
import { t } from '../../lib/text';
import { forgetAllowed } from '../../store/allowed';
import { jumpToPresent } from '../../store/history';
import { noteTyping, sendMessage, stopTyping } from '../../store/sending';
import { useChat } from '../../store/store';
import { setReply, useView } from '../../store/view';
import { IconButton } from '../../ui/button';
import { toast } from '../../ui/toast';
import { BarLine, useBar } from './bar';
import { encode, type Pick, withPick } from './picks';
import { ReplyLine } from './reply-line';
import { SlowCount, SlowLine, slowText, useSlow } from './slow';
import { SuggestList, useSuggest } from './suggest';
import { typedPicks, useTypedNames } from './typed-names';
import { TypingLine } from './typing-line';
import { useAsking } from './use-asking';
import { useDraft } from './use-draft';
import { useGrowth } from './use-growth';
import { onComposerKey } from './use-keys';
import { WebLine } from './web-line';
import type { Edit } from './wrap';

export function Composer({ channelId }: { channelId: string }) {
	const me = useChat((s) => s.me?.id ?? '');
	const limit = useChat((s) => s.limits.messageLength);
	const channel = useChat((s) => s.channels[channelId]);
	const users = useChat((s) => s.users);
	const reply = useView((v) => v.replies[channelId]) ?? null;
	const box = useRef<HTMLTextAreaElement>(null);
	const draft = useDraft(me, channelId, box);
	const { text, content } = draft;
	const bar = useBar(channelId);
	const slow = useSlow(channelId);
	const [said, setSaid] = useState('');
	const barred = bar !== null && !bar.perhaps;
	const asking = useAsking(channelId, bar?.asks === true, barred, draft.set);
	const suggest = useSuggest(channelId, text);
	useTypedNames(channelId, text);
	useGrowth(box, text);

	useEffect(() => {
		// A phone's keyboard stays away until it is asked for.
		if (matchMedia('(pointer: fine)').matches) box.current?.focus();
	}, []);
	useLayoutEffect(() => forgetAllowed(channelId), [channelId]);

	if (!channel) return null;
	const name = channelName(channel, me, users);
	const length = [...content].length;
	const over = length > limit;
	const describedBy = [
		channel.web_public && 'composer-web',
		bar ? 'composer-bar' : over && 'composer-note',
	]
		.filter(Boolean)
		.join(' ');

	const send = async () => {
		const named = encode(text, [...typedPicks(channelId, text), ...draft.picks]);
		const message = ([...named].length > limit ? content : named).trim();
		if (message === '' || barred) return;
		if (slow > 0) return setSaid(slowText(slow));
		if (over) return toast(t('composer.too_long', { count: limit }), { bad: true });
		try {
			await jumpToPresent(channelId);
		} catch (e) {
			toast(problemText(e), { bad: true });
		}
		sendMessage(channelId, message, reply);
		draft.set('');
		setReply(channelId, null);
		stopTyping(channelId);
		window.dispatchEvent(new CustomEvent('moot:sent'));
	};

	const change = (edit: Edit, picks?: Pick[]) => {
		if (barred) return;
		draft.set(edit.text, picks);
		const { start, end } = edit;
		requestAnimationFrame(() => box.current?.setSelectionRange(start, end));
	};

	const onKeyDown = (e: KeyboardEvent<HTMLTextAreaElement>) => {
		if (e.nativeEvent.isComposing) return;
		asking.onKey(e);
		const keys = { channelId, text, replying: reply !== null, send: () => void send(), change };
		if (suggest.onKey(e) || onComposerKey(e, keys)) e.preventDefault();
	};

	return (
		<section
			aria-label={t('composer.region')}
			data-region="composer"
			className="relative px-3 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4"
		>
			<WebLine channelId={channelId} />
			<BarLine bar={bar} />
			<ReplyLine channelId={channelId} />
			{suggest.at && (
				<SuggestList
					channelId={channelId}
					query={suggest.at.query}
					suggest={suggest}
					onPick={({ code, name, second }) => {
						const { start = 0 } = suggest.at ?? {};
						const end = box.current?.selectionEnd ?? text.length;
						const next = withPick(draft.picks, code, name, second);
						const until = start + next.text.length + 1;
						const rest = text.slice(end).replace(/^ /, '');
						suggest.close();
						change(
							{ text: `${text.slice(0, start)}${next.text} ${rest}`, start: until, end: until },
							next.picks,
						);
					}}
				/>
			)}
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
					aria-describedby={describedBy || undefined}
					aria-invalid={over || undefined}
					placeholder={t(isConversation(channel) ? 'composer.to_person' : 'composer.to_channel', {
						name,
					})}
					{...suggest.props}
					className="field-sizing-content max-h-[40dvh] min-h-11 min-w-0 grow resize-none overflow-y-auto bg-transparent py-[0.6rem] leading-[1.45] outline-none placeholder:truncate placeholder:text-ink-3"
					onChange={(e) => {
						draft.set(e.target.value);
						suggest.onCaret(e.target);
						if (e.target.value.trim() !== '') noteTyping(channelId);
					}}
					onKeyDown={onKeyDown}
					onPointerDown={asking.ask}
					onPaste={asking.ask}
					onSelect={(e) => suggest.onCaret(e.currentTarget)}
					onBlur={suggest.close}
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
