import {
	Archive,
	Eye,
	Keyboard,
	KeyRound,
	LogOut,
	Mail,
	MonitorSmartphone,
	ShieldCheck,
	SunMoon,
	Terminal,
	UserPlus,
	UserRound,
} from 'lucide-react';
import { lazy } from 'react';
import { keysOf } from '../../lib/keys';
import { t } from '../../lib/text';
import { signOut } from '../../store/session';
import { useChat } from '../../store/store';
import { closeDialog, openDialog } from '../../store/view';
import { FootButton, type Page, PagedDialog } from '../../ui/paged-dialog';
import { Appearance } from './appearance';
import { Password } from './password';
import { Privacy } from './privacy';
import { Profile } from './profile';
import { Sessions } from './sessions';
import { Tokens } from './tokens';

const Data = lazy(() => import('./data'));
const Security = lazy(() => import('../security/security'));
const Email = lazy(() => import('./email'));
const Registrations = lazy(() => import('../admin/registrations'));

const pages: Page[] = [
	{ id: 'profile', label: 'account.profile', icon: <UserRound size={17} />, body: <Profile /> },
	{
		id: 'appearance',
		label: 'account.appearance',
		icon: <SunMoon size={17} />,
		body: <Appearance />,
	},
	{ id: 'privacy', label: 'account.privacy', icon: <Eye size={17} />, body: <Privacy /> },
	{ id: 'email', label: 'account.email', icon: <Mail size={17} />, body: <Email /> },
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

/** For administrators of the installation. */
const registrations = {
	id: 'registrations',
	label: 'admin.registrations',
	icon: <UserPlus size={17} />,
	body: <Registrations />,
};

export default function Account({ onClose }: { onClose: () => void }) {
	const admin = useChat((s) => s.me?.admin === true);
	const shown = admin ? [...pages, registrations] : pages;
	return (
		<PagedDialog
			title={t('account.settings')}
			pages={shown}
			onClose={onClose}
			foot={
				<>
					<FootButton
						icon={<Keyboard size={17} />}
						label={t('keys.title')}
						keys={keysOf('shortcuts')}
						onClick={() => openDialog({ name: 'shortcuts' })}
					/>
					<FootButton
						danger
						icon={<LogOut size={17} />}
						label={t('auth.sign_out')}
						onClick={() => {
							closeDialog();
							void signOut();
						}}
					/>
				</>
			}
		/>
	);
}
