import { render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { BarLine, useBar } from '../src/features/composer/bar';
import { actionText, tellDetail } from '../src/features/moderation/audit-words';
import { timeIn } from '../src/lib/time';
import { reportsKey } from '../src/store/events';
import { apply, chat } from '../src/store/store';
import { boot, channel, event, me, other } from './make';

const dm = channel({ id: '20', server_id: null, kind: 'dm', name: null, members: [me, other] });
const Probe = () => <BarLine bar={useBar('20')} />;
const tell = (type: string, rev: number, data: unknown) =>
	apply(event(type, rev, data, { stream: 'user:1' }));

beforeEach(() => {
	apply({ kind: 'signed-out' });
	apply({ kind: 'bootstrap', data: boot({ dms: [dm], blocks: ['7'] }) });
});

describe('blocks', () => {
	test('come with the beginning, and by events', () => {
		expect(chat().blocks).toEqual(['7']);
		tell('block.updated', 1, { user_id: '2', blocked: true });
		tell('block.updated', 2, { user_id: '2', blocked: true });
		expect(chat().blocks).toEqual(['7', '2']);
		tell('block.updated', 3, { user_id: '7', blocked: false });
		expect(chat().blocks).toEqual(['2']);
	});
	test('a conversation with whom I blocked says why nobody can write', () => {
		tell('block.updated', 1, { user_id: '2', blocked: true });
		render(<Probe />);
		expect(screen.getByRole('status').textContent).toBe(
			'You have blocked other, so neither of you can write here.',
		);
	});
});

describe('what moderators read', () => {
	test('a report makes the lists of reports be read anew', () => {
		tell('report.created', 1, { server_id: '5', id: '1' });
		tell('report.updated', 2, { server_id: '5', id: '1' });
		expect(chat().changes[reportsKey('5')]).toBe(2);
	});
	test('the log in words; what is not known here as it is called', () => {
		expect(actionText('member.banned')).toBe('banned');
		expect(actionText('member.promoted')).toBe('member.promoted');
		expect(tellDetail({ reason: 'x', count: 3, list: [1], lockdown: true }, () => null)).toBe(
			'messages: 3 · lockdown: on',
		);
		for (const none of [null, 'x', [1]]) expect(tellDetail(none, () => null)).toBe('');
	});
	test('the time in a zone, and none for a zone that is unknown', () => {
		const at = Date.parse('2026-03-01T12:00:00Z');
		expect(timeIn('Asia/Tokyo', at)).toMatch(/9:00.PM|21:00/);
		expect(timeIn('Nowhere/Land', at)).toBe(null);
	});
});
