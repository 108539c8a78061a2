// The door to Postgres on the live database, by a program of its own (built by make check).
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert, CONF, PROGRAM, setting, skip, test } from './lib.mjs';

export default async function () {
	const probe = process.env.MOOT_PG_PROBE ?? `${dirname(PROGRAM)}/tests/api/pg_probe`;
	if (!existsSync(CONF) || !existsSync(probe)) {
		skip('lib/link/pg keeps its promises', `needs MOOT_DIR/moot.conf and ${probe}`);
		return;
	}
	const lines = await new Promise((resolve) => {
		execFile(probe, [setting('database')], { timeout: 60000 }, (error, stdout) =>
			resolve([...stdout.trim().split('\n'), ...(error ? [`not ok - exit status ${error.code} ${error.signal ?? ''}`] : [])]));
	});
	for (const line of lines.filter((l) => /^(not )?ok/.test(l)))
		await test(line.replace(/^(not )?ok ?\d* - /, ''), () => assert.match(line, /^ok/));
}
