/* Bits of the permission mask, which comes as a decimal string because it has 64 bits. */
export const Permission = {
	view: 0n,
	history: 1n,
	send: 2n,
	sendInThreads: 3n,
	react: 4n,
	attach: 5n,
	mentionAll: 6n,
	manageMessages: 7n,
	manageWebhooks: 8n,
	connect: 9n,
	speak: 10n,
	video: 11n,
	screen: 12n,
	moveMembers: 13n,
	createInvite: 14n,
	kick: 15n,
	ban: 16n,
	manageChannels: 17n,
	manageRoles: 18n,
	manageServer: 19n,
	timeout: 20n,
	auditLog: 21n,
	changeNickname: 22n,
	manageNicknames: 23n,
	administrator: 30n,
} as const;

export function allows(mask: string, bit: bigint): boolean {
	const bits = BigInt(mask);
	return ((bits >> bit) & 1n) === 1n || ((bits >> Permission.administrator) & 1n) === 1n;
}

export const has = (mask: bigint, bit: bigint): boolean => ((mask >> bit) & 1n) === 1n;

/** What these roles of mine and everyone's allow together. */
export function mine(
	roles: { id: string; kind: string; permissions: string }[],
	held: string[],
): string {
	const masks = roles.filter((r) => r.kind === 'everyone' || held.includes(r.id));
	return String(masks.reduce((all, r) => all | BigInt(r.permissions), 1n));
}
