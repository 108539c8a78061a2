-- Slow mode, channels and servers that can come back after their deletion, channels shown on the web.

CREATE TABLE slow_mode (
	channel_id	bigint NOT NULL REFERENCES channel ON DELETE CASCADE,
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	last_at		timestamptz NOT NULL,
	PRIMARY KEY (channel_id, account_id)
) WITH (fillfactor = 70);
CREATE INDEX slow_mode_account_idx ON slow_mode (account_id);
COMMENT ON TABLE slow_mode IS 'Who has posted when, where that says when he may again';

ALTER TABLE channel
	ADD web_public boolean NOT NULL DEFAULT false,
	ADD purged_at timestamptz;
CREATE INDEX channel_deleted_idx ON channel (server_id, deleted_at) WHERE deleted_at IS NOT NULL;
COMMENT ON COLUMN channel.web_public IS 'A page on the web shows it to everybody while it is open to the whole server';
COMMENT ON COLUMN channel.deleted_at IS 'It comes back if somebody says so within 7 days';
COMMENT ON COLUMN channel.purged_at IS 'Since then what was in it is taken away for good; what stays says only that it was there';

ALTER TABLE server
	ADD web_robots boolean NOT NULL DEFAULT false,
	ADD purged_at timestamptz;
CREATE INDEX server_deleted_idx ON server (owner_id) WHERE deleted_at IS NOT NULL;
COMMENT ON COLUMN server.web_robots IS 'Search engines may list its pages on the web';
COMMENT ON COLUMN server.deleted_at IS 'The owner brings it back within 7 days, or nobody';
COMMENT ON COLUMN server.purged_at IS 'As of a channel';
