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

interface Guard {
	note: (by: string, dirty: boolean) => void;
	/** Goes at once where nothing would be lost. */
	leave: (go: () => void) => void;
}

export const Unsaved = createContext<Guard>({ note: () => undefined, leave: (go) => go() });

export const useLeave = (): Guard['leave'] => useContext(Unsaved).leave;

/** Called by what can be saved, with whether there is something to. */
export function useUnsaved(dirty: boolean): void {
	const { note } = useContext(Unsaved);
	const id = useId();
	// Before it is seen: who reads "Saved" and presses Escape at once is not asked.
	useLayoutEffect(() => {
		note(id, dirty);
		return () => note(id, false);
	}, [note, id, dirty]);
}

export function useGuard() {
	const dirty = useRef(new Set<string>());
	const [going, setGoing] = useState<(() => void) | null>(null);
	const guard = useMemo(
		(): Guard => ({
			note: (by, is) => {
				if (is) dirty.current.add(by);
				else dirty.current.delete(by);
				if (dirty.current.size === 0) setGoing(null);
			},
			leave: (go) => (dirty.current.size === 0 ? go() : setGoing(() => go)),
		}),
		[],
	);
	const stay = () => setGoing(null);
	const discard = () => {
		stay();
		going?.();
	};
	return { guard, question: going && <Question onStay={stay} onDiscard={discard} /> };
}

function Question({ onStay, onDiscard }: { onStay: () => void; onDiscard: () => void }) {
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
			aria-label={t('unsaved.lead')}
			className="flex flex-wrap items-center justify-end gap-2 border-line border-t bg-amber-soft px-5 py-3"
		>
			<p className="grow text-sm">{t('unsaved.lead')}</p>
			<Button onClick={onStay}>{t('unsaved.stay')}</Button>
			<Button look="danger" onClick={onDiscard}>
				{t('unsaved.discard')}
			</Button>
		</div>
	);
}
