-- The audit log says why, is looked through by more than time, and is only ever added to.

ALTER TABLE audit ADD reason text CHECK (char_length(reason) <= 512);
ALTER TABLE audit ALTER actor_id DROP NOT NULL;
COMMENT ON COLUMN audit.reason IS 'Why, in the words of who did it';
COMMENT ON COLUMN audit.actor_id IS 'NULL: a rule of the server, or the administrator of the installation';
CREATE INDEX audit_actor_idx ON audit (server_id, actor_id, id);
CREATE INDEX audit_action_idx ON audit (server_id, action, id);
CREATE INDEX audit_target_idx ON audit (server_id, target_id, id) WHERE target_id IS NOT NULL;

ALTER TABLE server ADD audit_days integer NOT NULL DEFAULT 365 CHECK (audit_days BETWEEN 30 AND 3650);
COMMENT ON COLUMN server.audit_days IS 'How long its audit log is kept';

CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'replaced by sql/func';
END
$$;
CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_guard();
CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_guard();
