import { expect, test } from 'vitest';
import '../src/lib/later-texts';
import { actions, actionText, tellDetail } from '../src/features/moderation/audit-words';
import { Permission } from '../src/lib/permissions';

test('every kind that can be chosen has words', () => {
	expect(actions.length).toBeGreaterThan(25);
	expect(actions.filter((a) => actionText(a) === a)).toEqual([]);
});

const name = (id: string) => ({ '501': 'Stewards', '502': '#general' })[id] ?? null;
const told = (detail: unknown) => tellDetail(detail, name);

test('details are said as people say them', () => {
	expect(told({ retention_days: 30, slow_mode: 30, archived: true, kind: 'words' })).toBe(
		'messages are kept: for 30 days · slow mode: 30 seconds · archived: on · about: Words',
	);
	expect(told({ slow_mode: 0, retention_days: -1, reason: 'x' })).toBe(
		'slow mode: off · messages are kept: As the server',
	);
	expect(told({ messages_of_s: 86_400 })).toBe('messages of the last: 1 day');
	expect(told({ count: 12, channel_id: '502' })).toBe('messages: 12 · channel: #general');
	// A name that looks like a number is one all the same; whom nobody knows is left out.
	expect(told({ name: '2026', user: '503' })).toBe('name: 2026');
	expect(told({ was: '', name: 'Ann' })).toBe('before: none · name: Ann');
	expect(told({ role: 'admin', channel: 'general', max_uses: 5 })).toBe(
		'role: Administrator · leads to: general · uses: 5',
	);
	expect(told(null)).toBe('');
	expect(told({ before: 5 })).toBe('');
});

test('permissions have names', () => {
	const mask = (...bits: bigint[]) => String(bits.reduce((all, b) => all | (1n << b), 0n));
	const { kick, ban, view, send } = Permission;
	expect(told({ name: 'a', before: mask(kick, view), permissions: mask(ban, view) })).toBe(
		'name: a · given: Ban members · taken: Remove members',
	);
	expect(told({ permissions: mask(send) })).toBe('given: Write messages');
	expect(told({ target: '501', permissions: { allow: mask(view), deny: mask(send, kick) } })).toBe(
		'for: Stewards · allowed: See channels · denied: Write messages, Remove members',
	);
	expect(told({ name: 'a', color: '#2060ff', mentionable: false, permissions: '0' })).toBe(
		'name: a · colour: #2060ff · can be mentioned: off',
	);
	expect(told({ roles: ['501', '999'] })).toBe('roles: Stewards');
	expect(told({ roles: [] })).toBe('roles: none');
});
