import {
	Archive,
	Eye,
	Keyboard,
	KeyRound,
	LogOut,
	MonitorSmartphone,
	ShieldCheck,
	SunMoon,
	Terminal,
	UserRound,
} from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, type ReactNode, Suspense } from 'react';
import { keysOf } from '../../lib/keys';
import { t } from '../../lib/text';
import { signOut } from '../../store/session';
import { closeDialog, openDialog } from '../../store/view';
import { Dialog } from '../../ui/dialog';
import { Skeleton } from '../../ui/states';
import { Appearance } from './appearance';
import { Password } from './password';
import { Privacy } from './privacy';
import { Profile } from './profile';
import { Sessions } from './sessions';
import { Tokens } from './tokens';

const Data = lazy(() => import('./data'));
const Security = lazy(() => import('../security/security'));

const pages: { id: string; label: string; icon: ReactNode; body: ReactNode }[] = [
	{ id: 'profile', label: 'account.profile', icon: <UserRound size={17} />, body: <Profile /> },
	{
		id: 'appearance',
		label: 'account.appearance',
		icon: <SunMoon size={17} />,
		body: <Appearance />,
	},
	{ id: 'privacy', label: 'account.privacy', icon: <Eye size={17} />, body: <Privacy /> },
	{ id: 'password', label: 'account.password', icon: <KeyRound size={17} />, body: <Password /> },
	{ id: 'security', label: 'security.title', icon: <ShieldCheck size={17} />, body: <Security /> },
	{
		id: 'sessions',
		label: 'account.sessions',
		icon: <MonitorSmartphone size={17} />,
		body: <Sessions />,
	},
	{ id: 'tokens', label: 'account.tokens', icon: <Terminal size={17} />, body: <Tokens /> },
	{ id: 'data', label: 'data.title', icon: <Archive size={17} />, body: <Data /> },
];

export default function Account({ onClose }: { onClose: () => void }) {
	return (
		<Dialog size="large" title={t('account.settings')} onClose={onClose}>
			<Tabs.Root
				defaultValue="profile"
				orientation="vertical"
				className="flex min-h-0 grow flex-col gap-x-6 px-5 pt-3 pb-5 max-sm:overflow-y-auto sm:flex-row"
			>
				<div className="flex shrink-0 flex-col justify-between gap-1 pb-4 sm:w-44 sm:pb-0">
					<Tabs.List
						aria-label={t('account.settings')}
						className="grid grid-cols-2 gap-1 sm:flex sm:flex-col"
					>
						{pages.map((p) => (
							<Tabs.Trigger
								key={p.id}
								value={p.id}
								className="flex min-h-9 shrink-0 items-center gap-2.5 whitespace-nowrap rounded-lg px-3 text-ink-2 text-sm hover:bg-hover data-[state=active]:bg-moss-soft data-[state=active]:text-moss-soft-ink pointer-coarse:min-h-11"
							>
								{p.icon}
								{t(p.label)}
							</Tabs.Trigger>
						))}
					</Tabs.List>
					<button
						type="button"
						className="flex min-h-9 shrink-0 items-center gap-2.5 whitespace-nowrap rounded-lg px-3 text-ink-2 text-sm hover:bg-hover sm:mt-auto pointer-coarse:min-h-11"
						onClick={() => openDialog({ name: 'shortcuts' })}
					>
						<Keyboard size={17} />
						<span className="grow text-start">{t('keys.title')}</span>
						<kbd className="font-sans text-ink-3 text-xs">{keysOf('shortcuts')}</kbd>
					</button>
					<button
						type="button"
						className="flex min-h-9 shrink-0 items-center gap-2.5 whitespace-nowrap rounded-lg px-3 text-danger text-sm hover:bg-hover pointer-coarse:min-h-11"
						onClick={() => {
							closeDialog();
							void signOut();
						}}
					>
						<LogOut size={17} />
						{t('auth.sign_out')}
					</button>
				</div>
				{pages.map((p) => (
					<Tabs.Content
						key={p.id}
						value={p.id}
						className="min-w-0 grow px-0.5 outline-offset-4 sm:min-h-0 sm:overflow-y-auto"
					>
						<h3 className="mb-4 font-bold text-lg">{t(p.label)}</h3>
						<Suspense fallback={<Skeleton rows={4} />}>{p.body}</Suspense>
					</Tabs.Content>
				))}
			</Tabs.Root>
		</Dialog>
	);
}
