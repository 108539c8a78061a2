import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Toasts, toast } from '../src/ui/toast';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

test('news go by themselves, but not while the pointer or the focus is on them', () => {
	render(<Toasts />);
	act(() => toast('Saved'));
	const box = () => screen.queryByText('Saved')?.parentElement as HTMLElement;
	fireEvent.pointerEnter(box());
	pass(60_000);
	const button = screen.getByRole('button', { name: 'Dismiss' });
	act(() => button.focus());
	fireEvent.pointerLeave(box());
	pass(60_000);
	expect(box()).not.toBe(undefined);
	act(() => button.blur());
	pass(4900);
	expect(box()).not.toBe(undefined);
	pass(200);
	expect(screen.queryByText('Saved')).toBe(null);
});
