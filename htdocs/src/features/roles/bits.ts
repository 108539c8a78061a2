/*
 * The permissions that are offered, in groups. `needs` names the feature without which nothing asks
 * for the bit; `server` that it means nothing in a single channel.
 */
import { Permission as P } from '../../lib/permissions';

export interface Bit {
	bit: bigint;
	label: string;
	hint: string;
	needs?: string;
	server?: boolean;
}

export const groups: { label: string; bits: Bit[] }[] = [
	{
		label: 'perm.group_reading',
		bits: [
			{ bit: P.view, label: 'perm.view', hint: 'perm.view_hint' },
			{ bit: P.history, label: 'perm.history', hint: 'perm.history_hint' },
		],
	},
	{
		label: 'perm.group_writing',
		bits: [
			{ bit: P.send, label: 'perm.send', hint: 'perm.send_hint' },
			{
				bit: P.sendInThreads,
				label: 'perm.send_in_threads',
				hint: 'perm.send_in_threads_hint',
				needs: 'threads',
			},
			{ bit: P.react, label: 'perm.react', hint: 'perm.react_hint', needs: 'reactions' },
			{ bit: P.mentionAll, label: 'perm.mention_all', hint: 'perm.mention_all_hint' },
			{ bit: P.attach, label: 'perm.attach', hint: 'perm.attach_hint', needs: 'files' },
		],
	},
	{
		label: 'perm.group_calls',
		bits: [
			{ bit: P.connect, label: 'perm.connect', hint: 'perm.connect_hint', needs: 'calls' },
			{ bit: P.speak, label: 'perm.speak', hint: 'perm.speak_hint', needs: 'calls' },
			{ bit: P.video, label: 'perm.video', hint: 'perm.video_hint', needs: 'calls' },
			{ bit: P.screen, label: 'perm.screen', hint: 'perm.screen_hint', needs: 'calls' },
			{
				bit: P.moveMembers,
				label: 'perm.move_members',
				hint: 'perm.move_members_hint',
				needs: 'calls',
			},
		],
	},
	{
		label: 'perm.group_people',
		bits: [
			{ bit: P.createInvite, label: 'perm.create_invite', hint: 'perm.create_invite_hint' },
			{
				bit: P.changeNickname,
				label: 'perm.change_nickname',
				hint: 'perm.change_nickname_hint',
				server: true,
			},
			{
				bit: P.manageNicknames,
				label: 'perm.manage_nicknames',
				hint: 'perm.manage_nicknames_hint',
				server: true,
			},
		],
	},
	{
		label: 'perm.group_order',
		bits: [
			{ bit: P.manageMessages, label: 'perm.manage_messages', hint: 'perm.manage_messages_hint' },
			{ bit: P.kick, label: 'perm.kick', hint: 'perm.kick_hint', server: true },
			{ bit: P.ban, label: 'perm.ban', hint: 'perm.ban_hint', server: true },
			{ bit: P.timeout, label: 'perm.timeout', hint: 'perm.timeout_hint', server: true },
			{ bit: P.auditLog, label: 'perm.audit_log', hint: 'perm.audit_log_hint', server: true },
		],
	},
	{
		label: 'perm.group_managing',
		bits: [
			{ bit: P.manageChannels, label: 'perm.manage_channels', hint: 'perm.manage_channels_hint' },
			{ bit: P.manageRoles, label: 'perm.manage_roles', hint: 'perm.manage_roles_hint' },
			{
				bit: P.manageWebhooks,
				label: 'perm.manage_webhooks',
				hint: 'perm.manage_webhooks_hint',
				needs: 'webhooks',
			},
			{
				bit: P.manageServer,
				label: 'perm.manage_server',
				hint: 'perm.manage_server_hint',
				server: true,
			},
			{
				bit: P.administrator,
				label: 'perm.administrator',
				hint: 'perm.administrator_hint',
				server: true,
			},
		],
	},
];

/** Those that there is something for here, without groups that are empty then. */
export function offered(features: Record<string, unknown>, inChannel: boolean): typeof groups {
	const fits = (b: Bit) =>
		(b.needs === undefined || features[b.needs] === true) && !(inChannel && b.server);
	return groups.map((g) => ({ ...g, bits: g.bits.filter(fits) })).filter((g) => g.bits.length > 0);
}
