/*
 * What is filled in within a dialog and not saved: the dialog asks before it closes, turns to another
 * page or goes back to the list.
 */
import {
	createContext,
	useContext,
	useEffect,
	useId,
	useLayoutEffect,
	useMemo,
	useRef,
	useState,
} from 'react';
import { t } from '../lib/text';
import { Button } from './button';

/** `shown` is what is seen once, and was not kept. */
type State = 'saved' | 'saving' | 'unsaved' | 'shown';

interface Guard {
	note: (by: string, state: State) => void;
	/** Goes at once where nothing would be lost, and after what is being saved is. */
	leave: (go: () => void) => void;
}

export const Unsaved = createContext<Guard>({ note: () => undefined, leave: (go) => go() });

export const useLeave = (): Guard['leave'] => useContext(Unsaved).leave;

/** Called by what can be saved, with whether there is something to, and whether that is under way. */
export function useUnsaved(dirty: boolean, busy = false): void {
	const { note } = useContext(Unsaved);
	const id = useId();
	const state = dirty ? (busy ? 'saving' : 'unsaved') : 'saved';
	// Before it is seen: who reads "Saved" and presses Escape at once is not asked.
	useLayoutEffect(() => note(id, state), [note, id, state]);
	useLayoutEffect(() => () => note(id, 'saved'), [note, id]);
}

/** Called by what is shown this once, until it is kept. */
export function useShownOnce(lost: boolean): void {
	const { note } = useContext(Unsaved);
	const id = useId();
	useLayoutEffect(() => note(id, lost ? 'shown' : 'saved'), [note, id, lost]);
	useLayoutEffect(() => () => note(id, 'saved'), [note, id]);
}

export function useGuard() {
	const states = useRef(new Map<string, State>());
	const [going, setGoing] = useState<(() => void) | null>(null);
	const [about, setAbout] = useState<keyof typeof words>('unsaved');
	const waiting = useRef<(() => void) | null>(null);
	const guard = useMemo((): Guard => {
		const has = (state: State) => [...states.current.values()].includes(state);
		const leave = (go: () => void) => {
			waiting.current = null;
			const lost = has('unsaved') ? 'unsaved' : has('shown') ? 'shown' : null;
			if (lost) {
				setAbout(lost);
				setGoing(() => go);
			} else if (has('saving')) waiting.current = go;
			else go();
		};
		const note = (by: string, state: State) => {
			if (state === 'saved') states.current.delete(by);
			else states.current.set(by, state);
			if (!has('unsaved') && !has('shown')) setGoing(null);
			if (waiting.current) leave(waiting.current);
		};
		return { note, leave };
	}, []);
	const stay = () => setGoing(null);
	const discard = () => {
		stay();
		going?.();
	};
	return { guard, question: going && <Question about={about} onStay={stay} onDiscard={discard} /> };
}

const words = {
	unsaved: ['unsaved.lead', 'unsaved.stay', 'unsaved.discard'],
	shown: ['unsaved.shown_lead', 'unsaved.shown_stay', 'unsaved.shown_discard'],
} as const;

interface QuestionProps {
	about: keyof typeof words;
	onStay: () => void;
	onDiscard: () => void;
}

function Question({ about, onStay, onDiscard }: QuestionProps) {
	const [lead, keep, discard] = words[about];
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const before = document.activeElement;
		box.current?.querySelector('button')?.focus();
		return () => {
			if (before instanceof HTMLElement && before.isConnected) before.focus();
		};
	}, []);
	return (
		<div
			ref={box}
			role="alertdialog"
			aria-label={t(lead)}
			className="flex flex-wrap items-center justify-end gap-2 border-line border-t bg-amber-soft px-5 py-3"
		>
			<p className="grow text-sm">{t(lead)}</p>
			<Button onClick={onStay}>{t(keep)}</Button>
			<Button look="danger" onClick={onDiscard}>
				{t(discard)}
			</Button>
		</div>
	);
}
