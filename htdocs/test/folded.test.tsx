import { act, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { TypingLine } from '../src/features/composer/typing-line';
import { Announcer } from '../src/features/messages/announcer';
import { MessageRow } from '../src/features/messages/message-row';
import { loadMarkdown } from '../src/lib/markdown';
import { apply } from '../src/store/store';
import { boot, channel, created, event, me, message, other, user } from './make';

const third = user('3', 'third');
const dm = channel({ id: '20', server_id: null, kind: 'dm', name: null, members: [me, other] });
const group = channel({ ...dm, id: '21', kind: 'group', members: [me, other, third] });

const Row = ({ of: m }: { of: ReturnType<typeof message> }) => (
	<MessageRow message={m} first active={false} tabStop={false} marked={false} rowKey={m.id} />
);
const block = (blocked: boolean) => act(() => apply({ kind: 'block', userId: '2', blocked }));

beforeEach(async () => {
	vi.stubGlobal(
		'IntersectionObserver',
		class {
			observe() {}
			unobserve() {}
			disconnect() {}
		},
	);
	await loadMarkdown();
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data: boot({ dms: [dm, group], blocks: ['2'] }) });
});

test('what somebody blocked wrote is there to be asked for, and can be put away again', () => {
	render(<Row of={message(1, { content: 'something rude', mentions: ['1'] })} />);
	const row = screen.getByRole('article', { name: 'Message of somebody you blocked' });
	expect(row.textContent).not.toContain('something rude');
	expect(row.textContent).not.toContain('other');
	expect(row.className).not.toContain('amber');
	const button = screen.getByRole('button', { name: 'Show' });
	button.focus();
	fireEvent.click(button);
	expect(row.textContent).toContain('something rude');
	expect(row.textContent).toContain('other');
	expect(document.activeElement).toBe(button);
	fireEvent.click(screen.getByRole('button', { name: 'Hide' }));
	expect(row.textContent).not.toContain('something rude');
});

test('in groups too, in a conversation of two not, and nobody else is folded', () => {
	const { rerender } = render(<Row of={message(1, { channel_id: '21', content: 'rude' })} />);
	expect(screen.queryByText('rude')).toBe(null);
	rerender(<Row of={message(1, { channel_id: '20', content: 'rude' })} />);
	screen.getByText('rude');
	rerender(<Row of={message(2, { channel_id: '21', content: 'kind', author: third })} />);
	screen.getByText('kind');
});

test('a block folds what stands there, and its end unfolds it', () => {
	block(false);
	render(<Row of={message(1, { content: 'well met' })} />);
	screen.getByText('well met');
	block(true);
	expect(screen.queryByText('well met')).toBe(null);
	block(false);
	screen.getByText('well met');
});

test('who answers him does not quote him to me', () => {
	const rude = message(1, { content: 'something rude' });
	apply({ kind: 'page', channelId: '10', page: 'latest', items: [rude] });
	render(<Row of={message(2, { author: third, reply_to: rude.id })} />);
	expect(screen.getByRole('article').textContent).toContain('Message of somebody you blocked');
	expect(screen.getByRole('article').textContent).not.toContain('something rude');
});

test('his typing is not shown', () => {
	const types = (who: typeof other) =>
		act(() => apply(event('typing.started', 0, { channel_id: '10', user: who })));
	render(<TypingLine channelId="10" />);
	types(other);
	expect(screen.queryByText(/typing/)).toBe(null);
	types(third);
	screen.getByText('third is typing…');
});

test('a screen reader is not read what is folded', () => {
	vi.useFakeTimers();
	apply({ kind: 'page', channelId: '10', page: 'latest', items: [] });
	const { container } = render(<Announcer channelId="10" />);
	act(() => {
		apply(created(1, { content: 'something rude' }));
		apply(created(2, { content: 'hello', author: third }));
	});
	act(() => void vi.advanceTimersByTime(1500));
	vi.useRealTimers();
	expect(container.textContent).toBe('third: hello');
});
