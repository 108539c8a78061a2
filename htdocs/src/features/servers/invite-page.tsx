/* An invite's address: what it leads to, for anybody; joining, for who is signed in. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { asApiError, problemText } from '../../api/problem';
import { own } from '../../lib/ids';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useSession } from '../../store/session';
import { apply, useChat } from '../../store/store';
import { useView } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { FormError } from '../../ui/form';
import { Failed, Skeleton } from '../../ui/states';
import { Frame } from '../auth/auth-pages';
import { RegisterForm, SignInForm } from '../auth/credentials';
import { Gone } from '../shell/gone';

export default function InvitePage({ code }: { code: string }) {
	const signedIn = useSession((s) => s.phase === 'ready');
	const { data, error, isPending, refetch } = useQuery(
		{
			queryKey: ['invite', code],
			queryFn: () => api.invite(code),
		},
		queries,
	);
	if (isPending) {
		return (
			<Frame title={t('invite.title')}>
				<Skeleton rows={1} />
			</Frame>
		);
	}
	if (error) {
		const gone = [404, 410].includes(asApiError(error).status);
		if (gone && signedIn) return <Gone title={t('invite.gone')} why={t('invite.gone_why')} />;
		return (
			<Frame title={t(gone ? 'invite.gone' : 'invite.title')}>
				{gone ? (
					<>
						<p className="text-ink-2 text-sm">{t('invite.gone_why')}</p>
						<Away label={t('auth.sign_in')} />
					</>
				) : (
					<Failed error={error} onRetry={() => void refetch()} />
				)}
			</Frame>
		);
	}
	return (
		<Frame title={t('invite.title')}>
			<div className="flex items-center gap-4 rounded-xl bg-side p-4">
				<Avatar id={data.server.id} name={data.server.name} url={data.server.icon_url} size={52} />
				<div className="min-w-0">
					<bdi className="block truncate font-bold text-lg">{data.server.name}</bdi>
					<p className="text-ink-2 text-sm">
						{t('invite.members', { count: data.server.member_count })}
					</p>
				</div>
			</div>
			{signedIn ? <Accept code={code} serverId={data.server.id} /> : <Enter code={code} />}
		</Frame>
	);
}

function Accept({ code, serverId }: { code: string; serverId: string }) {
	const [, navigate] = useLocation();
	const member = useChat((s) => own(s.servers, serverId) !== undefined);
	const { run, busy, error } = useSubmit(async () => {
		const { server, channel_id } = await api.acceptInvite(code);
		apply({ kind: 'server', server });
		navigate(channel_id ? `/c/${channel_id}` : `/s/${server.id}`, { replace: true });
	});
	const joining = useView((v) => v.joining === code);
	// Who is a member already only wants to get there; who signed in for it has said yes.
	useEffect(() => {
		if (joining) useView.setState({ joining: null });
		if (member && !busy) navigate(`/s/${serverId}`, { replace: true });
		else if (joining) void run();
	}, [member, busy, navigate, serverId, joining, run]);
	// Nothing is asked of who is in, or on his way in, already.
	if (member || joining) return <Skeleton rows={1} />;
	return (
		<>
			{error && <FormError>{problemText(error)}</FormError>}
			<Button look="primary" wide busy={busy} onClick={() => void run()}>
				{t('invite.accept')}
			</Button>
			<Away label={t('invite.not_now')} />
		</>
	);
}

const Away = ({ label }: { label: string }) => {
	const [, navigate] = useLocation();
	return (
		<Button look="quiet" wide onClick={() => navigate('/')}>
			{label}
		</Button>
	);
};

/** Signing in does not change the address, so the invite is still there afterwards. */
function Enter({ code }: { code: string }) {
	const [known, setKnown] = useState(false);
	useEffect(() => useView.setState({ joining: code }), [code]);
	return (
		<>
			{known ? <SignInForm /> : <RegisterForm invite={code} />}
			<Button look="quiet" wide onClick={() => setKnown(!known)}>
				{t(known ? 'invite.new_here' : 'invite.have_account')}
			</Button>
		</>
	);
}
