import { useQuery } from '@tanstack/react-query';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { ago } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';

export function Sessions() {
	const q = useQuery({ queryKey: ['sessions'], queryFn: api.sessions }, queries);
	const end = useSubmit(async (id: string) => {
		await api.endSession(id);
		await q.refetch();
	});
	if (q.isPending) return <Skeleton rows={3} />;
	if (q.isError) return <Failed error={q.error} onRetry={() => void q.refetch()} />;
	return (
		<div className="flex flex-col gap-3">
			<p className="text-ink-2 text-sm">{t('account.sessions_lead')}</p>
			{end.error && <FormError>{problemText(end.error)}</FormError>}
			<ul className="divide-y divide-line">
				{q.data.items.map((s) => (
					<li key={s.id} className="flex items-center gap-3 py-2.5">
						<div className="min-w-0 grow">
							<p className="truncate font-semibold text-sm" title={s.user_agent ?? ''}>
								{browser(s.user_agent)}
							</p>
							<p className="text-ink-2 text-xs">
								{[
									s.current
										? t('account.session_this')
										: t('account.session_used', { time: ago(s.last_used_at ?? s.created_at) }),
									s.ip,
								]
									.filter(Boolean)
									.join(' · ')}
							</p>
						</div>
						{!s.current && (
							<Button disabled={end.busy} onClick={() => void end.run(s.id)}>
								{t('account.session_end')}
							</Button>
						)}
					</li>
				))}
			</ul>
		</div>
	);
}

/** "Firefox, Linux" out of a user agent: enough to recognise one's own machine. */
function browser(agent: string | null): string {
	if (!agent) return t('account.session_unknown');
	const name = /(Firefox|Edg|OPR|Chrome|Safari|curl|Wget)/.exec(agent)?.[1];
	const system = /(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)/.exec(agent)?.[1];
	const nice: Record<string, string> = {
		Edg: 'Edge',
		OPR: 'Opera',
		'Mac OS X': 'macOS',
		CrOS: 'ChromeOS',
	};
	const words = [name, system].flatMap((w) => (w ? (nice[w] ?? w) : []));
	return words.length > 0 ? words.join(', ') : agent.slice(0, 60);
}
