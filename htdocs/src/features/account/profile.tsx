import { useState } from 'react';
import * as api from '../../api/endpoints';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
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
		apply({ kind: 'me', me: updated });
		setEmail(updated.email ?? '');
		toast(t('toast.saved'));
	});
	if (!me) return null;
	return (
		<Form run={run} error={error}>
			<div className="flex items-center gap-4 rounded-xl bg-side p-4">
				<Avatar id={me.id} name={name.trim() || me.username} url={me.avatar_url} size={52} />
				<div className="min-w-0">
					<bdi className="block truncate font-bold text-lg">{name.trim() || nameOf(me)}</bdi>
					<bdi className="block truncate text-ink-2 text-sm">@{me.username}</bdi>
				</div>
			</div>
			<Field
				label={t('auth.display_name')}
				field="display_name"
				required
				autoComplete="nickname"
				maxLength={64}
				value={name}
				onChange={(e) => setName(e.target.value)}
			/>
			<Field
				label={t('account.email')}
				hint={t('account.email_hint')}
				field="email"
				type="email"
				autoComplete="email"
				maxLength={254}
				value={email}
				onChange={(e) => setEmail(e.target.value)}
			/>
			<FormProblem />
			<div>
				<Button type="submit" look="primary" busy={busy} disabled={!(newName || newEmail)}>
					{t('action.save')}
				</Button>
			</div>
		</Form>
	);
}
