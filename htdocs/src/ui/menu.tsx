/*
 * A button that opens a menu. The menu itself (Radix and the code that places it) is a chunk of its
 * own, fetched when the browser has nothing else to do; until a menu is wanted only the button
 * exists, which also keeps rows of a list cheap.
 */
import {
	type ComponentProps,
	cloneElement,
	lazy,
	type ReactElement,
	Suspense,
	useState,
} from 'react';

export interface MenuEntry {
	label: string;
	icon?: ReactElement;
	keys?: string;
	danger?: boolean;
	/** One of several of which one holds. */
	checked?: boolean;
	hint?: string;
	onSelect: () => void;
}

export interface MenuProps {
	trigger: ReactElement<ComponentProps<'button'>>;
	label: string;
	/** Falsy entries are left out; 'line' parts the ones before from the ones after. */
	items: (MenuEntry | 'line' | false | null | undefined)[];
	align?: 'start' | 'end';
	onOpenChange?: (open: boolean) => void;
}

const load = () => import('./menu-impl');
const Impl = lazy(load);

export const preloadMenus = (): void => {
	const idle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 2000));
	idle(() => void load().catch(() => undefined));
};

export function Menu(props: MenuProps) {
	const [wanted, setWanted] = useState(false);
	const button = cloneElement(props.trigger, {
		'aria-haspopup': 'menu',
		'aria-expanded': false,
		onClick: () => {
			setWanted(true);
			props.onOpenChange?.(true);
		},
	});
	if (!wanted) return button;
	return (
		<Suspense fallback={button}>
			<Impl {...props} />
		</Suspense>
	);
}
