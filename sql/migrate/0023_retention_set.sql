-- How long messages are kept takes effect a day after it was said, and not where who said it sees nothing.

ALTER TABLE server ADD retention_set_at timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE channel ADD retention_set_at timestamptz NOT NULL DEFAULT '-infinity',
	ADD retention_apart boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN server.retention_set_at IS 'When retention_days was last changed';
COMMENT ON COLUMN channel.retention_set_at IS 'When retention_days was last changed';
COMMENT ON COLUMN channel.retention_apart IS 'Who last changed retention_days of the server does not see this channel: it does not hold here';
