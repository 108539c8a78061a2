import { X } from 'lucide-react';
import { snippet } from '../../lib/snippet';
import { t } from '../../lib/text';
import { nameIn } from '../../store/here';
import { useChat } from '../../store/store';
import { setReply, useView } from '../../store/view';
import { IconButton } from '../../ui/button';
import { serverOf, useNames } from '../messages/names';

/** What is answered, above the box. */
export function ReplyLine({ channelId }: { channelId: string }) {
	const id = useView((v) => v.replies[channelId]);
	const m = useChat((s) => (id ? s.messages[channelId]?.[id] : undefined));
	const name = useChat((s) => (m ? nameIn(s, serverOf(s, channelId), m.author) : ''));
	const names = useNames(channelId, m?.content ?? '', m?.mentions);
	if (!m) return null;
	return (
		<div className="flex items-center gap-2 rounded-t-xl border border-line border-b-0 bg-side ps-3.5 pe-1 text-sm">
			<span className="min-w-0 grow truncate text-ink-2">
				{t('composer.replying', { name })}{' '}
				<span className="text-ink-3">{snippet(m.content, names)}</span>
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
