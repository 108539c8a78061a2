/*
 * Short news that does not belong to a place: said once, politely, gone after a while, but not while
 * the pointer or the focus is on it.
 */
import { X } from 'lucide-react';
import { create } from 'zustand';
import { cx } from '../lib/cx';
import { t } from '../lib/text';
import { IconButton } from './button';

interface Toast {
	id: number;
	text: string;
	bad: boolean;
	action?: { label: string; run: () => void };
}

const useToasts = create<{ list: Toast[] }>(() => ({ list: [] }));
let next = 1;

export function toast(
	text: string,
	options: { bad?: boolean; action?: Toast['action'] } = {},
): void {
	const id = next++;
	const entry: Toast = { id, text, bad: options.bad ?? false };
	if (options.action) entry.action = options.action;
	// The same news again takes the place of what is still there.
	useToasts.setState((s) => ({
		list: [...s.list.filter((x) => x.text !== text).slice(-2), entry],
	}));
	runDown(entry);
}

const timers = new Map<number, ReturnType<typeof setTimeout>>();
/** What keeps it: number and what is on it. */
const kept = new Set<string>();

/** What can be acted upon stays until it is answered. */
function runDown({ id, bad, action }: Toast): void {
	if (!action) timers.set(id, setTimeout(dismiss, bad ? 9000 : 5000, id));
}

function keep({ id }: Toast, by: 'pointer' | 'focus'): void {
	kept.add(`${id} ${by}`);
	clearTimeout(timers.get(id));
}

function letGo(x: Toast, by: 'pointer' | 'focus'): void {
	kept.delete(`${x.id} ${by}`);
	if (kept.has(`${x.id} pointer`) || kept.has(`${x.id} focus`)) return;
	clearTimeout(timers.get(x.id));
	runDown(x);
}

function dismiss(id: number): void {
	clearTimeout(timers.get(id));
	timers.delete(id);
	for (const by of ['pointer', 'focus']) kept.delete(`${id} ${by}`);
	useToasts.setState((s) => ({ list: s.list.filter((x) => x.id !== id) }));
}

export function Toasts() {
	const list = useToasts((s) => s.list);
	return (
		<div
			role="status"
			aria-label={t('toast.region')}
			className="pointer-events-none fixed inset-x-3 top-15 z-50 flex flex-col items-center gap-2 sm:inset-x-auto sm:end-4 sm:items-end"
		>
			{list.map((x) => (
				<div
					key={x.id}
					role="group"
					onPointerEnter={() => keep(x, 'pointer')}
					onPointerLeave={() => letGo(x, 'pointer')}
					onFocus={() => keep(x, 'focus')}
					onBlur={() => letGo(x, 'focus')}
					className={cx(
						'pointer-events-auto flex max-w-96 animate-rise items-center gap-3 rounded-xl border bg-raised py-1.5 ps-4 pe-1.5 text-sm shadow-float',
						x.bad ? 'border-danger text-danger' : 'border-line',
					)}
				>
					<span className="grow">{x.text}</span>
					{x.action && (
						<button
							type="button"
							className="rounded-md px-2 py-1 font-semibold text-moss hover:bg-hover"
							onClick={() => {
								x.action?.run();
								dismiss(x.id);
							}}
						>
							{x.action.label}
						</button>
					)}
					<IconButton small label={t('action.dismiss')} onClick={() => dismiss(x.id)}>
						<X size={14} />
					</IconButton>
				</div>
			))}
		</div>
	);
}
