/*
 * A form that says itself what is wrong, beside the field, in the language of the page. The browser
 * would use its own words in a bubble over the button.
 *
 *   before sending   every field is held against its attributes (required, minLength, pattern, …)
 *   after a refusal  the server's complaint stands at the field it names, else above the buttons
 *
 * Either way the first field that is wrong takes the focus.
 */
import {
	createContext,
	type ReactNode,
	useContext,
	useEffect,
	useLayoutEffect,
	useRef,
	useState,
} from 'react';
import { type ApiError, fieldText, problemText } from '../api/problem';
import { t } from '../lib/text';

interface Checked {
	type: string;
	value: string;
	required: boolean;
	minLength: number;
	pattern: string;
}

/** Why a field may not be sent as it is; null when it may. Texts are counted without outer blanks. */
export function flawOf(input: Checked): 'required' | 'too_short' | 'format' | null {
	const value = input.type === 'password' ? input.value : input.value.trim();
	if (value === '') return input.required ? 'required' : null;
	if (input.minLength > 0 && [...value].length < input.minLength) return 'too_short';
	if (input.pattern && !new RegExp(`^(?:${input.pattern})$`).test(value)) return 'format';
	if (input.type === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value)) return 'format';
	return null;
}

interface Shared {
	error: ApiError | null;
	/** Names the server may complain about that have a field here. */
	known: Set<string>;
}

const Current = createContext<Shared>({ error: null, known: new Set() });

/** What the server said about the field that it calls `field`. */
export function useFieldError(field: string | undefined): string | undefined {
	const { error, known } = useContext(Current);
	useLayoutEffect(() => {
		if (!field) return;
		known.add(field);
		return () => void known.delete(field);
	}, [known, field]);
	return error && field ? fieldText(error, field) : undefined;
}

interface Props {
	run: () => Promise<void>;
	error: ApiError | null;
	children: ReactNode;
	label?: string;
	className?: string;
	/** A page of one purpose: its first empty field is ready to be filled. */
	focusFirst?: boolean;
}

export function Form({ run, error, children, label, className, focusFirst }: Props) {
	const form = useRef<HTMLFormElement>(null);
	const [known] = useState(() => new Set<string>());
	useEffect(() => {
		if (error) firstOf(form.current, '[aria-invalid="true"]')?.focus();
	}, [error]);
	useEffect(() => {
		// A phone's keyboard stays away until it is asked for.
		if (focusFirst && matchMedia('(pointer: fine)').matches)
			firstOf(form.current, 'input:not([readonly])')?.focus();
	}, [focusFirst]);
	return (
		<Current value={{ error, known }}>
			<form
				ref={form}
				noValidate
				aria-label={label}
				className={className ?? 'flex flex-col gap-4'}
				onSubmit={(e) => {
					e.preventDefault();
					if (mark(e.currentTarget)) void run();
				}}
			>
				{children}
			</form>
		</Current>
	);
}

const firstOf = (form: HTMLFormElement | null, selector: string): HTMLElement | null =>
	form?.querySelector<HTMLElement>(selector) ?? null;

/** Tells every field that is wrong (its `invalid` event); true when there is none. */
function mark(form: HTMLFormElement): boolean {
	const wrong = [...form.elements].filter(
		(el): el is HTMLInputElement => el instanceof HTMLInputElement && flawOf(el) !== null,
	);
	for (const input of wrong) input.dispatchEvent(new Event('invalid', { cancelable: true }));
	wrong[0]?.focus();
	return wrong.length === 0;
}

/** What the server said, unless a field says it; `text` instead of the sentence for its code. */
export function FormProblem({ text }: { text?: ReactNode }) {
	const { error, known } = useContext(Current);
	if (!error || error.fields.some((f) => known.has(f.field))) return null;
	return <FormError>{text ?? problemText(error)}</FormError>;
}

export const FormError = ({ children }: { children: ReactNode }) => (
	<p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-danger text-sm">
		{children}
	</p>
);

export const flawText = (flaw: NonNullable<ReturnType<typeof flawOf>>, min: number): string =>
	flaw === 'too_short' ? t('form.too_short', { count: min }) : t(`field.${flaw}`);
