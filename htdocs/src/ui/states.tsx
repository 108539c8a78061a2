/* What a screen shows when it has nothing to show. */
import type { ReactNode } from 'react';
import { problemText } from '../api/problem';
import { t } from '../lib/text';
import { Button } from './button';

export const Skeleton = ({ rows = 4 }: { rows?: number }) => (
	<div aria-hidden="true" className="late flex flex-col gap-3 p-4">
		{Array.from({ length: rows }, (_, i) => (
			// biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
			<div key={i} className="flex items-center gap-3">
				<div className="size-9 shrink-0 rounded-[28%] bg-press" />
				<div className="grow">
					<div className="mb-1.5 h-3 w-28 rounded bg-press" />
					<div className="h-3 rounded bg-hover" style={{ width: `${45 + ((i * 37) % 50)}%` }} />
				</div>
			</div>
		))}
	</div>
);

export const Failed = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
	<div role="alert" className="flex flex-col items-center gap-3 p-6 text-center">
		<p className="text-ink-2 text-sm">{problemText(error)}</p>
		<Button onClick={onRetry}>{t('action.retry')}</Button>
	</div>
);

interface EmptyProps {
	icon?: ReactNode;
	title: string;
	/** It is all there is on the page. */
	heading?: boolean;
	children?: ReactNode;
}

export const Empty = ({ icon, title, heading, children }: EmptyProps) => (
	<div className="flex flex-col items-center gap-2 p-8 text-center">
		{icon && <div className="text-moss">{icon}</div>}
		{heading ? (
			<h1 className="font-bold text-lg">{title}</h1>
		) : (
			<p className="font-bold text-lg">{title}</p>
		)}
		{children && <div className="flex max-w-96 flex-col gap-3 text-ink-2 text-sm">{children}</div>}
	</div>
);
