import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { cx } from '../lib/cx';
import type { MenuEntry, MenuProps } from './menu';

export default function MenuImpl({
	trigger,
	label,
	items,
	align = 'start',
	onOpenChange,
}: MenuProps) {
	const shown = items.filter((i) => i !== false && i !== null && i !== undefined);
	return (
		<DropdownMenu.Root modal={false} defaultOpen {...(onOpenChange ? { onOpenChange } : {})}>
			<DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
			<DropdownMenu.Portal>
				<DropdownMenu.Content
					align={align}
					sideOffset={4}
					collisionPadding={8}
					aria-label={label}
					className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-72 animate-appear overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-float"
				>
					{shown.map((item, i) =>
						item === 'line' ? (
							// biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else
							<DropdownMenu.Separator key={i} className="my-1 h-px bg-line" />
						) : (
							<Item key={item.label} {...item} />
						),
					)}
				</DropdownMenu.Content>
			</DropdownMenu.Portal>
		</DropdownMenu.Root>
	);
}

const Item = ({ label, icon, keys, danger, checked, hint, onSelect }: MenuEntry) => (
	<DropdownMenu.Item
		// After the menu has given the focus back, so that a dialog can take and return it.
		onSelect={() => setTimeout(onSelect)}
		{...(checked === undefined ? {} : { role: 'menuitemradio', 'aria-checked': checked })}
		className={cx(
			'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-hover pointer-coarse:min-h-11',
			danger ? 'text-danger' : 'text-ink',
		)}
	>
		<span className={danger ? undefined : 'text-ink-3'}>{icon}</span>
		<span className="grow">
			{label}
			{hint && <span className="block text-ink-3 text-xs">{hint}</span>}
		</span>
		{checked && <Check size={16} className="shrink-0 text-moss" aria-hidden />}
		{keys && <kbd className="font-sans text-ink-3 text-xs">{keys}</kbd>}
	</DropdownMenu.Item>
);
