import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { apiUrl } from '../../lib/base';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { ago, shortDate } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { Button, IconButton } from '../../ui/button';
import { Choice, Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';
import { copy } from '../messages/actions';

const lives: [string, string][] = [
	['2592000', 'account.token_month'],
	['31536000', 'account.token_year'],
	['0', 'account.token_forever'],
];

export function Tokens() {
	const q = useQuery({ queryKey: ['tokens'], queryFn: api.tokens }, queries);
	const [name, setName] = useState('');
	const [life, setLife] = useState('31536000');
	const [scope, setScope] = useState('');
	const [secret, setSecret] = useState<string | null>(null);
	const create = useSubmit(async () => {
		const made = await api.createToken({
			name: name.trim(),
			...(scope ? { scopes: [scope] } : {}),
			...(life === '0' ? {} : { expires_in: Number(life) }),
		});
		setSecret(made.token ?? null);
		setName('');
		await q.refetch();
	});
	const revoke = useSubmit(async (id: string) => {
		await api.revokeToken(id);
		await q.refetch();
	});
	return (
		<div className="flex flex-col gap-4">
			<p className="text-ink-2 text-sm">{t('account.tokens_lead')}</p>
			<Form run={create.run} error={create.error} className="flex flex-col gap-3">
				<div className="flex flex-wrap gap-3">
					<div className="w-full">
						<Field
							label={t('account.token_name')}
							field="name"
							required
							maxLength={64}
							value={name}
							onChange={(e) => setName(e.target.value)}
						/>
					</div>
					<Choice
						label={t('account.token_scope')}
						value={scope}
						onChange={setScope}
						options={[
							['', t('account.token_all')],
							['read', t('account.token_read')],
						]}
					/>
					<Choice
						label={t('account.token_life')}
						value={life}
						onChange={setLife}
						options={lives.map(([v, id]) => [v, t(id)])}
					/>
				</div>
				<FormProblem />
				<div>
					<Button type="submit" look="primary" busy={create.busy}>
						{t('account.token_create')}
					</Button>
				</div>
			</Form>
			{secret && <Secret secret={secret} />}
			{revoke.error && <FormError>{problemText(revoke.error)}</FormError>}
			{q.isPending && <Skeleton rows={2} />}
			{q.isError && <Failed error={q.error} onRetry={() => void q.refetch()} />}
			<ul className="divide-y divide-line">
				{q.data?.items.map((x) => (
					<li key={x.id} className="flex items-center gap-3 py-2.5">
						<div className="min-w-0 grow">
							<bdi className="block truncate font-semibold text-sm">{x.name}</bdi>
							<p className="text-ink-2 text-xs">
								{[
									scopeText(x.scopes),
									x.last_used_at
										? t('account.token_used', { time: ago(x.last_used_at) })
										: t('account.token_unused'),
									x.expires_at && t('account.token_until', { time: shortDate(x.expires_at) }),
								]
									.filter(Boolean)
									.join(' · ')}
							</p>
						</div>
						<Button disabled={revoke.busy} onClick={() => void revoke.run(x.id)}>
							{t('account.token_revoke')}
						</Button>
					</li>
				))}
			</ul>
		</div>
	);
}

/** No scope named is every one; one that this client does not know is shown as it is called. */
function scopeText(scopes: string[]): string {
	const has = (word: string) => scopes.includes(word);
	if (scopes.length === 0 || (has('read') && has('write'))) return t('account.token_scope_all');
	return scopes
		.map((word) =>
			word === 'read'
				? t('account.token_scope_read')
				: word === 'write'
					? t('account.token_scope_write')
					: word,
		)
		.join(', ');
}

function Secret({ secret }: { secret: string }) {
	return (
		<div role="status" className="flex flex-col gap-2 rounded-xl bg-amber-soft p-4">
			<p className="font-semibold text-sm">{t('account.token_once')}</p>
			<div className="flex items-center gap-2">
				<code className="min-w-0 grow break-all rounded-lg bg-canvas px-3 py-2 font-mono text-sm">
					{secret}
				</code>
				<IconButton
					label={t('account.token_copy')}
					onClick={() => void copy(secret, t('toast.token_copied'))}
				>
					<Copy size={17} />
				</IconButton>
			</div>
			<p className="text-ink-2 text-xs">{t('account.token_try')}</p>
			<pre className="overflow-x-auto rounded-lg bg-canvas px-3 py-2 font-mono text-xs">
				{`TOKEN=${secret}\ncurl -u "$TOKEN:" ${location.origin}${apiUrl('/me')}`}
			</pre>
		</div>
	);
}
