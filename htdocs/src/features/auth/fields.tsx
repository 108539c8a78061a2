/* The fields that say who somebody is, with the limits the server has for them. */
import { t } from '../../lib/text';
import { Field } from '../../ui/field';

interface Props {
	value: string;
	onChange: (value: string) => void;
	/** What password managers and the browser know it by, where a page has one form. */
	name?: string;
}

interface UsernameProps extends Props {
	hint: string;
	taken: boolean;
}

export const UsernameField = ({ hint, taken, onChange, ...rest }: UsernameProps) => (
	<Field
		{...rest}
		label={t('auth.username')}
		hint={hint}
		field="username"
		error={taken ? t('error.username_taken') : undefined}
		format={t('auth.username_format')}
		pattern="[A-Za-z0-9_.\-]+"
		autoComplete="username"
		autoCapitalize="none"
		spellCheck={false}
		required
		minLength={2}
		maxLength={32}
		onChange={(e) => onChange(e.target.value)}
	/>
);

interface DisplayNameProps extends Props {
	hint?: string;
	required?: boolean;
}

export const DisplayNameField = ({ onChange, ...rest }: DisplayNameProps) => (
	<Field
		{...rest}
		label={t('auth.display_name')}
		field="display_name"
		autoComplete="nickname"
		maxLength={64}
		onChange={(e) => onChange(e.target.value)}
	/>
);

interface EmailProps extends Props {
	hint: string;
	required?: boolean;
}

export const EmailField = ({ onChange, ...rest }: EmailProps) => (
	<Field
		{...rest}
		label={t('account.email')}
		field="email"
		type="email"
		autoComplete="email"
		maxLength={254}
		onChange={(e) => onChange(e.target.value)}
	/>
);

interface NewPasswordProps extends Props {
	label: string;
	/** What the server calls it. */
	field?: string;
}

export const NewPasswordField = ({ field = 'password', onChange, ...rest }: NewPasswordProps) => (
	<Field
		{...rest}
		hint={t('auth.password_hint')}
		field={field}
		type="password"
		autoComplete="new-password"
		required
		minLength={8}
		maxLength={256}
		onChange={(e) => onChange(e.target.value)}
	/>
);

interface PasswordProps extends Props {
	label?: string;
	field?: string;
}

/** The one somebody has. */
export const PasswordField = ({ label, onChange, ...rest }: PasswordProps) => (
	<Field
		{...rest}
		label={label ?? t('account.password_current')}
		type="password"
		autoComplete="current-password"
		required
		onChange={(e) => onChange(e.target.value)}
	/>
);
