/* What the audit log says, in words. */
import * as z from 'zod/mini';
import { has } from '../../lib/permissions';
import { hasText, t } from '../../lib/text';
import { dateAndTime, lengthOf } from '../../lib/time';
import { groups } from '../roles/bits';

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
	'channel.member_added',
	'channel.member_removed',
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

/** Whose values are ids. */
const ids = ['target', 'user', 'channel_id'];
const builtIn = ['owner', 'admin', 'moderator', 'member', 'guest'];

const Masks = z.object({
	before: z.optional(z.string()),
	permissions: z.optional(z.union([z.string(), z.object({ allow: z.string(), deny: z.string() })])),
	roles: z.optional(z.array(z.string())),
});

const bitNames = (mask: bigint): string =>
	groups
		.flatMap((g) => g.bits)
		.flatMap(({ bit, label }) => (has(mask, bit) ? t(label) : []))
		.join(', ');

/** Permissions by their names: what a role may now and could not before, and the other way round. */
function maskParts({ before, permissions: now }: z.infer<typeof Masks>): [string, string][] {
	const said = (key: string, mask: bigint): [string, string][] => {
		const names = bitNames(mask);
		return names ? [[key, names]] : [];
	};
	if (now === undefined) return [];
	if (typeof now === 'object')
		return [...said('allowed', BigInt(now.allow)), ...said('denied', BigInt(now.deny))];
	const was = BigInt(before ?? '0');
	const is = BigInt(now);
	return [...said('given', is & ~was), ...said('taken', was & ~is)];
}

const roleParts = (names: string[]): [string, string] => [
	'roles',
	names.join(', ') || t('audit.none'),
];

/** All that an entry tells, for reading: `name` gives what an id is called. */
export function tellDetail(detail: unknown, name: (id: string) => string | null): string {
	const masks = Masks.safeParse(detail).data ?? {};
	const parts = [
		...partsOf(detail).flatMap(([key, value]): [string, string][] => {
			const said = ids.includes(key) ? name(value) : valueText(key, value);
			return said === null ? [] : [[key, said]];
		}),
		...(masks.roles ? [roleParts(masks.roles.flatMap((id) => name(id) ?? []))] : []),
		...maskParts(masks),
	];
	return parts.map(([key, value]) => `${detailText(key)}: ${value}`).join(' · ');
}

/** Details that are plain values; the reason stands by itself. */
export function partsOf(detail: unknown): [key: string, value: string][] {
	if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return [];
	return Object.entries(detail).flatMap(([key, value]): [string, string][] =>
		// What masks of permissions mean is said by itself.
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

const detailText = (key: string): string =>
	hasText(`audit.of_${key}`) ? t(`audit.of_${key}`) : key;

/** Times and lengths as people write them. */
function valueText(key: string, value: string): string {
	if (/^\d{4}-\d\d-\d\dT/.test(value)) return dateAndTime(value);
	if (key === 'messages_of_s') return lengthOf(Number(value));
	if (key === 'slow_mode') return value === '0' ? t('audit.no') : lengthOf(Number(value));
	if (key === 'retention_days' && value === '-1') return t('retention.as_server');
	if (/_days$/.test(key))
		return value === '0' ? t('audit.for_ever') : t('audit.in_days', { count: Number(value) });
	if (key === 'icon') return t(value === 'true' ? 'audit.set' : 'audit.removed');
	if (key === 'by' && value === 'administrator') return t('audit.administrator');
	if (key === 'kind' && hasText(`rules.kind_${value}`)) return t(`rules.kind_${value}`);
	if (key === 'role' && builtIn.includes(value)) return t(`roles.${value}`);
	if (value === '') return t('audit.none');
	if (value === 'true' || value === 'false') return t(value === 'true' ? 'audit.yes' : 'audit.no');
	return value;
}
