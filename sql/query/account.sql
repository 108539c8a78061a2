-- name: session_check(session_id, account_id)
SELECT session_check($1::bigint, $2::bigint);

-- name: token_check(token_id, account_id, secret_hash)
SELECT token_check($1::bigint, $2::bigint, $3::bytea) AS scopes;

-- name: idempotency_claim(account_id, key, body_hash)
SELECT status, data, ref FROM idempotency_claim($1::bigint, $2::text, $3::bytea);

-- name: idempotency_store(account_id, key, status, data, ref, about)
UPDATE idempotency SET status = $3::int, data = $4::text, ref = $5::text,
	about = coalesce($6::bigint, substring($5::text FROM '^/(?:servers|channels)/([0-9]+)')::bigint)
WHERE account_id = $1::bigint AND key = $2::text;

-- name: limit_hit(key, window_s, most)
SELECT allowed, remaining, reset_s FROM limit_hit($1::text, $2::int, $3::int);

-- name: health_check()
SELECT coalesce(max(version), 0) AS schema_version FROM schema_migration;

-- name: setup_needed()
SELECT NOT EXISTS (SELECT FROM account WHERE admin) AS setup_needed;

-- name: account_register(username, email, password_hash, display_name, user_agent, ip, setup_token_hash, dms_from, verify_hash, secret, scale, waits_for, note)
SELECT kind, ref, data
FROM account_register($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bytea, $8::text,
	$9::bytea, $10::text, $11::int, $12::text, $13::text);

-- name: account_login_lookup(login, mails)
SELECT id AS account_id, password_hash, disabled_at IS NOT NULL AS disabled, second_factor, waits_for
FROM account
WHERE NOT bot AND (username = lower($1::text COLLATE "C") COLLATE "default" OR lower(email COLLATE "C") = lower($1::text COLLATE "C")
	OR NOT $2::boolean AND lower(email_unverified COLLATE "C") = lower($1::text COLLATE "C"))
ORDER BY username = lower($1::text COLLATE "C") COLLATE "default" DESC, email IS NULL, id LIMIT 1;

-- name: account_password_hash(account_id)
SELECT password_hash, second_factor FROM account WHERE id = $1::bigint AND disabled_at IS NULL;

-- name: account_password_set(account_id, session_id, password_hash, verified)
SELECT kind, ref, data FROM account_password_set($1::bigint, $2::bigint, $3::text, $4::text);

-- name: account_rehash(account_id, old_hash, new_hash)
UPDATE account SET password_hash = $3::text WHERE id = $1::bigint AND password_hash = $2::text;

-- name: session_create(account_id, user_agent, ip, ticket_hash, step, code_hash, password_hash)
SELECT kind, ref, data FROM session_create($1::bigint, $2::text, $3::text, $4::bytea, $5::bigint, $6::bytea, $7::text);

-- name: session_seed(session_id)
SELECT encode(seed, 'hex') AS seed, account_id FROM session WHERE id = $1::bigint;

-- name: session_rotate(session_id, gen, grace_s, idle_s, absolute_s)
SELECT outcome, account_id, seed, new_gen, me, ref, data
FROM session_rotate($1::bigint, $2::int, $3::int, $4::int, $5::int);

-- name: session_end(account_id, session_id)
SELECT kind, ref, data FROM session_end($1::bigint, $2::bigint);

-- name: session_list(account_id, current_session_id)
SELECT page_json(string_agg(session_json(s, $2::bigint), ',' ORDER BY s.last_used_at DESC, s.id), NULL, NULL) AS data,
	NULL::text AS before, NULL::text AS after
FROM session AS s WHERE s.account_id = $1::bigint AND s.ended_at IS NULL;

-- name: me_read(account_id)
SELECT me_json(a) AS data FROM account AS a WHERE a.id = $1::bigint;

-- name: me_update(account_id, display_name, username, receipts, show_last_seen, bio, time_zone, dms_from, says, emoji, text, until)
SELECT kind, ref, data
FROM me_update($1::bigint, $2::text, $3::text, $4::boolean, $5::boolean, $6::text, $7::text, $8::text,
	$9::boolean, $10::text, $11::text, $12::timestamptz);

-- name: token_list(account_id)
SELECT page_json(string_agg(token_json(t), ',' ORDER BY t.id), NULL, NULL) AS data,
	NULL::text AS before, NULL::text AS after
FROM token AS t WHERE t.account_id = $1::bigint AND t.revoked_at IS NULL;

-- name: token_create(account_id, name, scopes, expires_at, secret_hash)
SELECT kind, ref, data FROM token_create($1::bigint, $2::text, $3::text, $4::timestamptz, $5::bytea);

-- name: token_delete(account_id, token_id)
SELECT kind, ref, data FROM token_delete($1::bigint, $2::bigint);

-- name: user_read(actor, user_id)
SELECT CASE WHEN account_sees(me.id, a.id) AND NOT has_blocked(a.id, me.id) THEN left(user_json(a), -1) || profile_json(a) || '}'
	ELSE user_json(a) END AS data
FROM account AS a, account AS me
WHERE a.id = $2::bigint AND me.id = $1::bigint;

-- name: bootstrap(account_id, marked_channels, marked_seqs)
SELECT data, streams, revs, epoch, people FROM bootstrap_json($1::bigint, $2::bigint[], $3::bigint[]);
