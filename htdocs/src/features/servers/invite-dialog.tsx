/* Invite links of a server: made, copied, watched and revoked. */
import { useQuery } from '@tanstack/react-query';
import { Copy, RefreshCw, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Invite, Role } from '../../api/schema';
import { publicUrl } from '../../lib/base';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { dateAndTime } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { channelsOf } from '../../store/selectors';
import { useChat } from '../../store/store';
import { Button, IconButton } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { Choice } from '../../ui/field';
import { FormError } from '../../ui/form';
import { copy } from '../messages/actions';
import { roleName, useStanding } from '../roles/standing';

const lives: [string, string][] = [
	['3600', 'invite.hour'],
	['86400', 'invite.day'],
	['604800', 'invite.week'],
	['0', 'invite.never'],
];
const none: Role[] = [];
const uses = ['0', '1', '5', '25', '100'];

interface Props {
	serverId: string;
	onClose: () => void;
}

export default function InviteDialog({ serverId, onClose }: Props) {
	const [life, setLife] = useState('604800');
	const [max, setMax] = useState('0');
	const [channel, setChannel] = useState('');
	const [role, setRole] = useState('');
	const all = useChat((s) => s.channels);
	const server = useChat((s) => s.servers[serverId]);
	const channels = useMemo(() => channelsOf(all, serverId), [all, serverId]);
	const { mayGive } = useStanding(serverId);
	const roles = server?.roles ?? none;
	const grantable = roles.filter(
		(r) => r.kind === 'guest' || (r.kind !== 'member' && r.kind !== 'everyone' && mayGive(r)),
	);
	const guest = roles.find((r) => r.kind === 'guest')?.id;
	const given = roles.find((r) => r.id === role);
	const key = ['invites', serverId];
	const { data: list = [] } = useQuery(
		{ queryKey: key, queryFn: async () => (await api.invites(serverId)).items },
		queries,
	);
	const make = useSubmit(async () => {
		const invite = await api.createInvite(serverId, {
			expires_in: Number(life),
			max_uses: Number(max),
			...(channel ? { channel_id: channel } : {}),
			...(role ? { role_id: role } : {}),
		});
		queries.setQueryData<Invite[]>(key, (old = []) => [invite, ...old]);
		await copy(link(invite), t('toast.invite_copied'));
	});
	const revoke = useSubmit(async (code: string) => {
		await api.revokeInvite(code);
		queries.setQueryData<Invite[]>(key, (old = []) => old.filter((i) => i.code !== code));
	});
	const renew = useSubmit(async (code: string) => {
		const fresh = await api.regenerateInvite(code);
		queries.setQueryData<Invite[]>(key, (old = []) =>
			old.map((i) => (i.code === code ? fresh : i)),
		);
		await copy(link(fresh), t('toast.invite_copied'));
	});
	const error = make.error ?? renew.error ?? revoke.error;
	return (
		<Dialog
			title={t('invite.to', { name: server?.name ?? '' })}
			description={t('invite.lead')}
			onClose={onClose}
		>
			<DialogBody>
				<div className="grid gap-3 sm:grid-cols-2">
					<Choice
						label={t('invite.expires')}
						value={life}
						onChange={setLife}
						options={lives.map(([v, id]) => [v, t(id)])}
					/>
					<Choice
						label={t('invite.uses')}
						value={max}
						onChange={setMax}
						options={uses.map((v) => [
							v,
							v === '0' ? t('invite.no_limit') : t('invite.times', { count: Number(v) }),
						])}
					/>
				</div>
				<div className="grid gap-3 sm:grid-cols-2">
					<Choice
						label={t('invite.leads_to')}
						value={channel}
						onChange={setChannel}
						options={[
							['', t('invite.anywhere')],
							...channels.map((c): [string, string] => [c.id, c.name ?? '']),
						]}
					/>
					<Choice
						label={t('invite.as')}
						value={role}
						onChange={setRole}
						options={[
							['', t('invite.as_member')],
							...grantable.map((r): [string, string] => [r.id, roleName(r)]),
						]}
					/>
				</div>
				{role !== '' && role === guest && (
					<p className="text-ink-2 text-sm">
						{t(channel ? 'invite.guest_sees' : 'invite.guest_needs')}
					</p>
				)}
				{given && given.id !== guest && (
					<p className="rounded-lg bg-amber-soft px-3 py-2 text-sm">
						{t('invite.gives', { role: roleName(given) })}
					</p>
				)}
				{channels.find((c) => c.id === channel)?.private && (
					<p className="rounded-lg bg-amber-soft px-3 py-2 text-sm">{t('invite.shares')}</p>
				)}
				{server?.lockdown && (
					<p className="rounded-lg bg-amber-soft px-3 py-2 text-sm">{t('invite.lockdown')}</p>
				)}
				{error && <FormError>{problemText(error)}</FormError>}
				<Button look="primary" wide busy={make.busy} onClick={() => void make.run()}>
					{t('invite.make')}
				</Button>
				{list.length > 0 && (
					<section aria-label={t('invite.links')}>
						<h3 className="mb-1 font-semibold text-ink-2 text-xs">{t('invite.links')}</h3>
						<ul className="flex flex-col divide-y divide-line">
							{list.map((i) => (
								<li
									key={i.code}
									className="flex items-center justify-end gap-2 py-2 max-sm:flex-wrap"
								>
									<div className="min-w-0 grow max-sm:basis-full">
										<p className="break-all font-mono text-xs" data-invite={link(i)}>
											{link(i).replace(/^https?:\/\//, '')}
										</p>
										<p className="text-ink-3 text-xs">
											{[
												fate(i),
												channels.find((c) => c.id === i.channel_id)?.name,
												roles.filter((r) => r.id === i.role_id).map(roleName)[0],
											]
												.filter(Boolean)
												.join(' · ')}
										</p>
									</div>
									<IconButton
										label={t('invite.copy')}
										onClick={() => void copy(link(i), t('toast.invite_copied'))}
									>
										<Copy size={17} />
									</IconButton>
									<IconButton label={t('invite.renew')} onClick={() => void renew.run(i.code)}>
										<RefreshCw size={17} />
									</IconButton>
									<IconButton label={t('invite.revoke')} onClick={() => void revoke.run(i.code)}>
										<Trash2 size={17} />
									</IconButton>
								</li>
							))}
						</ul>
					</section>
				)}
			</DialogBody>
		</Dialog>
	);
}

const link = (i: Invite): string => publicUrl(`/invite/${i.code}`);

const fate = (i: Invite): string =>
	[
		i.max_uses
			? t('invite.used_of', { uses: i.uses, max: i.max_uses })
			: t('invite.used', { count: i.uses }),
		i.expires_at ? t('invite.until', { time: dateAndTime(i.expires_at) }) : t('invite.forever'),
	].join(' · ');
