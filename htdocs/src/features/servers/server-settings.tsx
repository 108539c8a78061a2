import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
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
	return (
		<Dialog title={t('server.settings')} onClose={onClose}>
			<DialogBody>
				<Form run={run} error={error}>
					<Field
						label={t('server.name')}
						field="name"
						required
						minLength={2}
						maxLength={100}
						value={name}
						onChange={(e) => setName(e.target.value)}
					/>
					<FormProblem />
					<DialogFoot>
						<Button type="submit" look="primary" busy={busy} disabled={name.trim() === server.name}>
							{t('action.save')}
						</Button>
					</DialogFoot>
				</Form>
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
		<Form
			label={t('server.delete')}
			className="flex flex-col gap-3 rounded-xl border border-danger p-4"
			run={async () => {
				if (typed === name) await run();
			}}
			error={error}
		>
			<h3 className="font-bold text-danger">{t('server.delete')}</h3>
			<p className="text-ink-2 text-sm">{t('server.delete_lead')}</p>
			<Field
				label={t('server.delete_type', { name })}
				autoComplete="off"
				value={typed}
				onChange={(e) => setTyped(e.target.value)}
			/>
			<FormProblem />
			<Button type="submit" look="danger" busy={busy} disabled={typed !== name}>
				{t('server.delete')}
			</Button>
		</Form>
	);
}
