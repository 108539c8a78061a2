import { useState } from 'react';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Field } from '../../ui/field';
import { FormDialog } from '../../ui/form-dialog';
import { CategoryField } from './category-field';

interface Props {
	channelId: string;
	onClose: () => void;
}

export default function EditChannel({ channelId, onClose }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const [name, setName] = useState(channel?.name ?? '');
	const [topic, setTopic] = useState(channel?.topic ?? '');
	const [category, setCategory] = useState(channel?.category ?? '');
	const form = useSubmit(async () => {
		await api.patchChannel(channelId, {
			name: name.trim(),
			topic: topic.trim(),
			category: category.trim() || null,
		});
		onClose();
	});
	if (!channel) return null;
	return (
		<FormDialog
			title={t('channel.edit_title', { name: channel.name ?? '' })}
			submit={t('action.save')}
			form={form}
			onClose={onClose}
		>
			<Field
				label={t('channel.name')}
				field="name"
				required
				maxLength={64}
				value={name}
				onChange={(e) => setName(e.target.value)}
			/>
			<Field
				label={t('channel.topic')}
				field="topic"
				hint={t('channel.topic_hint')}
				maxLength={1024}
				value={topic}
				onChange={(e) => setTopic(e.target.value)}
			/>
			<CategoryField serverId={channel.server_id ?? ''} value={category} onChange={setCategory} />
		</FormDialog>
	);
}
