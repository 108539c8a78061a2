import 'fake-indexeddb/auto';
import '../src/lib/later-texts';
import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

vi.stubGlobal('matchMedia', (media: string) => ({
	matches: false,
	media,
	addEventListener() {},
	removeEventListener() {},
}));

afterEach(cleanup);
