-- name: invite_create(actor, server_id, max_uses, expires_in, channel_id, role_id, code)
SELECT kind, ref, data
FROM invite_create($1::bigint, $2::bigint, $3::int, $4::int, $5::bigint, $6::bigint, $7::text);

-- name: invite_list(actor, server_id)
SELECT page_json((SELECT string_agg(invite_json(i, s, a), ',' ORDER BY i.created_at DESC)
	FROM invite AS i JOIN server AS s ON s.id = i.server_id JOIN account AS a ON a.id = i.creator_id
	WHERE i.server_id = $2::bigint AND (i.creator_id = $1::bigint
	OR server_permissions($1::bigint, $2::bigint) & perm('manage_server') <> 0)), NULL, NULL) AS data,
	NULL::text AS before, NULL::text AS after
WHERE need_server($1::bigint, $2::bigint, 0) <> 0;

-- name: invite_read(code)
SELECT CASE WHEN i.expires_at <= now() OR i.uses >= i.max_uses THEN NULL
	ELSE invite_preview_json(i, s) END AS data
FROM invite AS i
JOIN server AS s ON s.id = i.server_id AND s.deleted_at IS NULL
WHERE i.code = $1::text;

-- name: invite_accept(actor, code, most)
SELECT kind, ref, data FROM invite_accept($1::bigint, $2::text, $3::int);

-- name: invite_regenerate(actor, code, new_code)
SELECT kind, ref, data FROM invite_regenerate($1::bigint, $2::text, $3::text);

-- name: invite_delete(actor, code)
SELECT kind, ref, data FROM invite_delete($1::bigint, $2::text);
