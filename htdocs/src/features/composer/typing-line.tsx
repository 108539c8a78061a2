import { t } from '../../lib/text';
import { nameIn } from '../../store/here';
import { useChat } from '../../store/store';

const nobody = {};

/** Keeps its height when nobody types, so that nothing moves. */
export function TypingLine({ channelId }: { channelId: string }) {
	const people = useChat((s) => s.typing[channelId]) ?? nobody;
	const blocks = useChat((s) => s.blocks);
	const said = useChat((s) =>
		Object.keys(people)
			.flatMap((id) =>
				s.users[id] && !blocks.includes(id)
					? nameIn(s, s.channels[channelId]?.server_id ?? '', s.users[id])
					: [],
			)
			.join('\n'),
	);
	const names = said === '' ? [] : said.split('\n');
	const [a = '', b = ''] = names;
	const text =
		names.length === 0
			? ''
			: names.length === 1
				? t('typing.one', { a })
				: names.length === 2
					? t('typing.two', { a, b })
					: t('typing.many');
	return (
		<div className="flex h-5 min-w-0 items-center gap-1.5 ps-1 text-ink-2 text-xs">
			{text && (
				<>
					<span aria-hidden="true" className="flex gap-0.5">
						{[0, 150, 300].map((delay) => (
							<span
								key={delay}
								className="size-1 animate-dot rounded-full bg-current"
								style={{ animationDelay: `${delay}ms` }}
							/>
						))}
					</span>
					<span className="truncate">{text}</span>
				</>
			)}
		</div>
	);
}
