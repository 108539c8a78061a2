import { useDeferredValue, useState } from 'react';
import * as api from '../../api/endpoints';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { openDialog } from '../../store/view';
import { Choice, Field } from '../../ui/field';
import { FormDialog } from '../../ui/form-dialog';
import { toast } from '../../ui/toast';
import { PasswordField } from '../auth/fields';
import { useMembers } from '../members/use-members';

interface Props {
	serverId: string;
	onClose: () => void;
}

/** The owner makes somebody else the owner. */
export default function HandOn({ serverId, onClose }: Props) {
	const me = useChat((s) => s.me);
	const server = useChat((s) => s.servers[serverId]?.name ?? '');
	const [q, setQ] = useState('');
	const [userId, setUserId] = useState('');
	const [password, setPassword] = useState('');
	const found = useMembers(serverId, { q: useDeferredValue(q.trim()) || undefined });
	const people = (found.data?.pages[0]?.items ?? []).filter(
		(m) => m.user.id !== me?.id && !m.user.bot,
	);
	const chosen = people.find((m) => m.user.id === userId);
	const form = useSubmit(async () => {
		if (!chosen) return;
		await api.handOn(serverId, chosen.user.id, password);
		toast(t('toast.handed_on', { name: nameOf(chosen.user) }));
		onClose();
	});
	return (
		<FormDialog
			title={t('server.hand_on_title', { name: server })}
			description={t('server.hand_on_lead')}
			submit={t('server.hand_on')}
			idle={!chosen || password === ''}
			form={form}
			onClose={() => openDialog({ name: 'server-settings', serverId, page: 'general' })}
		>
			<Field
				label={t('members.search')}
				type="search"
				value={q}
				onChange={(e) => setQ(e.target.value)}
			/>
			<Choice
				label={t('server.hand_on_to')}
				value={chosen ? userId : ''}
				onChange={setUserId}
				options={[
					['', t('members.choose')],
					...people.map((m): [string, string] => [
						m.user.id,
						`${nameOf(m.user)} (@${m.user.username})`,
					]),
				]}
			/>
			<input
				type="hidden"
				name="username"
				autoComplete="username"
				value={me?.username ?? ''}
				readOnly
			/>
			<PasswordField value={password} onChange={setPassword} />
		</FormDialog>
	);
}
