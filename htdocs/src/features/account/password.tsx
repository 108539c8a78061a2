import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
import { toast } from '../../ui/toast';

export function Password() {
	const username = useChat((s) => s.me?.username ?? '');
	const [current, setCurrent] = useState('');
	const [next, setNext] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		await api.putPassword({ current_password: current, new_password: next });
		setCurrent('');
		setNext('');
		toast(t('toast.password_changed'));
	});
	return (
		<Form run={run} error={error}>
			<p className="text-ink-2 text-sm">{t('account.password_lead')}</p>
			<input type="hidden" name="username" autoComplete="username" value={username} readOnly />
			<Field
				label={t('account.password_current')}
				type="password"
				autoComplete="current-password"
				required
				value={current}
				onChange={(e) => setCurrent(e.target.value)}
			/>
			<Field
				label={t('account.password_new')}
				hint={t('auth.password_hint')}
				field="new_password"
				type="password"
				autoComplete="new-password"
				required
				minLength={8}
				maxLength={256}
				value={next}
				onChange={(e) => setNext(e.target.value)}
			/>
			<FormProblem />
			<div>
				<Button type="submit" look="primary" busy={busy}>
					{t('account.password_change')}
				</Button>
			</div>
		</Form>
	);
}
