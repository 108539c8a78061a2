-- Invites that grant a role and lead to a channel; bans and time-outs that end; lockdown.

ALTER TABLE invite ADD role_id bigint REFERENCES role ON DELETE CASCADE;
CREATE INDEX invite_role_idx ON invite (role_id) WHERE role_id IS NOT NULL;
COMMENT ON COLUMN invite.role_id IS 'What who comes by it becomes; NULL: a member';
COMMENT ON COLUMN invite.channel_id IS 'Where who comes by it lands, and what is shared with him when it is private or he is a guest';

ALTER TABLE ban ADD expires_at timestamptz;
COMMENT ON COLUMN ban.expires_at IS 'He may come back then; NULL: never';

ALTER TABLE server ADD lockdown boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN server.lockdown IS 'Nobody joins, and everybody posts slowly';
