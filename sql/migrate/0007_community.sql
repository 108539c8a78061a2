-- What a member may do beside his roles: guests, time-outs; and what a channel allows beside overrides.

ALTER TABLE role ADD mentionable boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN role.mentionable IS 'Everybody may mention it, not only who may mention all';

ALTER TABLE member
	ADD guest boolean NOT NULL DEFAULT false,
	ADD timeout_until timestamptz,
	ADD expires_at timestamptz;
ALTER TABLE member ADD special boolean NOT NULL
	GENERATED ALWAYS AS (guest OR timeout_until IS NOT NULL OR expires_at IS NOT NULL) STORED;
CREATE INDEX member_expires_idx ON member (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON COLUMN member.guest IS 'The guest role is his highest: sees only channels shown to him; kept by member_refresh()';
COMMENT ON COLUMN member.timeout_until IS 'Until then he may read and nothing else';
COMMENT ON COLUMN member.expires_at IS 'The membership ends then';
COMMENT ON COLUMN member.special IS 'permissions alone does not say what he may do in a channel';

ALTER TABLE channel
	ADD read_only boolean NOT NULL DEFAULT false,
	ADD slow_mode_s integer NOT NULL DEFAULT 0 CHECK (slow_mode_s BETWEEN 0 AND 21600),
	ADD archived_at timestamptz;
ALTER TABLE channel ADD plain boolean NOT NULL
	GENERATED ALWAYS AS (NOT private AND NOT overridden AND NOT read_only AND archived_at IS NULL) STORED;
COMMENT ON COLUMN channel.read_only IS 'Posting is for who may manage messages, and for whom an override allows it';
COMMENT ON COLUMN channel.slow_mode_s IS 'Seconds between two messages of one person; 0: none';
COMMENT ON COLUMN channel.archived_at IS 'Since then it can be read and found, and nothing more';
COMMENT ON COLUMN channel.plain IS 'What a member who is not special may do here is what his roles say';

-- who had no role above guest was shown every public channel: he keeps those
INSERT INTO channel_member (channel_id, account_id)
SELECT c.id, m.account_id
FROM member AS m
JOIN channel AS c ON c.server_id = m.server_id AND NOT c.private AND c.deleted_at IS NULL
WHERE EXISTS (SELECT FROM role AS r WHERE r.id = ANY (m.roles) AND r.kind = 'guest')
AND NOT EXISTS (SELECT FROM role AS r WHERE r.id = ANY (m.roles) AND r.kind <> 'guest')
ON CONFLICT DO NOTHING;
UPDATE member AS m SET guest = true
WHERE EXISTS (SELECT FROM role AS r WHERE r.id = ANY (m.roles) AND r.kind = 'guest')
AND NOT EXISTS (SELECT FROM role AS r WHERE r.id = ANY (m.roles) AND r.kind <> 'guest');
