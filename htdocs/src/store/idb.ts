/* The browser's own database: messages that are not yet delivered. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Pending } from './types';

interface MootDb extends DBSchema {
	outbox: { key: string; value: Pending; indexes: { user: string } };
}

let opened: Promise<IDBPDatabase<MootDb>> | null = null;

export function db(): Promise<IDBPDatabase<MootDb>> {
	opened ??= openDB<MootDb>('moot', 1, {
		upgrade(d) {
			d.createObjectStore('outbox', { keyPath: 'nonce' }).createIndex('user', 'userId');
		},
	});
	return opened;
}
