-- How long messages are kept.

ALTER TABLE server ADD retention_days integer CHECK (retention_days BETWEEN 1 AND 3650);
ALTER TABLE channel ADD retention_days integer CHECK (retention_days BETWEEN 1 AND 3650);
COMMENT ON COLUMN server.retention_days IS 'Messages go when they are older; NULL: never';
COMMENT ON COLUMN channel.retention_days IS 'Messages go when they are older; NULL: as the server says';
CREATE INDEX server_retention_idx ON server (id) WHERE retention_days IS NOT NULL;
CREATE INDEX channel_retention_idx ON channel (id) WHERE retention_days IS NOT NULL;

ALTER TABLE instance ADD retention_at timestamptz NOT NULL DEFAULT '-infinity';
COMMENT ON COLUMN instance.retention_at IS 'When messages that have had their time were last looked for';
