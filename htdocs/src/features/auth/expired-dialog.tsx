import { t } from '../../lib/text';
import { signOut } from '../../store/session';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody } from '../../ui/dialog';
import { SignInForm } from './credentials';

/** Lies over the page, which stays as it was: nothing written is lost. */
export default function ExpiredDialog() {
	const username = useChat((s) => s.me?.username ?? '');
	return (
		<Dialog
			locked
			title={t('auth.expired_title')}
			description={t('auth.expired_lead')}
			onClose={() => undefined}
		>
			<DialogBody>
				<SignInForm username={username} />
				<Button look="quiet" onClick={() => void signOut()}>
					{t('auth.other_account')}
				</Button>
			</DialogBody>
		</Dialog>
	);
}
