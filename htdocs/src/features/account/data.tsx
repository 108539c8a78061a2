/* What one may take along or bring back, and leaving for good. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { dateAndTime } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { endSession, readBootstrap } from '../../store/session';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Check, Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { toast } from '../../ui/toast';
import { PasswordField } from '../auth/fields';
import { Export } from './export';

export default function Data() {
	return (
		<div className="flex flex-col gap-8">
			<Export />
			<DeletedServers />
			<Deactivate />
			<Delete />
		</div>
	);
}

function DeletedServers() {
	const q = useQuery(
		{ queryKey: ['deleted-servers'], queryFn: api.deletedServers, staleTime: 0 },
		queries,
	);
	const back = useSubmit(async (id: string, name: string) => {
		await api.restoreServer(id);
		await readBootstrap();
		toast(t('toast.restored', { name }));
		await q.refetch();
	});
	const list = q.data?.items ?? [];
	if (list.length === 0) return null;
	return (
		<section aria-label={t('data.servers')} className="flex flex-col gap-2">
			<h4 className="font-bold">{t('data.servers')}</h4>
			<p className="text-ink-2 text-sm">{t('data.servers_lead')}</p>
			{back.error && <FormError>{problemText(back.error)}</FormError>}
			<ul aria-label={t('data.servers')} className="flex flex-col">
				{list.map((s) => (
					<li key={s.id} className="flex min-h-12 items-center gap-3 border-line border-b">
						<span className="min-w-0 grow leading-tight">
							<bdi className="block truncate font-semibold text-sm">{s.name}</bdi>
							<span className="block text-ink-3 text-xs">
								{t('data.servers_until', { time: dateAndTime(s.purge_at) })}
							</span>
						</span>
						<Button
							aria-label={t('channels.restore_name', { name: s.name })}
							onClick={() => void back.run(s.id, s.name)}
						>
							{t('channels.restore')}
						</Button>
					</li>
				))}
			</ul>
		</section>
	);
}

function Deactivate() {
	const [open, setOpen] = useState(false);
	const [password, setPassword] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		await api.deactivate(password);
		endSession();
	});
	return (
		<section aria-label={t('data.deactivate')} className="flex flex-col items-start gap-2">
			<h4 className="font-bold">{t('data.deactivate')}</h4>
			<p className="text-ink-2 text-sm">{t('data.deactivate_lead')}</p>
			{open ? (
				<Form run={run} error={error} className="flex w-full flex-col gap-3">
					<PasswordField field="password" value={password} onChange={setPassword} />
					<FormProblem />
					<Sure action={t('data.deactivate')} busy={busy} onCancel={() => setOpen(false)} />
				</Form>
			) : (
				<Button onClick={() => setOpen(true)}>{t('data.deactivate')}</Button>
			)}
		</section>
	);
}

/** The name is typed once more: nobody leaves for good by a slip. */
function Delete() {
	const username = useChat((s) => s.me?.username ?? '');
	const [open, setOpen] = useState(false);
	const [typed, setTyped] = useState('');
	const [password, setPassword] = useState('');
	const [purge, setPurge] = useState(false);
	const { run, busy, error } = useSubmit(async () => {
		await api.deleteMe({ password, ...(purge ? { purge } : {}) });
		endSession();
	});
	return (
		<section
			aria-label={t('data.delete')}
			className="flex flex-col items-start gap-2 rounded-xl border border-danger p-4"
		>
			<h4 className="font-bold text-danger">{t('data.delete')}</h4>
			<p className="text-ink-2 text-sm">{t('data.delete_lead')}</p>
			{open ? (
				<Form
					run={async () => {
						if (typed === username) await run();
					}}
					error={error}
					className="flex w-full flex-col gap-3"
				>
					<Check
						label={t('data.purge')}
						hint={t('data.purge_hint')}
						checked={purge}
						onChange={setPurge}
					/>
					<Field
						label={t('server.delete_type', { name: username })}
						autoComplete="off"
						value={typed}
						onChange={(e) => setTyped(e.target.value)}
					/>
					<PasswordField field="password" value={password} onChange={setPassword} />
					<FormProblem />
					<Sure
						action={t('data.delete')}
						busy={busy}
						disabled={typed !== username}
						onCancel={() => setOpen(false)}
					/>
				</Form>
			) : (
				<Button look="danger" onClick={() => setOpen(true)}>
					{t('data.delete')}
				</Button>
			)}
		</section>
	);
}

interface SureProps {
	action: string;
	busy: boolean;
	disabled?: boolean;
	onCancel: () => void;
}

const Sure = ({ action, busy, disabled, onCancel }: SureProps) => (
	<div className="flex flex-wrap gap-2">
		<Button onClick={onCancel}>{t('action.cancel')}</Button>
		<Button type="submit" look="danger" busy={busy} disabled={disabled}>
			{action}
		</Button>
	</div>
);
