/* Every dialog is a chunk of its own, fetched when first opened. */
import { type ComponentType, lazy, Suspense } from 'react';
import { closeDialog, type DialogName, useView } from '../../store/view';

type Props<N extends DialogName['name']> = Omit<Extract<DialogName, { name: N }>, 'name'> & {
	onClose: () => void;
};
type Table = { [N in DialogName['name']]: ComponentType<Props<N>> };

const table: Table = {
	'create-server': lazy(() => import('../servers/create-server')),
	invite: lazy(() => import('../servers/invite-dialog')),
	'server-settings': lazy(() => import('../servers/server-settings')),
	'hand-on': lazy(() => import('../servers/hand-on')),
	'channel-permissions': lazy(() => import('../channels/channel-permissions')),
	'leave-server': lazy(() => import('../servers/leave-server')),
	'create-channel': lazy(() => import('../channels/create-channel')),
	'edit-channel': lazy(() => import('../channels/edit-channel')),
	'channel-people': lazy(() => import('../channels/channel-people')),
	'delete-channel': lazy(() => import('../channels/delete-channel')),
	'new-conversation': lazy(() => import('../dms/new-conversation')),
	'leave-conversation': lazy(() => import('../dms/leave-conversation')),
	'delete-message': lazy(() => import('../messages/delete-message')),
	'delete-messages': lazy(() => import('../messages/delete-messages')),
	moderate: lazy(() => import('../moderation/moderate')),
	person: lazy(() => import('../people/person')),
	'custom-status': lazy(() => import('../presence/custom-status')),
	report: lazy(() => import('../moderation/report-message')),
	'report-person': lazy(() => import('../moderation/report-person')),
	'seen-by': lazy(() => import('../messages/seen-by')),
	switcher: lazy(() => import('../palette/switcher')),
	shortcuts: lazy(() => import('../shortcuts/shortcuts')),
	account: lazy(() => import('../account/account')),
};

export function Dialogs() {
	const dialog = useView((v) => v.dialog);
	if (!dialog) return null;
	const { name, ...props } = dialog;
	const Body = table[name] as ComponentType<{ onClose: () => void }>;
	return (
		<Suspense fallback={null}>
			<Body {...props} onClose={closeDialog} />
		</Suspense>
	);
}
