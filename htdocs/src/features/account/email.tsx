import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Form, FormProblem } from '../../ui/form';
import { toast } from '../../ui/toast';
import { EmailField, PasswordField } from '../auth/fields';

/** What is so of the address, in a sentence. */
function state(me: {
	email: string | null;
	email_verified: boolean;
	email_pending: string | null;
}) {
	if (me.email === null) return t('email.none');
	if (me.email_pending !== null)
		return t('email.pending', { email: me.email, pending: me.email_pending });
	return t(me.email_verified ? 'email.verified' : 'email.unverified', { email: me.email });
}

export default function Email() {
	const me = useChat((s) => s.me);
	const [email, setEmail] = useState(me?.email_pending ?? me?.email ?? '');
	const [password, setPassword] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		const updated = await api.putEmail({ email: email.trim() || null, password });
		apply({ kind: 'me', me: updated });
		setPassword('');
		toast(t(email.trim() ? 'email.asked' : 'email.removed'));
	});
	const again = useSubmit(async () => {
		await api.resendEmail();
		toast(t('email.asked'));
	});
	if (!me) return null;
	const waits = me.email !== null && (!me.email_verified || me.email_pending !== null);
	return (
		<div className="flex flex-col gap-5">
			<p className="text-ink-2 text-sm">{state(me)}</p>
			{waits && (
				<Form run={again.run} error={again.error}>
					<FormProblem
						text={
							again.error?.status === 429
								? t('email.wait')
								: again.error?.code === 'mail_off'
									? t('reset.no_mail')
									: undefined
						}
					/>
					<div>
						<Button type="submit" busy={again.busy}>
							{t('email.resend')}
						</Button>
					</div>
				</Form>
			)}
			<Form run={run} error={error}>
				<EmailField hint={t('account.email_hint')} value={email} onChange={setEmail} />
				<PasswordField value={password} onChange={setPassword} />
				<FormProblem text={error?.status === 401 ? t('email.wrong_password') : undefined} />
				<div>
					<Button type="submit" look="primary" busy={busy}>
						{t('action.save')}
					</Button>
				</div>
			</Form>
		</div>
	);
}
