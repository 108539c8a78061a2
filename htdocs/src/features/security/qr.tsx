import encodeQR from 'qr';

/** The dark modules of a code as one path; the quiet zone of four modules is part of the picture. */
export function outline(text: string): { path: string; size: number } {
	const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
	const path = rows
		.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join(''))
		.join('');
	return { path, size: rows.length };
}

/** Black on white whatever the theme: cameras want it so. */
export default function Qr({ text, label }: { text: string; label: string }) {
	const { path, size } = outline(text);
	return (
		<svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
			<rect width={size} height={size} fill="#fff" />
			<path d={path} fill="#000" />
		</svg>
	);
}
