/*
 * After `npm install`: completes package-lock.json with the optional packages of other platforms,
 * which a registry that mirrors one platform leaves out and `npm ci` then misses. They carry no
 * download address and no hash, are installed only where they fit, and have their parent's version.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'wasm32'];

let added = 0;
for (const parent of Object.values(lock.packages)) {
	for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
		const key = `node_modules/${name}`;
		if (lock.packages[key] || !/^\d/.test(version)) continue;
		const words = name.split(/[-/]/);
		const os = systems.filter((s) => words.includes(s));
		const cpu = processors.filter((p) => words.includes(p));
		lock.packages[key] = {
			version,
			...(cpu.length > 0 ? { cpu } : {}),
			...(parent.dev ? { dev: true } : {}),
			...(parent.license ? { license: parent.license } : {}),
			optional: true,
			...(os.length > 0 ? { os } : {}),
		};
		added++;
	}
}
lock.packages = Object.fromEntries(
	Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} packages of other platforms added`);
