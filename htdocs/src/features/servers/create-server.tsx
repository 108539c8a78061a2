import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { readBootstrap } from '../../store/session';
import { chat } from '../../store/store';
import { setDrawer } from '../../store/view';
import { FormDialog } from '../../ui/form-dialog';
import { ServerNameField } from './name-field';

export default function CreateServer({ onClose }: { onClose: () => void }) {
	const [name, setName] = useState('');
	const [, navigate] = useLocation();
	const form = useSubmit(async () => {
		const { id } = await api.createServer(name.trim());
		// The stream brings it too; whoever is first.
		if (!chat().servers[id]) await readBootstrap();
		onClose();
		setDrawer(false);
		navigate(`/s/${id}`);
	});
	return (
		<FormDialog
			title={t('server.create')}
			description={t('server.create_lead')}
			submit={t('action.create')}
			form={form}
			onClose={onClose}
		>
			<ServerNameField value={name} onChange={setName} />
		</FormDialog>
	);
}
