import { render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import { placeOf } from '../src/features/shell/place';
import { Shell } from '../src/features/shell/shell';
import { isId, own } from '../src/lib/ids';
import { apply } from '../src/store/store';
import { useView } from '../src/store/view';
import { boot } from './make';

const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '1e3', '9'.repeat(20)];

beforeEach(() => apply({ kind: 'bootstrap', data: boot() }));

test('an id is up to nineteen digits', () => {
	expect(['0', '1882532279464493057'].every(isId)).toBe(true);
	expect([...hostile, '', '-1', ' 1', '1\n', '１', undefined].some(isId)).toBe(false);
});

test('records answer for their own keys only', () => {
	for (const key of hostile) expect(own<unknown>({}, key)).toBeUndefined();
	expect(own({ a: 1 }, 'a')).toBe(1);
});

test('whoever loses a channel stays in its server', () => {
	expect(placeOf('/c/77')).toEqual({ kind: 'dms', channelId: '77' });
	useView.setState({ last: { any: '77', '5': '77' } });
	expect(placeOf('/c/77')).toEqual({ kind: 'server', id: '5' });
	apply({ kind: 'server-gone', serverId: '5' });
	expect(placeOf('/c/77')).toEqual({ kind: 'dms', channelId: '77' });
	useView.setState({ last: {} });
});

describe.each(hostile)('the address names %s', (word) => {
	test('it is no place', () => {
		expect(placeOf(`/s/${word}`)).toEqual({ kind: 'dms' });
		expect(placeOf(`/c/${word}`)).toEqual({ kind: 'dms' });
	});

	test.each([`/s/${word}`, `/c/${word}`, `/c/${word}/${word}`])('%s shows not-found', (path) => {
		const { hook } = memoryLocation({ path });
		render(
			<Router hook={hook}>
				<Shell />
			</Router>,
		);
		expect(screen.getByText('Nothing here')).toBeTruthy();
	});
});
