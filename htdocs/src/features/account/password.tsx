import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Form, FormProblem } from '../../ui/form';
import { toast } from '../../ui/toast';
import { NewPasswordField, PasswordField } from '../auth/fields';

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
			<PasswordField value={current} onChange={setCurrent} />
			<NewPasswordField
				label={t('account.password_new')}
				field="new_password"
				value={next}
				onChange={setNext}
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
