import type { ComponentProps, ReactNode } from 'react';
import { cx } from '../lib/cx';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

const looks: Record<Look, string> = {
	primary: 'bg-moss text-moss-ink hover:bg-moss-strong',
	plain: 'border border-line-strong/55 bg-raised text-ink hover:bg-hover',
	quiet: 'text-ink-2 hover:bg-hover hover:text-ink',
	danger: 'bg-danger text-danger-ink hover:opacity-90',
};

interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
	look?: Look;
	wide?: boolean;
	busy?: boolean;
	'data-first'?: string;
	'data-opens'?: string;
}

export function Button({ look = 'plain', wide, busy, children, disabled, ...rest }: ButtonProps) {
	return (
		<button
			type="button"
			className={cx(
				'inline-flex min-h-9 items-center justify-center gap-2 rounded-lg px-3.5 py-1.5 font-semibold text-sm transition-colors disabled:opacity-60 pointer-coarse:min-h-11',
				looks[look],
				wide && 'w-full',
			)}
			disabled={disabled || busy}
			aria-busy={busy || undefined}
			{...rest}
		>
			{busy && <Spinner />}
			{children}
		</button>
	);
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'className' | 'aria-label'> {
	label: string;
	keys?: string;
	pressed?: boolean;
	small?: boolean;
	children: ReactNode;
}

export function IconButton({ label, keys, pressed, small, children, ...rest }: IconButtonProps) {
	return (
		<button
			type="button"
			aria-label={label}
			data-tip={label}
			data-tip-keys={keys}
			aria-pressed={pressed}
			className={cx(
				'inline-grid shrink-0 place-items-center rounded-lg text-ink-2 transition-colors hover:bg-hover hover:text-ink disabled:opacity-40 aria-pressed:bg-press aria-pressed:text-ink data-[state=open]:bg-press',
				small ? 'size-7 pointer-coarse:size-11' : 'size-9 pointer-coarse:size-11',
			)}
			{...rest}
		>
			{children}
		</button>
	);
}

const Spinner = () => (
	<span
		aria-hidden="true"
		className="size-3.5 animate-spin rounded-full border-2 border-current border-r-transparent"
	/>
);
