-- name: role_list(actor, server_id)
SELECT data, before, after FROM role_list($1::bigint, $2::bigint);

-- name: role_create(actor, server_id, name, permissions, color, mentionable)
SELECT kind, ref, data FROM role_create($1::bigint, $2::bigint, $3::text, $4::bigint, $5::int, $6::boolean);

-- name: role_update(actor, server_id, role_id, name, permissions, color, mentionable)
SELECT kind, ref, data
FROM role_update($1::bigint, $2::bigint, $3::bigint, $4::text, $5::bigint, $6::int, $7::boolean);

-- name: role_order(actor, server_id, role_ids)
SELECT kind, ref, data FROM role_order($1::bigint, $2::bigint, $3::bigint[]);

-- name: role_delete(actor, server_id, role_id)
SELECT kind, ref, data FROM role_delete($1::bigint, $2::bigint, $3::bigint);

-- name: server_owned(actor, server_id)
SELECT server_owned($1::bigint, $2::bigint) AS owned;

-- name: server_hand_on(actor, server_id, account_id)
SELECT kind, ref, data FROM server_hand_on($1::bigint, $2::bigint, $3::bigint);
