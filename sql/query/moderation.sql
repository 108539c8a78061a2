-- name: ban_put(actor, server_id, account_id, reason, expires_in, erase_s)
SELECT kind, ref, data FROM ban_put($1::bigint, $2::bigint, $3::bigint, $4::text, $5::int, $6::int);

-- name: ban_delete(actor, server_id, account_id)
SELECT kind, ref, data FROM ban_delete($1::bigint, $2::bigint, $3::bigint);

-- name: ban_list(actor, server_id, most, after_id)
WITH page AS (
	SELECT b, a, b.account_id FROM ban AS b JOIN account AS a ON a.id = b.account_id
	WHERE b.server_id = $2::bigint AND b.account_id > coalesce($4::bigint, 0)
	AND (b.expires_at IS NULL OR b.expires_at > now())
	AND need_server($1::bigint, $2::bigint, perm('ban')) <> 0
	ORDER BY b.account_id LIMIT $3::int + 1
), shown AS (
	SELECT * FROM page ORDER BY account_id LIMIT $3::int
), ends AS (
	SELECT CASE WHEN (SELECT count(*) FROM page) > $3::int THEN max(account_id)::text END AS after FROM shown
)
SELECT page_json((SELECT string_agg(ban_json(b, a), ',' ORDER BY account_id) FROM shown), NULL, ends.after) AS data,
	NULL::text AS before, ends.after
FROM ends WHERE need_server($1::bigint, $2::bigint, perm('ban')) <> 0;

-- name: member_timeout(actor, server_id, account_id, seconds, reason)
SELECT kind, ref, data FROM member_timeout($1::bigint, $2::bigint, $3::bigint, $4::int, $5::text);

-- name: messages_bulk_delete(actor, channel_id, ids)
SELECT kind, ref, data FROM messages_bulk_delete($1::bigint, $2::bigint, $3::bigint[]);

-- name: member_purge(actor, server_id, account_id, within_s)
SELECT kind, ref, data FROM member_purge($1::bigint, $2::bigint, $3::bigint, $4::int);

-- name: server_retention(actor, server_id, days)
SELECT server_retention($1::bigint, $2::bigint, $3::int) AS data;

-- name: channel_retention(actor, channel_id, days)
SELECT channel_retention($1::bigint, $2::bigint, $3::int) AS data;

-- name: purge_count(actor, server_id, account_id, within_s)
SELECT purge_count($1::bigint, $2::bigint, $3::bigint, $4::int) AS data;
