/* What protects a server as a whole. */
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Check } from '../../ui/field';
import { FormError } from '../../ui/form';
import { toast } from '../../ui/toast';
import { useUnsaved } from '../../ui/unsaved';
import { RetentionChoice } from './retention-choice';
import { Rules } from './rules';

export default function SafetyPage({ serverId }: { serverId: string }) {
	const [open, setOpen] = useState(false);
	return (
		<div className="flex flex-col gap-6">
			{!open && <Lockdown serverId={serverId} />}
			{!open && <Retention serverId={serverId} />}
			<Rules serverId={serverId} onOpen={setOpen} />
		</div>
	);
}

function Lockdown({ serverId }: { serverId: string }) {
	const known = useChat((s) => s.servers[serverId]?.lockdown ?? false);
	// Shown as asked for until the stream says the same.
	const [asked, setAsked] = useState<boolean | null>(null);
	const { run, error } = useSubmit(async (on: boolean) => {
		setAsked(on);
		try {
			await api.patchServer(serverId, { lockdown: on });
			toast(t(on ? 'toast.locked' : 'toast.unlocked'));
		} catch (e) {
			setAsked(null);
			throw e;
		}
	});
	if (asked !== null && asked === known) setAsked(null);
	return (
		<section aria-label={t('safety.lockdown')} className="flex flex-col gap-2">
			<Check
				label={t('safety.lockdown')}
				hint={t('safety.lockdown_hint')}
				checked={asked ?? known}
				onChange={(on) => void run(on)}
			/>
			{error && <FormError>{problemText(error)}</FormError>}
		</section>
	);
}

function Retention({ serverId }: { serverId: string }) {
	const known = useChat((s) => s.servers[serverId]?.retention_days ?? null);
	const [chosen, setChosen] = useState<number | null | undefined>(undefined);
	const { run, busy, error } = useSubmit(async () => {
		await api.patchServer(serverId, { retention_days: chosen ?? null });
		setChosen(undefined);
		toast(t('toast.saved'));
	});
	useUnsaved(chosen !== undefined && chosen !== known, busy);
	return (
		<div className="flex flex-col items-start gap-2">
			<div className="w-full">
				<RetentionChoice
					of={{ serverId }}
					known={known}
					value={chosen === undefined ? known : chosen}
					onChange={setChosen}
				/>
			</div>
			{error && <FormError>{problemText(error)}</FormError>}
			{chosen !== undefined && chosen !== known && (
				<Button
					look={chosen === null ? 'primary' : 'danger'}
					busy={busy}
					onClick={() => void run()}
				>
					{t(chosen === null ? 'action.save' : 'retention.sure')}
				</Button>
			)}
		</div>
	);
}
