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

export default function Confirm({ done }: { done: (confirmed: boolean) => void }) {
	const q = useQuery({ queryKey: ['security'], queryFn: api.security }, queries);
	const [byApp, setByApp] = useState(false);
	const [secret, setSecret] = useState('');
	const form = useSubmit(async () => {
		await api.confirm(byApp ? { totp: secret } : { password: secret });
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
				key={String(byApp)}
				label={t(byApp ? 'security.code' : 'auth.password')}
				type={byApp ? 'text' : 'password'}
				autoComplete={byApp ? 'one-time-code' : 'current-password'}
				inputMode={byApp ? 'numeric' : 'text'}
				required
				value={secret}
				onChange={(e) => setSecret(e.target.value)}
			/>
			{q.data?.totp && (
				<Button
					look="quiet"
					onClick={() => {
						setSecret('');
						setByApp(!byApp);
					}}
				>
					{t(byApp ? 'security.use_password' : 'security.use_app')}
				</Button>
			)}
		</FormDialog>
	);
}
