import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/api/problem';
import { putAvatar, type Upload } from '../src/api/upload';
import { PictureField } from '../src/features/pictures/picture-field';
import {
	keyed,
	middle,
	mostZoom,
	moved,
	placeOf,
	type Square,
	zoomed,
	zoomOf,
} from '../src/features/pictures/square';

const size = { width: 1200, height: 800 };
const isInside = ({ x, y, side }: Square): boolean =>
	x >= 0 && y >= 0 && x + side <= size.width + 1e-9 && y + side <= size.height + 1e-9;

test('the largest square in the middle is meant at first', () => {
	expect(middle(size)).toEqual({ x: 200, y: 0, side: 800 });
	expect(zoomOf(size, middle(size))).toBe(1);
	expect(placeOf(size, middle(size))).toEqual([50, 50]);
});

test('whatever is done to a square, it stays within the picture', () => {
	let s = middle(size);
	let seed = 7;
	const random = () => {
		seed = (seed * 48271) % 2147483647;
		return seed / 2147483647;
	};
	for (let i = 0; i < 2000; i++) {
		s =
			random() < 0.5
				? moved(size, s, random() * 4 - 2, random() * 4 - 2)
				: zoomed(size, s, random() * 12, { x: random(), y: random() });
		expect(isInside(s)).toBe(true);
		expect(zoomOf(size, s)).toBeGreaterThanOrEqual(1);
		expect(zoomOf(size, s)).toBeLessThanOrEqual(mostZoom(size) + 1e-9);
	}
});

test('what is pointed at stays where it is when it is enlarged', () => {
	const s = middle(size);
	const at = { x: 0.25, y: 0.75 };
	const near = zoomed(size, s, 2, at);
	expect(near.x + near.side * at.x).toBeCloseTo(s.x + s.side * at.x);
	expect(near.y + near.side * at.y).toBeCloseTo(s.y + s.side * at.y);
});

test('a small picture is not enlarged until it is blurred', () => {
	expect(mostZoom({ width: 100, height: 300 })).toBe(1);
	expect(mostZoom({ width: 512, height: 512 })).toBe(4);
	expect(mostZoom({ width: 9000, height: 9000 })).toBe(8);
});

test('keys move, enlarge and begin again; others mean nothing', () => {
	const s = middle(size);
	expect(keyed(size, s, 'ArrowRight', false)?.x).toBe(216);
	expect(keyed(size, s, 'ArrowRight', true)?.x).toBe(280);
	expect(keyed(size, s, 'ArrowUp', false)?.y).toBe(0);
	const near = keyed(size, s, '+', false) ?? s;
	expect(zoomOf(size, near)).toBeCloseTo(1.1);
	expect(keyed(size, near, 'Home', false)).toEqual(s);
	for (const key of ['a', 'Tab', 'Enter', 'Escape']) expect(keyed(size, s, key, false)).toBeNull();
});

// jsdom reads and draws no picture: what is read is what decode() says, and a canvas is one colour.
let readable: boolean;
let drawing: boolean;
beforeEach(() => {
	readable = true;
	drawing = true;
	vi.stubGlobal(
		'URL',
		Object.assign(URL, { createObjectURL: () => 'blob:x', revokeObjectURL: () => {} }),
	);
	Object.defineProperty(HTMLImageElement.prototype, 'decode', {
		configurable: true,
		value: async () => {
			if (!readable) throw new Error('broken');
		},
	});
	vi.spyOn(HTMLImageElement.prototype, 'naturalWidth', 'get').mockReturnValue(1200);
	vi.spyOn(HTMLImageElement.prototype, 'naturalHeight', 'get').mockReturnValue(800);
	vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(
		() =>
			({
				fillRect: () => {},
				drawImage: () => {},
				getImageData: () => ({
					data: Uint8ClampedArray.from({ length: 64 }, (_, i) =>
						drawing ? ([31, 107, 80, 255][i % 4] ?? 0) : (i * 91) % 256,
					),
				}),
			}) as never,
	);
	vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation((done) =>
		done(new Blob(['cut'], { type: 'image/png' })),
	);
});
afterEach(() => void vi.restoreAllMocks());

const picture = (type = 'image/png', bytes = 100) => {
	const file = new File(['x'], 'x', { type });
	Object.defineProperty(file, 'size', { value: bytes });
	return file;
};

function field(save: (u: Upload) => Promise<unknown>, remove = async () => {}) {
	render(
		<PictureField label="Your picture" has save={save} remove={remove}>
			<span>letters</span>
		</PictureField>,
	);
	const input = document.querySelector('input[type=file]') as HTMLInputElement;
	return (file: File) => fireEvent.change(input, { target: { files: [file] } });
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

test('only the square is sent, and there is nothing to choose from afterwards', async () => {
	const sent: Blob[] = [];
	const choose = field(async ({ file, onProgress }) => {
		onProgress(0.5);
		sent.push(file);
	});
	choose(picture('image/png', 20 * 1024 * 1024));
	await screen.findByRole('application');
	press('Use this picture');
	await screen.findByText('letters');
	expect(await sent[0]?.text()).toBe('cut');
});

test('where a browser does not tell what it draws, the file itself is sent, and bounded as the server does', async () => {
	drawing = false;
	const sent: Blob[] = [];
	const choose = field(async ({ file }) => void sent.push(file));
	choose(picture('image/png', 5 * 1024 * 1024));
	await screen.findByText('This file is larger than 4 MB.');
	const file = picture('image/jpeg');
	choose(file);
	await screen.findByAltText('What will be seen of it');
	expect(screen.queryByRole('application')).toBeNull();
	press('Use this picture');
	await waitFor(() => expect(sent).toEqual([file]));
});

test('what is no picture is said at once, and the last that was chosen counts', async () => {
	const choose = field(async () => {});
	choose(picture('text/plain'));
	await screen.findByText('This is no PNG, JPEG, GIF or WebP.');
	choose(picture('image/gif', 26 * 1024 * 1024));
	await screen.findByText('This file is larger than 25 MB.');
	readable = false;
	choose(picture());
	await screen.findByText('This picture cannot be read.');
	readable = true;
	choose(picture());
	await screen.findByRole('application');
	expect(screen.queryByRole('alert')).toBeNull();
});

test('what the server says of a picture stands beside it', async () => {
	for (const [status, code, text] of [
		[422, 'broken', 'This picture cannot be read.'],
		[422, 'too_large', 'This picture is too large: at most 16 million pixels, and 8,192 a side.'],
		[413, '', 'This file is larger than 4 MB.'],
		[415, '', 'This is no PNG, JPEG, GIF or WebP.'],
	] as const) {
		const choose = field(async () => {
			throw new ApiError('final', status, 'x', 0, code ? [{ field: 'picture', code }] : []);
		});
		choose(picture());
		await screen.findByRole('application');
		press('Use this picture');
		await screen.findByText(text);
		cleanup();
	}
});

test('called off it says so, whatever the request says of that', async () => {
	const choose = field(
		({ signal }) =>
			new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
	);
	choose(picture());
	await screen.findByRole('application');
	press('Use this picture');
	await screen.findByRole('progressbar');
	press('Cancel');
	await screen.findByText('Cancelled. Nothing was changed.');
	expect(screen.queryByRole('alert')).toBeNull();
	expect(screen.queryByRole('progressbar')).toBeNull();
});

test('an upload that is called off while the token is renewed is not sent again', async () => {
	let requests = 0;
	class Request401 {
		upload = {};
		status = 401;
		responseText = '{}';
		onload = () => {};
		onloadend = () => {};
		open() {}
		setRequestHeader() {}
		abort() {}
		getResponseHeader = () => null;
		send() {
			requests++;
			queueMicrotask(() => {
				this.onload();
				this.onloadend();
			});
		}
	}
	vi.stubGlobal('XMLHttpRequest', Request401);
	const control = new AbortController();
	vi.stubGlobal('fetch', async () => {
		control.abort(new Error('called off'));
		return new Response('{"expires_in":900}', { headers: { 'Content-Type': 'application/json' } });
	});
	const file = new Blob(['x']);
	await expect(putAvatar({ file, onProgress: () => {}, signal: control.signal })).rejects.toThrow(
		'called off',
	);
	expect(requests).toBe(1);
	vi.unstubAllGlobals();
});
