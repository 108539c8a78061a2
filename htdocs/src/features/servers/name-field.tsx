import { t } from '../../lib/text';
import { Field } from '../../ui/field';

/** A server's name, with the limits it has. */
export const ServerNameField = (p: { value: string; onChange: (name: string) => void }) => (
	<Field
		label={t('server.name')}
		field="name"
		required
		minLength={2}
		maxLength={100}
		value={p.value}
		onChange={(e) => p.onChange(e.target.value)}
	/>
);
