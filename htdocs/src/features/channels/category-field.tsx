import { useId, useMemo } from 'react';
import { t } from '../../lib/text';
import { categoriesOf } from '../../store/selectors';
import { useChat } from '../../store/store';
import { Field } from '../../ui/field';

interface Props {
	serverId: string;
	value: string;
	onChange: (value: string) => void;
}

/** One of the categories there are, or a new one. */
export function CategoryField({ serverId, value, onChange }: Props) {
	const id = useId();
	const channels = useChat((s) => s.channels);
	const names = useMemo(() => categoriesOf(channels, serverId), [channels, serverId]);
	return (
		<>
			<Field
				label={t('channel.category')}
				field="category"
				hint={t('channel.category_hint')}
				maxLength={64}
				list={id}
				autoComplete="off"
				value={value}
				onChange={(e) => onChange(e.target.value)}
			/>
			<datalist id={id}>
				{names.map((name) => (
					<option key={name} value={name} />
				))}
			</datalist>
		</>
	);
}
