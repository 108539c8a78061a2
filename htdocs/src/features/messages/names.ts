import type { Names } from '../../lib/mentions';
import { nameOf } from '../../lib/people';
import { t } from '../../lib/text';
import { chat } from '../../store/store';
import { roleName } from '../roles/standing';

/** A guest is told of his own role and everyone's only: another one may be there all the same. */
const guestIn = ({ roles }: { roles: { kind: string }[] }): boolean =>
	roles.length > 0 && roles.every((r) => r.kind === 'guest' || r.kind === 'everyone');

/** As they are called now. */
export const names: Names = {
	person: (id) => {
		const u = chat().users[id];
		return u ? nameOf(u) : null;
	},
	role: (id) => {
		const servers = Object.values(chat().servers);
		const role = servers.flatMap((s) => s.roles).find((r) => r.id === id);
		if (role) return { name: roleName(role), color: role.color };
		return servers.some(guestIn) ? { name: t('message.some_role'), color: null } : null;
	},
};
