-- name: server_create(actor, name, most)
SELECT kind, ref, data FROM server_create($1::bigint, $2::text, $3::int);

-- name: server_read(actor, server_id)
SELECT server_full_json($1::bigint, $2::bigint) AS data
WHERE server_permissions($1::bigint, $2::bigint) <> 0;

-- name: server_update(actor, server_id, name, lockdown)
SELECT kind, ref, data FROM server_update($1::bigint, $2::bigint, $3::text, $4::boolean);

-- name: server_delete(actor, server_id)
SELECT kind, ref, data FROM server_delete($1::bigint, $2::bigint);

-- name: member_list(actor, server_id, most, after_id, role_id, q)
SELECT data, before, after FROM member_list($1::bigint, $2::bigint, $3::int, $4::bigint, $5::bigint, $6::text);

-- name: member_update(actor, server_id, account_id, roles, nickname)
SELECT kind, ref, data FROM member_update($1::bigint, $2::bigint, $3::bigint, $4::text[], $5::text);

-- name: member_remove(actor, server_id, account_id)
SELECT kind, ref, data FROM member_remove($1::bigint, $2::bigint, $3::bigint);

-- name: audit_list(actor, server_id, most, before_id)
WITH page AS (
	SELECT x.* FROM audit AS x
	WHERE x.server_id = $2::bigint AND x.id < coalesce($4::bigint, 9223372036854775807)
	AND (NOT x.hidden OR x.actor_id = $1::bigint OR channel_permissions($1::bigint, x.channel_id) <> 0)
	AND need_server($1::bigint, $2::bigint, perm('audit_log')) <> 0
	ORDER BY x.id DESC LIMIT $3::int + 1
), shown AS (
	SELECT * FROM page ORDER BY id DESC LIMIT $3::int
), ends AS (
	SELECT CASE WHEN (SELECT count(*) FROM page) > $3::int THEN min(id)::text END AS before FROM shown
)
SELECT page_json((SELECT string_agg(audit_json(ROW(s.*)::audit, a), ',' ORDER BY s.id DESC)
		FROM shown AS s JOIN account AS a ON a.id = s.actor_id), ends.before, NULL) AS data,
	ends.before, NULL::text AS after
FROM ends WHERE need_server($1::bigint, $2::bigint, perm('audit_log')) <> 0;
