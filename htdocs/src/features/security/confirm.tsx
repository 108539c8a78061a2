/* Asked before what a page left open must not do; the request that needed it is sent again then. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { FormDialog } from '../../ui/form-dialog';

const LABELS = {
	password: 'auth.password',
	totp: 'security.code',
	recovery_code: 'security.recovery_code',
} as const;
const AUTO_COMPLETE = {
	password: 'current-password',
	totp: 'one-time-code',
	recovery_code: 'off',
} as const;

export default function Confirm({ done }: { done: (confirmed: boolean) => void }) {
	const q = useQuery({ queryKey: ['security'], queryFn: api.security }, queries);
	const [byCode, setByCode] = useState(false);
	const [secret, setSecret] = useState('');
	// With a second factor the password is not enough.
	const guarded = q.data?.second_factor ?? false;
	const recovery = byCode || q.data?.totp === false;
	const how = guarded ? (recovery ? 'recovery_code' : 'totp') : 'password';
	const form = useSubmit(async () => {
		await api.confirm({ [how]: secret });
		done(true);
	});
	return (
		<FormDialog
			title={t('security.confirm')}
			description={t('security.confirm_lead')}
			submit={t('security.confirm_go')}
			form={form}
			problem={form.error?.status === 401 ? t('field.wrong') : undefined}
			onClose={() => done(false)}
		>
			<Field
				key={how}
				label={t(LABELS[how])}
				type={guarded ? 'text' : 'password'}
				autoComplete={AUTO_COMPLETE[how]}
				inputMode={how === 'totp' ? 'numeric' : 'text'}
				autoCapitalize="none"
				spellCheck={false}
				required
				value={secret}
				onChange={(e) => setSecret(e.target.value)}
			/>
			{q.data?.totp && q.data.recovery_codes_left > 0 && (
				<Button
					look="quiet"
					onClick={() => {
						setSecret('');
						setByCode(!byCode);
					}}
				>
					{t(byCode ? 'security.use_app' : 'security.use_recovery')}
				</Button>
			)}
		</FormDialog>
	);
}
