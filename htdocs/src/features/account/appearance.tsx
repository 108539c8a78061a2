import { Monitor, Moon, Sun } from 'lucide-react';
import { t } from '../../lib/text';
import { setTheme, type Theme, useTheme } from '../../lib/theme';
import { Radios } from '../../ui/field';

export function Appearance() {
	const choice = useTheme((s) => s.choice);
	return (
		<Radios<Theme>
			label={t('account.theme')}
			name="theme"
			value={choice}
			onChange={setTheme}
			options={[
				{
					value: 'system',
					label: t('account.theme_system'),
					icon: <Monitor size={20} aria-hidden />,
				},
				{ value: 'light', label: t('account.theme_light'), icon: <Sun size={20} aria-hidden /> },
				{ value: 'dark', label: t('account.theme_dark'), icon: <Moon size={20} aria-hidden /> },
			]}
		/>
	);
}
