import { useState } from 'react';
import * as api from '../../api/endpoints';
import { serverNow } from '../../lib/clock';
import { t } from '../../lib/text';
import { clockOrDate, lengthOf } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Choice, Field } from '../../ui/field';
import { FormDialog } from '../../ui/form-dialog';
import { toast } from '../../ui/toast';

const terms = [0, 1800, 3600, 14_400, 86_400, 604_800];

/** What one is doing, in a few words, and when that is over. */
export default function EditCustomStatus({ onClose }: { onClose: () => void }) {
	const now = useChat((s) => s.me?.custom_status ?? null);
	const [emoji, setEmoji] = useState(now?.emoji ?? '');
	const [text, setText] = useState(now?.text ?? '');
	const [term, setTerm] = useState(now?.expires_at ? 'kept' : '0');
	const form = useSubmit(async () => {
		const until =
			term === 'kept'
				? (now?.expires_at ?? null)
				: term === '0'
					? null
					: new Date(serverNow() + Number(term) * 1000).toISOString();
		const says = emoji.trim() || text.trim();
		const me = await api.patchMe({
			custom_status: says
				? { emoji: emoji.trim() || null, text: text.trim() || null, expires_at: until }
				: null,
		});
		apply({ kind: 'me', me });
		toast(t(says ? 'toast.saved' : 'toast.status_cleared'));
		onClose();
	});
	return (
		<FormDialog
			title={t('status.title')}
			description={t('status.lead')}
			submit={t('action.save')}
			form={form}
			onClose={onClose}
		>
			<div className="flex gap-3">
				<div className="w-20 shrink-0">
					<Field
						label={t('status.emoji')}
						field="custom_status.emoji"
						maxLength={16}
						autoComplete="off"
						value={emoji}
						onChange={(e) => setEmoji(e.target.value)}
					/>
				</div>
				<div className="min-w-0 grow">
					<Field
						label={t('status.text')}
						field="custom_status.text"
						maxLength={100}
						autoComplete="off"
						value={text}
						onChange={(e) => setText(e.target.value)}
					/>
				</div>
			</div>
			<Choice
				label={t('status.until')}
				value={term}
				onChange={setTerm}
				options={[
					...(now?.expires_at ? [['kept', clockOrDate(now.expires_at)] as [string, string]] : []),
					...terms.map((s): [string, string] => [
						String(s),
						s === 0 ? t('status.kept') : t('status.for', { time: lengthOf(s) }),
					]),
				]}
			/>
		</FormDialog>
	);
}
