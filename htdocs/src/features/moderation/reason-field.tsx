import { t } from '../../lib/text';
import { Field } from '../../ui/field';

/** As many characters as the server keeps. */
const REASON_MAX = 512;

interface Props {
	value: string;
	onChange: (reason: string) => void;
}

/** Why something is done to somebody: for the audit log. */
export const ReasonField = ({ value, onChange }: Props) => (
	<Field
		label={t('moderation.reason')}
		field="reason"
		hint={t('moderation.reason_hint')}
		maxLength={REASON_MAX}
		value={value}
		onChange={(e) => onChange(e.target.value)}
	/>
);
