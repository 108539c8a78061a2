/* What the account is entered with, beside the password. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { Failed, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';
import { Authenticator } from './authenticator';
import { RecoveryCodes } from './recovery-codes';

export default function Security() {
	const q = useQuery({ queryKey: ['security'], queryFn: api.security, staleTime: 0 }, queries);
	const [asking, setAsking] = useState<'off' | 'codes' | null>(null);
	const [adding, setAdding] = useState(false);
	const [codes, setCodes] = useState<string[]>([]);
	const changed = () => void q.refetch();
	const off = useSubmit(async () => {
		await api.disableTotp();
		setAsking(null);
		setCodes([]);
		toast(t('security.app_is_off'));
		changed();
	});
	const renew = useSubmit(async () => {
		setCodes((await api.newRecoveryCodes()).recovery_codes);
		setAsking(null);
		changed();
	});
	if (q.isError) return <Failed error={q.error} onRetry={changed} />;
	if (!q.data) return <Skeleton rows={4} />;
	const { totp, second_factor: guarded, recovery_codes_left: left } = q.data;
	if (adding)
		return (
			<Authenticator
				onClose={() => setAdding(false)}
				onDone={(fresh) => {
					setAdding(false);
					setCodes(fresh);
					toast(t('security.app_is_on'));
					changed();
				}}
			/>
		);
	return (
		<div className="flex flex-col gap-8">
			<p className="text-ink-2 text-sm">{t('security.lead')}</p>
			<section aria-label={t('security.app')} className="flex flex-col gap-2">
				<h4 className="font-bold">{t('security.app')}</h4>
				<p className="text-ink-2 text-sm">{t(totp ? 'security.app_on' : 'security.app_lead')}</p>
				<div className="flex flex-wrap gap-2">
					<Button
						look={totp ? 'plain' : 'primary'}
						data-opens="authenticator"
						onClick={() => setAdding(true)}
					>
						{t(totp ? 'security.app_other' : 'security.app_set_up')}
					</Button>
					{totp && <Button onClick={() => setAsking('off')}>{t('security.app_turn_off')}</Button>}
				</div>
			</section>
			{codes.length > 0 && <RecoveryCodes codes={codes} />}
			{guarded && (
				<section aria-label={t('security.codes')} className="flex flex-col gap-2">
					<h4 className="font-bold">{t('security.codes')}</h4>
					<p className="text-ink-2 text-sm">{t('security.codes_left', { count: left })}</p>
					<div>
						<Button onClick={() => setAsking('codes')}>{t('security.codes_new')}</Button>
					</div>
				</section>
			)}
			{asking === 'off' && (
				<ConfirmDialog
					title={t('security.app_turn_off')}
					description={t('security.app_off_lead')}
					action={t('security.app_turn_off')}
					task={off}
					onClose={() => setAsking(null)}
				/>
			)}
			{asking === 'codes' && (
				<ConfirmDialog
					title={t('security.codes_new')}
					description={t('security.codes_new_lead')}
					action={t('security.codes_new')}
					task={renew}
					onClose={() => setAsking(null)}
				/>
			)}
		</div>
	);
}
