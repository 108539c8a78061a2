/* What the keys do in the box besides writing. */
import type { KeyboardEvent } from 'react';
import { isCommand } from '../../lib/keys';
import { chat } from '../../store/store';
import { setEditing, setReply } from '../../store/view';
import { type Edit, wrap } from './wrap';

interface Box {
	channelId: string;
	text: string;
	replying: boolean;
	send: () => void;
	change: (edit: Edit) => void;
}

const marks = { bold: '**', italic: '_', code: '`', strike: '~~' } as const;

/** True: it is done. */
export function onComposerKey(e: KeyboardEvent<HTMLTextAreaElement>, box: Box): boolean {
	if (e.key === 'Enter' && !e.shiftKey && !e.ctrlKey && !e.metaKey && !e.altKey) {
		box.send();
		return true;
	}
	if (e.key === 'Escape' && box.replying) {
		e.stopPropagation();
		setReply(box.channelId, null);
		return true;
	}
	if (e.key === 'PageUp' || e.key === 'PageDown') {
		scrollList(e.key === 'PageUp' ? -1 : 1);
		return true;
	}
	return (box.text === '' && onMessages(e, box.channelId)) || onMarks(e, box);
}

/** From an empty box, the last message is at hand. */
function onMessages(e: KeyboardEvent, channelId: string): boolean {
	const edits = isCommand(e, 'edit-last');
	const last = edits || isCommand(e, 'reply-last') ? lastOf(channelId, edits) : undefined;
	if (last === undefined) return false;
	if (edits) setEditing(last);
	else setReply(channelId, last);
	return true;
}

function onMarks(e: KeyboardEvent<HTMLTextAreaElement>, { text, change }: Box): boolean {
	const mark = Object.entries(marks).find(([name]) =>
		isCommand(e, name as keyof typeof marks),
	)?.[1];
	if (mark === undefined) return false;
	change(wrap(text, e.currentTarget.selectionStart, e.currentTarget.selectionEnd, mark));
	return true;
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
