/* What members have reported, and what is done about it. */
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Report } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { hasText, t } from '../../lib/text';
import { ago, dateAndTime, fullTime } from '../../lib/time';
import { useNeighbour } from '../../lib/use-neighbour';
import { useSecondsLeft } from '../../lib/use-seconds-left';
import { useSubmit } from '../../lib/use-submit';
import { needMessage } from '../../store/history';
import { removeMessage } from '../../store/sending';
import { useChat } from '../../store/store';
import type { Measure } from '../../store/view';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { FormError } from '../../ui/form';
import { Listing } from '../../ui/listing';
import { mayDo } from './measures';
import { forms } from './moderate';
import { type Fate, stillOpen, useFates } from './report-fates';
import { TimedOut } from './timed-out';
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
	const fates = useFates(serverId, list);
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
					<Item
						key={r.id}
						report={r}
						fate={fates.data?.[r.user.id]}
						onSet={(to) => void close.run(r, to)}
						onLeave={onClose}
						onDone={() => void fates.refetch()}
					/>
				))}
			</Listing>
		</div>
	);
}

const reasonText = (word: string): string =>
	hasText(`report.reason_${word}`) ? t(`report.reason_${word}`) : word;

interface ItemProps {
	report: Report;
	fate: Fate | undefined;
	onSet: (to: State) => void;
	onLeave: () => void;
	/** Something was done to him. */
	onDone: () => void;
}

function Item(props: ItemProps) {
	const { report: r, fate } = props;
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
				<Become fate={fate} />
				{r.note && <p className="break-words text-sm">{t('reports.note', { note: r.note })}</p>}
				<Steps {...props} about={about} />
			</article>
		</li>
	);
}

/** What was done about him already, by this report or another one. */
function Become({ fate }: { fate: Fate | undefined }) {
	if (!fate) return null;
	const { member, ban } = fate;
	return (
		<div role="status" className="text-sm empty:hidden">
			{ban ? (
				<p className="font-semibold text-danger">
					{ban.expires_at
						? t('reports.banned_until', { time: dateAndTime(ban.expires_at) })
						: t('reports.banned')}
				</p>
			) : member ? (
				<TimedOut until={member.timeout_until} />
			) : (
				<p className="text-ink-2">{t('reports.left')}</p>
			)}
		</div>
	);
}

/** Whether the message is there no more; told of as it happens. */
function useGone(r: Report): boolean {
	const { channel_id: channelId, message_id: id } = r;
	useEffect(() => {
		if (channelId && id) needMessage(channelId, id);
	}, [channelId, id]);
	return useChat((s) => s.messages[channelId ?? '']?.[id ?? '']?.deleted ?? false);
}

function Steps({ report: r, fate, about, onSet, onLeave, onDone }: ItemProps & { about: string }) {
	const [, navigate] = useLocation();
	const [asked, setAsked] = useState<Measure | null>(null);
	const [removed, setRemoved] = useState(false);
	const gone = useGone(r) || removed;
	const until = fate?.member?.timeout_until ?? null;
	const held = useSecondsLeft(until) > 0;
	const remove = useSubmit(async () => {
		await removeMessage(r.channel_id ?? '', r.message_id ?? '');
		setRemoved(true);
	});
	const end = useSubmit(async () => {
		await api.endTimeOut(r.server_id, r.user.id);
		onDone();
	});
	const Body = asked && forms[asked];
	if (asked && Body) {
		return (
			<Body
				serverId={r.server_id}
				userId={r.user.id}
				name={about}
				onDone={() => {
					setAsked(null);
					onDone();
				}}
				onCancel={() => setAsked(null)}
			/>
		);
	}
	const open = r.state === 'open';
	const measures = stillOpen(r, fate, held);
	const mayEnd = held && mayDo(r.server_id, r.user.id, fate?.member?.roles).includes('timeout');
	const error = remove.error ?? end.error;
	return (
		<>
			{error && <FormError>{problemText(error)}</FormError>}
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
			{open && (measures.length > 0 || mayEnd) && (
				<fieldset className="flex flex-wrap gap-2 border-line border-t pt-2">
					<legend className="sr-only">{about}</legend>
					{mayEnd && (
						<Button busy={end.busy} onClick={() => void end.run()}>
							{t('timeout.end')}
						</Button>
					)}
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
