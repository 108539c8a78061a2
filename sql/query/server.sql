-- name: server_create(actor, name, most)
SELECT kind, ref, data FROM server_create($1::bigint, $2::text, $3::int);

-- name: server_read(actor, server_id)
SELECT server_full_json($1::bigint, $2::bigint) AS data
WHERE server_permissions($1::bigint, $2::bigint) <> 0;

-- name: server_update(actor, server_id, name)
SELECT kind, ref, data FROM server_update($1::bigint, $2::bigint, $3::text);

-- name: server_delete(actor, server_id)
SELECT kind, ref, data FROM server_delete($1::bigint, $2::bigint);

-- name: member_list(actor, server_id, most, after_id, role_id, q)
SELECT data, before, after FROM member_list($1::bigint, $2::bigint, $3::int, $4::bigint, $5::bigint, $6::text);

-- name: member_update(actor, server_id, account_id, roles, nickname)
SELECT kind, ref, data FROM member_update($1::bigint, $2::bigint, $3::bigint, $4::text[], $5::text);

-- name: member_remove(actor, server_id, account_id)
SELECT kind, ref, data FROM member_remove($1::bigint, $2::bigint, $3::bigint);

-- name: ban_put(actor, server_id, account_id, reason)
SELECT kind, ref, data FROM ban_put($1::bigint, $2::bigint, $3::bigint, $4::text);

-- name: ban_delete(actor, server_id, account_id)
SELECT kind, ref, data FROM ban_delete($1::bigint, $2::bigint, $3::bigint);

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

-- name: invite_create(actor, server_id, max_uses, expires_in, code)
SELECT kind, ref, data FROM invite_create($1::bigint, $2::bigint, $3::int, $4::int, $5::text);

-- name: invite_list(actor, server_id)
SELECT page_json((SELECT string_agg(invite_json(i, s, a), ',' ORDER BY i.created_at DESC)
	FROM invite AS i JOIN server AS s ON s.id = i.server_id JOIN account AS a ON a.id = i.creator_id
	WHERE i.server_id = $2::bigint AND (i.creator_id = $1::bigint
	OR server_permissions($1::bigint, $2::bigint) & perm('manage_server') <> 0)), NULL, NULL) AS data,
	NULL::text AS before, NULL::text AS after
WHERE need_server($1::bigint, $2::bigint, 0) <> 0;

-- name: invite_read(code)
SELECT CASE WHEN i.expires_at <= now() OR i.uses >= i.max_uses THEN NULL
	ELSE invite_json(i, s, a) END AS data
FROM invite AS i
JOIN server AS s ON s.id = i.server_id AND s.deleted_at IS NULL
JOIN account AS a ON a.id = i.creator_id
WHERE i.code = $1::text;

-- name: invite_accept(actor, code, most)
SELECT kind, ref, data FROM invite_accept($1::bigint, $2::text, $3::int);

-- name: invite_delete(actor, code)
SELECT kind, ref, data FROM invite_delete($1::bigint, $2::text);
