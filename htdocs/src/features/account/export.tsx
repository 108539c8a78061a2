/* A copy of all that one has said here: asked for, made by the server in its own time, fetched. */
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { type MouseEvent, useState } from 'react';
import * as api from '../../api/endpoints';
import { tokenRanOut } from '../../api/http';
import { asApiError, problemText } from '../../api/problem';
import type { Export as Copy } from '../../api/schema';
import { serverUrl } from '../../lib/base';
import { serverNow } from '../../lib/clock';
import { queries } from '../../lib/queries';
import { formatLocale, t } from '../../lib/text';
import { clockOrDate, dateAndTime } from '../../lib/time';
import { useSecondsLeft } from '../../lib/use-seconds-left';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';

const LOOK_MS = 2000;
const key = ['export'];

export function Export() {
	const [again, setAgain] = useState(0);
	const waiting = useSecondsLeft(again) > 0;
	const q = useQuery(
		{
			queryKey: key,
			queryFn: api.readExport,
			staleTime: 0,
			refetchInterval: ({ state }) => (state.data?.state === 'preparing' ? LOOK_MS : false),
		},
		queries,
	);
	const ask = useSubmit(async () => {
		try {
			queries.setQueryData(key, await api.startExport());
		} catch (e) {
			const { code, retryAfter } = asApiError(e);
			// By the second is no help with what is allowed once a day.
			if (code !== 'rate_limited' || retryAfter === 0) throw e;
			setAgain(serverNow() + retryAfter * 1000);
		}
	});
	const copy = q.data;
	return (
		<section aria-label={t('export.title')} className="flex flex-col items-start gap-2">
			<h4 className="font-bold">{t('export.title')}</h4>
			<p className="text-ink-2 text-sm">{t('export.lead')}</p>
			{q.isPending && <Skeleton rows={1} />}
			{q.isError && !copy && <Failed error={q.error} onRetry={() => void q.refetch()} />}
			<div role="status" className="flex w-full flex-col gap-2 text-sm">
				{copy && <State copy={copy} />}
				{waiting && <p>{t('export.again', { time: clockOrDate(again) })}</p>}
			</div>
			{copy?.state === 'ready' && copy.url && <Link copy={copy} url={copy.url} />}
			{ask.error && <FormError>{problemText(ask.error)}</FormError>}
			{copy && copy.state !== 'preparing' && (
				<Button busy={ask.busy} disabled={waiting} onClick={() => void ask.run()}>
					{t(copy.state === 'none' ? 'export.ask' : 'export.ask_again')}
				</Button>
			)}
		</section>
	);
}

function State({ copy: { state, requested_at, expires_at } }: { copy: Copy }) {
	switch (state) {
		case 'none':
			return null;
		case 'failed':
			return <p className="text-danger">{t('export.failed')}</p>;
		case 'ready':
			return <p>{t('export.ready', { time: expires_at ? dateAndTime(expires_at) : '' })}</p>;
		case 'preparing':
			return (
				<>
					<p>{t('export.preparing', { time: requested_at ? clockOrDate(requested_at) : '' })}</p>
					<progress aria-label={t('export.title')} className="h-1.5 w-full accent-moss" />
				</>
			);
	}
}

/**
 * The browser fetches the file by itself, and cannot renew a session that has run out: then
 * something is asked for first, which does.
 */
function Link({ copy, url }: { copy: Copy; url: string }) {
	const [error, setError] = useState<unknown>(null);
	const fetchIt = (e: MouseEvent<HTMLAnchorElement>) => {
		const link = e.currentTarget;
		if (link.dataset.renewed !== undefined || !tokenRanOut()) return;
		e.preventDefault();
		setError(null);
		api.readExport().then(() => {
			link.dataset.renewed = '';
			link.click();
			delete link.dataset.renewed;
		}, setError);
	};
	return (
		<>
			<a
				href={serverUrl(url)}
				download
				className="flex min-h-9 items-center gap-2 font-semibold text-moss text-sm hover:underline pointer-coarse:min-h-11"
				onClick={fetchIt}
			>
				<Download size={16} aria-hidden />
				{t('export.download', { size: sizeOf(copy.size ?? 0) })}
			</a>
			{error !== null && <FormError>{problemText(error)}</FormError>}
		</>
	);
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

export function sizeOf(bytes: number): string {
	const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
	return new Intl.NumberFormat(formatLocale(), {
		style: 'unit',
		unit: units[at] ?? 'byte',
		unitDisplay: 'short',
		maximumFractionDigits: 1,
	}).format(bytes / 1000 ** at);
}
