import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
import { toast } from '../../ui/toast';

/** 30 to 3650. */
const RANGE = '0*(?:[3-9]\\d|[1-9]\\d{2}|[12]\\d{3}|3[0-5]\\d{2}|36[0-4]\\d|3650)';

/** How long the log is kept. Less than now erases at once, and says so. */
export function AuditDays({ serverId }: { serverId: string }) {
	const known = useChat((s) => s.servers[serverId]?.audit_days ?? 365);
	const [typed, setTyped] = useState<string | null>(null);
	const value = typed ?? String(known);
	const { run, busy, error } = useSubmit(async () => {
		await api.patchServer(serverId, { audit_days: Number(value) });
		setTyped(null);
		toast(t('toast.saved'));
	});
	const fewer = Number(value) < known;
	return (
		<Form
			run={run}
			error={error}
			className="mt-2 flex flex-col items-start gap-2 rounded-xl border border-line p-4"
		>
			<Field
				label={t('audit.days')}
				hint={t('audit.days_hint')}
				field="audit_days"
				inputMode="numeric"
				autoComplete="off"
				required
				maxLength={6}
				pattern={RANGE}
				format={t('audit.days_format')}
				value={value}
				onChange={(e) => setTyped(e.target.value)}
			/>
			<FormProblem />
			{value.trim() !== String(known) && (
				<Button type="submit" look={fewer ? 'danger' : 'primary'} busy={busy}>
					{t(fewer ? 'retention.sure' : 'action.save')}
				</Button>
			)}
		</Form>
	);
}
