import { useState } from 'react';
import { serverUrl } from '../lib/base';
import { cx } from '../lib/cx';
import { hue, initials } from '../lib/people';

interface Props {
	id: string;
	name: string;
	url?: string | null;
	size?: number;
	round?: boolean;
}

/** The address names the picture of 256 pixels; there are smaller ones beside it. */
const sized = (url: string, size: number): string => {
	const wanted = size * devicePixelRatio;
	return url.replace(/-256\.webp$/, `-${wanted > 128 ? 256 : wanted > 64 ? 128 : 64}.webp`);
};

/** Decoration beside a name, so it has no text of its own. Letters stand for who has no picture. */
export function Avatar({ id, name, url, size = 36, round }: Props) {
	// What an old event names may be gone.
	const [gone, setGone] = useState<string | null>(null);
	const shape = cx('shrink-0 select-none', round ? 'rounded-full' : 'rounded-[28%]');
	if (url && url !== gone) {
		return (
			<img
				src={serverUrl(sized(url, size))}
				alt=""
				width={size}
				height={size}
				loading="lazy"
				decoding="async"
				draggable={false}
				className={cx(shape, 'bg-hover object-cover')}
				style={{ width: size, height: size }}
				onError={() => setGone(url)}
			/>
		);
	}
	return (
		<span
			aria-hidden="true"
			data-letters={initials(name)}
			className={cx(shape, 'letters grid place-items-center font-bold text-white leading-none')}
			style={{
				width: size,
				height: size,
				fontSize: Math.round(size * 0.38),
				background: `oklch(var(--tone-l) var(--tone-c) ${hue(id)})`,
			}}
		/>
	);
}
