/* What the audit log says, in words. */
import { hasText, t } from '../../lib/text';
import { dateAndTime, lengthOf } from '../../lib/time';

/** Kinds that are offered as a filter, in the order of the list. */
export const actions = [
	'server.updated',
	'server.owner',
	'server.deleted',
	'server.restored',
	'member.kicked',
	'member.banned',
	'member.unbanned',
	'member.timeout',
	'member.roles',
	'member.nickname',
	'role.created',
	'role.updated',
	'role.deleted',
	'roles.ordered',
	'channel.created',
	'channel.updated',
	'channel.deleted',
	'channel.restored',
	'channel.overrides',
	'channel.inherited',
	'channels.ordered',
	'message.deleted',
	'messages.deleted',
	'messages.purged',
	'invite.created',
	'invite.regenerated',
	'invite.deleted',
	'report.resolved',
	'report.dismissed',
	'report.reopened',
	'rule.created',
	'rule.updated',
	'rule.deleted',
];

/** A kind that this client does not know is shown as it is called. */
export function actionText(action: string): string {
	const id = `audit.do_${action.replaceAll('.', '_')}`;
	return hasText(id) ? t(id) : action;
}

/** Details that are plain values; the reason stands by itself. */
export function partsOf(detail: unknown): [key: string, value: string][] {
	if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return [];
	return Object.entries(detail).flatMap(([key, value]): [string, string][] =>
		// Masks of permissions say nothing to a reader.
		!['reason', 'permissions', 'before', 'report'].includes(key) &&
		['string', 'number', 'boolean'].includes(typeof value)
			? [[key, String(value)]]
			: [],
	);
}

/** What the entry itself calls its target, where that has a name of its own. */
export const namedIn = ({ action, detail }: { action: string; detail: unknown }): string | null =>
	/^(rule|role|channel)\./.test(action)
		? (partsOf(detail).find(([key]) => key === 'name')?.[1] ?? null)
		: null;

export const detailText = (key: string): string =>
	hasText(`audit.of_${key}`) ? t(`audit.of_${key}`) : key;

/** Times and lengths as people write them. */
export function valueText(key: string, value: string): string {
	if (/^\d{4}-\d\d-\d\dT/.test(value)) return dateAndTime(value);
	if (key === 'messages_of_s') return lengthOf(Number(value));
	if (key === 'slow_mode') return value === '0' ? t('audit.no') : lengthOf(Number(value));
	if (/_days$/.test(key))
		return value === '0' ? t('audit.for_ever') : t('audit.in_days', { count: Number(value) });
	if (key === 'icon') return t(value === 'true' ? 'audit.set' : 'audit.removed');
	if (key === 'by' && value === 'administrator') return t('audit.administrator');
	if (key === 'kind' && hasText(`rules.kind_${value}`)) return t(`rules.kind_${value}`);
	if (value === 'true' || value === 'false') return t(value === 'true' ? 'audit.yes' : 'audit.no');
	return value;
}
