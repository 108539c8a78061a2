// Loaded before the first paint and blocking, so that no wrong theme flashes.
(() => {
	let choice = 'system';
	try {
		choice = localStorage.getItem('moot.theme') ?? 'system';
	} catch {
		// Storage may be forbidden; then the system decides.
	}
	const dark =
		choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
	const root = document.documentElement;
	root.dataset.theme = dark ? 'dark' : 'light';
	document
		.querySelector('meta[name="theme-color"]')
		?.setAttribute('content', dark ? '#141817' : '#f4f5f1');
})();
