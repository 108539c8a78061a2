import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { queries } from './queries';

interface PageOf<T> {
	items: T[];
	before: string | null;
	after: string | null;
}

interface Options {
	enabled?: boolean;
	/** What is shown until the answer is there: nothing when this part of the key is another one. */
	anew?: number;
	staleTime?: number;
}

/** A list of the server, page by page; `fetch` is given what the last page says of the next. */
export function usePages<T>(
	queryKey: QueryKey,
	fetch: (from: string | undefined) => Promise<PageOf<T>>,
	{ enabled = true, anew, staleTime = 0 }: Options = {},
) {
	const q = useInfiniteQuery(
		{
			queryKey,
			enabled,
			initialPageParam: undefined as string | undefined,
			queryFn: ({ pageParam }) => fetch(pageParam),
			getNextPageParam: (last) => last.after ?? last.before ?? undefined,
			placeholderData: (known, query) =>
				anew === undefined || query?.queryKey[anew] === queryKey[anew] ? known : undefined,
			staleTime,
		},
		queries,
	);
	return { q, list: q.data?.pages.flatMap((p) => p.items) ?? [] };
}
