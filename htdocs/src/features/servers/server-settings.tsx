import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { fieldText, problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { Field, FormError } from '../../ui/field';
import { toast } from '../../ui/toast';

interface Props {
	serverId: string;
	onClose: () => void;
}

export default function ServerSettings({ serverId, onClose }: Props) {
	const server = useChat((s) => s.servers[serverId]);
	const owner = useChat((s) => s.me !== null && s.servers[serverId]?.owner_id === s.me.id);
	const [name, setName] = useState(server?.name ?? '');
	const { run, busy, error } = useSubmit(async () => {
		await api.patchServer(serverId, { name: name.trim() });
		toast(t('toast.saved'));
		onClose();
	});
	if (!server) return null;
	const nameError = error ? fieldText(error, 'name') : undefined;
	return (
		<Dialog title={t('server.settings')} onClose={onClose}>
			<DialogBody>
				<form
					className="flex flex-col gap-4"
					onSubmit={(e) => {
						e.preventDefault();
						void run();
					}}
				>
					<Field
						label={t('server.name')}
						error={nameError}
						required
						minLength={2}
						maxLength={100}
						value={name}
						onChange={(e) => setName(e.target.value)}
					/>
					{error && !nameError && <FormError>{problemText(error)}</FormError>}
					<DialogFoot>
						<Button
							type="submit"
							look="primary"
							busy={busy}
							disabled={name.trim().length < 2 || name.trim() === server.name}
						>
							{t('action.save')}
						</Button>
					</DialogFoot>
				</form>
				{owner && <Delete serverId={serverId} name={server.name} onClose={onClose} />}
			</DialogBody>
		</Dialog>
	);
}

/** The owner types the name again: nobody deletes a server by a slip. */
function Delete({ serverId, name, onClose }: Props & { name: string }) {
	const [typed, setTyped] = useState('');
	const [, navigate] = useLocation();
	const { run, busy, error } = useSubmit(async () => {
		await api.deleteServer(serverId);
		onClose();
		navigate('/dms');
		apply({ kind: 'server-gone', serverId });
	});
	return (
		<form
			aria-label={t('server.delete')}
			className="flex flex-col gap-3 rounded-xl border border-danger p-4"
			onSubmit={(e) => {
				e.preventDefault();
				if (typed === name) void run();
			}}
		>
			<h3 className="font-bold text-danger">{t('server.delete')}</h3>
			<p className="text-ink-2 text-sm">{t('server.delete_lead')}</p>
			<Field
				label={t('server.delete_type', { name })}
				autoComplete="off"
				value={typed}
				onChange={(e) => setTyped(e.target.value)}
			/>
			{error && <FormError>{problemText(error)}</FormError>}
			<Button type="submit" look="danger" busy={busy} disabled={typed !== name}>
				{t('server.delete')}
			</Button>
		</form>
	);
}
