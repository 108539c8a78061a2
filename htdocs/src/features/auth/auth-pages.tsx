/* Everything that is shown to who is not signed in. */
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useSyncExternalStore } from 'react';
import { Link, Route, Switch } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { base } from '../../lib/base';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useTitle } from '../../lib/title';
import { FormError } from '../../ui/form';
import { RegisterForm, SignInForm } from './credentials';

const MailPage = lazy(() => import('./mail-pages'));
const InvitePage = lazy(() => import('../servers/invite-page'));

export default function AuthPages() {
	return (
		<Suspense fallback={<main />}>
			<Switch>
				<Route path="/setup">
					<Setup />
				</Route>
				<Route path="/sign-up">
					<SignUp />
				</Route>
				<Route path="/forgot">
					<MailPage page="forgot" />
				</Route>
				<Route path="/reset">
					<MailPage page="reset" />
				</Route>
				<Route path="/verify">
					<MailPage page="verify" />
				</Route>
				<Route path="/invite/:code">{({ code }) => <InvitePage code={code} />}</Route>
				<Route>
					<SignIn />
				</Route>
			</Switch>
		</Suspense>
	);
}

const useMeta = () =>
	useQuery({ queryKey: ['meta'], queryFn: api.meta, staleTime: 60_000 }, queries);

interface FrameProps {
	title: string;
	lead?: string;
	children: ReactNode;
}

export function Frame({ title, lead, children }: FrameProps) {
	useTitle(title);
	return (
		<main className="grid h-dvh grid-cols-[minmax(0,1fr)] overflow-y-auto bg-rail p-4 sm:place-items-center sm:p-8">
			<div className="w-full max-w-100 self-start rounded-2xl border border-line bg-canvas p-6 shadow-float sm:self-auto sm:p-8">
				<img src={`${base}icon.svg`} alt="" width={44} height={44} className="mb-5" />
				<h1 className="font-bold text-2xl leading-tight">
					<bdi>{title}</bdi>
				</h1>
				{lead && <p className="mt-1.5 text-ink-2 text-sm">{lead}</p>}
				<div className="mt-6 flex flex-col gap-5">{children}</div>
			</div>
		</main>
	);
}

const link =
	'inline-flex items-center font-semibold text-moss underline-offset-2 hover:underline pointer-coarse:min-h-11';

/** Accounts can be made by who comes along (open, approve) or who was asked (invite). */
const takesPeople = (registration: string | undefined): boolean =>
	registration !== undefined && registration !== 'closed';

function SignIn() {
	const { data } = useMeta();
	return (
		<Frame title={t('auth.sign_in_title')}>
			{data?.setup_needed && <SetupNeeded />}
			<SignInForm />
			{data?.features.mail === true && (
				<p className="text-center text-sm">
					<Link href="/forgot" className={link}>
						{t('auth.forgot')}
					</Link>
				</p>
			)}
			{takesPeople(data?.registration) && (
				<p className="text-center text-ink-2 text-sm">
					{t('auth.no_account')}{' '}
					<Link href="/sign-up" className={link}>
						{t('auth.sign_up')}
					</Link>
				</p>
			)}
		</Frame>
	);
}

/** Nobody looks after this installation yet: how to become the one who does. */
const SetupNeeded = () => (
	<div role="note" className="flex flex-col gap-1.5 rounded-lg bg-amber-soft px-3 py-2 text-sm">
		<p className="font-semibold">{t('auth.setup_needed')}</p>
		<p>{t('auth.setup_needed_how')}</p>
		<code className="font-mono text-xs">moot setup-link</code>
	</div>
);

function SignUp() {
	const { data, error } = useMeta();
	const shut = data && data.registration !== 'open' && data.registration !== 'approve';
	const lead = data?.registration === 'approve' ? 'auth.approve_lead' : 'auth.sign_up_lead';
	return (
		<Frame title={t('auth.sign_up_title')} {...(shut ? {} : { lead: t(lead) })}>
			{error && <FormError>{problemText(error)}</FormError>}
			{shut && (
				<p className="rounded-lg bg-amber-soft px-3 py-2 text-sm">
					{t(data.registration === 'invite' ? 'auth.by_invite' : 'auth.closed')}
				</p>
			)}
			{!shut && <RegisterForm />}
			<HaveAccount />
		</Frame>
	);
}

const HaveAccount = () => (
	<p className="text-center text-ink-2 text-sm">
		{t('auth.have_account')}{' '}
		<Link href="/" className={link}>
			{t('auth.sign_in')}
		</Link>
	</p>
);

const word = (): string => location.hash.slice(1);

/** The word after # never reaches a server by itself, so it is in no log. */
function Setup() {
	// Another link pasted into this tab changes nothing but the word.
	const token = useSyncExternalStore((changed) => {
		window.addEventListener('hashchange', changed);
		return () => window.removeEventListener('hashchange', changed);
	}, word);
	const { data } = useMeta();
	if (data?.setup_needed === false) {
		return (
			<Frame title={t('auth.set_up')} lead={t('auth.set_up_lead')}>
				<ToSignIn />
			</Frame>
		);
	}
	if (!token) {
		return (
			<Frame title={t('auth.setup_title')}>
				<FormError>{t('auth.setup_no_token')}</FormError>
				<ToSignIn />
			</Frame>
		);
	}
	return (
		<Frame title={t('auth.setup_title')} lead={t('auth.setup_lead')}>
			<RegisterForm key={token} setupToken={token} />
		</Frame>
	);
}

const ToSignIn = () => (
	<Link href="/" className={link}>
		{t('auth.sign_in')}
	</Link>
);
