import { Hash, Video, Volume2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../api/endpoints';
import { fieldText, problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { apply } from '../../store/store';
import { setDrawer } from '../../store/view';
import { Button } from '../../ui/button';
import { Dialog, DialogBody, DialogFoot } from '../../ui/dialog';
import { Check, Field, FormError, Radios } from '../../ui/field';
import { CategoryField } from './category-field';

type Kind = api.ChannelInput['kind'];

interface Props {
	serverId: string;
	category?: string;
	onClose: () => void;
}

export default function CreateChannel({ serverId, category: given = '', onClose }: Props) {
	const [name, setName] = useState('');
	const [topic, setTopic] = useState('');
	const [category, setCategory] = useState(given);
	const [kind, setKind] = useState<Kind>('text');
	const [secret, setSecret] = useState(false);
	const [, navigate] = useLocation();
	const { run, busy, error } = useSubmit(async () => {
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
	const nameError = error ? fieldText(error, 'name') : undefined;
	return (
		<Dialog title={t('channel.create')} onClose={onClose}>
			<form
				className="flex min-h-0 flex-col"
				onSubmit={(e) => {
					e.preventDefault();
					void run();
				}}
			>
				<DialogBody>
					<Radios<Kind>
						label={t('channel.kind')}
						name="kind"
						value={kind}
						onChange={setKind}
						options={[
							{ value: 'text', label: t('channel.text'), icon: <Hash size={18} aria-hidden /> },
							{
								value: 'audio',
								label: t('channel.audio'),
								icon: <Volume2 size={18} aria-hidden />,
							},
							{ value: 'video', label: t('channel.video'), icon: <Video size={18} aria-hidden /> },
						]}
					/>
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
					<CategoryField serverId={serverId} value={category} onChange={setCategory} />
					<Check
						label={t('channel.private')}
						hint={t('channel.private_hint')}
						checked={secret}
						onChange={setSecret}
					/>
					{error && !nameError && <FormError>{problemText(error)}</FormError>}
					<DialogFoot>
						<Button onClick={onClose}>{t('action.cancel')}</Button>
						<Button type="submit" look="primary" busy={busy} disabled={name.trim() === ''}>
							{t('action.create')}
						</Button>
					</DialogFoot>
				</DialogBody>
			</form>
		</Dialog>
	);
}
