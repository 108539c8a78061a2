import { Smile } from 'lucide-react';
import { problemText } from '../../api/problem';
import type { CustomStatus, Me } from '../../api/schema';
import { serverNow } from '../../lib/clock';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { choose } from '../../store/present';
import { openDialog } from '../../store/view';
import { Menu } from '../../ui/menu';
import { toast } from '../../ui/toast';
import { Dot, words } from './dot';
import { PersonAvatar } from './person-avatar';
import { usePresenceText } from './use-presence';

const choices: { status: Me['status']; hint: string }[] = [
	{ status: 'online', hint: 'presence.online_hint' },
	{ status: 'dnd', hint: 'presence.dnd_hint' },
	{ status: 'invisible', hint: 'presence.invisible_hint' },
];

/** In one line; null when there is none, or it is over. */
const saysNow = (s: CustomStatus | null): string | null =>
	!s || (s.expires_at && Date.parse(s.expires_at) <= serverNow())
		? null
		: [s.emoji, s.text].filter(Boolean).join(' ');

/** Me, and what others see of me. */
export function StatusMenu({ me }: { me: Me }) {
	const name = nameOf(me);
	const status = usePresenceText(me.id) ?? '';
	const says = saysNow(me.custom_status);
	return (
		<Menu
			label={t('presence.menu')}
			trigger={
				<button
					type="button"
					data-tip={t('presence.menu')}
					className="flex min-w-0 grow items-center gap-2.5 rounded-lg py-1 ps-1 pe-2 text-start hover:bg-hover data-[state=open]:bg-press pointer-coarse:min-h-11"
				>
					<PersonAvatar user={me} size={32} silent />
					<span className="min-w-0 grow leading-tight">
						<bdi className="block truncate font-semibold text-sm">{name}</bdi>
						<span className="block truncate text-ink-2 text-xs">
							<bdi>{says ?? `@${me.username}`}</bdi>
						</span>
						<span className="sr-only">{t('presence.mine', { status })}</span>
					</span>
				</button>
			}
			items={[
				...choices.map((choice) => ({
					label: t(words[choice.status]),
					hint: t(choice.hint),
					checked: me.status === choice.status,
					icon: <Dot status={choice.status} size={14} silent />,
					onSelect: () => void set(choice.status),
				})),
				'line',
				{
					label: t('status.title'),
					...(says ? { hint: says } : {}),
					icon: <Smile size={15} />,
					onSelect: () => openDialog({ name: 'custom-status' }),
				},
			]}
		/>
	);
}

async function set(status: Me['status']): Promise<void> {
	try {
		await choose(status);
	} catch (e) {
		toast(problemText(e), { bad: true });
	}
}
