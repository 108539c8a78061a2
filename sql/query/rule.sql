-- name: rule_list(actor, server_id)
SELECT data, before, after FROM rule_list($1::bigint, $2::bigint);

-- name: rule_read(actor, server_id, rule_id)
SELECT rule_read($1::bigint, $2::bigint, $3::bigint) AS data;

-- name: rule_create(actor, server_id, name, kind, words, allow, deny, most, action, timeout_s, exempt_roles, enabled)
SELECT kind, ref, data
FROM rule_create($1::bigint, $2::bigint, $3::text, $4::text, $5::text[], $6::text[], $7::text[], $8::int, $9::text,
	$10::int, $11::bigint[], $12::boolean);

-- name: rule_update(actor, server_id, rule_id, name, words, allow, deny, most, action, timeout_s, exempt_roles, enabled)
SELECT kind, ref, data
FROM rule_update($1::bigint, $2::bigint, $3::bigint, $4::text, $5::text[], $6::text[], $7::text[], $8::int, $9::text,
	$10::int, $11::bigint[], $12::boolean);

-- name: rule_delete(actor, server_id, rule_id)
SELECT kind, ref, data FROM rule_delete($1::bigint, $2::bigint, $3::bigint);
