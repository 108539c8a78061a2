import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { Field } from '../../ui/field';
import { toast } from '../../ui/toast';
import type { ModerationProps } from './ban-form';
import { FormActions } from './form-actions';

export function KickForm({ serverId, userId, name, onDone, onCancel }: ModerationProps) {
	const [reason, setReason] = useState('');
	const form = useSubmit(async () => {
		await api.removeMember(serverId, userId, reason.trim());
		toast(t('toast.kicked', { name }));
		onDone();
	});
	return (
		<FormActions form={form} action={t('members.kick', { name })} onCancel={onCancel}>
			<p className="text-ink-2 text-sm">{t('members.kick_lead')}</p>
			<Field
				label={t('moderation.reason')}
				hint={t('moderation.reason_hint')}
				maxLength={300}
				value={reason}
				onChange={(e) => setReason(e.target.value)}
			/>
		</FormActions>
	);
}
