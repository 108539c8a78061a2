import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { Button, IconButton } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
import { Panel } from '../../ui/panel';
import { Failed, Skeleton } from '../../ui/states';
import { copy } from '../messages/actions';

const Qr = lazy(() => import('./qr'));

interface Props {
	onDone: (codes: string[]) => void;
	onClose: () => void;
}

/** Shows a fresh secret and waits for a code of it. */
export function Authenticator({ onDone, onClose }: Props) {
	// A secret of its own each time: what was shown before is none any more.
	const shown = useId();
	const q = useQuery(
		{
			queryKey: ['totp', shown],
			queryFn: api.beginTotp,
			staleTime: Infinity,
			gcTime: 0,
			retry: false,
		},
		queries,
	);
	const [code, setCode] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		onDone((await api.enableTotp(code)).recovery_codes);
	});
	return (
		<Panel
			title={t('security.app_set_up')}
			of="authenticator"
			back={t('action.back')}
			onBack={onClose}
		>
			{q.isError && <Failed error={q.error} onRetry={() => void q.refetch()} />}
			{q.isPending && <Skeleton rows={6} />}
			{q.data && (
				<>
					<p className="text-ink-2 text-sm">{t('security.app_scan')}</p>
					<div className="size-52 self-center">
						<Suspense fallback={<Skeleton rows={5} />}>
							<Qr text={q.data.uri} label={t('security.qr')} />
						</Suspense>
					</div>
					<p className="text-ink-2 text-sm">{t('security.app_type')}</p>
					<div className="flex items-center gap-2">
						<code className="min-w-0 grow break-all rounded-lg bg-hover px-3 py-2 font-mono text-sm">
							{q.data.secret.replace(/(.{4})(?=.)/g, '$1 ')}
						</code>
						<IconButton
							label={t('security.copy_key')}
							onClick={() => void copy(q.data.secret, t('security.copied'))}
						>
							<Copy size={17} />
						</IconButton>
					</div>
					<Form run={run} error={error} label={t('security.app_set_up')}>
						<Field
							label={t('security.code')}
							hint={t('security.code_hint')}
							field="code"
							autoComplete="one-time-code"
							inputMode="numeric"
							required
							maxLength={10}
							value={code}
							onChange={(e) => setCode(e.target.value)}
						/>
						<FormProblem text={error?.code === 'gone' ? t('security.too_late') : undefined} />
						<div>
							<Button type="submit" look="primary" busy={busy}>
								{t('security.app_turn_on')}
							</Button>
						</div>
					</Form>
				</>
			)}
		</Panel>
	);
}
