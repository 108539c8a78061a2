import { fileURLToPath } from 'node:url';
import { lingui } from '@lingui/vite-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { chunks } from './scripts/chunks.mjs';

const here = (p: string) => fileURLToPath(new URL(p, import.meta.url));

function baseSetting(): Plugin {
	let base = '/';
	return {
		name: 'moot-base',
		configResolved: (config) => {
			base = config.base;
		},
		transformIndexHtml: (html) =>
			html.replace('name="moot-base" content="/"', `name="moot-base" content="${base}"`),
	};
}

/*
 * Where the client is installed stands in index.html only: in its <meta name="moot-base"> and in
 * front of the addresses beside it. Chunks find each other relative to themselves. So the same
 * build serves under a sub-path after one substitution in index.html.
 */
export default defineConfig({
	base: '/',
	plugins: [
		react(),
		tailwindcss(),
		lingui({ failOnCompileError: true, failOnMissing: true }),
		baseSetting(),
	],
	experimental: {
		renderBuiltUrl: (_file, { hostType }) => (hostType === 'html' ? undefined : { relative: true }),
	},
	resolve: {
		alias: {
			// The original injects a <style> element, which `style-src 'self'` forbids.
			'react-style-singleton': here('./src/lib/style-singleton.ts'),
			// All names of HTML, of which targets of links need six.
			entities: here('./src/lib/entities.ts'),
		},
	},
	build: {
		target: ['chrome111', 'firefox115', 'safari16.4'],
		assetsInlineLimit: 0,
		sourcemap: false,
		manifest: 'assets/manifest.json',
		modulePreload: { polyfill: false },
		rolldownOptions: {
			output: {
				codeSplitting: {
					includeDependenciesRecursively: false,
					groups: [{ name: chunks(here('./index.html')), debugName: 'scripts/chunks.mjs' }],
				},
			},
		},
	},
	server: { port: 8190 },
});
