import { useState } from 'react';
import * as api from '../../api/endpoints';
import { fieldText, problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { Field, FormError } from '../../ui/field';
import { CategoryField } from './category-field';

export default function EditChannel({
	channelId,
	onClose,
}: {
	channelId: string;
	onClose: () => void;
}) {
	const channel = useChat((s) => s.channels[channelId]);
	const [name, setName] = useState(channel?.name ?? '');
	const [topic, setTopic] = useState(channel?.topic ?? '');
	const [category, setCategory] = useState(channel?.category ?? '');
	const { run, busy, error } = useSubmit(async () => {
		await api.patchChannel(channelId, {
			name: name.trim(),
			topic: topic.trim(),
			category: category.trim() || null,
		});
		onClose();
	});
	if (!channel) return null;
	const nameError = error ? fieldText(error, 'name') : undefined;
	return (
		<Dialog title={t('channel.edit_title', { name: channel.name ?? '' })} onClose={onClose}>
			<form
				onSubmit={(e) => {
					e.preventDefault();
					void run();
				}}
			>
				<DialogBody>
					<Field
						label={t('channel.name')}
						error={nameError}
						required
						maxLength={64}
						value={name}
						onChange={(e) => setName(e.target.value)}
					/>
					<Field
						label={t('channel.topic')}
						hint={t('channel.topic_hint')}
						maxLength={1024}
						value={topic}
						onChange={(e) => setTopic(e.target.value)}
					/>
					<CategoryField
						serverId={channel.server_id ?? ''}
						value={category}
						onChange={setCategory}
					/>
					{error && !nameError && <FormError>{problemText(error)}</FormError>}
					<DialogFoot>
						<Button onClick={onClose}>{t('action.cancel')}</Button>
						<Button type="submit" look="primary" busy={busy} disabled={name.trim() === ''}>
							{t('action.save')}
						</Button>
					</DialogFoot>
				</DialogBody>
			</form>
		</Dialog>
	);
}
