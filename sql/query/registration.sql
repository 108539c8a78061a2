-- name: registration_list(actor, most, after_id)
SELECT data, before, after FROM registration_list($1::bigint, $2::int, $3::bigint);

-- name: registration_decide(actor, account_id, approve)
SELECT kind, ref, data FROM registration_decide($1::bigint, $2::bigint, $3::boolean);

-- name: registration_pending(after_id, most)
SELECT id, username, coalesce(email, email_unverified) AS email, email IS NOT NULL AS verified, waits_for,
	registration_note AS note, ts(id_time(id)) AS created_at
FROM account WHERE waits_for IS NOT NULL AND id > $1::bigint ORDER BY id LIMIT $2::int;
