-- Mentions of roles.

ALTER TABLE message ADD mention_roles bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN message.mention_roles IS 'Roles whose members it mentions; those stand in mentions too, as they were when it was written';
COMMENT ON COLUMN message.mentions IS 'Who is mentioned, by name or by a role; has a row of mention each, but for the author';
