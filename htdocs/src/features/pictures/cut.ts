/* Reading a picture and cutting a square out of it, in the browser: nothing else of it is sent. */
import type { Square } from './square';

/** The server's largest is 256; twice that is enough for it to do its work well. */
const SIDE = 512;
const NOISE = 8;

/**
 * Some browsers answer noise when a page asks what it has drawn, so that nobody is recognised by
 * his fonts. There a picture is sent as it is, and the server takes its middle.
 */
export function mayCut(): boolean {
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = 4;
	const c = canvas.getContext('2d');
	if (!c) return false;
	const colour = [31, 107, 80, 255];
	c.fillStyle = `rgb(${colour.slice(0, 3).join()})`;
	c.fillRect(0, 0, 4, 4);
	const { data } = c.getImageData(0, 0, 4, 4);
	return data.every((byte, i) => Math.abs(byte - (colour[i % 4] ?? 0)) <= NOISE);
}

/** Turned as its camera says. Fails for what the browser cannot read. */
export async function readPicture(url: string): Promise<HTMLImageElement> {
	const image = new Image();
	image.src = url;
	await image.decode();
	if (image.naturalWidth === 0) throw new Error('no picture');
	return image;
}

/** `type` is what the picture was: one that can be transparent stays so. */
export function cut(image: HTMLImageElement, s: Square, type: string): Promise<Blob> {
	const canvas = document.createElement('canvas');
	const side = Math.max(1, Math.min(SIDE, Math.round(s.side)));
	canvas.width = canvas.height = side;
	const c = canvas.getContext('2d');
	if (!c) throw new Error('no canvas');
	c.imageSmoothingQuality = 'high';
	c.drawImage(image, s.x, s.y, s.side, s.side, 0, 0, side, side);
	return new Promise((resolve, reject) => {
		canvas.toBlob(
			(blob) => (blob ? resolve(blob) : reject(new Error('no picture'))),
			type === 'image/jpeg' ? type : 'image/png',
			0.92,
		);
	});
}
