import { Check, CheckCheck } from 'lucide-react';
import type { Message } from '../../api/schema';
import { cx } from '../../lib/cx';
import { t } from '../../lib/text';
import { fateOf } from '../../store/receipts';
import { useChat } from '../../store/store';

const labels = {
	sent: 'message.sent',
	delivered: 'message.delivered',
	read: 'message.read',
} as const;

/** What has become of a message of mine in a conversation. */
export function Fate({ message }: { message: Message }) {
	const fate = useChat((s) => fateOf(s, message));
	if (!fate) return null;
	const Icon = fate === 'sent' ? Check : CheckCheck;
	return (
		<span
			role="img"
			data-fate={fate}
			aria-label={t(labels[fate])}
			title={t(labels[fate])}
			className={cx(
				'ms-1.5 inline-block align-text-bottom',
				fate === 'read' ? 'text-moss' : 'text-ink-3',
			)}
		>
			<Icon size={14} aria-hidden />
		</span>
	);
}
