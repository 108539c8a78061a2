import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { apply } from '../../store/store';
import { toast } from '../../ui/toast';

/** Finds or makes the conversation and returns its address; null when refused. */
export async function openConversation(userIds: string[]): Promise<string | null> {
	try {
		const channel = await api.openDm(userIds);
		apply({ kind: 'channel', channel });
		return `/c/${channel.id}`;
	} catch (e) {
		toast(problemText(e), { bad: true });
		return null;
	}
}
