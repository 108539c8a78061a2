// The running instance that the caller gave us: MOOT_URL and MOOT_DIR (dev/test, or dev/up by hand).
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export const url = process.env.MOOT_URL ?? '';
export const dir = process.env.MOOT_DIR ?? '';
const dev = process.env.MOOT_DEV ?? path.join(source, 'dev');

export function need(...names) {
	const missing = names.filter((n) => !process.env[n]);
	if (missing.length === 0) return;
	console.error(`${missing.join(' and ')} must name a running instance (dev/up)`);
	process.exit(2);
}

/** dev/up again, with more arguments. */
export const up = (...args) => run(path.join(dev, 'up'), ['--dir', dir, ...args], { timeout: 180_000 });

/** dev/service: start stop restart crash of postgres redis api hash push jobs nginx (push-2 …). */
export async function service(action, name) {
	const { stdout } = await run(path.join(dev, 'service'), ['--dir', dir, action, name], { timeout: 90_000 });
	return stdout.trim();
}

export const pid = async (name) => Number(await service('pid', name));

export const pids = async (name) => (await service('pids', name)).split(/\s+/).filter(Boolean).map(Number);

/** kill of one process of this instance; false when it has just gone by itself. */
export function signal(id, name) {
	try {
		process.kill(id, name);
		return true;
	} catch (e) {
		if (e.code === 'ESRCH') return false;
		throw e;
	}
}

/** The rows of a statement, each an array of texts. */
export async function sql(statement) {
	const { stdout } = await run(
		path.join(dev, 'psql'),
		['--dir', dir, '-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', statement],
		{ maxBuffer: 512 << 20, timeout: 120_000 },
	);
	return stdout.split('\n').filter(Boolean).map((row) => row.split('\t'));
}

/** What a process calls itself. */
export function title(id) {
	try {
		return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
	} catch {
		return '';
	}
}

/** One command to the instance's Redis. */
export async function redis(...words) {
	const settings = readFileSync(path.join(dir, 'up.conf'), 'utf8');
	const sockets = /^sockets=(.+)$/m.exec(settings)?.[1] ?? path.join(dir, 'run');
	const { stdout } = await run('redis-cli', ['-s', path.join(sockets, 'redis.sock'), ...words], { timeout: 10_000 });
	return stdout.trim();
}
