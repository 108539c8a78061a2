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

-- name: export_start(account_id, place)
SELECT kind, ref, data FROM export_start($1::bigint, $2::text);

-- name: export_read(actor, place)
SELECT export_json(export_current($1::bigint), $2::text) AS data;

-- name: export_file(actor)
SELECT e.file, e.size FROM export_current($1::bigint) AS e WHERE e.ready_at IS NOT NULL;

-- name: export_name(account_id)
SELECT file FROM export WHERE account_id = $1::bigint;

-- name: export_profile(account_id)
SELECT export_profile($1::bigint) AS data, (SELECT a.avatar FROM account AS a WHERE a.id = $1::bigint) AS avatar;

-- name: export_next(job_id, attempts, lease_s, most)
SELECT account_id, file, wanted, begun, size, crc, channel, below, lines FROM export_next($1::bigint, $2::int, $3::int, $4::int);

-- name: export_note(job_id, attempts, lease_s, begun, size, crc, channel, below)
SELECT export_note($1::bigint, $2::int, $3::int, $4::int, $5::bigint, $6::bigint, $7::bigint, $8::bigint);

-- name: export_ready(job_id, attempts, account_id, file, size)
SELECT export_ready($1::bigint, $2::int, $3::bigint, $4::text, $5::bigint) AS wanted;

-- name: export_failed(account_id, file)
UPDATE export SET failed_at = now() WHERE account_id = $1::bigint AND file = $2::text AND ready_at IS NULL;

-- name: export_files()
SELECT export_files() AS file;
