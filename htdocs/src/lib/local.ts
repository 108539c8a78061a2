/* Small things that the browser remembers. Storage may be full or forbidden: then it forgets. */

export function recall(key: string): string | null {
	try {
		return localStorage.getItem(`moot.${key}`);
	} catch {
		return null;
	}
}

export function remember(key: string, value: string | null): void {
	try {
		if (value === null || value === '') localStorage.removeItem(`moot.${key}`);
		else localStorage.setItem(`moot.${key}`, value);
	} catch {
		// Nothing depends on it.
	}
}

/** 128 random bits as text; `crypto.randomUUID` needs a secure context, this does not. */
export const randomId = (): string =>
	Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) =>
		b.toString(16).padStart(2, '0'),
	).join('');
