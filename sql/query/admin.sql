-- name: setup_token_set(token_hash, life_s)
UPDATE instance SET setup_token_hash = $1::bytea, setup_expires_at = now() + make_interval(secs => $2::int)
WHERE NOT EXISTS (SELECT FROM account WHERE admin);

-- name: admin_account_add(username, password_hash, admin, dms_from)
INSERT INTO account (username, display_name, password_hash, admin, dms_from)
VALUES (lower($1::text COLLATE "C"), $1::text, $2::text, $3::boolean, $4::text)
RETURNING id;

-- name: admin_account_find(username)
SELECT id, username, email, admin, disabled_at IS NOT NULL AS disabled
FROM account WHERE username = lower($1::text COLLATE "C") COLLATE "default";

-- name: admin_account_list(after_username, most)
SELECT id, username, email, admin, bot, disabled_at IS NOT NULL AS disabled, second_factor,
	ts(id_time(id)) AS created_at
FROM account WHERE username > $1::text ORDER BY username LIMIT $2::int;

-- name: admin_make_admin(username)
UPDATE account SET admin = true WHERE username = lower($1::text COLLATE "C") COLLATE "default" RETURNING id;

-- name: admin_account_enable(account_id)
UPDATE account SET disabled_at = NULL WHERE id = $1::bigint AND deleted_at IS NULL AND disabled_at IS NOT NULL RETURNING id;

-- name: admin_retention()
SELECT c.id, s.name AS server, c.name, r.days, (SELECT count(*) FROM message AS m
	WHERE m.channel_id = c.id AND m.id < id_floor(now() - make_interval(days => r.days))) AS messages
FROM retention_channels() AS r JOIN channel AS c ON c.id = r.id JOIN server AS s ON s.id = c.server_id ORDER BY c.id;

-- name: retention_later()
SELECT retention_later();

-- name: admin_server_list(after_id, most)
SELECT s.id, s.name, a.username AS owner, s.member_count, ts(id_time(s.id)) AS created_at, s.deleted_at IS NOT NULL AS deleted
FROM server AS s JOIN account AS a ON a.id = s.owner_id WHERE s.id > $1::bigint ORDER BY s.id LIMIT $2::int;

-- name: admin_server_find(name)
SELECT s.id FROM server AS s WHERE (s.id::text = $1::text OR s.name = $1::text) AND s.deleted_at IS NULL LIMIT 2;

-- name: admin_ban(server_id, account_id)
SELECT kind, ref, data FROM admin_ban($1::bigint, $2::bigint);

-- name: admin_audit(server_id, before_id, most)
SELECT x.id, ts(id_time(x.id)) AS at, x.actor_id, a.username AS actor, x.action, x.target_id, x.reason, x.detail::text AS detail
FROM audit AS x LEFT JOIN account AS a ON a.id = x.actor_id
WHERE x.server_id = $1::bigint AND x.id < $2::bigint ORDER BY x.id DESC LIMIT $3::int;
