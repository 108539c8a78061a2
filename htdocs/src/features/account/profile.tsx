import { useState } from 'react';
import * as api from '../../api/endpoints';
import { fieldText, problemText } from '../../api/problem';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Field, FormError } from '../../ui/field';
import { toast } from '../../ui/toast';

export function Profile() {
	const me = useChat((s) => s.me);
	const [name, setName] = useState(me?.display_name ?? '');
	const [email, setEmail] = useState(me?.email ?? '');
	const newName = name.trim() !== me?.display_name;
	const newEmail = email.trim() !== (me?.email ?? '');
	const { run, busy, error } = useSubmit(async () => {
		const updated = await api.patchMe({
			...(newName ? { display_name: name.trim() } : {}),
			...(newEmail ? { email: email.trim() || null } : {}),
		});
		apply({
			kind: 'event',
			now: Date.now(),
			event: { type: 'user.updated', stream: `user:${updated.id}`, rev: 0, data: updated },
		});
		setEmail(updated.email ?? '');
		toast(t('toast.saved'));
	});
	if (!me) return null;
	const nameError = error ? fieldText(error, 'display_name') : undefined;
	const emailError = error ? fieldText(error, 'email') : undefined;
	return (
		<form
			className="flex flex-col gap-4"
			onSubmit={(e) => {
				e.preventDefault();
				void run();
			}}
		>
			<div className="flex items-center gap-4 rounded-xl bg-side p-4">
				<Avatar id={me.id} name={name.trim() || me.username} url={me.avatar_url} size={52} />
				<div className="min-w-0">
					<bdi className="block truncate font-bold text-lg">{name.trim() || nameOf(me)}</bdi>
					<bdi className="block truncate text-ink-2 text-sm">@{me.username}</bdi>
				</div>
			</div>
			<Field
				label={t('auth.display_name')}
				error={nameError}
				autoComplete="nickname"
				maxLength={64}
				value={name}
				onChange={(e) => setName(e.target.value)}
			/>
			<Field
				label={t('account.email')}
				hint={t('account.email_hint')}
				error={emailError}
				type="email"
				autoComplete="email"
				maxLength={254}
				value={email}
				onChange={(e) => setEmail(e.target.value)}
			/>
			{error && !nameError && !emailError && <FormError>{problemText(error)}</FormError>}
			<div>
				<Button
					type="submit"
					look="primary"
					busy={busy}
					disabled={name.trim() === '' || !(newName || newEmail)}
				>
					{t('action.save')}
				</Button>
			</div>
		</form>
	);
}
