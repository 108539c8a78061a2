import { cx } from '../../lib/cx';
import { t } from '../../lib/text';
import type { Shown } from '../../store/presence';

export const words: Record<Shown, string> = {
	online: 'presence.online',
	idle: 'presence.idle',
	dnd: 'presence.dnd',
	offline: 'presence.offline',
	invisible: 'presence.invisible',
};

/** Disc, crescent, disc with a bar, ring, broken ring: told apart without their colours. */
const shapes: Record<Shown, { colour: string; draw: string; line?: true; dashes?: string }> = {
	online: { colour: 'text-moss', draw: 'M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10z' },
	idle: { colour: 'text-amber', draw: 'M4.8 1.1a5 5 0 1 0 6.1 6.1a4.3 4.3 0 0 1-6.1-6.1z' },
	dnd: {
		colour: 'text-danger',
		draw: 'M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM3.2 5h5.6v2h-5.6z',
	},
	offline: { colour: 'text-ink-3', draw: 'M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z', line: true },
	invisible: {
		colour: 'text-ink-3',
		draw: 'M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z',
		line: true,
		dashes: '2.2 2',
	},
};

interface Props {
	status: Shown;
	size?: number;
	/** Where the word stands beside it. */
	silent?: boolean;
}

export function Dot({ status, size = 12, silent }: Props) {
	const { colour, draw, line, dashes } = shapes[status];
	const word = t(words[status]);
	return (
		<span
			data-presence={status}
			title={silent ? undefined : word}
			className={cx('block shrink-0', colour)}
			{...(silent ? { 'aria-hidden': true } : { role: 'img', 'aria-label': word })}
		>
			<svg viewBox="0 0 12 12" width={size} height={size} className="block" aria-hidden="true">
				<path
					d={draw}
					fillRule="evenodd"
					fill={line ? 'none' : 'currentColor'}
					stroke={line ? 'currentColor' : 'none'}
					strokeWidth={2}
					strokeDasharray={dashes}
				/>
			</svg>
		</span>
	);
}
