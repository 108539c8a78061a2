// Import this first in what needs packages: puts tests/node_modules there as the lock file says.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const wanted = createHash('sha256').update(readFileSync(path.join(tests, 'package-lock.json'))).digest('hex');
const stamp = path.join(tests, 'node_modules/.moot-stamp');

function there() {
	try {
		return readFileSync(stamp, 'utf8') === wanted;
	} catch {
		return false;
	}
}

if (!there()) {
	execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: tests, stdio: ['ignore', 'ignore', 'inherit'] });
	writeFileSync(stamp, wanted);
}
