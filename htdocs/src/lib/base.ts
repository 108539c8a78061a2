/*
 * Every address of the client starts here. `base` is the path Moot is installed under, with a
 * slash at both ends; it stands in index.html so that one substitution there moves the client.
 */
const meta = document.querySelector<HTMLMetaElement>('meta[name="moot-base"]')?.content;

export const base = new URL(meta || '/', location.origin).pathname.replace(/\/*$/, '/');

/** Path without the trailing slash, as the router wants it ('' at the root). */
export const routerBase = base.slice(0, -1);

export const apiUrl = (path: string): string => `${base}api/v1${path}`;

/** An address that can be given to other people. */
export const publicUrl = (path: string): string => `${location.origin}${routerBase}${path}`;

export const socketUrl = (path: string): string =>
	`${location.origin.replace(/^http/, 'ws')}${apiUrl(path)}`;

/** Addresses that the server hands out (files, avatars) may be absolute paths of its own root. */
export const serverUrl = (url: string): string =>
	url.startsWith('/') && !url.startsWith(base) ? base + url.slice(1) : url;
