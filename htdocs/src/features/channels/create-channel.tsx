import { Hash, Video, Volume2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply, useChat } from '../../store/store';
import { setDrawer } from '../../store/view';
import { Check, Field, Radios } from '../../ui/field';
import { FormDialog } from '../../ui/form-dialog';
import { CategoryField } from './category-field';

type Kind = api.ChannelInput['kind'];

interface Props {
	serverId: string;
	category?: string;
	onClose: () => void;
}

export default function CreateChannel({ serverId, category: given = '', onClose }: Props) {
	const calls = useChat((s) => s.features.calls === true);
	const [name, setName] = useState('');
	const [topic, setTopic] = useState('');
	const [category, setCategory] = useState(given);
	const [kind, setKind] = useState<Kind>('text');
	const [secret, setSecret] = useState(false);
	const [, navigate] = useLocation();
	const form = useSubmit(async () => {
		const channel = await api.createChannel(serverId, {
			name: name.trim(),
			kind,
			...(topic.trim() ? { topic: topic.trim() } : {}),
			...(category.trim() ? { category: category.trim() } : {}),
			...(secret ? { private: true } : {}),
		});
		apply({ kind: 'channel', channel });
		onClose();
		setDrawer(false);
		navigate(`/c/${channel.id}`);
	});
	return (
		<FormDialog
			title={t('channel.create')}
			submit={t('action.create')}
			form={form}
			onClose={onClose}
		>
			{/* A room in which nobody can speak is no use to anybody. */}
			{calls && (
				<Radios<Kind>
					label={t('channel.kind')}
					name="kind"
					value={kind}
					onChange={setKind}
					options={[
						{ value: 'text', label: t('channel.text'), icon: <Hash size={18} aria-hidden /> },
						{ value: 'audio', label: t('channel.audio'), icon: <Volume2 size={18} aria-hidden /> },
						{ value: 'video', label: t('channel.video'), icon: <Video size={18} aria-hidden /> },
					]}
				/>
			)}
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
			<CategoryField serverId={serverId} value={category} onChange={setCategory} />
			<Check
				label={t('channel.private')}
				hint={t('channel.private_hint')}
				checked={secret}
				onChange={setSecret}
			/>
		</FormDialog>
	);
}
