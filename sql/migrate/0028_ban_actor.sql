-- Who was banned from the command line was banned by nobody in the server.
ALTER TABLE ban ALTER COLUMN actor_id DROP NOT NULL;
COMMENT ON COLUMN ban.actor_id IS 'NULL: the administrator of the installation';
