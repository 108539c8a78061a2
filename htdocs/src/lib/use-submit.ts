import { useState } from 'react';
import { type ApiError, asApiError } from '../api/problem';

interface Submit<A extends unknown[]> {
	run: (...args: A) => Promise<void>;
	busy: boolean;
	error: ApiError | null;
}

/** One request of a form: no second one while it runs, its failure kept to be shown. */
export function useSubmit<A extends unknown[]>(work: (...args: A) => Promise<unknown>): Submit<A> {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<ApiError | null>(null);
	const run = async (...args: A) => {
		if (busy) return;
		setBusy(true);
		setError(null);
		try {
			await work(...args);
		} catch (e) {
			const failure = asApiError(e);
			// The page asks for a sign-in by itself; the form stays as it is.
			setError(failure.kind === 'signed-out' ? null : failure);
		} finally {
			setBusy(false);
		}
	};
	return { run, busy, error };
}
