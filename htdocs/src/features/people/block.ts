import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { apply } from '../../store/store';
import { toast } from '../../ui/toast';

/** True when the server has taken it. */
export async function setBlocked(userId: string, name: string, blocked: boolean): Promise<boolean> {
	try {
		await (blocked ? api.block : api.unblock)(userId);
		apply({ kind: 'block', userId, blocked });
		toast(t(blocked ? 'toast.blocked' : 'toast.unblocked', { name }));
		return true;
	} catch (e) {
		toast(problemText(e), { bad: true });
		return false;
	}
}
