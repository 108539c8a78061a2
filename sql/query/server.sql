-- name: server_create(actor, name, most)
SELECT kind, ref, data FROM server_create($1::bigint, $2::text, $3::int);

-- name: server_read(actor, server_id)
SELECT server_full_json($1::bigint, $2::bigint) AS data
WHERE server_permissions($1::bigint, $2::bigint) <> 0;

-- name: server_update(actor, server_id, name, lockdown, audit_days, web_robots, retention_days)
SELECT kind, ref, data FROM server_update($1::bigint, $2::bigint, $3::text, $4::boolean, $5::int, $6::boolean, $7::int);

-- name: server_delete(actor, server_id)
SELECT kind, ref, data FROM server_delete($1::bigint, $2::bigint);

-- name: member_list(actor, server_id, most, after_id, role_id, q, among)
SELECT data, before, after FROM member_list($1::bigint, $2::bigint, $3::int, $4::bigint, $5::bigint, $6::text, $7::bigint[]);

-- name: member_read(actor, server_id, account_id)
SELECT member_read($1::bigint, $2::bigint, $3::bigint) AS data;

-- name: member_update(actor, server_id, account_id, roles, nickname, ends)
SELECT kind, ref, data FROM member_update($1::bigint, $2::bigint, $3::bigint, $4::text[], $5::text, $6::timestamptz);

-- name: member_remove(actor, server_id, account_id)
SELECT kind, ref, data FROM member_remove($1::bigint, $2::bigint, $3::bigint);

-- name: server_deleted_list(actor)
SELECT page_json((SELECT string_agg(deleted_json(server_json(s), s.deleted_at), ',' ORDER BY s.deleted_at DESC, s.id)
	FROM server AS s WHERE s.owner_id = $1::bigint AND s.deleted_at > now() - undo_time() AND s.purged_at IS NULL),
	NULL, NULL) AS data, NULL::text AS before, NULL::text AS after;

-- name: server_restore(actor, server_id)
SELECT kind, ref, data FROM server_restore($1::bigint, $2::bigint);
