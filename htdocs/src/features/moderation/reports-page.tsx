/* What members have reported, and what is done about it. */
import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Report } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { hasText, t } from '../../lib/text';
import { ago, fullTime } from '../../lib/time';
import { useNeighbour } from '../../lib/use-neighbour';
import { useSubmit } from '../../lib/use-submit';
import { removeMessage } from '../../store/sending';
import { useChat } from '../../store/store';
import type { Measure } from '../../store/view';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { FormError } from '../../ui/form';
import { Listing } from '../../ui/listing';
import { mayDo } from './measures';
import { forms } from './moderate';
import { useReports } from './use-reports';

type State = Report['state'];

const idOf = (r: Report): string => `report-${r.id}`;

interface Props {
	serverId: string;
	onClose: () => void;
}

export default function ReportsPage({ serverId, onClose }: Props) {
	const [state, setState] = useState<State>('open');
	const { q, list } = useReports(serverId, state);
	const { box, beside } = useNeighbour<HTMLDivElement>();
	const close = useSubmit(async (report: Report, to: State) => {
		const focus = beside(list, report, idOf);
		await api.setReport(serverId, report.id, to);
		await q.refetch();
		focus();
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
			<Listing
				q={q}
				label={t('reports.title')}
				none={t('reports.none')}
				className="flex flex-col gap-3"
			>
				{list.map((r) => (
					<Item key={r.id} report={r} onSet={(to) => void close.run(r, to)} onLeave={onClose} />
				))}
			</Listing>
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
				id={idOf(r)}
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
	const measures = mayDo(r.server_id, r.user.id);
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
			</div>
			{open && measures.length > 0 && (
				<fieldset className="flex flex-wrap gap-2 border-line border-t pt-2">
					<legend className="sr-only">{about}</legend>
					{measures.map((what) => (
						<Button key={what} onClick={() => setAsked(what)}>
							{t(`measure.${what}`)}
						</Button>
					))}
				</fieldset>
			)}
		</>
	);
}
