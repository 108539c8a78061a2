-- name: admin_server_list(after_id, most)
SELECT s.id, s.name, a.username AS owner, s.member_count, ts(id_time(s.id)) AS created_at, s.deleted_at IS NOT NULL AS deleted
FROM server AS s JOIN account AS a ON a.id = s.owner_id WHERE s.id > $1::bigint ORDER BY s.id LIMIT $2::int;

-- name: admin_server_find(name, deleted)
SELECT s.id FROM server AS s WHERE (s.id::text = $1::text OR s.name = $1::text)
AND (s.deleted_at IS NOT NULL) = $2::boolean AND s.purged_at IS NULL LIMIT 2;

-- name: admin_channel_find(server_id, name, deleted)
SELECT c.id FROM channel AS c WHERE c.server_id = $1::bigint AND (c.id::text = $2::text OR c.name = $2::text)
AND (c.deleted_at IS NOT NULL) = $3::boolean AND c.purged_at IS NULL LIMIT 2;

-- name: admin_role_find(server_id, name)
SELECT r.id FROM role AS r WHERE r.server_id = $1::bigint AND r.kind <> 'everyone' AND (r.id::text = $2::text OR r.name = $2::text) LIMIT 2;

-- name: admin_audit(server_id, before_id, most)
SELECT x.id, ts(id_time(x.id)) AS at, x.actor_id, a.username AS actor, x.action, x.target_id, x.reason, x.detail::text AS detail
FROM audit AS x LEFT JOIN account AS a ON a.id = x.actor_id
WHERE x.server_id = $1::bigint AND x.id < $2::bigint ORDER BY x.id DESC LIMIT $3::int;

-- name: admin_members(server_id, skip, most)
SELECT m.account_id, a.username, ts(m.joined_at) AS joined_at,
	CASE WHEN m.timeout_until > now() THEN ts(m.timeout_until) END AS timed_out_until, ts(m.expires_at) AS expires_at,
	(SELECT string_agg(r.name, ', ' ORDER BY r.position DESC, r.id) FROM role AS r
		WHERE r.server_id = m.server_id AND r.id = ANY (m.roles)) AS roles
FROM member AS m JOIN account AS a ON a.id = m.account_id
WHERE m.server_id = $1::bigint ORDER BY m.account_id OFFSET $2::bigint LIMIT $3::int;

-- name: admin_bans(server_id, skip, most)
SELECT b.account_id, a.username, ts(b.created_at) AS created_at, ts(b.expires_at) AS expires_at, x.username AS actor, b.reason
FROM ban AS b JOIN account AS a ON a.id = b.account_id LEFT JOIN account AS x ON x.id = b.actor_id
WHERE b.server_id = $1::bigint AND (b.expires_at IS NULL OR b.expires_at > now())
ORDER BY b.account_id OFFSET $2::bigint LIMIT $3::int;

-- name: admin_roles(server_id, skip, most)
SELECT r.id, r.kind, r.permissions, (SELECT count(*) FROM member AS m
		WHERE m.server_id = r.server_id AND (r.kind = 'everyone' OR m.roles @> ARRAY[r.id])) AS holders, r.name
FROM role AS r WHERE r.server_id = $1::bigint ORDER BY r.position DESC, r.id OFFSET $2::bigint LIMIT $3::int;

-- name: admin_channels(server_id, skip, most)
SELECT c.id, c.kind, c.last_seq AS messages, nullif(concat_ws(',', CASE WHEN c.private THEN 'private' END,
	CASE WHEN c.read_only THEN 'read-only' END, CASE WHEN c.web_public THEN 'web' END,
	CASE WHEN c.archived_at IS NOT NULL THEN 'archived' END, CASE WHEN c.deleted_at IS NOT NULL THEN 'deleted' END), '') AS flags,
	c.category, c.name
FROM channel AS c WHERE c.server_id = $1::bigint AND c.purged_at IS NULL
ORDER BY c.position, c.id OFFSET $2::bigint LIMIT $3::int;

-- name: admin_invites(server_id, skip, most)
SELECT i.code, ts(i.created_at) AS created_at, ts(i.expires_at) AS expires_at, i.uses || '/' || coalesce(i.max_uses::text, '*') AS uses,
	a.username AS creator, r.name AS role
FROM invite AS i JOIN account AS a ON a.id = i.creator_id LEFT JOIN role AS r ON r.id = i.role_id
WHERE i.server_id = $1::bigint AND (i.expires_at IS NULL OR i.expires_at > now())
ORDER BY i.created_at DESC, i.code OFFSET $2::bigint LIMIT $3::int;

-- name: admin_reports(server_id, skip, most)
SELECT r.id, ts(id_time(r.id)) AS created_at, r.state, r.reason, a.username AS about, b.username AS reporter, r.note
FROM report AS r JOIN account AS a ON a.id = r.account_id LEFT JOIN account AS b ON b.id = r.reporter_id
WHERE r.server_id = $1::bigint ORDER BY r.id DESC OFFSET $2::bigint LIMIT $3::int;

-- name: admin_kick(server_id, account_id, reason)
SELECT kind, ref, data FROM member_remove(admin_as_owner($1::bigint, $3::text), $1::bigint, $2::bigint);

-- name: admin_ban(server_id, account_id, reason)
SELECT kind, ref, data FROM ban_put(admin_as_owner($1::bigint, $3::text), $1::bigint, $2::bigint, nullif($3::text, ''), 0, 0);

-- name: admin_unban(server_id, account_id, reason)
SELECT kind, ref, data FROM ban_delete(admin_as_owner($1::bigint, $3::text), $1::bigint, $2::bigint);

-- name: admin_hand_on(server_id, account_id, reason)
SELECT kind, ref, data FROM server_hand_on(admin_as_owner($1::bigint, $3::text), $1::bigint, $2::bigint);

-- name: admin_timeout(server_id, account_id, reason, seconds)
SELECT kind, ref, data FROM member_timeout(admin_as_owner($1::bigint, $3::text), $1::bigint, $2::bigint, $4::int, nullif($3::text, ''));

-- name: admin_give(server_id, account_id, reason, role_id)
SELECT kind, ref, data FROM member_update(admin_as_owner($1::bigint, $3::text), $1::bigint, $2::bigint,
	ARRAY(SELECT x::text FROM member AS m, unnest(m.roles) AS x WHERE m.server_id = $1::bigint AND m.account_id = $2::bigint
		UNION SELECT $4::bigint::text), NULL);

-- name: admin_take(server_id, account_id, reason, role_id)
SELECT kind, ref, data FROM member_update(admin_as_owner($1::bigint, $3::text), $1::bigint, $2::bigint,
	ARRAY(SELECT x::text FROM member AS m, unnest(m.roles) AS x WHERE m.server_id = $1::bigint AND m.account_id = $2::bigint
		AND x <> $4::bigint), NULL);

-- name: admin_lockdown(server_id, reason, lockdown)
SELECT kind, ref, data FROM server_update(admin_as_owner($1::bigint, $2::text), $1::bigint, NULL, $3::boolean, NULL, NULL, NULL);

-- name: admin_server_delete(server_id, reason)
SELECT kind, ref, data FROM server_delete(admin_as_owner($1::bigint, $2::text), $1::bigint);

-- name: admin_server_restore(server_id, reason)
SELECT kind, ref, data FROM server_restore(admin_as_owner($1::bigint, $2::text), $1::bigint);

-- name: admin_icon_remove(server_id, reason)
SELECT kind, ref, data FROM icon_set(admin_as_owner($1::bigint, $2::text), $1::bigint, NULL);

-- name: admin_channel_archive(server_id, channel_id, reason, archived)
SELECT kind, ref, data FROM channel_update(admin_as_owner($1::bigint, $3::text), $2::bigint, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	$4::boolean, NULL, NULL);

-- name: admin_channel_delete(server_id, channel_id, reason)
SELECT kind, ref, data FROM channel_delete(admin_as_owner($1::bigint, $3::text), $2::bigint);

-- name: admin_channel_restore(server_id, channel_id, reason)
SELECT kind, ref, data FROM channel_restore(admin_as_owner($1::bigint, $3::text), $2::bigint);

-- name: admin_invite(server_id, code)
SELECT kind, ref, data FROM invite_create(admin_as_owner($1::bigint, NULL), $1::bigint, 0, 604800, NULL, NULL, $2::text);

-- name: admin_invite_delete(server_id, code)
SELECT kind, ref, data FROM invite_delete(admin_as_owner($1::bigint, NULL), $2::text);
