import { MessagesSquare, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { cx } from '../../lib/cx';
import { isConversation } from '../../lib/people';
import { t } from '../../lib/text';
import { calls, serversInOrder, unreadOf } from '../../store/selectors';
import { useChat } from '../../store/store';
import type { State } from '../../store/types';
import { openDialog } from '../../store/view';
import { Avatar } from '../../ui/avatar';
import { usePlace } from './place';

/** Sums as one number, so that the rail draws again only when it would look different. */
const state = (s: State, serverId: string | null): number => {
	let called = 0;
	let some = false;
	for (const c of Object.values(s.channels)) {
		if (serverId === null ? !isConversation(c) : c.server_id !== serverId) continue;
		called += calls(s, c);
		some ||= unreadOf(s, c.id) > 0;
	}
	return called > 0 ? Math.min(called, 99) : some ? -1 : 0;
};

export function Rail() {
	const servers = useChat((s) => s.servers);
	const place = usePlace();
	return (
		<nav
			aria-label={t('rail.label')}
			data-region="rail"
			className="flex w-17 flex-col items-center gap-2 overflow-y-auto bg-rail px-2 py-3"
		>
			<Item serverId={null} label={t('rail.dms')} to="/dms" current={place.kind === 'dms'}>
				<span className="grid size-11 place-items-center rounded-[28%] bg-raised text-moss">
					<MessagesSquare size={21} aria-hidden />
				</span>
			</Item>
			<span className="my-0.5 h-px w-8 shrink-0 bg-line-strong opacity-40" />
			{serversInOrder(servers).map((server) => (
				<Item
					key={server.id}
					serverId={server.id}
					label={server.name}
					to={`/s/${server.id}`}
					current={place.kind === 'server' && place.id === server.id}
				>
					<Avatar id={server.id} name={server.name} url={server.icon_url} size={44} />
				</Item>
			))}
			<button
				type="button"
				aria-label={t('server.create')}
				data-tip={t('server.create')}
				data-tip-side="right"
				className="grid size-11 shrink-0 place-items-center rounded-[28%] border border-line-strong border-dashed text-ink-2 hover:border-moss hover:text-moss"
				onClick={() => openDialog({ name: 'create-server' })}
			>
				<Plus size={20} aria-hidden />
			</button>
		</nav>
	);
}

interface ItemProps {
	serverId: string | null;
	label: string;
	to: string;
	current: boolean;
	children: ReactNode;
}

function Item({ serverId, label, to, current, children }: ItemProps) {
	const news = useChat((s) => state(s, serverId));
	const [at] = useLocation();
	return (
		<div className="relative shrink-0">
			<span
				aria-hidden="true"
				className={cx(
					'absolute top-1/2 -start-2 w-1 -translate-y-1/2 rounded-e-full bg-ink transition-all',
					current ? 'h-8' : news === 0 ? 'h-0' : 'h-2',
				)}
			/>
			<Link
				href={to}
				aria-label={newsLabel(label, news)}
				data-tip={label}
				data-tip-side="right"
				aria-current={current ? 'page' : undefined}
				className="block rounded-[28%] transition-opacity hover:opacity-85"
				onClick={(e) => at === to && e.preventDefault()}
			>
				{children}
			</Link>
			{news > 0 && <Badge count={news} />}
		</div>
	);
}

const newsLabel = (label: string, news: number): string =>
	news > 0
		? t('nav.with_calls', { name: label, count: news })
		: news < 0
			? t('nav.with_unread', { name: label })
			: label;

const Badge = ({ count }: { count: number }) => (
	<span
		aria-hidden="true"
		className="pointer-events-none absolute -end-1 -bottom-1 min-w-5 rounded-full border-2 border-rail bg-amber px-1 text-center font-bold text-2xs text-amber-ink leading-4 tabular-nums"
	>
		{count > 98 ? '99+' : count}
	</span>
);
