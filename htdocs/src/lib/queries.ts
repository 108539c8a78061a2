/*
 * What is asked for one screen (members, sessions, invites): never messages. Passed to the hooks
 * by hand instead of a provider, so that it is no part of the first chunk.
 */
import { QueryClient } from '@tanstack/react-query';
import { asApiError } from '../api/problem';

export const queries = new QueryClient({
	defaultOptions: {
		queries: {
			refetchOnWindowFocus: false,
			retry: (count, error) => count < 2 && asApiError(error).mayRetry,
		},
	},
});
