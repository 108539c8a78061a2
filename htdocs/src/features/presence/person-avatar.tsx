import type { User } from '../../api/schema';
import { nameOf } from '../../lib/people';
import { Avatar } from '../../ui/avatar';
import { Dot } from './dot';
import { usePresence, useWatch } from './use-presence';

interface Props {
	user: User;
	name?: string;
	size?: number;
	/** Where the word stands beside it. */
	silent?: boolean;
}

/** A person's picture with what is known of his presence; it is asked for while this is in view. */
export function PersonAvatar({ user, name = nameOf(user), size = 36, silent }: Props) {
	const status = usePresence(user.id);
	const watch = useWatch(user.id);
	const dot = size < 32 ? 10 : 12;
	return (
		<span ref={watch} className="relative block h-fit w-fit shrink-0">
			<Avatar id={user.id} name={name} url={user.avatar_url} size={size} />
			{status && (
				<span className="absolute -end-1 -bottom-1 rounded-full bg-canvas p-0.5">
					<Dot status={status} size={dot} {...(silent ? { silent } : {})} />
				</span>
			)}
		</span>
	);
}
