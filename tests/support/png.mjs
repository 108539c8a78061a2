// Pictures made here: 8 bits RGB, no library.
import { crc32, deflateSync } from 'node:zlib';

const u32 = (n) => {
	const b = Buffer.alloc(4);
	b.writeUInt32BE(n >>> 0);
	return b;
};

function crc(bytes) {
	if (crc32) return crc32(bytes);
	let c = ~0;
	for (const x of bytes) {
		c ^= x;
		for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
	}
	return ~c;
}

const chunk = (type, data) => {
	const body = Buffer.concat([Buffer.from(type), data]);
	return Buffer.concat([u32(data.length), body, u32(crc(body))]);
};

/** pixel(x, y) gives [r, g, b]. */
export function png(width, height, pixel) {
	const lines = Buffer.alloc(height * (1 + width * 3));
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) lines.set(pixel(x, y), y * (1 + width * 3) + 1 + x * 3);
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', Buffer.concat([u32(width), u32(height), Buffer.from([8, 2, 0, 0, 0])])),
		chunk('IDAT', deflateSync(lines)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}
