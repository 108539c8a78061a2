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

/** Decoration beside a name, so it has no text of its own. */
export function Avatar({ id, name, url, size = 36, round }: Props) {
	const shape = cx('shrink-0 select-none', round ? 'rounded-full' : 'rounded-[28%]');
	if (url) {
		return <img src={serverUrl(url)} alt="" width={size} height={size} className={shape} />;
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
