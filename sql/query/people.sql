-- name: block_list(actor)
SELECT page_json(string_agg(user_json(a), ',' ORDER BY b.created_at DESC, a.id), NULL, NULL) AS data,
	NULL::text AS before, NULL::text AS after
FROM block AS b JOIN account AS a ON a.id = b.blocked_id WHERE b.account_id = $1::bigint;

-- name: block_put(actor, user_id)
SELECT kind, ref, data FROM block_put($1::bigint, $2::bigint);

-- name: block_delete(actor, user_id)
SELECT kind, ref, data FROM block_delete($1::bigint, $2::bigint);

-- name: account_deactivate(account_id)
SELECT kind, ref, data FROM account_deactivate($1::bigint);

-- name: account_delete(account_id, purge)
SELECT kind, ref, data FROM account_delete($1::bigint, $2::boolean);
