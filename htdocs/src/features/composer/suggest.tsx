/*
 * Names to choose from while "@" and the beginning of one are typed. The list is fetched when the
 * first one is; the box keeps the focus and the list hears its keys.
 */
import {
	type KeyboardEvent,
	lazy,
	type RefObject,
	Suspense,
	useCallback,
	useId,
	useRef,
	useState,
} from 'react';
import { typedName } from './picks';

export interface Suggested {
	/** `<@id>` or `<@&id>` */
	code: string;
	name: string;
	/** Another name, when somebody else has the first one. */
	second: string | null;
}

export interface Suggest {
	id: string;
	/** What is typed of a name, and where; null: none is, or it was closed. */
	at: { start: number; query: string } | null;
	keys: RefObject<((e: KeyboardEvent) => boolean) | null>;
	/** Of the option that Enter takes. */
	setActive: (option: string | undefined) => void;
	onKey: (e: KeyboardEvent) => boolean;
	onCaret: (field: HTMLTextAreaElement) => void;
	close: () => void;
	/** Of the box. */
	props: object;
}

export function useSuggest(channelId: string, text: string): Suggest {
	const id = useId();
	const [caret, setCaret] = useState(-1);
	/** Where the @ stands that was closed by Esc. */
	const [closed, setClosed] = useState(-1);
	const [active, setActive] = useState<string>();
	const keys = useRef<((e: KeyboardEvent) => boolean) | null>(null);
	const typed = caret < 0 ? null : typedName(text, caret);
	const at = typed && typed.start !== closed ? typed : null;
	const onCaret = useCallback((field: HTMLTextAreaElement) => {
		setCaret(field.selectionStart === field.selectionEnd ? field.selectionStart : -1);
	}, []);
	const close = useCallback(() => setCaret(-1), []);
	const onKey = (e: KeyboardEvent): boolean => {
		if (!at) return false;
		if (e.key !== 'Escape') return keys.current?.(e) ?? false;
		e.stopPropagation();
		setClosed(at.start);
		return true;
	};
	const shown = at !== null && active !== undefined;
	return {
		id: `${id}-${channelId}`,
		at,
		keys,
		setActive,
		onKey,
		onCaret,
		close,
		props: {
			'aria-autocomplete': 'list',
			'aria-haspopup': 'listbox',
			'aria-controls': shown ? `${id}-${channelId}` : undefined,
			'aria-activedescendant': shown ? active : undefined,
		},
	};
}

export interface ListProps {
	channelId: string;
	query: string;
	suggest: Suggest;
	onPick: (picked: Suggested) => void;
}

const List = lazy(() => import('./suggest-list'));

export const SuggestList = (props: ListProps) => (
	<Suspense fallback={null}>
		<List {...props} />
	</Suspense>
);
