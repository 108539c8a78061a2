import { lazy, memo, Suspense, useEffect } from 'react';
import { Router, useRoute } from 'wouter';
import { problemText } from './api/problem';
import { Shell } from './features/shell/shell';
import { routerBase } from './lib/base';
import { t } from './lib/text';
import { start, useSession } from './store/session';
import { Button } from './ui/button';
import { Tips } from './ui/tip';
import { Toasts } from './ui/toast';

const AuthPages = lazy(() => import('./features/auth/auth-pages'));
const Confirm = lazy(() => import('./features/security/confirm'));
const ExpiredDialog = lazy(() => import('./features/auth/expired-dialog'));

/** Links of mails work for who is signed in, too. */
const SignedIn = memo(Shell);

export function App() {
	return (
		<>
			<Router base={routerBase}>
				<Phase />
			</Router>
			<Toasts />
			<Tips />
		</>
	);
}

function Phase() {
	const phase = useSession((s) => s.phase);
	const expired = useSession((s) => s.expired);
	const confirming = useSession((s) => s.confirming);
	const [verify] = useRoute('/verify');
	const [reset] = useRoute('/reset');
	switch (phase) {
		case 'starting':
			return <Starting />;
		case 'failed':
			return <CannotStart />;
		case 'anonymous':
			return (
				<Suspense fallback={<Starting />}>
					<AuthPages />
				</Suspense>
			);
		case 'ready':
			return verify || reset ? (
				<Suspense fallback={<Starting />}>
					<AuthPages />
				</Suspense>
			) : (
				<>
					<SignedIn />
					<Suspense fallback={null}>
						{confirming && <Confirm done={confirming} />}
						{expired && <ExpiredDialog />}
					</Suspense>
				</>
			);
	}
}

const Starting = () => (
	<main aria-busy="true" className="grid h-dvh place-items-center">
		<p className="late text-ink-2">{t('start.loading')}</p>
	</main>
);

function CannotStart() {
	const error = useSession((s) => s.error);
	// A server that restarts comes back by itself, and so does the page.
	useEffect(() => {
		if (!error?.mayRetry) return;
		const wait = Math.max(error.retryAfter * 1000, 3000) + Math.random() * 4000;
		const timer = setTimeout(() => void start(), wait);
		return () => clearTimeout(timer);
	}, [error]);
	return (
		<main className="grid h-dvh place-items-center p-6">
			<div role="alert" className="flex max-w-100 flex-col items-center gap-4 text-center">
				<h1 className="font-bold text-xl">{t('start.failed')}</h1>
				<p className="text-ink-2">{problemText(error)}</p>
				<Button look="primary" onClick={() => void start()}>
					{t('action.retry')}
				</Button>
			</div>
		</main>
	);
}
