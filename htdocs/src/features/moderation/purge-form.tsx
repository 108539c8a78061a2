import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { useSubmit } from '../../lib/use-submit';
import { Choice } from '../../ui/field';
import { toast } from '../../ui/toast';
import type { ModerationProps } from './ban-form';
import { FormActions } from './form-actions';

const terms = [3600, 86_400, 604_800];

/** How many it would be is said before it is done. */
export function PurgeForm({ serverId, userId, name, onDone, onCancel }: ModerationProps) {
	const [term, setTerm] = useState('3600');
	const { data } = useQuery(
		{
			queryKey: ['purge', serverId, userId, term],
			queryFn: () => api.purgeCount(serverId, userId, Number(term)),
			staleTime: 0,
		},
		queries,
	);
	const form = useSubmit(async () => {
		await api.purge(serverId, userId, Number(term));
		toast(t('toast.purging', { name }));
		onDone();
	});
	return (
		<FormActions form={form} action={t('purge.of', { name })} onCancel={onCancel}>
			<p className="text-ink-2 text-sm">{t('purge.lead')}</p>
			<Choice
				label={t('moderation.erase')}
				value={term}
				onChange={setTerm}
				options={terms.map((s): [string, string] => [
					String(s),
					t('moderation.erase_last', { time: lengthOf(s) }),
				])}
			/>
			<p role="status" className="min-h-5 text-sm">
				{data && t('purge.count', { count: data.count })}
			</p>
		</FormActions>
	);
}
