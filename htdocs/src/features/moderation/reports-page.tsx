/* What members have reported, and what is done about it. */
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Report } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { hasText, t } from '../../lib/text';
import { ago, fullTime } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { removeMessage } from '../../store/sending';
import { useChat } from '../../store/store';
import type { Measure } from '../../store/view';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';
import { mayDo } from './measures';
import { forms, titles } from './moderate';
import { useReports } from './use-reports';

type State = Report['state'];

interface Props {
	serverId: string;
	onClose: () => void;
}

export default function ReportsPage({ serverId, onClose }: Props) {
	const [state, setState] = useState<State>('open');
	const q = useReports(serverId, state);
	const box = useRef<HTMLDivElement>(null);
	const list = q.data?.pages.flatMap((p) => p.items) ?? [];
	const close = useSubmit(async (report: Report, to: State) => {
		const at = list.indexOf(report);
		const neighbour = list[at + 1] ?? list[at - 1];
		await api.setReport(serverId, report.id, to);
		await q.refetch();
		const next = neighbour && box.current?.querySelector<HTMLElement>(`#report-${neighbour.id}`);
		(next || box.current)?.focus();
	});
	return (
		<div ref={box} tabIndex={-1} className="flex flex-col gap-4 outline-none">
			<Choice
				label={t('reports.state')}
				value={state}
				onChange={(v) => setState(v as State)}
				options={[
					['open', t('reports.open')],
					['resolved', t('reports.resolved')],
					['dismissed', t('reports.dismissed')],
				]}
			/>
			{close.error && <FormError>{problemText(close.error)}</FormError>}
			{q.isPending && <Skeleton rows={3} />}
			{q.isError && <Failed error={q.error} onRetry={() => void q.refetch()} />}
			{q.isSuccess && list.length === 0 && (
				<p className="text-ink-2 text-sm">{t('reports.none')}</p>
			)}
			<ul aria-label={t('reports.title')} className="flex flex-col gap-3">
				{list.map((r) => (
					<Item key={r.id} report={r} onSet={(to) => void close.run(r, to)} onLeave={onClose} />
				))}
			</ul>
			{q.hasNextPage && (
				<Button busy={q.isFetchingNextPage} onClick={() => void q.fetchNextPage()}>
					{t('action.more')}
				</Button>
			)}
		</div>
	);
}

const reasonText = (word: string): string =>
	hasText(`report.reason_${word}`) ? t(`report.reason_${word}`) : word;

interface ItemProps {
	report: Report;
	onSet: (to: State) => void;
	onLeave: () => void;
}

function Item({ report: r, onSet, onLeave }: ItemProps) {
	const channel = useChat((s) => s.channels[r.channel_id ?? '']);
	const about = nameOf(r.user);
	return (
		<li>
			<article
				id={`report-${r.id}`}
				tabIndex={-1}
				aria-label={t('reports.about', { name: about })}
				className="flex flex-col gap-2 rounded-xl border border-line p-3 outline-offset-2"
			>
				<p className="text-sm">
					<span className="font-semibold">{reasonText(r.reason)}</span>
					{' · '}
					<bdi className="font-semibold">{about}</bdi>{' '}
					<bdi className="text-ink-3 text-xs">@{r.user.username}</bdi>
				</p>
				<p className="text-ink-2 text-xs">
					{r.reporter ? t('reports.by', { name: nameOf(r.reporter) }) : t('reports.by_rule')}
					{channel && ` · #${channel.name}`}
					{' · '}
					<time dateTime={r.created_at} title={fullTime(r.created_at)}>
						{ago(r.created_at)}
					</time>
				</p>
				{r.snapshot && (
					<blockquote className="max-h-40 overflow-y-auto whitespace-pre-wrap break-words rounded-lg bg-side px-3 py-2 text-sm">
						{r.snapshot.content}
					</blockquote>
				)}
				{r.note && <p className="break-words text-sm">{t('reports.note', { note: r.note })}</p>}
				<Steps report={r} about={about} onSet={onSet} onLeave={onLeave} />
			</article>
		</li>
	);
}

function Steps({ report: r, about, onSet, onLeave }: ItemProps & { about: string }) {
	const [, navigate] = useLocation();
	const [asked, setAsked] = useState<Measure | null>(null);
	const [gone, setGone] = useState(false);
	const remove = useSubmit(async () => {
		await removeMessage(r.channel_id ?? '', r.message_id ?? '');
		setGone(true);
	});
	const Body = asked && forms[asked];
	if (asked && Body) {
		return (
			<Body
				serverId={r.server_id}
				userId={r.user.id}
				name={about}
				onDone={() => setAsked(null)}
				onCancel={() => setAsked(null)}
			/>
		);
	}
	const open = r.state === 'open';
	return (
		<>
			{remove.error && <FormError>{problemText(remove.error)}</FormError>}
			<div className="flex flex-wrap gap-2">
				{open && (
					<>
						<Button look="primary" onClick={() => onSet('resolved')}>
							{t('reports.resolve')}
						</Button>
						<Button onClick={() => onSet('dismissed')}>{t('reports.dismiss')}</Button>
					</>
				)}
				{!open && <Button onClick={() => onSet('open')}>{t('reports.reopen')}</Button>}
				{r.channel_id && r.message_id && (
					<Button
						onClick={() => {
							onLeave();
							navigate(`/c/${r.channel_id}/${r.message_id}`);
						}}
					>
						{t('reports.show')}
					</Button>
				)}
				{open && r.message_id && !gone && (
					<Button busy={remove.busy} onClick={() => void remove.run()}>
						{t('reports.delete')}
					</Button>
				)}
				{gone && (
					<span role="status" className="self-center text-ink-2 text-sm">
						{t('message.deleted')}
					</span>
				)}
				{open &&
					mayDo(r.server_id, r.user.id).map((what) => (
						<Button key={what} onClick={() => setAsked(what)}>
							{t(titles[what], { name: about })}
						</Button>
					))}
			</div>
		</>
	);
}
