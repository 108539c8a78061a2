/* A dialog of several pages: their names stand beside them, and on a phone in a list to choose from. */
import { Tabs } from 'radix-ui';
import { type ReactNode, Suspense, useId, useState } from 'react';
import { t } from '../lib/text';
import { Dialog } from './dialog';
import { Skeleton } from './states';
import { useLeave } from './unsaved';

export interface Page {
	id: string;
	label: string;
	icon: ReactNode;
	body: ReactNode;
}

interface Props {
	title: string;
	pages: Page[];
	/** That is shown first. */
	first?: string | undefined;
	/** Below the names of the pages. */
	foot?: ReactNode;
	onClose: () => void;
}

export const PagedDialog = ({ onClose, ...props }: Props) => (
	<Dialog size="large" title={props.title} onClose={onClose}>
		<Pages {...props} />
	</Dialog>
);

function Pages({ title, pages, first, foot }: Omit<Props, 'onClose'>) {
	const [chosen, setChosen] = useState(first);
	const leave = useLeave();
	const turn = (id: string) => leave(() => setChosen(id));
	const now = pages.find((p) => p.id === chosen) ?? pages[0];
	const id = useId();
	if (!now) return null;
	return (
		<Tabs.Root
			value={now.id}
			onValueChange={turn}
			orientation="vertical"
			className="flex min-h-0 grow flex-col gap-x-6 px-5 pt-3 pb-5 max-sm:overflow-y-auto sm:flex-row"
		>
			<div className="pb-4 sm:hidden">
				<label htmlFor={id} className="sr-only">
					{title}
				</label>
				<select
					id={id}
					value={now.id}
					onChange={(e) => turn(e.target.value)}
					className="min-h-11 w-full rounded-lg border border-line-strong bg-canvas px-3 font-semibold"
				>
					{pages.map((p) => (
						<option key={p.id} value={p.id}>
							{t(p.label)}
						</option>
					))}
				</select>
			</div>
			<div className="flex shrink-0 flex-col gap-1 max-sm:hidden sm:w-44">
				<Tabs.List aria-label={title} className="flex flex-col gap-1">
					{pages.map((p) => (
						<Tabs.Trigger key={p.id} value={p.id} className={`${row} ${chosenRow}`}>
							{p.icon}
							{t(p.label)}
						</Tabs.Trigger>
					))}
				</Tabs.List>
				{foot && <div className="mt-auto flex flex-col gap-1 pt-4">{foot}</div>}
			</div>
			{pages.map((p) => (
				<Tabs.Content
					key={p.id}
					value={p.id}
					className="min-w-0 grow px-0.5 outline-offset-4 scrolls sm:min-h-0 sm:overflow-y-auto"
				>
					<h3 className="mb-4 font-bold text-lg max-sm:sr-only">{t(p.label)}</h3>
					<Suspense fallback={<Skeleton rows={4} />}>{p.body}</Suspense>
				</Tabs.Content>
			))}
			{foot && (
				<div className="mt-8 flex flex-col gap-1 border-line border-t pt-2 sm:hidden">{foot}</div>
			)}
		</Tabs.Root>
	);
}

const row =
	'flex min-h-9 shrink-0 items-center gap-2.5 rounded-lg px-3 text-start text-sm hover:bg-hover pointer-coarse:min-h-11';
const chosenRow =
	'text-ink-2 data-[state=active]:bg-moss-soft data-[state=active]:font-semibold data-[state=active]:text-moss-soft-ink';

interface FootProps {
	icon: ReactNode;
	label: string;
	keys?: string;
	danger?: boolean;
	onClick: () => void;
}

export const FootButton = ({ icon, label, keys, danger, onClick }: FootProps) => (
	<button
		type="button"
		className={`${row} ${danger ? 'text-danger' : 'text-ink-2'}`}
		onClick={onClick}
	>
		{icon}
		<span className="grow">{label}</span>
		{keys && <kbd className="font-sans text-ink-3 text-xs pointer-coarse:hidden">{keys}</kbd>}
	</button>
);
