/* What may be done about one member: roles, nickname, time-out, removal. */
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Member, Role } from '../../api/schema';
import { serverNow } from '../../lib/clock';
import { nameOf } from '../../lib/people';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useSaved } from '../../lib/use-saved';
import { useSecondsLeft } from '../../lib/use-seconds-left';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import type { Measure } from '../../store/view';
import { Button } from '../../ui/button';
import { Check, Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { Panel } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { useUnsaved } from '../../ui/unsaved';
import { mayDo } from '../moderation/measures';
import { forms, titles } from '../moderation/moderate';
import { TimeLeft } from '../moderation/time-left';
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
	const measures = mayDo(serverId, member.user.id, member.roles);
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
			{measures.length > 0 && (
				<Measures serverId={serverId} member={member} name={name} may={measures} onGone={onBack} />
			)}
		</Panel>
	);
}

/** Of whom holds nothing else: he sees single channels, and may be there for a time only. */
const isGuest = (roles: Role[], held: string[]): boolean =>
	held.length > 0 && roles.filter((r) => held.includes(r.id)).every((r) => r.kind === 'guest');

/** Days as a field of that kind wants them, where the browser is. */
const dayOf = (at: string | null | undefined): string => {
	if (!at) return '';
	const d = new Date(at);
	return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};
const endOf = (day: string): string => new Date(`${day}T23:59:59`).toISOString();

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
	const guest = member.expires_at !== undefined && isGuest(roles, member.roles);
	const [until, setUntil] = useState<string | null>(null);
	const knownUntil = dayOf(member.expires_at);
	const leaves = until !== null && until !== knownUntil;
	const dirty =
		leaves || flipped.length > 0 || (nickname !== null && nickname !== (member.nickname ?? ''));
	const { run, busy, error } = useSubmit(async () => {
		const changed = new Set(flipped);
		const kept = member.roles.filter((id) => !changed.has(id));
		const added = flipped.filter((id) => !member.roles.includes(id));
		const answer = await api.patchMember(serverId, member.user.id, {
			...(flipped.length > 0 ? { roles: [...kept, ...added] } : {}),
			...(nickname !== null ? { nickname: nickname.trim() || null } : {}),
			...(leaves ? { expires_at: until ? endOf(until) : null } : {}),
		});
		save(answer);
		setNickname(null);
		setUntil(null);
		setFlipped([]);
		toast(t('toast.saved'));
	});
	useUnsaved(dirty, busy);
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
			{guest && (
				<Field
					label={t('members.until')}
					hint={t('members.until_hint')}
					field="expires_at"
					type="date"
					min={dayOf(new Date(serverNow()).toISOString())}
					value={until ?? knownUntil}
					onChange={(e) => setUntil(e.target.value)}
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

interface MeasuresProps {
	serverId: string;
	member: Member;
	name: string;
	may: Measure[];
	onGone: () => void;
}

/** A time-out that runs, and what else may be done: asked for once more, in place. */
function Measures({ serverId, member, name, may, onGone }: MeasuresProps) {
	const [asked, setAsked] = useState<Measure | null>(null);
	const held = useSecondsLeft(member.timeout_until) > 0;
	const end = useSubmit(async () => {
		await api.endTimeOut(serverId, member.user.id);
		toast(t('toast.timeout_ended', { name }));
	});
	const Body = asked && forms[asked];
	return (
		<div className="flex flex-col items-start gap-3 rounded-xl border border-danger p-4">
			{held && member.timeout_until && (
				<p className="text-sm">
					{t('timeout.is_in')} <TimeLeft until={member.timeout_until} />
				</p>
			)}
			{end.error && <FormError>{problemText(end.error)}</FormError>}
			{asked && Body ? (
				<div className="w-full">
					<Body
						serverId={serverId}
						userId={member.user.id}
						name={name}
						onDone={asked === 'timeout' || asked === 'purge' ? () => setAsked(null) : onGone}
						onCancel={() => setAsked(null)}
					/>
				</div>
			) : (
				<div className="flex flex-wrap gap-2">
					{held && may.includes('timeout') && (
						<Button busy={end.busy} onClick={() => void end.run()}>
							{t('timeout.end')}
						</Button>
					)}
					{may.map((what) => (
						<Button key={what} onClick={() => setAsked(what)}>
							{t(titles[what], { name })}
						</Button>
					))}
				</div>
			)}
		</div>
	);
}
