/*
 * Ids from outside (addresses, texts). Records are plain objects: a key from outside may only look
 * something up when it is an id and the record's own.
 */
const pattern = /^\d{1,19}$/;

export const isId = (text: string | undefined): text is string =>
	text !== undefined && pattern.test(text);

export const own = <T>(record: Record<string, T>, id: string | null | undefined): T | undefined =>
	id !== null && id !== undefined && Object.hasOwn(record, id) ? record[id] : undefined;
