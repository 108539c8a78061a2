import type { Role } from '../../api/schema';
import { cssColor } from './ink';

/** A role's colour beside its name: never the only thing that tells it. */
export const RoleDot = ({ role }: { role: Role }) => (
	<span
		aria-hidden="true"
		className="size-3 shrink-0 rounded-full border border-line-strong"
		style={role.color === null ? undefined : { background: cssColor(role.color) }}
	/>
);
