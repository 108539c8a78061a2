-- name: setup_token_set(token_hash, life_s)
UPDATE instance SET setup_token_hash = $1::bytea, setup_expires_at = now() + make_interval(secs => $2::int)
WHERE NOT EXISTS (SELECT FROM account WHERE admin);

-- name: admin_account_add(username, password_hash, admin, dms_from)
INSERT INTO account (username, display_name, password_hash, admin, dms_from)
VALUES (lower($1::text COLLATE "C"), $1::text, $2::text, $3::boolean, $4::text)
RETURNING id;

-- name: admin_account_find(username)
SELECT id, username, coalesce(email, email_unverified) AS email, admin, disabled_at IS NOT NULL AS disabled
FROM account WHERE username = lower($1::text COLLATE "C") COLLATE "default";

-- name: admin_account_list(after_username, most)
SELECT id, username, coalesce(email, email_unverified) AS email, admin, bot, disabled_at IS NOT NULL AS disabled, second_factor,
	waits_for IS NOT NULL AS waits, ts(id_time(id)) AS created_at
FROM account WHERE username > $1::text ORDER BY username LIMIT $2::int;

-- name: admin_make_admin(username)
UPDATE account SET admin = true WHERE username = lower($1::text COLLATE "C") COLLATE "default" RETURNING id;

-- name: admin_account_enable(account_id)
UPDATE account SET disabled_at = NULL, waits_for = NULL, registration_note = NULL WHERE id = $1::bigint AND deleted_at IS NULL AND disabled_at IS NOT NULL RETURNING id;

-- name: admin_retention()
SELECT c.id, s.name AS server, c.name, r.days, (SELECT count(*) FROM message AS m
	WHERE m.channel_id = c.id AND m.id < id_floor(now() - make_interval(days => r.days))) AS messages
FROM retention_channels() AS r JOIN channel AS c ON c.id = r.id JOIN server AS s ON s.id = c.server_id ORDER BY c.id;

-- name: retention_later()
SELECT retention_later();

-- name: admin_reset_link(account_id, reset_hash)
SELECT ticket_make($2::bytea, 'reset', a.id, NULL, 3600) FROM account AS a WHERE a.id = $1::bigint AND a.disabled_at IS NULL;
