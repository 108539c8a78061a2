-- What people say of themselves, and when they were here last.

ALTER TABLE account
	ADD COLUMN status text NOT NULL DEFAULT 'online'
		CONSTRAINT account_status_check CHECK (status IN ('online', 'dnd', 'invisible')),
	ADD COLUMN last_seen_at timestamptz,
	ADD COLUMN show_last_seen boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN account.status IS 'Chosen by hand; online: as the connections say. Ahead of it, for seconds, is Redis';
COMMENT ON COLUMN account.last_seen_at IS 'When the last connection ended; not kept while invisible or hidden';
COMMENT ON COLUMN account.show_last_seen IS 'Others see it, and this one sees that of others';
