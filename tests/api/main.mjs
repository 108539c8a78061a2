// Runs every *.test.mjs of this folder, in order of name.
import { readdirSync } from 'node:fs';
import { finish, file } from './lib.mjs';
import './postbox.mjs';

const here = new URL('.', import.meta.url);
const wanted = process.argv.slice(2);
const files = readdirSync(here).filter((n) => n.endsWith('.test.mjs')).sort()
	.filter((n) => wanted.length === 0 || wanted.some((w) => n.includes(w)));
for (const name of files) {
	file(name);
	const { default: run } = await import(new URL(name, here));
	try {
		await run();
	} catch (error) {
		file(name, error);
	}
}
finish();
