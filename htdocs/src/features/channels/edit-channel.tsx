import { useState } from 'react';
import * as api from '../../api/endpoints';
import { publicUrl } from '../../lib/base';
import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { useChat } from '../../store/store';
import { Check, Choice, Field } from '../../ui/field';
import { FormDialog } from '../../ui/form-dialog';
import { RetentionChoice } from '../moderation/retention-choice';
import { CategoryField } from './category-field';

interface Props {
	channelId: string;
	onClose: () => void;
}

const paces = [0, 5, 10, 30, 60, 300, 900, 3600, 21_600];

type Change = api.ChannelChange;

/** Only what was touched is sent: what somebody else sets meanwhile stays. */
export default function EditChannel({ channelId, onClose }: Props) {
	const channel = useChat((s) => s.channels[channelId]);
	const [change, setChange] = useState<Change>({});
	const [asked, setAsked] = useState(false);
	const shown = { ...channel, ...change };
	const goesPublic = !shown.private && shown.web_public === true && !channel?.web_public;
	const form = useSubmit(async () => {
		if (goesPublic && !asked) return setAsked(true);
		const { name, topic, category, web_public, ...rest } = change;
		await api.patchChannel(channelId, {
			...(name === undefined ? {} : { name: name.trim() }),
			...(topic === undefined ? {} : { topic: topic.trim() }),
			...(category === undefined ? {} : { category: category?.trim() || null }),
			// Who makes it private takes it off the web with that.
			...(web_public === undefined || shown.private ? {} : { web_public }),
			...rest,
		});
		onClose();
	});
	if (!channel) return null;
	const set = (part: Change) => setChange((c) => ({ ...c, ...part }));
	const pace = change.slow_mode ?? channel.slow_mode;
	const hides = shown.private && !channel.private;
	const opens = !shown.private && channel.private;
	if (asked && goesPublic)
		return (
			<FormDialog
				title={t('channel.web_title', { name: shown.name ?? '' })}
				submit={t('channel.web_do')}
				form={form}
				onClose={() => setAsked(false)}
			>
				<p role="alert" tabIndex={-1} ref={(p) => p?.focus()} className="text-sm outline-none">
					{t('channel.web_lead', { url: publicUrl(`/web/${channel.id}`) })}
				</p>
			</FormDialog>
		);
	return (
		<FormDialog
			title={t('channel.edit_title', { name: channel.name ?? '' })}
			submit={t('action.save')}
			idle={Object.keys(change).length === 0}
			form={form}
			onClose={onClose}
		>
			<Field
				label={t('channel.name')}
				field="name"
				required
				maxLength={64}
				value={shown.name ?? ''}
				onChange={(e) => set({ name: e.target.value })}
			/>
			<Field
				label={t('channel.topic')}
				field="topic"
				hint={t('channel.topic_hint')}
				maxLength={1024}
				value={shown.topic ?? ''}
				onChange={(e) => set({ topic: e.target.value })}
			/>
			<CategoryField
				serverId={channel.server_id ?? ''}
				value={shown.category ?? ''}
				onChange={(category) => set({ category })}
			/>
			<Choice
				label={t('channel.slow_mode')}
				value={String(pace)}
				onChange={(v) => set({ slow_mode: Number(v) })}
				options={[...new Set([...paces, pace])]
					.sort((a, b) => a - b)
					.map((s): [string, string] => [
						String(s),
						s === 0
							? t('channel.slow_mode_off')
							: t('channel.slow_mode_one', { time: lengthOf(s) }),
					])}
			/>
			<Check
				label={t('channel.private')}
				hint={t(
					hides
						? 'channel.private_hides'
						: opens
							? 'channel.private_opens'
							: 'channel.private_hint',
				)}
				alert={hides || opens}
				checked={shown.private ?? false}
				onChange={(on) => set({ private: on })}
			/>
			<Check
				label={t('channel.read_only')}
				hint={t('channel.read_only_hint')}
				checked={shown.read_only ?? false}
				onChange={(on) => set({ read_only: on })}
			/>
			<RetentionChoice
				inherits
				of={{ channelId }}
				known={channel.retention_days}
				value={shown.retention_days ?? null}
				onChange={(days) => set({ retention_days: days })}
			/>
			{!shown.private && channel.kind === 'text' && (
				<Check
					label={t('channel.web_public')}
					hint={t('channel.web_public_hint', { url: publicUrl(`/web/${channel.id}`) })}
					checked={shown.web_public ?? false}
					onChange={(on) => set({ web_public: on })}
				/>
			)}
		</FormDialog>
	);
}
