import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import { ApiError } from '../src/api/problem';
import { Composer } from '../src/features/composer/composer';
import { useDrafts } from '../src/features/composer/drafts';
import { namesIn } from '../src/features/messages/names';
import { ChannelPage } from '../src/features/shell/channel-page';
import { snippet } from '../src/lib/snippet';
import { noteRefused, useAllowed } from '../src/store/allowed';
import { stopTyping } from '../src/store/sending';
import { apply } from '../src/store/store';
import { boot, channel, event, me, other } from './make';

let answer: (status: number) => void;
let asked: string[];

beforeEach(() => {
	localStorage.clear();
	useDrafts.setState({}, true);
	useAllowed.setState({}, true);
	stopTyping('10');
	asked = [];
	vi.stubGlobal(
		'fetch',
		(url: string) =>
			new Promise((done) => {
				asked.push(String(url));
				answer = (status) =>
					done(
						new Response(status === 204 ? null : '{"code":"read_only"}', {
							status,
							headers: { 'Content-Type': 'application/problem+json' },
						}),
					);
			}),
	);
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data: boot({}, { read_only: true }) });
});

const box = () => screen.getByRole('textbox') as HTMLTextAreaElement;

test('where only moderators write, the box is closed before anything is typed, and keeps nothing', async () => {
	render(<Composer channelId="10" />);
	expect(box().readOnly).toBe(true);
	expect(asked).toEqual([]);
	screen.getByText('Only moderators, and whom they allow it, can write here.');
	for (const key of ['d', 'a']) fireEvent.keyDown(box(), { key });
	fireEvent.keyDown(box(), { key: 'b', ctrlKey: true });
	expect(asked).toHaveLength(1);
	await act(async () => answer(403));
	expect([box().readOnly, box().value]).toEqual([true, '']);
	expect(useDrafts.getState()['10'] ?? false).toBe(false);
});

test('whom the channel lets write finds what he typed while it was asked', async () => {
	render(<Composer channelId="10" />);
	for (const key of ['d', 'Shift', 'a']) fireEvent.keyDown(box(), { key });
	await act(async () => answer(204));
	await waitFor(() => expect([box().readOnly, box().value]).toEqual([false, 'da']));
});

test('that somebody takes no messages is forgotten when one comes back to the conversation', () => {
	const words = 'You cannot write to this person.';
	const dm = channel({ id: '20', server_id: null, kind: 'dm', name: null, members: [me, other] });
	apply({ kind: 'bootstrap', data: boot({ dms: [dm] }, { read_only: true }) });
	const refused = (id: string) =>
		act(() => noteRefused(id, new ApiError('final', 403, 'forbidden')));
	const there = render(<Composer channelId="20" />);
	refused('20');
	screen.getByText(words);
	there.rerender(<Composer channelId="10" />);
	refused('10');
	there.rerender(<Composer channelId="20" />);
	expect(screen.queryByText(words)).toBe(null);
	// In a server what it rests on is told of.
	expect(useAllowed.getState()['10']?.code).toBe('forbidden');
});

const withRoles = (kinds: string[]) => {
	const data = boot();
	const roles = kinds.map((kind, at) => ({
		id: String(60 + at),
		server_id: '5',
		name: kind,
		kind,
		position: at,
		permissions: '7',
		color: null,
		mentionable: false,
	}));
	Object.assign(data.servers[0] ?? {}, { roles });
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data });
};

test('a guest, who is not told of the roles, does not read that one was deleted', () => {
	withRoles(['everyone', 'guest']);
	expect(snippet('hi <@&99>', namesIn('10'))).toBe('hi @role');
	withRoles(['everyone', 'guest', 'member', 'owner']);
	expect(snippet('hi <@&99>', namesIn('10'))).toBe('hi @deleted-role');
});

test.each([
	['kicked', 'You were removed from Workshop'],
	['banned', 'You were banned from Workshop'],
	['expired', 'Your time in Workshop is over'],
	['deleted', 'Workshop was deleted'],
	['left', 'This channel is no longer here for you'],
])('who is %s reads: %s', (reason, words) => {
	vi.stubGlobal(
		'ResizeObserver',
		class {
			observe() {}
			unobserve() {}
			disconnect() {}
		},
	);
	const { hook } = memoryLocation({ path: '/c/10' });
	render(
		<Router hook={hook}>
			<ChannelPage channelId="10" messageId={undefined} />
		</Router>,
	);
	act(() =>
		apply(
			reason === 'deleted'
				? event('server.deleted', 1, { id: '5' }, { stream: 'server:5' })
				: event('server.left', 1, { server_id: '5', reason }, { stream: 'user:1' }),
		),
	);
	expect(screen.getByRole('heading').textContent).toBe(words);
});
