/*
 * Runs `work` under a lock that all tabs of this browser share. Where Web Locks are missing
 * (insecure origins) the tabs go unprotected, which the server's grace window is for.
 */
const local = new Map<string, Promise<unknown>>();

export function onceAcrossTabs<T>(name: string, work: () => Promise<T>): Promise<T> {
	const before = local.get(name) as Promise<T> | undefined;
	if (before) return before;
	const run: Promise<T> = (
		navigator.locks ? navigator.locks.request(name, () => work()) : work()
	) as Promise<T>;
	const settled = run.finally(() => local.delete(name));
	local.set(name, settled);
	return settled;
}
