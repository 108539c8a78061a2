/*
 * Files on their way to the server. fetch() does not say how far it is, so this is the other kind of
 * request; it is refused and sent again as those of http.ts are.
 */
import { apiUrl } from '../lib/base';
import { failure, refresh, signedOut } from './http';
import { ApiError } from './problem';
import * as S from './schema';

const TIMEOUT = 120_000;

export interface Upload {
	file: Blob;
	/** 0 to 1. */
	onProgress: (part: number) => void;
	signal: AbortSignal;
}

function send(path: string, { file, onProgress, signal }: Upload): Promise<Response> {
	return new Promise((resolve, reject) => {
		// A signal that was given tells nobody any more: it may have been while a token was renewed.
		if (signal.aborted) return reject(signal.reason);
		const x = new XMLHttpRequest();
		const abort = () => x.abort();
		x.open('PUT', apiUrl(path));
		x.timeout = TIMEOUT;
		x.setRequestHeader('Accept', 'application/json');
		x.upload.onprogress = (e) => onProgress(e.total > 0 ? e.loaded / e.total : 0);
		x.onload = () => {
			const headers = new Headers();
			for (const name of ['content-type', 'retry-after', 'x-request-id']) {
				const value = x.getResponseHeader(name);
				if (value) headers.set(name, value);
			}
			resolve(new Response(x.responseText, { status: x.status, headers }));
		};
		x.onerror = x.ontimeout = () => reject(new ApiError('network', 0, 'network'));
		x.onabort = () => reject(signal.reason);
		x.onloadend = () => signal.removeEventListener('abort', abort);
		signal.addEventListener('abort', abort);
		x.send(file);
	});
}

async function put(path: string, upload: Upload): Promise<unknown> {
	const sentAt = Date.now();
	let response = await send(path, upload);
	if (response.status === 401) {
		if (!(await refresh(sentAt))) throw signedOut();
		response = await send(path, upload);
	}
	if (!response.ok) throw await failure(response, false);
	return response.json();
}

interface Schema<T> {
	safeParse(v: unknown): { success: true; data: T } | { success: false };
}

async function putPicture<T>(path: string, upload: Upload, schema: Schema<T>): Promise<T> {
	const parsed = schema.safeParse(await put(path, upload));
	if (!parsed.success) throw new ApiError('final', 200, 'unexpected_answer');
	return parsed.data;
}

export const putAvatar = (upload: Upload): Promise<S.Me> => putPicture('/me/avatar', upload, S.Me);

export const putIcon = (serverId: string, upload: Upload): Promise<S.Server> =>
	putPicture(`/servers/${encodeURIComponent(serverId)}/icon`, upload, S.Server);
