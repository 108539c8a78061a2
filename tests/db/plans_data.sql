-- A large installation, put straight into the tables: 20 servers of 2,000 members and 25 channels,
-- 5,000 conversations, 200,000 messages with their events.
SET synchronous_commit = off;
SELECT setseed(0.5);
INSERT INTO account (id, username, display_name, email, password_hash, rev, dms_from)
SELECT x, 'user' || x, 'User ' || x, 'user' || x || '@example.org', 'x', 10, 'everyone' FROM generate_series(1, 60000) AS x;
INSERT INTO ticket (hash, kind, account_id, data, expires_at)
SELECT sha256(convert_to(k || x, 'UTF8')), k, x, jsonb_build_object('email', 'new' || x || '@example.org'), now() + interval '1 day'
FROM generate_series(80, 20000) AS x, unnest(ARRAY['verify', 'reset']) AS k;
UPDATE account SET waits_for = 'approve', disabled_at = now() WHERE id BETWEEN 59001 AND 59500;
UPDATE account SET admin = true WHERE id = 50;
UPDATE account SET email_unverified = 'new' || id || '@example.org' WHERE id BETWEEN 80 AND 20000;
INSERT INTO server (id, name, owner_id, rev, member_count) SELECT 100000 + x, 'server' || x, x, 3000, 2000 FROM generate_series(1, 20) AS x;
INSERT INTO role (server_id, kind, name, permissions, position)
SELECT 100000 + s, k, k, CASE k WHEN 'everyone' THEN perm('role_everyone') WHEN 'owner' THEN perm('administrator')
	WHEN 'admin' THEN perm('administrator') WHEN 'moderator' THEN perm('role_member') | perm('role_moderator')
	ELSE perm('role_' || k) END, p
FROM generate_series(1, 20) AS s, (VALUES ('everyone', 0), ('guest', 10), ('member', 50), ('moderator', 800), ('admin', 900), ('owner', 1000)) AS v (k, p);
INSERT INTO member (server_id, account_id, roles, permissions, position)
SELECT 100000 + s, CASE WHEN m = 0 THEN s ELSE (s * 937 + m * 7) % 19900 + 100 END,
	ARRAY[(SELECT id FROM role WHERE server_id = 100000 + s AND kind = CASE WHEN m = 0 THEN 'owner' ELSE 'member' END)],
	CASE WHEN m = 0 THEN perm('role_everyone') | perm('administrator') ELSE perm('role_everyone') | perm('role_member') END,
	CASE WHEN m = 0 THEN 1000 ELSE 50 END
FROM generate_series(1, 20) AS s, generate_series(0, 1999) AS m ON CONFLICT DO NOTHING;
-- two custom roles in the first server, and a guest who is shown two channels
INSERT INTO role (server_id, name, permissions, position) VALUES (100001, 'first', 0, 799), (100001, 'second', 0, 798);
UPDATE member SET roles = roles || (SELECT id FROM role WHERE name = 'first') WHERE server_id = 100001 AND account_id % 3 = 0 AND position < 900;
-- one person who is everywhere
INSERT INTO member (server_id, account_id, roles, permissions, position)
SELECT id, 50, ARRAY[(SELECT r.id FROM role AS r WHERE r.server_id = s.id AND kind = 'moderator')],
	perm('role_everyone') | perm('role_member') | perm('role_moderator') | perm('administrator'), 900 FROM server AS s;
INSERT INTO channel (id, server_id, kind, name, private, last_seq, rev, position)
SELECT 200000 + x, 100000 + 1 + (x - 1) / 25, 'text', 'channel' || x, x % 25 = 0, 400, 400, x % 25 FROM generate_series(1, 500) AS x;
INSERT INTO channel_member SELECT c.id, m.account_id FROM channel AS c JOIN member AS m ON m.server_id = c.server_id
WHERE c.private AND (m.account_id % 5 = 0 OR m.account_id = 50);
UPDATE member SET roles = ARRAY[(SELECT id FROM role WHERE server_id = 100001 AND kind = 'guest')], guest = true
WHERE server_id = 100001 AND account_id = (SELECT max(account_id) FROM member WHERE server_id = 100001);
INSERT INTO channel_member SELECT c, account_id FROM member, unnest(ARRAY[200002, 200025]) AS c WHERE guest ON CONFLICT DO NOTHING;
INSERT INTO channel_override (channel_id, target_id, is_role, deny)
SELECT c.id, r.id, true, 32 FROM channel AS c JOIN role AS r ON r.server_id = c.server_id AND r.kind = 'member' WHERE c.id % 25 = 1;
UPDATE channel SET overridden = true WHERE id % 25 = 1 AND server_id IS NOT NULL;
INSERT INTO channel (id, kind, private, dm_key) SELECT 300000 + x, 'dm', true, x || ',' || x + 5000 FROM generate_series(1, 5000) AS x;
INSERT INTO channel_member SELECT 300000 + x, y FROM generate_series(1, 5000) AS x, LATERAL (VALUES (x), (x + 5000)) AS v (y);
-- what was deleted: channels of the first server, and a server of its own
INSERT INTO channel (id, server_id, kind, name, rev, deleted_at) SELECT 200500 + x, 100001, 'text', 'deleted' || x, 1, now() - x * interval '1 min' FROM generate_series(1, 50) AS x;
INSERT INTO server (id, name, owner_id, rev, deleted_at) VALUES (100021, 'deleted', 1, 10, now());
INSERT INTO member (server_id, account_id, permissions, position) VALUES (100021, 1, perm('administrator'), 1000);
INSERT INTO role (server_id, kind, name, permissions) VALUES (100021, 'everyone', 'everyone', 1);
INSERT INTO slow_mode SELECT 200001 + x % 500, x, now() FROM generate_series(1, 20000) AS x;
-- two whole months of messages, whatever the day
SELECT partition_make('message', to_char(now() AT TIME ZONE 'UTC' - interval '1 month', '"message_"YYYY_MM'),
	id_floor((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month') AT TIME ZONE 'UTC'),
	id_floor(date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'));
INSERT INTO message (id, channel_id, seq, rev, author_id, content, nonce)
SELECT id_floor((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '28 days') AT TIME ZONE 'UTC' + x * interval '24 s') | x,
	200001 + x % 500, 1 + x / 500, 1 + x / 500, 1 + (x * 7919) % 20000, 'message ' || x, 'n' || x FROM generate_series(0, 199999) AS x;
INSERT INTO event (id, stream, kind, rev, parent, parent_rev, subject, type, body)
SELECT id_floor(date_trunc('day', now()) + x * interval '3 s') | x, 200001 + x % 500, 'c', 1 + x / 500, 100001 + (x % 500) / 25, 1,
	id_floor((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '28 days') AT TIME ZONE 'UTC' + x * interval '24 s') | x,
	'message.created', '{"data":{"content":"message ' || x || '"}}' FROM generate_series(0, 199999) AS x;
INSERT INTO mention SELECT 1 + (x * 31) % 20000, 200001 + x % 500, 1 + x / 500, 1 + (x * 17) % 20000 FROM generate_series(0, 199999, 7) AS x ON CONFLICT DO NOTHING;
INSERT INTO read_state SELECT 1 + (x * 31) % 20000, 200001 + x % 500, x % 400 FROM generate_series(0, 99999) AS x ON CONFLICT DO NOTHING;
INSERT INTO read_state AS r (account_id, channel_id, read_seq, first_wrote, last_wrote)
SELECT author_id, channel_id, 0, min(seq), max(seq) FROM message GROUP BY 1, 2
ON CONFLICT ON CONSTRAINT read_state_pkey DO UPDATE SET first_wrote = excluded.first_wrote, last_wrote = excluded.last_wrote;
UPDATE channel AS c SET last_message_id = m.id FROM message AS m WHERE m.channel_id = c.id AND m.seq = c.last_seq;
INSERT INTO session (id, account_id, seed, confirmed_at) SELECT 400000 + x, x, '\x00', now() FROM generate_series(1, 20000) AS x;
INSERT INTO totp (account_id, pending, pending_at) SELECT x, decode(repeat('00', 60), 'hex'), now() FROM generate_series(1, 20000) AS x;
INSERT INTO recovery_code (account_id, hash) SELECT x, sha256(n::text::bytea) FROM generate_series(1, 5000) AS x, generate_series(1, 10) AS n;
UPDATE totp SET secret = pending, pending = NULL WHERE account_id BETWEEN 61 AND 10000;
UPDATE account AS a SET second_factor = true FROM totp AS t WHERE t.account_id = a.id AND t.secret IS NOT NULL;
INSERT INTO token (id, account_id, name, secret_hash) SELECT 500000 + x, x, 'token', '\x00' FROM generate_series(1, 20000) AS x;
INSERT INTO message_nonce SELECT author_id, nonce, channel_id, id, '\x00' FROM message LIMIT 100000;
INSERT INTO invite (code, server_id, creator_id) SELECT 'invitecode' || x, 100000 + 1 + x % 20, CASE WHEN x % 20 = 7 THEN 50 ELSE 1 + x % 20 END FROM generate_series(1, 10000) AS x;
INSERT INTO ban SELECT 100000 + 1 + x % 20, x, 50 FROM generate_series(1, 10000) AS x ON CONFLICT DO NOTHING;
INSERT INTO audit (server_id, actor_id, action) SELECT 100000 + 1 + x % 20, 50, 'x' FROM generate_series(1, 50000) AS x;
INSERT INTO report (id, server_id, channel_id, message_id, account_id, reporter_id, reason, state)
SELECT id_floor(now() - x * interval '1 min') | x, 100001 + x % 20, 200001 + x % 500, x, 100 + x, 50, 'spam', CASE WHEN x % 3 = 0 THEN 'open' ELSE 'resolved' END
FROM generate_series(1, 10000) AS x;
-- rules in the second server
INSERT INTO rule (server_id, name, kind, most, action) VALUES (100002, 'again', 'duplicates', 3, 'alert');
UPDATE server SET rules_rev = 77 WHERE id = 100002;
INSERT INTO said (server_id, account_id, digest, at)
SELECT 100002, x % 5000, said_digest('hello'), now() - x * interval '1 min' FROM generate_series(1, 20000) AS x;
INSERT INTO idempotency SELECT x, 'key', '\x00' FROM generate_series(1, 20000) AS x;
INSERT INTO limit_bucket SELECT 'key' || x, now() + interval '1 h', 1 FROM generate_series(1, 20000) AS x;
INSERT INTO block SELECT 1 + x % 20000, 1 + (x * 13 + 7) % 20000 FROM generate_series(0, 39999) AS x WHERE x % 20000 <> (x * 13 + 7) % 20000 ON CONFLICT DO NOTHING;
INSERT INTO block SELECT x, 61 FROM generate_series(50, 60) AS x ON CONFLICT DO NOTHING;
INSERT INTO job (kind, run_at) SELECT 'x', now() + interval '1 h' FROM generate_series(1, 20000) AS x;
INSERT INTO job (kind, data, run_at, attempts) VALUES ('rename', '{"account":"60","after":"0"}', now() + interval '1 h', 1);
INSERT INTO job (kind, owner, data, run_at, attempts) VALUES ('delete_messages', 60, '{"who":{"60":"0"},"channel":"0","below":"0"}', now() + interval '1 h', 1);
UPDATE channel SET retention_days = 1 WHERE id IN (200003, 200301);
INSERT INTO job (kind, data, run_at, attempts) VALUES ('retention', '{"channel":"0"}', now() + interval '1 h', 1);
INSERT INTO job (kind, owner, data, run_at, attempts) VALUES ('export', 60, '{"account":"60","file":"x"}', now() + interval '1 h', 1);
INSERT INTO job (kind, owner, data, run_at, attempts) SELECT 'delete_messages', 1, json_build_object('server', '100001', 'channel', '0', 'below', '0', 'who',
	(SELECT json_object_agg(x::text, '0') FROM generate_series(60, 159) AS x)), now() + interval '1 h', 1;
INSERT INTO job (kind, data, run_at, attempts) VALUES ('return', '{"server":"100001","after":"0"}', now() + interval '1 h', 1);
INSERT INTO job (kind, data, run_at, attempts) VALUES ('purge', '{"channel":"200030"}', now() + interval '1 h', 1);
UPDATE channel SET deleted_at = now() - interval '8 days' WHERE id = 200030;
UPDATE channel SET web_public = true WHERE id = 200003;
UPDATE message SET mentions = ARRAY[60, 61] WHERE channel_id = 200003 AND seq % 10 = 0;
INSERT INTO picture (hash, used_at) SELECT md5(x::text), CASE WHEN x > 20 THEN 'infinity'::timestamptz ELSE now() - interval '8 days' END FROM generate_series(1, 10000) AS x;
UPDATE account SET avatar = md5(id::text) WHERE id > 20 AND id <= 10000;
UPDATE server SET icon = md5(id::text) WHERE EXISTS (SELECT FROM picture WHERE hash = md5(server.id::text));
ANALYZE;
