import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { Choice } from '../../ui/field';
import { toast } from '../../ui/toast';
import { FormActions } from './form-actions';
import { ReasonField } from './reason-field';

export interface ModerationProps {
	serverId: string;
	userId: string;
	name: string;
	onDone: () => void;
	onCancel: () => void;
}

const terms = [0, 3600, 86_400, 604_800, 2_592_000];
const erased = [0, 3600, 86_400, 604_800];

export function BanForm({ serverId, userId, name, onDone, onCancel }: ModerationProps) {
	const [reason, setReason] = useState('');
	const [term, setTerm] = useState('0');
	const [erase, setErase] = useState('0');
	const form = useSubmit(async () => {
		await api.ban(serverId, userId, {
			...(reason.trim() ? { reason: reason.trim() } : {}),
			expires_in: Number(term),
			delete_messages: Number(erase),
		});
		toast(t('toast.banned', { name }));
		onDone();
	});
	return (
		<FormActions form={form} action={t('members.ban', { name })} onCancel={onCancel}>
			<p className="text-ink-2 text-sm">{t('members.ban_lead')}</p>
			<ReasonField value={reason} onChange={setReason} />
			<div className="flex flex-wrap gap-3">
				<Choice
					label={t('moderation.for')}
					value={term}
					onChange={setTerm}
					options={terms.map((s): [string, string] => [
						String(s),
						s === 0 ? t('moderation.for_ever') : lengthOf(s),
					])}
				/>
				<Choice
					label={t('moderation.erase')}
					value={erase}
					onChange={setErase}
					options={erased.map((s): [string, string] => [
						String(s),
						s === 0
							? t('moderation.erase_none')
							: t('moderation.erase_last', { time: lengthOf(s) }),
					])}
				/>
			</div>
		</FormActions>
	);
}
