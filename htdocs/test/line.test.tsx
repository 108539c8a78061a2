import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ConnectionLine } from '../src/features/shell/connection';
import { useSession } from '../src/store/session';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const line = (health: 'connecting' | 'delayed' | 'offline' | 'live') => {
	act(() => useSession.setState({ health }));
	act(() => void vi.advanceTimersByTime(5000));
	return screen.queryByRole('status')?.textContent ?? null;
};

test('what is written is said to be kept only where it cannot be sent', () => {
	render(<ConnectionLine />);
	expect(line('offline')).toContain('No connection');
	expect(line('connecting')).toContain('Connecting');
	expect(line('connecting')).not.toContain('No connection');
	expect(line('delayed')).toContain('a little late');
	expect(line('live')).toBe(null);
});
