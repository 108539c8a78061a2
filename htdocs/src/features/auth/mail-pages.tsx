/* Where links in mails lead, and how one is asked for. The word after # reaches no server by itself. */
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import * as api from '../../api/endpoints';
import '../../lib/later-texts';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormError, FormProblem } from '../../ui/form';
import { Frame } from './auth-pages';
import { NewPasswordField } from './fields';

const onward = 'font-semibold text-moss underline-offset-2 hover:underline';

const Onward = ({ text }: { text: string }) => (
	<Link href="/" className={onward}>
		{t(text)}
	</Link>
);

export function Forgot() {
	const [login, setLogin] = useState('');
	const [sent, setSent] = useState(false);
	const { run, busy, error } = useSubmit(async () => {
		await api.askReset(login.trim());
		setSent(true);
	});
	if (sent) {
		return (
			<Frame title={t('reset.title')}>
				<p role="status">{t('reset.sent')}</p>
				<Onward text="auth.sign_in" />
			</Frame>
		);
	}
	return (
		<Frame title={t('reset.title')} lead={t('reset.lead')}>
			<Form run={run} error={error} focusFirst>
				<Field
					label={t('reset.login')}
					name="username"
					autoComplete="username"
					autoCapitalize="none"
					spellCheck={false}
					required
					maxLength={254}
					value={login}
					onChange={(e) => setLogin(e.target.value)}
				/>
				<FormProblem text={error?.code === 'mail_off' ? t('reset.no_mail') : undefined} />
				<Button type="submit" look="primary" wide busy={busy}>
					{t('reset.ask')}
				</Button>
			</Form>
			<Onward text="auth.sign_in" />
		</Frame>
	);
}

/** The word of this address; another link pasted into the tab is another one. */
function useWord(): string {
	const [word, setWord] = useState(location.hash.slice(1));
	useEffect(() => {
		const changed = () => setWord(location.hash.slice(1));
		window.addEventListener('hashchange', changed);
		return () => window.removeEventListener('hashchange', changed);
	}, []);
	return word;
}

/** Six digits are of an authenticator. */
const second = (code: string) =>
	code === ''
		? {}
		: /^\d{6}$/.test(code.trim())
			? { totp: code.trim() }
			: { recovery_code: code.trim() };

function told(code: string | undefined): string | undefined {
	if (code === 'ticket_invalid') return t('mail.link_dead');
	if (code === 'second_factor_required') return t('reset.code_needed');
	if (code === 'bad_credentials') return t('reset.code_wrong');
	return undefined;
}

export function Reset() {
	const token = useWord();
	const [password, setPassword] = useState('');
	const [code, setCode] = useState('');
	const [asked, setAsked] = useState(false);
	const [done, setDone] = useState(false);
	const { run, busy, error } = useSubmit(async () => {
		await api.confirmReset({ token, password, ...second(code) });
		setDone(true);
	});
	if (done) {
		return (
			<Frame title={t('reset.done')} lead={t('reset.done_lead')}>
				<Onward text="auth.sign_in" />
			</Frame>
		);
	}
	const dead = error?.code === 'ticket_invalid';
	if (error?.code === 'second_factor_required' && !asked) setAsked(true);
	return (
		<Frame title={t('reset.choose')} lead={t('reset.choose_lead')}>
			<Form run={run} error={error} focusFirst>
				<NewPasswordField
					label={t('account.password_new')}
					name="password"
					value={password}
					onChange={setPassword}
				/>
				{asked && (
					<Field
						label={t('reset.code')}
						autoComplete="one-time-code"
						required
						maxLength={64}
						value={code}
						onChange={(e) => setCode(e.target.value)}
					/>
				)}
				<FormProblem text={told(error?.code)} />
				<Button type="submit" look="primary" wide busy={busy} disabled={!token}>
					{t('account.password_change')}
				</Button>
			</Form>
			{dead && (
				<Link href="/forgot" className={onward}>
					{t('reset.again')}
				</Link>
			)}
		</Frame>
	);
}

/** By a button: programs that look into mails open links, and an address counts once a person did. */
export function Verify() {
	const token = useWord();
	const [done, setDone] = useState(false);
	const { run, busy, error } = useSubmit(async () => {
		await api.verifyEmail(token);
		setDone(true);
	});
	if (done) {
		return (
			<Frame title={t('verify.done')}>
				<Onward text="verify.onward" />
			</Frame>
		);
	}
	const dead = error?.code === 'ticket_invalid';
	return (
		<Frame title={t('verify.title')} lead={t('verify.lead')}>
			{!token && <FormError>{t('mail.link_dead')}</FormError>}
			<Form run={run} error={error}>
				<FormProblem
					text={
						dead
							? t('mail.link_dead')
							: error?.code === 'email_taken'
								? t('verify.taken')
								: undefined
					}
				/>
				<Button type="submit" look="primary" wide busy={busy} disabled={!token}>
					{t('verify.go')}
				</Button>
			</Form>
			<Onward text="verify.onward" />
		</Frame>
	);
}

const pages = { forgot: Forgot, reset: Reset, verify: Verify };

export default function MailPage({ page }: { page: keyof typeof pages }) {
	const Page = pages[page];
	return <Page />;
}
