/* Who may not come back, why, and until when. */
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Ban } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { dateAndTime, shortDate } from '../../lib/time';
import { useNeighbour } from '../../lib/use-neighbour';
import { usePages } from '../../lib/use-pages';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { FormError } from '../../ui/form';
import { Listing } from '../../ui/listing';
import { toast } from '../../ui/toast';

/** Read anew when somebody goes, which a ban makes him do. */
function useBans(serverId: string) {
	const rev = useChat((s) => s.changes[serverId] ?? 0);
	return usePages(['bans', serverId, rev], (after) => api.bans(serverId, after));
}

const idOf = (b: Ban): string => `ban-${b.user.id}`;

export default function BansPage({ serverId }: { serverId: string }) {
	const { q, list } = useBans(serverId);
	const { box, beside } = useNeighbour<HTMLDivElement>();
	const lift = useSubmit(async (ban: Ban) => {
		const focus = beside(list, ban, idOf);
		await api.liftBan(serverId, ban.user.id);
		toast(t('toast.unbanned', { name: nameOf(ban.user) }));
		await q.refetch();
		focus();
	});
	return (
		<div ref={box} tabIndex={-1} className="flex flex-col gap-4 outline-none">
			<p className="text-ink-2 text-sm">{t('bans.lead')}</p>
			{lift.error && <FormError>{problemText(lift.error)}</FormError>}
			<Listing q={q} label={t('bans.title')} none={t('bans.nobody')}>
				{list.map((b) => (
					<Row key={b.user.id} ban={b} onLift={() => void lift.run(b)} />
				))}
			</Listing>
		</div>
	);
}

function Row({ ban: b, onLift }: { ban: Ban; onLift: () => void }) {
	const by = useChat((s) => s.users[b.actor_id ?? '']);
	const name = nameOf(b.user);
	const since = shortDate(b.created_at);
	return (
		<li className="flex min-h-14 items-center gap-3 border-line border-b py-2">
			<Avatar id={b.user.id} name={name} url={b.user.avatar_url} size={30} />
			<div className="min-w-0 grow leading-tight">
				<p className="truncate text-sm">
					<bdi className="font-semibold">{name}</bdi>{' '}
					<bdi className="text-ink-3 text-xs">@{b.user.username}</bdi>
				</p>
				{b.reason && <p className="break-words text-ink-2 text-sm">{b.reason}</p>}
				<p className="text-ink-3 text-xs">
					{b.expires_at
						? t('bans.until', { time: dateAndTime(b.expires_at) })
						: t('moderation.for_ever')}
					{' · '}
					{by
						? t('bans.by', { name: nameOf(by), time: since })
						: t(b.actor_id === null ? 'bans.by_administrator' : 'bans.since', { time: since })}
				</p>
			</div>
			<Button id={idOf(b)} aria-label={t('bans.lift_name', { name })} onClick={onLift}>
				{t('bans.lift')}
			</Button>
		</li>
	);
}
