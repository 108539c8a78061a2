-- name: email_set(actor, address, verify_hash, secret, scale)
SELECT kind, ref, data FROM email_set($1::bigint, $2::text, $3::bytea, $4::text, $5::int);

-- name: email_resend(actor, verify_hash, secret, scale)
SELECT kind, ref, data FROM email_resend($1::bigint, $2::bytea, $3::text, $4::int);

-- name: email_verify(hash)
SELECT kind, ref, data FROM email_verify($1::bytea);

-- name: reset_ask(login, reset_hash, secret, scale)
SELECT reset_ask($1::text, $2::bytea, $3::text, $4::int);

-- name: reset_look(hash)
SELECT t.account_id, a.second_factor FROM ticket AS t JOIN account AS a ON a.id = t.account_id
WHERE t.hash = $1::bytea AND t.kind = 'reset' AND t.expires_at > now();

-- name: reset_set(hash, password_hash, step, code_hash)
SELECT kind, ref, data FROM reset_set($1::bytea, $2::text, $3::bigint, $4::bytea);
