import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { cx } from '../lib/cx';
import '../lib/later-texts';
import { t } from '../lib/text';
import { IconButton } from './button';
import { Unsaved, useGuard } from './unsaved';

interface Props {
	title: string;
	description?: string | undefined;
	onClose: () => void;
	children: ReactNode;
	/** Filling: settings on a phone take the whole screen. */
	size?: 'small' | 'medium' | 'large';
	/** Stays until answered (an ended session). */
	locked?: boolean;
	hideTitle?: boolean;
}

const sizes = {
	small: 'sm:max-w-md',
	medium: 'sm:max-w-xl',
	large: 'max-sm:h-dvh max-sm:max-h-dvh max-sm:rounded-none sm:max-w-3xl sm:h-[min(52rem,88dvh)]',
};

/**
 * The opener; if it is gone (buttons of a row are), its row; else where one writes. A dialog that
 * led to another page leaves the focus to that page.
 */
function returnTo(opener: Element | null): () => void {
	const row = opener?.closest<HTMLElement>('[data-row]');
	const { pathname } = location;
	return () => {
		const composer = document.getElementById('composer');
		if (location.pathname !== pathname) {
			// A phone's keyboard stays away until it is asked for.
			if (matchMedia('(pointer: fine)').matches) composer?.focus();
			return;
		}
		const free = opener instanceof HTMLElement && opener !== document.body;
		const to = [free ? opener : null, row, composer].find((el) => el?.isConnected);
		to?.focus();
	};
}

/** What is to be filled in or chosen, else the dialog itself; never the button that closes it. */
function focusFirst(e: Event): void {
	const content = e.currentTarget as HTMLElement;
	const fields = content.querySelectorAll<HTMLElement>(
		'input:not([type=hidden], [type=radio], [readonly]), select, textarea, [role=tab][aria-selected=true]',
	);
	const first =
		content.querySelector<HTMLElement>('[data-first]') ??
		[...fields].find((el) => el.checkVisibility?.() ?? true);
	e.preventDefault();
	(first ?? content).focus();
}

export function Dialog({
	title,
	description,
	onClose,
	children,
	size = 'small',
	locked,
	hideTitle,
}: Props) {
	// No trigger of Radix's own: dialogs are opened by menus and keys from anywhere.
	const [back] = useState(() => returnTo(document.activeElement));
	const { guard, question } = useGuard();
	const close = () => guard.leave(onClose);
	const stay = (e: Event) => locked && e.preventDefault();
	return (
		<Primitive.Root open onOpenChange={(open) => !open && !locked && close()}>
			<Primitive.Portal>
				<Primitive.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
				<Primitive.Content
					onOpenAutoFocus={focusFirst}
					onCloseAutoFocus={(e) => {
						e.preventDefault();
						back();
					}}
					onEscapeKeyDown={stay}
					onInteractOutside={stay}
					{...(description ? {} : { 'aria-describedby': undefined })}
					className={cx(
						'fixed inset-x-0 bottom-0 z-40 mx-auto flex max-h-[92dvh] w-full sm:w-[calc(100%-2rem)] animate-rise flex-col overflow-hidden rounded-t-2xl bg-raised shadow-float outline-none sm:top-1/2 sm:bottom-auto sm:max-h-[88dvh] sm:-translate-y-1/2 sm:rounded-2xl',
						sizes[size],
					)}
				>
					<div className={hideTitle ? 'sr-only' : 'flex items-start gap-3 px-5 pt-4 pb-1'}>
						<div className="min-w-0 grow pt-1">
							<Primitive.Title className="font-bold text-lg leading-tight">
								<bdi>{title}</bdi>
							</Primitive.Title>
							{description && (
								<Primitive.Description className="mt-1 text-ink-2 text-sm">
									{description}
								</Primitive.Description>
							)}
						</div>
						{!locked && !hideTitle && (
							<IconButton label={t('action.close')} onClick={close}>
								<X size={18} />
							</IconButton>
						)}
					</div>
					<Unsaved value={guard}>{children}</Unsaved>
					{question}
				</Primitive.Content>
			</Primitive.Portal>
		</Primitive.Root>
	);
}

export const DialogBody = ({ children }: { children: ReactNode }) => (
	<div className="scrolls flex min-h-0 flex-col gap-4 overflow-y-auto px-5 pt-3 pb-5 *:shrink-0">
		{children}
	</div>
);

export const DialogFoot = ({ children }: { children: ReactNode }) => (
	<div className="flex flex-wrap justify-end gap-2 pt-1">{children}</div>
);
