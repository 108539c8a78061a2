-- name: channel_create(actor, server_id, name, kind, category, topic, private)
SELECT kind, ref, data
FROM channel_create($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::text, $7::boolean);

-- name: channel_read(actor, channel_id)
SELECT CASE WHEN c.server_id IS NULL THEN dm_json(c) ELSE channel_json(c) END AS data
FROM channel AS c
WHERE c.id = $2::bigint AND channel_permissions($1::bigint, $2::bigint) <> 0;

-- name: channel_update(actor, channel_id, name, category, topic, position, private, read_only, slow_mode, archived, web_public, retention_days)
SELECT kind, ref, data
FROM channel_update($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::double precision, $7::boolean,
	$8::boolean, $9::int, $10::boolean, $11::boolean, $12::int);

-- name: channel_delete(actor, channel_id)
SELECT kind, ref, data FROM channel_delete($1::bigint, $2::bigint);

-- name: channel_members(actor, channel_id, most, after_id)
WITH page AS (
	SELECT cm.account_id, cm.joined_at FROM channel_member AS cm
	WHERE cm.channel_id = $2::bigint AND cm.account_id > coalesce($4::bigint, 0)
	UNION ALL
	SELECT m.account_id, NULL FROM channel AS c JOIN member AS m ON m.server_id = c.server_id
	WHERE c.id = $2::bigint AND c.private AND c.overridden AND m.account_id > coalesce($4::bigint, 0)
	AND NOT EXISTS (SELECT FROM channel_member AS cm WHERE cm.channel_id = c.id AND cm.account_id = m.account_id)
	AND channel_permissions(m.account_id, c.id) <> 0
	ORDER BY account_id LIMIT $3::int + 1
), shown AS (
	SELECT * FROM page ORDER BY account_id LIMIT $3::int
), ends AS (
	SELECT CASE WHEN (SELECT count(*) FROM page) > $3::int THEN max(account_id)::text END AS after FROM shown
)
SELECT page_json((SELECT string_agg('{"user":' || user_json(a) || ',"joined_at":' ||
	coalesce('"' || ts(s.joined_at) || '"', 'null') || ',"timeout_until":' || jq(ts(m.timeout_until)) || '}', ',' ORDER BY a.id)
	FROM shown AS s JOIN account AS a ON a.id = s.account_id JOIN channel AS c ON c.id = $2::bigint
	LEFT JOIN member AS m ON m.server_id = c.server_id AND m.account_id = a.id), NULL, ends.after) AS data,
	NULL::text AS before, ends.after
FROM ends WHERE need_channel($1::bigint, $2::bigint, 0) <> 0;

-- name: channel_member_put(actor, channel_id, account_id)
SELECT kind, ref, data FROM channel_member_put($1::bigint, $2::bigint, $3::bigint);

-- name: channel_member_delete(actor, channel_id, account_id)
SELECT kind, ref, data FROM channel_member_delete($1::bigint, $2::bigint, $3::bigint);

-- name: override_list(actor, channel_id)
SELECT page_json((SELECT string_agg('{"target_id":"' || o.target_id || '","is_role":' || o.is_role
	|| ',"allow":"' || o.allow || '","deny":"' || o.deny || '"}', ',' ORDER BY NOT o.is_role, o.target_id)
	FROM channel_override AS o WHERE o.channel_id = $2::bigint AND o.allow | o.deny <> 0), NULL, NULL) AS data,
	NULL::text AS before, NULL::text AS after
WHERE need_channel($1::bigint, $2::bigint, perm('manage_roles')) <> 0;

-- name: override_put(actor, channel_id, target_id, allow, deny)
SELECT kind, ref, data FROM override_put($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint);

-- name: override_delete(actor, channel_id, target_id)
SELECT kind, ref, data FROM override_delete($1::bigint, $2::bigint, $3::bigint);

-- name: dm_open(actor, user_ids)
SELECT kind, ref, data FROM dm_open($1::bigint, $2::bigint[]);

-- name: channel_order(actor, server_id, ids, categories)
SELECT kind, ref, data FROM channel_order($1::bigint, $2::bigint, $3::bigint[], $4::text[]);

-- name: channel_deleted_list(actor, server_id)
SELECT page_json((SELECT string_agg(x.data, ',' ORDER BY x.at DESC, x.id) FROM (
	SELECT deleted_json(channel_json(c), c.deleted_at) AS data, c.deleted_at AS at, c.id FROM channel AS c
	WHERE c.server_id = $2::bigint AND c.deleted_at > now() - undo_time() AND c.purged_at IS NULL
	AND channel_permissions($1::bigint, c.id, true) <> 0
	ORDER BY c.deleted_at DESC LIMIT 500) AS x), NULL, NULL) AS data, NULL::text AS before, NULL::text AS after
WHERE need_server($1::bigint, $2::bigint, perm('manage_channels')) <> 0;

-- name: channel_restore(actor, channel_id)
SELECT kind, ref, data FROM channel_restore($1::bigint, $2::bigint);

-- name: web_page(channel_id, before_id, most)
SELECT kind, id, name, at, edited, content, server, icon, robots FROM web_page($1::bigint, $2::bigint, $3::int);
