import { Globe, Hash, Lock, Megaphone, MessageCircle, Users, Video, Volume2 } from 'lucide-react';
import type { Channel } from '../api/schema';
import { cx } from '../lib/cx';
import { t } from '../lib/text';

const icons = { audio: Volume2, video: Video, dm: MessageCircle, group: Users };

const iconOf = (c: Channel) =>
	c.kind !== 'text'
		? icons[c.kind]
		: c.private
			? Lock
			: c.web_public
				? Globe
				: c.read_only
					? Megaphone
					: Hash;

/** What the picture says, after the name. */
export const spokenName = (c: Channel, name: string): string =>
	[
		name,
		c.server_id && c.private && t('channel.is_private'),
		c.read_only && t('channel.is_read_only'),
		c.web_public && t('channel.is_public'),
	]
		.filter(Boolean)
		.join(', ');

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
