import * as api from '../../api/core';
import { problemText } from '../../api/problem';
import type { Channel } from '../../api/schema';
import { t } from '../../lib/text';
import { toast } from '../../ui/toast';

/** Puts a channel away or brings it back; either can be undone by the other. */
export async function setArchived(c: Channel, archived: boolean): Promise<void> {
	const name = c.name ?? '';
	try {
		await api.patchChannel(c.id, { archived });
	} catch (e) {
		return toast(problemText(e), { bad: true });
	}
	toast(t(archived ? 'toast.archived' : 'toast.unarchived', { name }));
}
