-- What people say of themselves, whom they do not want to hear from, and how they leave.

ALTER TABLE account
	ADD COLUMN bio text CONSTRAINT account_bio_check CHECK (char_length(bio) BETWEEN 1 AND 500),
	ADD COLUMN time_zone text CONSTRAINT account_time_zone_check CHECK (char_length(time_zone) BETWEEN 1 AND 64),
	ADD COLUMN status_emoji text CONSTRAINT account_status_emoji_check CHECK (octet_length(status_emoji) BETWEEN 1 AND 32),
	ADD COLUMN status_text text CONSTRAINT account_status_text_check CHECK (char_length(status_text) BETWEEN 1 AND 100),
	ADD COLUMN status_until timestamptz,
	ADD COLUMN dms_from text NOT NULL DEFAULT 'shared'
		CONSTRAINT account_dms_from_check CHECK (dms_from IN ('everyone', 'shared', 'nobody')),
	ADD COLUMN deleted_at timestamptz;
COMMENT ON COLUMN account.bio IS 'About himself, for who shares something with him';
COMMENT ON COLUMN account.time_zone IS 'IANA name';
COMMENT ON COLUMN account.status_emoji IS 'With status_text, what he is doing; both NULL: he does not say';
COMMENT ON COLUMN account.status_until IS 'When that is over; NULL: when he says so';
COMMENT ON COLUMN account.dms_from IS
'Who may begin a conversation with him: everyone, shared (who is in a server with him), nobody';
COMMENT ON COLUMN account.deleted_at IS 'Nobody is behind it any more: what is left is the author of what was said';

CREATE TABLE block (
	account_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	blocked_id	bigint NOT NULL REFERENCES account ON DELETE CASCADE,
	created_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (account_id, blocked_id),
	CHECK (account_id <> blocked_id)
);
CREATE INDEX block_blocked_idx ON block (blocked_id);
COMMENT ON TABLE block IS 'Whom somebody does not want to hear from';

ALTER TABLE mention ADD COLUMN author_id bigint;
UPDATE mention AS x SET author_id = m.author_id
FROM message AS m WHERE m.channel_id = x.channel_id AND m.seq = x.seq;
DELETE FROM mention WHERE author_id IS NULL;
ALTER TABLE mention ALTER COLUMN author_id SET NOT NULL;
COMMENT ON COLUMN mention.author_id IS 'Who wrote it: what comes from whom one has blocked does not count';

-- who leaves takes his ended ones along
DROP INDEX session_account_idx, token_account_idx;
CREATE INDEX session_account_idx ON session (account_id);
CREATE INDEX token_account_idx ON token (account_id);

CREATE TABLE export (
	account_id	bigint PRIMARY KEY REFERENCES account ON DELETE CASCADE,
	requested_at	timestamptz NOT NULL DEFAULT now(),
	ready_at	timestamptz,
	failed_at	timestamptz,
	file		text NOT NULL CHECK (file ~ '^[0-9a-f]{32}$'),
	size		bigint
);
COMMENT ON TABLE export IS 'Copies of their own data that people have asked for, the newest of each';
COMMENT ON COLUMN export.file IS 'Its name in files_dir/export, until 7 days after ready_at';
