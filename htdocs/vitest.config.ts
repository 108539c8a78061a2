import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vite.config';

export default mergeConfig(
	base,
	defineConfig({
		test: {
			environment: 'jsdom',
			environmentOptions: { jsdom: { url: 'http://localhost:8191/' } },
			include: ['test/**/*.test.{ts,tsx}'],
			setupFiles: ['test/setup.ts'],
			css: false,
			// Built with it: lib/entities.ts stands in for a package of theirs.
			server: { deps: { inline: ['markdown-it'] } },
			// For a machine that is busy with other things.
			testTimeout: 30_000,
		},
	}),
);
