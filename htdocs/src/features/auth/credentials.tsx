import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { type ApiError, asApiError } from '../../api/problem';
import '../../lib/later-texts';
import { plainUsername } from '../../lib/people';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { signedIn } from '../../store/session';
import { Button } from '../../ui/button';
import { Area, Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
import {
	DisplayNameField,
	EmailField,
	NewPasswordField,
	PasswordField,
	UsernameField,
} from './fields';
import { SecondStep } from './second-step';

export function SignInForm({ username }: { username?: string }) {
	const [second, setSecond] = useState<ApiError['second']>(null);
	const [login, setLogin] = useState(username ?? '');
	const [password, setPassword] = useState('');
	const { run, busy, error } = useSubmit(async () => {
		try {
			const { user, expires_in } = await api.login({ login: plainUsername(login), password });
			await signedIn(user.id, expires_in);
		} catch (e) {
			const needs = asApiError(e).second;
			if (!needs) throw e;
			setSecond(needs);
		}
	});
	if (second) return <SecondStep {...second} onBack={() => setSecond(null)} />;
	return (
		<Form run={run} error={error} focusFirst>
			<Field
				label={t('auth.login')}
				name="username"
				autoComplete="username"
				autoCapitalize="none"
				spellCheck={false}
				required
				readOnly={username !== undefined}
				value={login}
				onChange={(e) => setLogin(e.target.value)}
			/>
			<PasswordField
				label={t('auth.password')}
				name="password"
				value={password}
				onChange={setPassword}
			/>
			<FormProblem text={error?.status === 401 ? t('auth.wrong') : undefined} />
			<Button type="submit" look="primary" wide busy={busy}>
				{t('auth.sign_in')}
			</Button>
		</Form>
	);
}

interface RegisterProps {
	/** The one-time link's word, when this makes the first administrator. */
	setupToken?: string;
	/** The invite that led here. */
	invite?: string;
}

export function RegisterForm({ setupToken, invite }: RegisterProps) {
	const [username, setUsername] = useState('');
	const [displayName, setDisplayName] = useState('');
	const [email, setEmail] = useState('');
	const [password, setPassword] = useState('');
	const [note, setNote] = useState('');
	const [waits, setWaits] = useState<'verify' | 'pending' | null>(null);
	const { run, busy, error } = useSubmit(async () => {
		const body = {
			username: plainUsername(username),
			password,
			...(invite === undefined ? {} : { invite }),
			...(displayName.trim() ? { display_name: displayName.trim() } : {}),
			...(email.trim() ? { email: email.trim() } : {}),
			...(approved && note.trim() ? { note: note.trim() } : {}),
		};
		const answer =
			setupToken === undefined
				? await api.register(body)
				: await api.setup({ ...body, token: setupToken });
		if ('status' in answer) {
			setWaits(answer.status);
			return;
		}
		await signedIn(answer.user.id, answer.expires_in);
	});
	const { data: meta } = useQuery(
		{ queryKey: ['meta'], queryFn: api.meta, staleTime: 60_000 },
		queries,
	);
	const approved = setupToken === undefined && meta?.registration === 'approve';
	const domains = setupToken === undefined ? (meta?.registration_domains ?? []) : [];
	const taken = error?.code === 'username_taken';
	if (waits)
		return <p role="status">{t(waits === 'verify' ? 'auth.waits_verify' : 'auth.waits')}</p>;
	return (
		<Form run={run} error={error} focusFirst>
			<UsernameField
				hint={t('auth.username_hint')}
				taken={taken}
				name="username"
				value={username}
				onChange={setUsername}
			/>
			<DisplayNameField
				hint={t('auth.display_name_hint')}
				name="nickname"
				value={displayName}
				onChange={setDisplayName}
			/>
			{meta?.features.mail === true && (
				<EmailField
					hint={
						domains.length > 0
							? t('auth.email_domains', { domains: domains.join(', ') })
							: t('auth.email_hint')
					}
					required={domains.length > 0}
					name="email"
					value={email}
					onChange={setEmail}
				/>
			)}
			<NewPasswordField
				label={t('auth.password')}
				name="password"
				value={password}
				onChange={setPassword}
			/>
			{approved && (
				<Area
					label={t('auth.note')}
					hint={t('auth.note_hint')}
					field="note"
					maxLength={500}
					value={note}
					onChange={(e) => setNote(e.target.value)}
				/>
			)}
			{!taken && <FormProblem />}
			<Button type="submit" look="primary" wide busy={busy}>
				{t(setupToken === undefined ? 'auth.sign_up' : 'auth.setup_go')}
			</Button>
		</Form>
	);
}
