import { expect, test } from 'vitest';
import '../src/lib/later-texts';
import { actions, actionText, partsOf, valueText } from '../src/features/moderation/audit-words';

test('every kind that can be chosen has words', () => {
	expect(actions.length).toBeGreaterThan(25);
	expect(actions.filter((a) => actionText(a) === a)).toEqual([]);
});

test('details are said as people say them', () => {
	const detail = {
		retention_days: 30,
		slow_mode: 0,
		archived: true,
		kind: 'words',
		permissions: '7',
	};
	expect(partsOf(detail).map(([k, v]) => valueText(k, v))).toEqual([
		'for 30 days',
		'off',
		'on',
		'Words',
	]);
});
