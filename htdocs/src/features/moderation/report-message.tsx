import * as api from '../../api/endpoints';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { useChat } from '../../store/store';
import { ReportForm } from './report-form';

interface Props {
	channelId: string;
	messageId: string;
	onClose: () => void;
}

export default function ReportMessage({ channelId, messageId, onClose }: Props) {
	const m = useChat((s) => s.messages[channelId]?.[messageId]);
	const author = useChat((s) => (m ? (s.users[m.author.id] ?? m.author) : undefined));
	return (
		<ReportForm
			title={t('report.message_title', { name: author ? nameOf(author) : '' })}
			send={(body) => api.reportMessage(channelId, messageId, body)}
			onClose={onClose}
		>
			<blockquote className="max-h-32 shrink-0 overflow-hidden whitespace-pre-wrap break-words rounded-lg bg-side px-3 py-2 text-sm">
				{m?.content.slice(0, 400)}
			</blockquote>
		</ReportForm>
	);
}
