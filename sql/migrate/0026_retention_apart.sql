-- A server's word about how long messages are kept holds where who gave it may delete them.

COMMENT ON COLUMN channel.retention_apart IS
'retention_days of the server does not hold here: who changed it last may not delete messages here, or has never been asked';
UPDATE channel AS c SET retention_apart = true FROM server AS s
WHERE s.id = c.server_id AND s.retention_days IS NOT NULL AND c.private AND c.retention_days IS NULL
AND c.retention_set_at = '-infinity' AND id_time(c.id) > s.retention_set_at;
