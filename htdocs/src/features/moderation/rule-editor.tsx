import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Role, Rule } from '../../api/schema';
import { allows, Permission } from '../../lib/permissions';
import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Area, Check, Choice, Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { Panel } from '../../ui/panel';
import { toast } from '../../ui/toast';
import { useUnsaved } from '../../ui/unsaved';
import { inOrder, roleName } from '../roles/standing';

interface Props {
	serverId: string;
	/** Without an id: not there yet. */
	rule: Rule;
	onSaved: () => void;
	onBack: () => void;
}

const noRoles: Role[] = [];
const terms = [60, 600, 3600, 86_400, 604_800];

/** One in a line. */
const lines = (text: string): string[] => [
	...new Set(
		text
			.split('\n')
			.map((x) => x.trim())
			.filter(Boolean),
	),
];

export function RuleEditor({ serverId, rule, onSaved, onBack }: Props) {
	const [r, setRule] = useState(rule);
	const [words, setWords] = useState(rule.words.join('\n'));
	const [allow, setAllow] = useState(rule.allow.join('\n'));
	const [deny, setDeny] = useState(rule.deny.join('\n'));
	const set = (part: Partial<Rule>) => setRule((x) => ({ ...x, ...part }));
	const { run, busy, error } = useSubmit(async () => {
		const body: api.RuleInput = {
			name: r.name.trim(),
			...(r.kind === 'words' ? { words: lines(words) } : {}),
			...(r.kind === 'links' ? { allow: lines(allow), deny: lines(deny) } : {}),
			...(r.most !== null ? { most: r.most } : {}),
			action: r.action,
			...(r.action === 'timeout' ? { timeout_s: r.timeout_s } : {}),
			exempt_roles: r.exempt_roles,
			enabled: r.enabled,
		};
		if (rule.id) await api.patchRule(serverId, rule.id, body);
		else await api.createRule(serverId, { ...body, kind: r.kind });
		toast(t('toast.saved'));
		onSaved();
		onBack();
	});
	useUnsaved(
		r !== rule ||
			words !== rule.words.join('\n') ||
			allow !== rule.allow.join('\n') ||
			deny !== rule.deny.join('\n'),
		busy,
	);
	return (
		<Panel
			title={rule.name || t(`rules.kind_${r.kind}`)}
			of={`rule-${rule.id}`}
			back={t('rules.back')}
			onBack={onBack}
		>
			<Form run={run} error={error}>
				<Field
					label={t('rules.name')}
					hint={t('rules.name_hint')}
					field="name"
					required
					maxLength={64}
					value={r.name}
					onChange={(e) => set({ name: e.target.value })}
				/>
				{r.kind === 'words' && (
					<Area
						label={t('rules.words')}
						hint={t('rules.words_hint')}
						field="words"
						value={words}
						onChange={(e) => setWords(e.target.value)}
					/>
				)}
				{r.kind === 'links' && (
					<>
						<Area
							label={t('rules.deny')}
							hint={t('rules.deny_hint')}
							field="deny"
							value={deny}
							onChange={(e) => setDeny(e.target.value)}
						/>
						<Area
							label={t('rules.allow')}
							hint={t('rules.allow_hint')}
							field="allow"
							value={allow}
							onChange={(e) => setAllow(e.target.value)}
						/>
					</>
				)}
				{r.most !== null && (
					<Field
						label={t(r.kind === 'mentions' ? 'rules.most_mentions' : 'rules.most_same')}
						field="most"
						type="number"
						min={1}
						max={50}
						required
						value={r.most}
						onChange={(e) => set({ most: Number(e.target.value) })}
					/>
				)}
				<Consequence rule={r} onChange={set} />
				<Exempt
					serverId={serverId}
					chosen={r.exempt_roles}
					onChange={(exempt_roles) => set({ exempt_roles })}
				/>
				<Check
					label={t('rules.enabled')}
					checked={r.enabled}
					onChange={(enabled) => set({ enabled })}
				/>
				<FormProblem />
				<div>
					<Button type="submit" look="primary" busy={busy}>
						{t('action.save')}
					</Button>
				</div>
			</Form>
			{rule.id && <Delete serverId={serverId} rule={rule} onGone={onSaved} onBack={onBack} />}
		</Panel>
	);
}

function Consequence({
	rule: r,
	onChange,
}: {
	rule: Rule;
	onChange: (part: Partial<Rule>) => void;
}) {
	return (
		<div className="flex flex-wrap gap-3">
			<Choice
				label={t('rules.then')}
				value={r.action}
				onChange={(v) => onChange({ action: v as Rule['action'] })}
				options={[
					['block', t('rules.then_block')],
					['alert', t('rules.then_alert')],
					['timeout', t('rules.then_timeout')],
				]}
			/>
			{r.action === 'timeout' && (
				<Choice
					label={t('moderation.for')}
					value={String(r.timeout_s)}
					onChange={(v) => onChange({ timeout_s: Number(v) })}
					options={[...new Set([...terms, r.timeout_s])]
						.sort((a, b) => a - b)
						.map((s): [string, string] => [String(s), lengthOf(s)])}
				/>
			)}
		</div>
	);
}

/** Who may delete what others say is bound by no rule. */
const alwaysExempt = (r: Role): boolean => allows(r.permissions, Permission.manageMessages);

interface ExemptProps {
	serverId: string;
	chosen: string[];
	onChange: (ids: string[]) => void;
}

function Exempt({ serverId, chosen, onChange }: ExemptProps) {
	const roles = useChat((s) => s.servers[serverId]?.roles ?? noRoles);
	return (
		<fieldset className="flex flex-col gap-2">
			<legend className="mb-2 font-semibold text-sm">{t('rules.exempt')}</legend>
			{inOrder(roles)
				.filter((r) => r.kind !== 'everyone' && r.kind !== 'owner')
				.map((r) => (
					<Check
						key={r.id}
						label={roleName(r)}
						checked={alwaysExempt(r) || chosen.includes(r.id)}
						disabled={alwaysExempt(r)}
						{...(alwaysExempt(r) && { hint: t('rules.exempt_always') })}
						onChange={(on) => onChange(on ? [...chosen, r.id] : chosen.filter((id) => id !== r.id))}
					/>
				))}
		</fieldset>
	);
}

interface DeleteProps {
	serverId: string;
	rule: Rule;
	onGone: () => void;
	onBack: () => void;
}

function Delete({ serverId, rule, onGone, onBack }: DeleteProps) {
	const { run, busy, error } = useSubmit(async () => {
		await api.deleteRule(serverId, rule.id);
		onGone();
		onBack();
	});
	return (
		<div className="flex flex-col items-start gap-2 border-line border-t pt-4">
			{error && <FormError>{problemText(error)}</FormError>}
			<Button look="danger" busy={busy} onClick={() => void run()}>
				{t('rules.delete')}
			</Button>
		</div>
	);
}
