-- What the administrator of the installation does in a server, from the command line.

CREATE OR REPLACE FUNCTION admin_as_owner(server_id bigint, reason text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('moot.administrator', 'on', true), set_config('moot.audit_reason', coalesce(reason, ''), true);
	RETURN (SELECT s.owner_id FROM server AS s WHERE s.id = admin_as_owner.server_id);
END
$$;
COMMENT ON FUNCTION admin_as_owner IS
'The actor whose rights the administrator uses. Until the end of the transaction what is noted names nobody as him who did
it: see done_by()';
