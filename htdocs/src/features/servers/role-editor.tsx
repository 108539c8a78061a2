/* One role: its name, colour and permissions. What somebody else changes meanwhile is shown at once. */
import { useId, useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Role } from '../../api/schema';
import { allows, has } from '../../lib/permissions';
import { t } from '../../lib/text';
import { useSaved } from '../../lib/use-saved';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Check, Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { Panel } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { useUnsaved } from '../../ui/unsaved';
import { offered } from '../roles/bits';
import { cssColor } from '../roles/ink';
import { roleName, type Standing } from '../roles/standing';

interface Props {
	serverId: string;
	role: Role;
	standing: Standing;
	onBack: () => void;
}

export function RoleEditor({ serverId, role: known, standing, onBack }: Props) {
	const [role, save] = useSaved(known);
	const [name, setName] = useState<string | null>(null);
	const [color, setColor] = useState<number | null | undefined>(undefined);
	const [mentionable, setMentionable] = useState<boolean | null>(null);
	const [flipped, setFlipped] = useState(0n);
	const custom = role.kind === 'custom';
	const fixed = role.kind === 'owner' || role.kind === 'admin';
	const mask = BigInt(role.permissions) ^ flipped;
	const dirty =
		(name !== null && name.trim() !== role.name) ||
		(color !== undefined && color !== role.color) ||
		(mentionable !== null && mentionable !== role.mentionable) ||
		flipped !== 0n;
	const { run, busy, error } = useSubmit(async () => {
		const answer = await api.patchRole(serverId, role.id, {
			...(custom && name !== null ? { name: name.trim() } : {}),
			...(color !== undefined ? { color } : {}),
			...(custom && mentionable !== null ? { mentionable } : {}),
			...(flipped !== 0n ? { permissions: String(mask) } : {}),
		});
		save(answer);
		setName(null);
		setColor(undefined);
		setMentionable(null);
		setFlipped(0n);
		toast(t('toast.saved'));
	});
	useUnsaved(dirty, busy);
	const heading = custom ? role.name : roleName(role);
	return (
		<Panel title={heading} of={role.id} back={t('roles.back')} onBack={onBack}>
			<Form run={run} error={error}>
				{custom ? (
					<Field
						label={t('roles.name')}
						field="name"
						required
						maxLength={64}
						value={name ?? role.name}
						onChange={(e) => setName(e.target.value)}
					/>
				) : (
					<p className="text-ink-2 text-sm">{t('roles.built_in')}</p>
				)}
				{custom && (
					<Check
						label={t('roles.mentionable')}
						hint={t('roles.mentionable_hint')}
						checked={mentionable ?? role.mentionable}
						onChange={setMentionable}
					/>
				)}
				<Color value={color === undefined ? role.color : color} onChange={setColor} />
				{fixed ? (
					<p className="text-ink-2 text-sm">{t('roles.all_permissions')}</p>
				) : (
					<Permissions
						mask={mask}
						may={standing.mask}
						onFlip={(bit) => setFlipped((f) => f ^ (1n << bit))}
					/>
				)}
				<FormProblem />
				<div className="sticky bottom-0 flex flex-wrap gap-2 bg-raised py-2 max-sm:-bottom-5 max-sm:pb-7">
					<Button type="submit" look="primary" busy={busy} disabled={!dirty}>
						{t('action.save')}
					</Button>
				</div>
			</Form>
			{custom && <Delete serverId={serverId} role={role} onGone={onBack} />}
		</Panel>
	);
}

interface ColorProps {
	value: number | null;
	onChange: (color: number | null) => void;
}

function Color({ value, onChange }: ColorProps) {
	const id = useId();
	return (
		<div className="flex flex-wrap items-center gap-3">
			<label htmlFor={id} className="font-semibold text-sm">
				{t('roles.color')}
			</label>
			<input
				id={id}
				type="color"
				className="h-9 w-14 rounded-lg border border-line-strong bg-canvas p-1 pointer-coarse:h-11"
				value={cssColor(value ?? 0x808080)}
				onChange={(e) => onChange(Number.parseInt(e.target.value.slice(1), 16))}
			/>
			{value === null ? (
				<span className="text-ink-3 text-sm">{t('roles.no_color')}</span>
			) : (
				<Button onClick={() => onChange(null)}>{t('roles.remove_color')}</Button>
			)}
		</div>
	);
}

interface PermissionsProps {
	mask: bigint;
	/** What I hold: nobody gives or takes more. */
	may: string;
	onFlip: (bit: bigint) => void;
}

function Permissions({ mask, may, onFlip }: PermissionsProps) {
	const features = useChat((s) => s.features);
	return (
		<>
			{offered(features, false).map((g) => (
				<fieldset key={g.label} className="flex flex-col gap-3">
					<legend className="mb-2 font-bold">{t(g.label)}</legend>
					{g.bits.map((b) => (
						<Check
							key={b.label}
							label={t(b.label)}
							hint={t(b.hint)}
							checked={has(mask, b.bit)}
							disabled={!allows(may, b.bit)}
							onChange={() => onFlip(b.bit)}
						/>
					))}
				</fieldset>
			))}
		</>
	);
}

function Delete({ serverId, role, onGone }: { serverId: string; role: Role; onGone: () => void }) {
	const [sure, setSure] = useState(false);
	const { run, busy, error } = useSubmit(async () => {
		await api.deleteRole(serverId, role.id);
		onGone();
	});
	return (
		<div className="flex flex-col items-start gap-2 border-line border-t pt-4">
			{sure && <p className="text-ink-2 text-sm">{t('roles.delete_lead')}</p>}
			{error && <FormError>{problemText(error)}</FormError>}
			<div className="flex flex-wrap gap-2">
				<Button look="danger" busy={busy} onClick={() => (sure ? void run() : setSure(true))}>
					{sure ? t('roles.delete_sure', { name: role.name }) : t('roles.delete')}
				</Button>
				{sure && <Button onClick={() => setSure(false)}>{t('action.cancel')}</Button>}
			</div>
		</div>
	);
}
