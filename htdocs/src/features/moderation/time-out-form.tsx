import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { Choice } from '../../ui/field';
import { toast } from '../../ui/toast';
import type { ModerationProps } from './ban-form';
import { FormActions } from './form-actions';
import { ReasonField } from './reason-field';

const terms = [60, 300, 600, 3600, 86_400, 604_800, 2_419_200];

export function TimeOutForm({ serverId, userId, name, onDone, onCancel }: ModerationProps) {
	const [reason, setReason] = useState('');
	const [term, setTerm] = useState('600');
	const form = useSubmit(async () => {
		await api.timeOut(serverId, userId, {
			expires_in: Number(term),
			...(reason.trim() ? { reason: reason.trim() } : {}),
		});
		toast(t('toast.timed_out', { name, time: lengthOf(Number(term)) }));
		onDone();
	});
	return (
		<FormActions form={form} action={t('timeout.give', { name })} onCancel={onCancel}>
			<p className="text-ink-2 text-sm">{t('timeout.lead')}</p>
			<Choice
				label={t('moderation.for')}
				value={term}
				onChange={setTerm}
				options={terms.map((s): [string, string] => [String(s), lengthOf(s)])}
			/>
			<ReasonField value={reason} onChange={setReason} />
		</FormActions>
	);
}
