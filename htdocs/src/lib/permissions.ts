/* Bits of the permission mask, which comes as a decimal string because it has 64 bits. */
export const Permission = {
	send: 2n,
	manageMessages: 7n,
	createInvite: 14n,
	kick: 15n,
	manageChannels: 17n,
	manageRoles: 18n,
	manageServer: 19n,
	administrator: 30n,
} as const;

export function allows(mask: string, bit: bigint): boolean {
	const bits = BigInt(mask);
	return ((bits >> bit) & 1n) === 1n || ((bits >> Permission.administrator) & 1n) === 1n;
}
