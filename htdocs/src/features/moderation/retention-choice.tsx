import { useQuery } from '@tanstack/react-query';
import * as api from '../../api/endpoints';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { Choice } from '../../ui/field';

interface Props {
	/** Whose messages: asked what would go. */
	of: api.RetentionOf;
	/** What holds now. */
	known: number | null;
	value: number | null;
	onChange: (days: number | null) => void;
	/** Of a channel: null is what the server says, 0 for ever. */
	inherits?: boolean;
}

const days = [1, 7, 30, 90, 180, 365, 730];

export const RetentionChoice = ({ of, known, value, onChange, inherits }: Props) => (
	<div className="flex w-full flex-col gap-1">
		<Choice
			label={t('retention.title')}
			hint={t('retention.hint')}
			value={value === null ? '' : String(value)}
			onChange={(v) => onChange(v === '' ? null : Number(v))}
			options={[
				['', t(inherits ? 'retention.as_server' : 'retention.ever')],
				...(inherits ? [['0', t('retention.ever')] as [string, string]] : []),
				...[...new Set([...days, ...(value ? [value] : [])])]
					.sort((a, b) => a - b)
					.map((d): [string, string] => [String(d), lengthOf(d * 86_400)]),
			]}
		/>
		{value !== null && value > 0 && value !== known && <WouldGo of={of} days={value} />}
	</div>
);

/** Said before it is done; nothing where the server cannot tell. */
function WouldGo({ of, days }: { of: api.RetentionOf; days: number }) {
	const { data } = useQuery(
		{
			queryKey: ['retention', of, days],
			queryFn: () => api.retentionCount(of, days),
			staleTime: 0,
			retry: false,
		},
		queries,
	);
	return (
		<p role="status" className="min-h-5 text-sm">
			{data && t('retention.count', { count: data.messages })}
		</p>
	);
}
