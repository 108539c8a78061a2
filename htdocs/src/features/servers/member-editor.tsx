/* What may be done about one member: roles, nickname, removal. */
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Member } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useSaved } from '../../lib/use-saved';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Check, Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { Panel } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { inOrder, roleName, standing, standingIn } from '../roles/standing';

interface Props {
	serverId: string;
	member: Member;
	onBack: () => void;
}

export function MemberEditor({ serverId, member, onBack }: Props) {
	const server = useChat((s) => s.servers[serverId]);
	const me = useChat((s) => s.me?.id);
	const name = member.nickname || nameOf(member.user);
	if (!server) return null;
	const mine = standingIn(server);
	const self = member.user.id === me;
	const below = standing(server.roles, member.roles) < mine.top;
	const may = (bit: bigint) => allows(server.my_permissions, bit) && below && !self;
	const mayName = self
		? allows(server.my_permissions, Permission.changeNickname)
		: may(Permission.manageNicknames);
	const mayRoles = allows(server.my_permissions, Permission.manageRoles) && (below || self);
	return (
		<Panel
			title={name}
			note={`@${member.user.username}`}
			of={member.user.id}
			back={t('members.back')}
			onBack={onBack}
		>
			{!below && !self && <p className="text-ink-2 text-sm">{t('members.above')}</p>}
			{(mayName || mayRoles) && (
				<Edit
					serverId={serverId}
					member={member}
					roles={mayRoles ? inOrder(server.roles).filter((r) => r.kind !== 'everyone') : []}
					mayGive={mine.mayGive}
					mayName={mayName}
				/>
			)}
			{(may(Permission.kick) || may(Permission.ban)) && (
				<Remove
					serverId={serverId}
					userId={member.user.id}
					name={name}
					kick={may(Permission.kick)}
					ban={may(Permission.ban)}
					onGone={onBack}
				/>
			)}
		</Panel>
	);
}

interface EditProps {
	serverId: string;
	member: Member;
	roles: Parameters<typeof inOrder>[0];
	mayGive: ReturnType<typeof standingIn>['mayGive'];
	mayName: boolean;
}

function Edit({ serverId, member: known, roles, mayGive, mayName }: EditProps) {
	const [member, save] = useSaved(known);
	const [nickname, setNickname] = useState<string | null>(null);
	const [flipped, setFlipped] = useState<string[]>([]);
	const holds = (id: string) => member.roles.includes(id) !== flipped.includes(id);
	const dirty = flipped.length > 0 || (nickname !== null && nickname !== (member.nickname ?? ''));
	const { run, busy, error } = useSubmit(async () => {
		const changed = new Set(flipped);
		const kept = member.roles.filter((id) => !changed.has(id));
		const added = flipped.filter((id) => !member.roles.includes(id));
		const answer = await api.patchMember(serverId, member.user.id, {
			...(flipped.length > 0 ? { roles: [...kept, ...added] } : {}),
			...(nickname !== null ? { nickname: nickname.trim() || null } : {}),
		});
		save(answer);
		setNickname(null);
		setFlipped([]);
		toast(t('toast.saved'));
	});
	const flip = (id: string) =>
		setFlipped((f) => (f.includes(id) ? f.filter((x) => x !== id) : [...f, id]));
	return (
		<Form run={run} error={error}>
			{mayName && (
				<Field
					label={t('members.nickname')}
					field="nickname"
					maxLength={64}
					value={nickname ?? member.nickname ?? ''}
					onChange={(e) => setNickname(e.target.value)}
				/>
			)}
			{roles.length > 0 && (
				<fieldset className="flex flex-col gap-2">
					<legend className="mb-2 font-semibold text-sm">{t('roles.title')}</legend>
					{roles.map((r) => (
						<Check
							key={r.id}
							label={roleName(r)}
							checked={holds(r.id)}
							disabled={!mayGive(r)}
							onChange={() => flip(r.id)}
						/>
					))}
				</fieldset>
			)}
			<FormProblem />
			<div>
				<Button type="submit" look="primary" busy={busy} disabled={!dirty}>
					{t('action.save')}
				</Button>
			</div>
		</Form>
	);
}

interface RemoveProps {
	serverId: string;
	userId: string;
	name: string;
	kick: boolean;
	ban: boolean;
	onGone: () => void;
}

/** Asked once more, in place: what is done to somebody cannot be taken back by him. */
function Remove({ serverId, userId, name, kick, ban, onGone }: RemoveProps) {
	const [asked, setAsked] = useState<'kick' | 'ban' | null>(null);
	const [reason, setReason] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		if (asked === 'ban') await api.ban(serverId, userId, reason.trim());
		else await api.removeMember(serverId, userId);
		toast(t(asked === 'ban' ? 'toast.banned' : 'toast.kicked', { name }));
		onGone();
	});
	return (
		<div className="flex flex-col items-start gap-3 rounded-xl border border-danger p-4">
			{asked === null ? (
				<div className="flex flex-wrap gap-2">
					{kick && <Button onClick={() => setAsked('kick')}>{t('members.kick', { name })}</Button>}
					{ban && <Button onClick={() => setAsked('ban')}>{t('members.ban', { name })}</Button>}
				</div>
			) : (
				<>
					<p className="text-ink-2 text-sm">
						{t(asked === 'ban' ? 'members.ban_lead' : 'members.kick_lead')}
					</p>
					{asked === 'ban' && (
						<div className="w-full">
							<Field
								label={t('members.ban_reason')}
								maxLength={512}
								value={reason}
								onChange={(e) => setReason(e.target.value)}
							/>
						</div>
					)}
					{error && <FormError>{problemText(error)}</FormError>}
					<div className="flex flex-wrap gap-2">
						<Button look="danger" busy={busy} onClick={() => void run()}>
							{t(asked === 'ban' ? 'members.ban' : 'members.kick', { name })}
						</Button>
						<Button onClick={() => setAsked(null)}>{t('action.cancel')}</Button>
					</div>
				</>
			)}
		</div>
	);
}
