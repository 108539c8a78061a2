-- name: partitions_ensure()
SELECT partitions_ensure();

-- name: housekeeping()
SELECT what, rows FROM housekeeping();

-- name: job_take(lease_s)
SELECT id, kind, data::text, attempts, attempts - given_back AS failures FROM job_take($1::int);

-- name: job_done(job_id, attempts)
DELETE FROM job WHERE id = $1::bigint AND attempts = $2::int;

-- name: job_give_back(job_id, attempts)
UPDATE job SET leased_until = NULL, run_at = now(), given_back = attempts
WHERE id = $1::bigint AND attempts = $2::int;

-- name: job_put_off(job_id, attempts, s)
UPDATE job SET leased_until = NULL, run_at = now() + make_interval(secs => $3::int), given_back = given_back + 1
WHERE id = $1::bigint AND attempts = $2::int;

-- name: job_fail(job_id, attempts, error, retry_s)
UPDATE job SET leased_until = NULL, error = $3::text,
	data = CASE WHEN $4::int > 0 THEN data ELSE (data::jsonb - 'secret')::json END,
	run_at = CASE WHEN $4::int > 0 THEN now() + make_interval(secs => $4::int) ELSE run_at END,
	failed_at = CASE WHEN $4::int > 0 THEN NULL ELSE now() END
WHERE id = $1::bigint AND attempts = $2::int;

-- name: rename_tell(job_id, attempts, lease_s, most)
SELECT kind, ref, data FROM rename_tell($1::bigint, $2::int, $3::int, $4::int);

-- name: messages_delete_next(job_id, attempts, lease_s, most)
SELECT kind, ref, data FROM messages_delete_next($1::bigint, $2::int, $3::int, $4::int);

-- name: return_tell(job_id, attempts, lease_s, most)
SELECT kind, ref, data FROM return_tell($1::bigint, $2::int, $3::int, $4::int);

-- name: purge_next(job_id, attempts, lease_s, most)
SELECT kind, ref, data FROM purge_next($1::bigint, $2::int, $3::int, $4::int);

-- name: retention_next(job_id, attempts, lease_s, most)
SELECT kind, ref, data FROM retention_next($1::bigint, $2::int, $3::int, $4::int);

-- name: member_expire()
SELECT kind, ref, data FROM member_expire();
