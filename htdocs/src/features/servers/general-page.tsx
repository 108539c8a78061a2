import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { putIcon } from '../../api/upload';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { readBootstrap } from '../../store/session';
import { apply, useChat } from '../../store/store';
import { openDialog } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Form, FormProblem } from '../../ui/form';
import { toast } from '../../ui/toast';
import { useUnsaved } from '../../ui/unsaved';
import { PictureField } from '../pictures/picture-field';
import { ServerNameField } from './name-field';
import { WebPages } from './web-pages';

interface Props {
	serverId: string;
	onClose: () => void;
}

/** Its name, what it shows on the web; and for the owner, whose it is and whether it is. */
export default function GeneralPage({ serverId, onClose }: Props) {
	const server = useChat((s) => s.servers[serverId]);
	const owner = useChat((s) => s.me !== null && s.servers[serverId]?.owner_id === s.me.id);
	const [name, setName] = useState(server?.name ?? '');
	const [saved, setSaved] = useState('');
	const unsaved = name.trim() !== server?.name && name.trim() !== saved;
	const { run, busy, error } = useSubmit(async () => {
		await api.patchServer(serverId, { name: name.trim() });
		// Its event may come later.
		setSaved(name.trim());
		toast(t('toast.saved'));
	});
	useUnsaved(server !== undefined && unsaved, busy);
	if (!server) return null;
	return (
		<div className="flex flex-col gap-6">
			<PictureField
				label={t('picture.server')}
				has={server.icon_url !== null}
				save={(upload) => putIcon(serverId, upload)}
				remove={() => api.deleteIcon(serverId)}
			>
				<Avatar id={server.id} name={server.name} url={server.icon_url} size={72} />
			</PictureField>
			<Form run={run} error={error}>
				<ServerNameField value={name} onChange={setName} />
				<FormProblem />
				<div>
					<Button type="submit" look="primary" busy={busy} disabled={name.trim() === server.name}>
						{t('action.save')}
					</Button>
				</div>
			</Form>
			<WebPages serverId={serverId} />
			{owner && (
				<section aria-label={t('server.hand_on')} className="flex flex-col items-start gap-2">
					<h4 className="font-bold">{t('server.hand_on')}</h4>
					<p className="text-ink-2 text-sm">{t('server.hand_on_lead')}</p>
					<Button onClick={() => openDialog({ name: 'hand-on', serverId })}>
						{t('server.hand_on')}
					</Button>
				</section>
			)}
			{owner && <Delete serverId={serverId} name={server.name} onClose={onClose} />}
		</div>
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
		toast(t('server.was_deleted', { name }), {
			action: { label: t('action.undo'), run: () => void restore() },
		});
	});
	const restore = async () => {
		try {
			await api.restoreServer(serverId);
			await readBootstrap();
			toast(t('toast.restored', { name }));
		} catch (e) {
			toast(problemText(e), { bad: true });
		}
	};
	return (
		<Form
			label={t('server.delete')}
			className="flex flex-col gap-3 rounded-xl border border-danger p-4"
			run={async () => {
				if (typed === name) await run();
			}}
			error={error}
		>
			<h4 className="font-bold text-danger">{t('server.delete')}</h4>
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
