// The mail server that an instance for tests sends to: where mail_smtp of its moot.conf says.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from './until.mjs';

const program = fileURLToPath(new URL('smtp', import.meta.url));

/** Starts it; ends with this process. `conf`: the text of moot.conf; `dir`: a folder for letters. */
export async function start(conf, dir) {
	const port = /^mail_smtp\s*=\s*smtp:\/\/127\.0\.0\.1:(\d+)/m.exec(conf)?.[1];
	if (port === undefined)
		return undefined;
	mkdirSync(dir, { recursive: true });
	const child = spawn(program, [dir, '--port', port], { stdio: ['pipe', 'inherit', 'inherit'] });
	child.unref();
	child.stdin.unref?.();
	await until('a mail server', () => readFileSync(`${dir}/port`, 'utf8') !== '');
	return { dir, letters: () => letters(dir), wait: (to, what) => wait(dir, to, what), stop: () => child.kill() };
}

const unquote = (text) => Buffer.from(text.replace(/=\r\n/g, '')
	.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString();

/** All letters so far: {to, subject, text, link, head}, oldest first. */
function letters(dir) {
	return readdirSync(dir).filter((n) => n.endsWith('.eml')).sort().map((name) => {
		const raw = readFileSync(`${dir}/${name}`, 'latin1'), at = raw.indexOf('\r\n\r\n');
		const head = raw.slice(0, at), text = unquote(raw.slice(at + 4));
		const field = (key) => new RegExp(`^${key}: (.*)$`, 'mi').exec(head)?.[1].trim();
		const link = /^https?:\S+$/m.exec(text)?.[0];
		return { to: field('X-Rcpt-To'), subject: field('Subject'), text, head, link, secret: link?.split('#')[1] };
	});
}

/** The newest letter to somebody whose text matches, once it is there. */
const wait = (dir, to, what) => until(`a letter to ${to}`,
	() => letters(dir).findLast((l) => l.to === to && what.test(l.text)), 90_000, 50);
