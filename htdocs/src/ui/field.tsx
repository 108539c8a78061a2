import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import { cx } from '../lib/cx';
import { flawOf, flawText, useFieldError } from './form';

interface FieldProps extends Omit<ComponentProps<'input'>, 'className' | 'id'> {
	label: string;
	hint?: string | undefined;
	/** What the server calls it: its complaints about that stand here. */
	field?: string;
	/** Known to be wrong, whatever the server says. */
	error?: string | undefined;
	/** What to say of a value that does not match `pattern`. */
	format?: string;
}

const box =
	'min-h-10 w-full rounded-lg border border-line-strong bg-canvas px-3 py-2 pointer-coarse:min-h-11 text-ink placeholder:text-ink-3 focus:border-moss focus:outline-2 focus:outline-moss focus:outline-offset-0 aria-invalid:border-danger';

export function Field({ label, hint, field, error: given, format, ...rest }: FieldProps) {
	const id = useId();
	const [flaw, setFlaw] = useState<string | null>(null);
	const refused = useFieldError(field);
	const error = flaw ?? given ?? refused;
	return (
		<div className="flex flex-col gap-1">
			<label htmlFor={id} className="font-semibold text-sm">
				{label}
			</label>
			<input
				id={id}
				className={box}
				aria-invalid={error ? true : undefined}
				aria-describedby={hint || error ? `${id}-note` : undefined}
				{...rest}
				onInvalid={(e) => {
					e.preventDefault();
					const why = flawOf(e.currentTarget);
					if (why === 'format' && format) setFlaw(format);
					else setFlaw(why && flawText(why, e.currentTarget.minLength));
				}}
				onChange={(e) => {
					setFlaw(null);
					rest.onChange?.(e);
				}}
			/>
			<Note id={`${id}-note`} hint={hint} error={error} />
		</div>
	);
}

interface AreaProps extends Omit<ComponentProps<'textarea'>, 'className' | 'id'> {
	label: string;
	hint?: string | undefined;
	field?: string;
}

/** Several lines. */
export function Area({ label, hint, field, ...rest }: AreaProps) {
	const id = useId();
	const error = useFieldError(field);
	return (
		<div className="flex flex-col gap-1">
			<label htmlFor={id} className="font-semibold text-sm">
				{label}
			</label>
			<textarea
				id={id}
				rows={3}
				className={cx(
					box,
					'field-sizing-content max-h-60 min-h-20 resize-y pointer-coarse:min-h-20',
				)}
				aria-invalid={error ? true : undefined}
				aria-describedby={hint || error ? `${id}-note` : undefined}
				{...rest}
			/>
			<Note id={`${id}-note`} hint={hint} error={error} />
		</div>
	);
}

interface ChoiceProps {
	label: string;
	hint?: string | undefined;
	value: string;
	onChange: (value: string) => void;
	options: [value: string, label: string][];
}

/** A native select: the browser's own list works with every reader and every thumb. */
export function Choice({ label, hint, value, onChange, options }: ChoiceProps) {
	const id = useId();
	return (
		<div className="flex min-w-0 grow flex-col gap-1">
			<label htmlFor={id} className="font-semibold text-sm">
				{label}
			</label>
			<select
				id={id}
				className={box}
				value={value}
				aria-describedby={hint ? `${id}-note` : undefined}
				onChange={(e) => onChange(e.target.value)}
			>
				{options.map(([v, text]) => (
					<option key={v} value={v}>
						{text}
					</option>
				))}
			</select>
			<Note id={`${id}-note`} hint={hint} />
		</div>
	);
}

interface CheckProps {
	label: string;
	hint?: string;
	/** The hint is a warning. */
	alert?: boolean;
	checked: boolean;
	disabled?: boolean;
	onChange: (on: boolean) => void;
}

/** The words beside the box are pressed as well as it is. */
export function Check({ label, hint, alert, checked, disabled, onChange }: CheckProps) {
	const id = useId();
	return (
		<div
			data-target=""
			className="shrink-0 flex items-start gap-3 pointer-coarse:min-h-11 pointer-coarse:py-2"
		>
			<input
				id={id}
				type="checkbox"
				className="mt-px size-5 shrink-0 accent-moss disabled:opacity-60"
				checked={checked}
				disabled={disabled}
				onChange={(e) => onChange(e.target.checked)}
				aria-describedby={hint ? `${id}-note` : undefined}
			/>
			<div className="min-w-0 grow">
				<label htmlFor={id} className={cx('block font-semibold text-sm', disabled && 'text-ink-3')}>
					{label}
				</label>
				{hint && (
					<p
						id={`${id}-note`}
						role={alert ? 'status' : undefined}
						className={cx(
							'wrap-anywhere text-xs',
							alert ? 'mt-1 rounded-md bg-amber-soft px-2 py-1 text-ink' : 'text-ink-3',
						)}
					>
						{hint}
					</p>
				)}
			</div>
		</div>
	);
}

interface RadioProps<T extends string> {
	label: string;
	name: string;
	value: T;
	onChange: (value: T) => void;
	options: { value: T; label: string; icon?: ReactNode }[];
}

export function Radios<T extends string>({ label, name, value, onChange, options }: RadioProps<T>) {
	return (
		<fieldset>
			<legend className="mb-1 font-semibold text-sm">{label}</legend>
			<div className="grid auto-cols-fr grid-flow-col gap-2">
				{options.map((o) => (
					<label
						key={o.value}
						className={cx(
							'flex cursor-pointer flex-col items-center gap-1.5 rounded-lg border px-2 py-2.5 text-center text-sm has-focus-visible:outline-2 has-focus-visible:outline-moss',
							value === o.value
								? 'border-moss bg-moss-soft text-moss-soft-ink'
								: 'border-line text-ink-2 hover:bg-hover',
						)}
					>
						<input
							type="radio"
							className="sr-only"
							name={name}
							value={o.value}
							checked={value === o.value}
							onChange={() => onChange(o.value)}
						/>
						{o.icon}
						{o.label}
					</label>
				))}
			</div>
		</fieldset>
	);
}

const Note = ({
	id,
	hint,
	error,
}: {
	id: string;
	hint?: string | undefined;
	error?: string | undefined;
}) =>
	error || hint ? (
		<p id={id} className={cx('wrap-anywhere text-xs', error ? 'text-danger' : 'text-ink-3')}>
			{error ?? hint}
		</p>
	) : null;
