-- A stored answer is given again only to who still may see what it is about.

ALTER TABLE idempotency ADD COLUMN about bigint;
COMMENT ON COLUMN idempotency.about IS 'The server or channel that the stored answer shows; NULL: the account''s own things';

UPDATE idempotency SET about = substring(ref FROM '^/(?:servers|channels)/([0-9]{1,18}|[1-8][0-9]{18})(?:/|$)')::bigint
WHERE ref IS NOT NULL;
