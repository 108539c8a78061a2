import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { toast } from '../../ui/toast';
import type { ModerationProps } from './ban-form';
import { FormActions } from './form-actions';
import { ReasonField } from './reason-field';

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
			<ReasonField value={reason} onChange={setReason} />
		</FormActions>
	);
}
