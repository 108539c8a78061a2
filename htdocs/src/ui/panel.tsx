import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './button';
import { useLeave } from './unsaved';

interface Props {
	title: string;
	/** Beside the title, smaller. */
	note?: string;
	/** What it was opened by: the button with this `data-opens` has the focus again afterwards. */
	of: string;
	back: string;
	onBack: () => void;
	children: ReactNode;
}

/** One thing of a list, in the place of the list. */
export function Panel({ title, note, of, back, onBack, children }: Props) {
	const leave = useLeave();
	const head = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		head.current?.focus();
		return () => {
			setTimeout(() => {
				const opener = document.querySelector<HTMLElement>(`[data-opens="${of}"]`);
				(opener ?? document.querySelector<HTMLElement>('[role=dialog]'))?.focus();
			});
		};
	}, [of]);
	return (
		<section aria-label={title} className="flex flex-col gap-4">
			<div className="flex items-center gap-2">
				<IconButton label={back} onClick={() => leave(onBack)}>
					<ArrowLeft size={18} className="rtl:-scale-x-100" />
				</IconButton>
				<h4 ref={head} tabIndex={-1} className="min-w-0 grow truncate font-bold outline-none">
					<bdi>{title}</bdi>
					{note && <bdi className="ms-1.5 font-normal text-ink-3 text-sm">{note}</bdi>}
				</h4>
			</div>
			{children}
		</section>
	);
}
