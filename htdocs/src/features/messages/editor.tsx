import { useState } from 'react';
import { problemText } from '../../api/problem';
import type { Message } from '../../api/schema';
import { t } from '../../lib/text';
import { editMessage } from '../../store/sending';
import { chat } from '../../store/store';
import { setEditing } from '../../store/view';
import { Button } from '../../ui/button';
import { toast } from '../../ui/toast';
import { decode, encode } from '../composer/picks';
import * as act from './actions';
import { namesIn } from './names';

/** A message where it stands, to be written anew. */
export function Editor({ message: m }: { message: Message }) {
	const [{ text, picks }, setDraft] = useState(() => decode(m.content, namesIn(m.channel_id)));
	const setText = (next: string) => setDraft({ text: next, picks });
	const done = () => {
		setEditing(null);
		setTimeout(act.focusComposer);
	};
	const save = () => {
		const next = encode(text, picks).trim();
		if (next === '') return act.remove(m);
		done();
		editMessage(m.channel_id, m.id, next).catch((e) => toast(problemText(e), { bad: true }));
	};
	return (
		<div className="flex flex-col gap-1.5 py-1">
			<textarea
				// biome-ignore lint/a11y/noAutofocus: the user asked to edit this very text
				autoFocus
				aria-label={t('message.edit_label')}
				className="field-sizing-content max-h-72 min-h-10 w-full resize-none rounded-lg border border-line-strong bg-canvas px-3 py-2 outline-moss focus:outline-2"
				value={text}
				maxLength={chat().limits.messageLength}
				onFocus={(e) => e.target.setSelectionRange(text.length, text.length)}
				onChange={(e) => setText(e.target.value)}
				onKeyDown={(e) => {
					e.stopPropagation();
					if (e.key === 'Escape') done();
					if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
						e.preventDefault();
						save();
					}
				}}
			/>
			<div className="flex gap-2">
				<Button look="primary" onClick={save}>
					{t('action.save')}
				</Button>
				<Button look="quiet" onClick={done}>
					{t('action.cancel')}
				</Button>
			</div>
		</div>
	);
}
