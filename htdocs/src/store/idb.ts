/* The browser's own database: messages not yet delivered, and the last picture for offline starts. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Pending } from './types';

interface MootDb extends DBSchema {
	outbox: { key: string; value: Pending; indexes: { user: string } };
	picture: { key: string; value: { userId: string; at: number; data: unknown } };
}

let opened: Promise<IDBPDatabase<MootDb>> | null = null;

export function db(): Promise<IDBPDatabase<MootDb>> {
	opened ??= openDB<MootDb>('moot', 1, {
		upgrade(d) {
			d.createObjectStore('outbox', { keyPath: 'nonce' }).createIndex('user', 'userId');
			d.createObjectStore('picture');
		},
	});
	return opened;
}
