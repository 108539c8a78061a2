import { Hash, Lock, Megaphone, MessageCircle, Users, Video, Volume2 } from 'lucide-react';
import type { Channel } from '../api/schema';
import { cx } from '../lib/cx';

const icons = { audio: Volume2, video: Video, dm: MessageCircle, group: Users };

const iconOf = (c: Channel) =>
	c.kind !== 'text' ? icons[c.kind] : c.private ? Lock : c.read_only ? Megaphone : Hash;

interface Props {
	channel: Channel;
	size: number;
	className?: string;
}

/** What kind of a channel it is; its name stands beside it. */
export function ChannelIcon({ channel, size, className }: Props) {
	const Icon = iconOf(channel);
	return <Icon size={size} className={cx('shrink-0', className)} aria-hidden />;
}
