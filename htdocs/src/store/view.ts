/* What this tab is doing, as opposed to what the server knows: dialogs, the reply being written. */
import { create } from 'zustand';

/** What can be done to a member. */
export type Measure = 'timeout' | 'purge' | 'kick' | 'ban';

export type DialogName =
	| { name: 'create-server' }
	| { name: 'invite'; serverId: string }
	/** `userId`: whom the page is about. */
	| { name: 'server-settings'; serverId: string; page?: string; userId?: string }
	| { name: 'leave-server'; serverId: string }
	| { name: 'hand-on'; serverId: string }
	| { name: 'channel-permissions'; channelId: string }
	| { name: 'create-channel'; serverId: string; category?: string }
	| { name: 'leave-conversation'; channelId: string }
	| { name: 'edit-channel'; channelId: string }
	| { name: 'channel-people'; channelId: string }
	| { name: 'delete-channel'; channelId: string }
	| { name: 'new-conversation' }
	| { name: 'delete-message'; channelId: string; messageId: string }
	| { name: 'delete-messages'; channelId: string }
	| { name: 'moderate'; serverId: string; userId: string; who: string; what: Measure }
	| { name: 'person'; userId: string; serverId: string | null }
	| { name: 'custom-status' }
	| { name: 'report'; channelId: string; messageId: string }
	| { name: 'report-person'; serverId: string; userId: string; who: string }
	| { name: 'seen-by'; channelId: string; messageId: string }
	| { name: 'switcher' }
	| { name: 'shortcuts' }
	| { name: 'account' };

interface View {
	dialog: DialogName | null;
	drawer: boolean;
	members: boolean;
	replies: Record<string, string>;
	editing: string | null;
	/** Messages chosen in the open channel, the last one touched at the end; null outside of that mode. */
	selection: { channelId: string; ids: string[] } | null;
	/** Code of the invite by which the user just signed in: no need to ask again. */
	joining: string | null;
	/** The last channel visited in each place: a server's id, or 'dms'. */
	last: Record<string, string>;
}

export const useView = create<View>(() => ({
	dialog: null,
	drawer: false,
	members: false,
	replies: {},
	editing: null,
	selection: null,
	joining: null,
	last: {},
}));

export const openDialog = (dialog: DialogName): void => useView.setState({ dialog });
export const closeDialog = (): void => useView.setState({ dialog: null });
export const setDrawer = (drawer: boolean): void => useView.setState({ drawer });
export const setEditing = (editing: string | null): void => useView.setState({ editing });

export function setReply(channelId: string, messageId: string | null): void {
	useView.setState(({ replies: { [channelId]: _, ...rest } }) => ({
		replies: messageId ? { ...rest, [channelId]: messageId } : rest,
	}));
}
