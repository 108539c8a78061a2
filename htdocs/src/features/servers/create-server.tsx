import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { fieldText, problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { readBootstrap } from '../../store/session';
import { chat } from '../../store/store';
import { setDrawer } from '../../store/view';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { Field, FormError } from '../../ui/field';

export default function CreateServer({ onClose }: { onClose: () => void }) {
	const [name, setName] = useState('');
	const [, navigate] = useLocation();
	const { run, busy, error } = useSubmit(async () => {
		const { id } = await api.createServer(name.trim());
		// The stream brings it too; whoever is first.
		if (!chat().servers[id]) await readBootstrap();
		onClose();
		setDrawer(false);
		navigate(`/s/${id}`);
	});
	const nameError = error ? fieldText(error, 'name') : undefined;
	return (
		<Dialog title={t('server.create')} description={t('server.create_lead')} onClose={onClose}>
			<form
				onSubmit={(e) => {
					e.preventDefault();
					void run();
				}}
			>
				<DialogBody>
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
						<Button onClick={onClose}>{t('action.cancel')}</Button>
						<Button type="submit" look="primary" busy={busy} disabled={name.trim().length < 2}>
							{t('action.create')}
						</Button>
					</DialogFoot>
				</DialogBody>
			</form>
		</Dialog>
	);
}
