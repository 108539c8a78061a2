import type { Names } from '../../lib/mentions';
import { nameOf } from '../../lib/people';
import { chat } from '../../store/store';
import { roleName } from '../roles/standing';

/** As they are called now. */
export const names: Names = {
	person: (id) => {
		const u = chat().users[id];
		return u ? nameOf(u) : null;
	},
	role: (id) => {
		const role = Object.values(chat().servers)
			.flatMap((s) => s.roles)
			.find((r) => r.id === id);
		return role ? { name: roleName(role), color: role.color } : null;
	},
};
