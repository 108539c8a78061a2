/* Who has registered and waits; administrators of the installation let them in or turn them away. */
import { useRef } from 'react';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import type { Registration } from '../../api/schema-later';
import { t } from '../../lib/text';
import { dateAndTime } from '../../lib/time';
import { usePages } from '../../lib/use-pages';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { FormError } from '../../ui/form';
import { Listing } from '../../ui/listing';
import { toast } from '../../ui/toast';

export default function Registrations() {
	const { q, list } = usePages(['registrations'], api.registrations);
	const box = useRef<HTMLDivElement>(null);
	const decide = useSubmit(async (r: Registration, approve: boolean) => {
		await (approve ? api.approve(r.id) : api.refuse(r.id));
		toast(t(approve ? 'admin.approved' : 'admin.refused', { name: r.username }));
		await q.refetch();
		box.current?.focus();
	});
	return (
		<div ref={box} tabIndex={-1} className="flex flex-col gap-4 outline-none">
			<p className="text-ink-2 text-sm">{t('admin.registrations_lead')}</p>
			{decide.error && <FormError>{problemText(decide.error)}</FormError>}
			<Listing q={q} label={t('admin.registrations')} none={t('admin.registrations_none')}>
				{list.map((r) => (
					<Row
						key={r.id}
						one={r}
						busy={decide.busy}
						onDecide={(approve) => void decide.run(r, approve)}
					/>
				))}
			</Listing>
		</div>
	);
}

interface RowProps {
	one: Registration;
	busy: boolean;
	onDecide: (approve: boolean) => void;
}

function Row({ one: r, busy, onDecide }: RowProps) {
	const name = r.username;
	return (
		<li className="flex flex-wrap items-center gap-3 border-line border-b py-3">
			<div className="min-w-48 grow leading-tight">
				<p className="text-sm">
					<bdi className="font-semibold">{r.display_name}</bdi>{' '}
					<bdi className="text-ink-3 text-xs">@{name}</bdi>
				</p>
				{r.email && (
					<p className="break-words text-ink-2 text-sm">
						{t(r.email_verified ? 'admin.email_verified' : 'admin.email_unverified', {
							email: r.email,
						})}
					</p>
				)}
				{r.note && <p className="whitespace-pre-wrap break-words py-1 text-sm">{r.note}</p>}
				<p className="text-ink-3 text-xs">{dateAndTime(r.created_at)}</p>
			</div>
			<Button
				aria-label={t('admin.refuse_name', { name })}
				disabled={busy}
				onClick={() => onDecide(false)}
			>
				{t('admin.refuse')}
			</Button>
			<Button
				look="primary"
				aria-label={t('admin.approve_name', { name })}
				disabled={busy}
				onClick={() => onDecide(true)}
			>
				{t('admin.approve')}
			</Button>
		</li>
	);
}
