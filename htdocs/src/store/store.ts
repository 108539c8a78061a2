import { create } from 'zustand';
import { type Action, merge } from './merge';
import { emptyState, type State } from './types';

export const useChat = create<State>(() => emptyState);

export const chat = (): State => useChat.getState();

/** Whole-state replacement: merge decides, nobody else writes. */
export const apply = (action: Action): void => useChat.setState((s) => merge(s, action), true);

export function applyAll(actions: Action[]): void {
	useChat.setState((s) => actions.reduce(merge, s), true);
}
