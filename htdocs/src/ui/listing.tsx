/* A list that is fetched: waiting, failed, empty, and with more to come. */
import type { ReactNode } from 'react';
import { t } from '../lib/text';
import { Button } from './button';
import { Failed, Skeleton } from './states';

interface Query {
	isPending: boolean;
	isError: boolean;
	isSuccess: boolean;
	error: unknown;
	refetch: () => unknown;
	hasNextPage?: boolean;
	isFetchingNextPage?: boolean;
	fetchNextPage?: () => unknown;
}

interface Props {
	q: Query;
	/** What it is a list of, for who does not see it. */
	label: string;
	/** What is said when there is nothing. */
	none?: string;
	/** How many rows are drawn while it is fetched. */
	rows?: number;
	className?: string;
	children: ReactNode[];
}

export const Listing = ({ q, label, none, rows = 3, className, children }: Props) => (
	<>
		{q.isPending && <Skeleton rows={rows} />}
		{q.isError && <Failed error={q.error} onRetry={() => void q.refetch()} />}
		{q.isSuccess && children.length === 0 && none && (
			<p className="rounded-xl border border-line border-dashed px-4 py-6 text-center text-ink-2 text-sm">
				{none}
			</p>
		)}
		{children.length > 0 && (
			<ul aria-label={label} className={className ?? 'flex flex-col'}>
				{children}
			</ul>
		)}
		{q.hasNextPage && (
			<Button busy={q.isFetchingNextPage ?? false} onClick={() => void q.fetchNextPage?.()}>
				{t('action.more')}
			</Button>
		)}
	</>
);
