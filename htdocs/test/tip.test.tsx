import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SlowLine } from '../src/features/composer/slow';
import { Sidebar } from '../src/features/shell/sidebar';
import { apply } from '../src/store/store';
import { IconButton } from '../src/ui/button';
import { Tips } from '../src/ui/tip';
import { boot } from './make';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the focus shows what a button is for after a key, not after a touch or Escape', () => {
	render(
		<>
			<IconButton label="Open drawer">x</IconButton>
			<Tips />
		</>,
	);
	const button = screen.getByRole('button');
	// The browser calls it visible whenever a script moves it without a mouse.
	vi.spyOn(button, 'matches').mockReturnValue(true);
	const shown = () => {
		act(() => {
			button.blur();
			button.focus();
			vi.runAllTimers();
		});
		return screen.queryByText('Open drawer') !== null;
	};
	fireEvent.pointerDown(document.body);
	expect(shown()).toBe(false);
	fireEvent.keyDown(document.body, { key: 'Tab' });
	expect(shown()).toBe(true);
	fireEvent.keyDown(document.body, { key: 'Escape' });
	expect(shown()).toBe(false);
});

test('a lockdown is said where one writes and above the channels', () => {
	const begin = (lockdown: boolean) => {
		const data = boot();
		Object.assign(data.servers[0] ?? {}, { lockdown });
		apply({ kind: 'signed-out' });
		apply({ kind: 'bootstrap', data });
	};
	begin(true);
	history.replaceState(null, '', '/c/10');
	render(
		<>
			<Sidebar />
			<SlowLine channelId="10" said="" />
		</>,
	);
	screen.getByText('Lockdown: one message in 1 minute');
	screen.getByText('Lockdown: nobody can join, and all write slowly');
	act(() => begin(false));
	expect(screen.queryByText(/^Lockdown/)).toBe(null);
	history.replaceState(null, '', '/');
});
