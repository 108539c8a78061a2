-- name: audit_reason(reason)
SELECT set_config('moot.audit_reason', $1::text, true);

-- name: audit_list(actor, server_id, most, before_id, by_id, action, target_id)
SELECT data, before, after
FROM audit_list($1::bigint, $2::bigint, $3::int, $4::bigint, $5::bigint, $6::text, $7::bigint);
