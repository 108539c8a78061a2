/* The second step of signing in. */
import { useState } from 'react';
import * as api from '../../api/endpoints';
import '../../lib/later-texts';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { signedIn } from '../../store/session';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';

interface Props {
	ticket: string;
	methods: string[];
	/** The password again: the ticket may have had its time. */
	onBack: () => void;
}

type How = 'totp' | 'recovery_code';

export function SecondStep({ ticket, methods, onBack }: Props) {
	const [how, setHow] = useState<How>(methods.includes('totp') ? 'totp' : 'recovery_code');
	const [code, setCode] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		const { user, expires_in } = await api.secondStep({ ticket, [how]: code });
		await signedIn(user.id, expires_in);
	});
	const byApp = how === 'totp';
	return (
		<Form key={how} run={run} error={error} focusFirst>
			<p className="text-ink-2 text-sm">
				{t(byApp ? 'security.step_app' : 'security.step_recovery')}
			</p>
			<Field
				label={t(byApp ? 'security.code' : 'security.recovery_code')}
				name="code"
				autoComplete={byApp ? 'one-time-code' : 'off'}
				inputMode={byApp ? 'numeric' : 'text'}
				autoCapitalize="none"
				spellCheck={false}
				required
				maxLength={byApp ? 10 : 40}
				value={code}
				onChange={(e) => setCode(e.target.value)}
			/>
			<FormProblem text={error?.status === 401 ? t('field.wrong') : undefined} />
			<Button type="submit" look="primary" wide busy={busy}>
				{t('auth.sign_in')}
			</Button>
			{methods.includes('totp') && methods.includes('recovery_code') && (
				<Button
					look="quiet"
					onClick={() => {
						setCode('');
						setHow(byApp ? 'recovery_code' : 'totp');
					}}
				>
					{t(byApp ? 'security.use_recovery' : 'security.use_app')}
				</Button>
			)}
			<Button look="quiet" onClick={onBack}>
				{t('action.back')}
			</Button>
		</Form>
	);
}
