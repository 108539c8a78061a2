import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { Choice } from '../../ui/field';

interface Props {
	value: number | null;
	onChange: (days: number | null) => void;
	/** Of a channel: null is what the server says. */
	inherits?: boolean;
}

const days = [1, 7, 30, 90, 180, 365, 730];

export const RetentionChoice = ({ value, onChange, inherits }: Props) => (
	<Choice
		label={t('retention.title')}
		hint={t('retention.hint')}
		value={value === null ? '' : String(value)}
		onChange={(v) => onChange(v === '' ? null : Number(v))}
		options={[
			['', t(inherits ? 'retention.as_server' : 'retention.ever')],
			...[...new Set([...days, ...(value === null ? [] : [value])])]
				.sort((a, b) => a - b)
				.map((d): [string, string] => [String(d), lengthOf(d * 86_400)]),
		]}
	/>
);
