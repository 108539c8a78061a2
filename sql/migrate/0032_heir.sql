-- Leaving, and coming back by an invite, was a way for a guest to stay for ever. Cursors that say nothing of whom they stand
-- behind, and channels that keep messages for ever though their server does not.

ALTER TABLE timeout_left ALTER until DROP NOT NULL, ADD guest_until timestamptz;
COMMENT ON TABLE timeout_left IS
'What held of people who have gone: who comes back is in his time-out again, and stays as long as he might have as a guest';
COMMENT ON COLUMN timeout_left.guest_until IS
'As member.expires_at. When it is past he comes back by no invite that was made before';

ALTER TABLE instance ADD cursor_key uuid NOT NULL DEFAULT gen_random_uuid();
COMMENT ON COLUMN instance.cursor_key IS 'What id_seal() mixes in';

ALTER TABLE channel DROP CONSTRAINT channel_retention_days_check,
	ADD CONSTRAINT channel_retention_days_check CHECK (retention_days BETWEEN 0 AND 3650);
COMMENT ON COLUMN channel.retention_days IS 'Messages go when they are older; NULL: as the server says; 0: never, whatever it says';
