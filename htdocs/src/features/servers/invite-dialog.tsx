/* Invite links of a server: made, copied, watched and revoked. */
import { useQuery } from '@tanstack/react-query';
import { Copy, Trash2 } from 'lucide-react';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Invite } from '../../api/schema';
import { publicUrl } from '../../lib/base';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { dateAndTime } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button, IconButton } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { Choice } from '../../ui/field';
import { FormError } from '../../ui/form';
import { copy } from '../messages/actions';

const lives: [string, string][] = [
	['3600', 'invite.hour'],
	['86400', 'invite.day'],
	['604800', 'invite.week'],
	['0', 'invite.never'],
];
const uses = ['0', '1', '5', '25', '100'];

interface Props {
	serverId: string;
	onClose: () => void;
}

export default function InviteDialog({ serverId, onClose }: Props) {
	const name = useChat((s) => s.servers[serverId]?.name ?? '');
	const [life, setLife] = useState('604800');
	const [max, setMax] = useState('0');
	const key = ['invites', serverId];
	const { data: list = [] } = useQuery(
		{ queryKey: key, queryFn: async () => (await api.invites(serverId)).items },
		queries,
	);
	const make = useSubmit(async () => {
		const invite = await api.createInvite(serverId, {
			...(life === '0' ? {} : { expires_in: Number(life) }),
			...(max === '0' ? {} : { max_uses: Number(max) }),
		});
		queries.setQueryData<Invite[]>(key, (old = []) => [invite, ...old]);
		await copy(link(invite), t('toast.invite_copied'));
	});
	const revoke = useSubmit(async (code: string) => {
		await api.revokeInvite(code);
		queries.setQueryData<Invite[]>(key, (old = []) => old.filter((i) => i.code !== code));
	});
	const error = make.error ?? revoke.error;
	return (
		<Dialog title={t('invite.to', { name })} description={t('invite.lead')} onClose={onClose}>
			<DialogBody>
				<div className="flex gap-3">
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
				{error && <FormError>{problemText(error)}</FormError>}
				<Button look="primary" wide busy={make.busy} onClick={() => void make.run()}>
					{t('invite.make')}
				</Button>
				{list.length > 0 && (
					<section aria-label={t('invite.links')}>
						<h3 className="mb-1 font-semibold text-ink-2 text-xs">{t('invite.links')}</h3>
						<ul className="flex flex-col divide-y divide-line">
							{list.map((i) => (
								<li key={i.code} className="flex items-center gap-2 py-2">
									<div className="min-w-0 grow">
										<p className="break-all font-mono text-xs" data-invite={link(i)}>
											{link(i).replace(/^https?:\/\//, '')}
										</p>
										<p className="text-ink-3 text-xs">{fate(i)}</p>
									</div>
									<IconButton
										label={t('invite.copy')}
										onClick={() => void copy(link(i), t('toast.invite_copied'))}
									>
										<Copy size={17} />
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
