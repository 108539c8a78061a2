-- name: session_check_confirmed(session_id, account_id)
SELECT session_check_confirmed($1::bigint, $2::bigint);

-- name: factor_read(account_id)
SELECT translate(encode(t.secret, 'base64'), E'+/=\n', '-_') AS secret, t.last_step
FROM totp AS t WHERE t.account_id = $1::bigint;

-- name: factor_ask(account_id, password_hash, ticket_hash, life_s)
SELECT array_to_json(factor_ask($1::bigint, $2::text, $3::bytea, $4::int))::text AS methods;

-- name: totp_pending(account_id)
SELECT translate(encode(t.pending, 'base64'), E'+/=\n', '-_') AS secret FROM totp AS t
WHERE t.account_id = $1::bigint AND t.pending_at > now() - interval '10 minutes';

-- name: totp_begin(account_id, pending)
SELECT kind, ref, data FROM totp_begin($1::bigint, $2::bytea);

-- name: totp_enable(account_id, secret, step, code_hashes)
SELECT kind, ref, data FROM totp_enable($1::bigint, $2::bytea, $3::bigint, $4::bytea[]);

-- name: totp_disable(account_id)
SELECT kind, ref, data FROM totp_disable($1::bigint);

-- name: recovery_codes_renew(account_id, code_hashes)
SELECT kind, ref, data FROM recovery_codes_renew($1::bigint, $2::bytea[]);

-- name: session_confirm(account_id, session_id, proven, step, code_hash)
SELECT kind, ref, data FROM session_confirm($1::bigint, $2::bigint, $3::boolean, $4::bigint, $5::bytea);

-- name: security_read(account_id, session_id)
SELECT security_json(a, s) AS data FROM account AS a JOIN session AS s ON s.account_id = a.id
WHERE a.id = $1::bigint AND s.id = $2::bigint;

-- name: factors_drop(account_id)
SELECT kind, ref, data FROM factors_drop($1::bigint);
