-- What somebody says of himself and wants of others.

CREATE OR REPLACE FUNCTION time_zone_is_known(name text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT name ~ '^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$' AND name <> 'Factory'
		AND EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = time_zone_is_known.name)
$$;
COMMENT ON FUNCTION time_zone_is_known IS 'An IANA name, as it is written there. Reads the whole database of them: some 10 ms';

CREATE OR REPLACE FUNCTION account_told(a account) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	m	member;
BEGIN
	FOR m IN SELECT x.* FROM member AS x JOIN server AS s ON s.id = x.server_id AND s.deleted_at IS NULL
		WHERE x.account_id = a.id ORDER BY x.server_id
	LOOP
		RETURN NEXT server_event(m.server_id, access_code('none'), 0, 'member.updated', member_json(m, a));
	END LOOP;
	PERFORM rename_later(a.id);
END
$$;
COMMENT ON FUNCTION account_told IS
'Who he is has changed: told to his servers, which the caller has locked, and by a job to his conversations';

DROP FUNCTION IF EXISTS me_update(bigint, text, text, text, boolean, boolean, text, text, text, boolean, text, text, timestamptz);
DROP FUNCTION IF EXISTS me_update(bigint, text, text, text);
DROP FUNCTION IF EXISTS me_update(bigint, text, text, text, boolean);
DROP FUNCTION IF EXISTS me_update(bigint, text, text, text, boolean, boolean);
CREATE OR REPLACE FUNCTION me_update(actor bigint, display_name text, username text, receipts boolean,
	show_last_seen boolean, bio text DEFAULT NULL, time_zone text DEFAULT NULL, dms_from text DEFAULT NULL,
	says boolean DEFAULT NULL, says_emoji text DEFAULT NULL, says_text text DEFAULT NULL,
	says_until timestamptz DEFAULT NULL)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	old	account;
	a	account;
	data	text;
	renamed	boolean;
BEGIN
	-- others see a name where they meet him; locks in the order server, account
	IF me_update.display_name IS NOT NULL OR me_update.username IS NOT NULL THEN
		PERFORM FROM server AS s JOIN member AS x ON x.server_id = s.id AND x.account_id = actor
		WHERE s.deleted_at IS NULL ORDER BY s.id FOR NO KEY UPDATE OF s;
	END IF;
	-- whether it is a change is known once nobody else is changing it
	SELECT x.* INTO old FROM account AS x WHERE x.id = actor FOR NO KEY UPDATE;
	IF NOT FOUND OR old.deleted_at IS NOT NULL THEN
		PERFORM fail(404, 'not_found');
	END IF;
	IF me_update.time_zone <> '' AND me_update.time_zone IS DISTINCT FROM old.time_zone
		AND NOT time_zone_is_known(me_update.time_zone) THEN
		PERFORM fail(422, 'invalid_fields', 'time_zone:unknown:no such time zone');
	END IF;
	renamed := me_update.display_name <> old.display_name OR lower(me_update.username COLLATE "C") <> old.username;
	UPDATE account AS x
	SET display_name = coalesce(me_update.display_name, x.display_name),
		username = coalesce(lower(me_update.username COLLATE "C"), x.username),
		receipts = coalesce(me_update.receipts, x.receipts),
		-- what was hidden once is not shown later
		last_seen_at = CASE WHEN NOT me_update.show_last_seen THEN NULL ELSE x.last_seen_at END,
		show_last_seen = coalesce(me_update.show_last_seen, x.show_last_seen),
		bio = CASE WHEN me_update.bio IS NULL THEN x.bio ELSE nullif(me_update.bio, '') END,
		time_zone = CASE WHEN me_update.time_zone IS NULL THEN x.time_zone ELSE nullif(me_update.time_zone, '') END,
		dms_from = coalesce(me_update.dms_from, x.dms_from),
		status_emoji = CASE WHEN says THEN nullif(says_emoji, '') ELSE x.status_emoji END,
		status_text = CASE WHEN says THEN nullif(says_text, '') ELSE x.status_text END,
		status_until = CASE WHEN says THEN says_until ELSE x.status_until END
	WHERE x.id = actor
	RETURNING x.* INTO a;
	IF a.username <> old.username THEN
		PERFORM username_take(a, old.username);
	END IF;
	data := me_json(a);
	RETURN NEXT ROW('body', NULL, data)::reply;
	IF data = me_json(old) THEN
		RETURN;
	END IF;
	IF renamed THEN
		RETURN QUERY SELECT * FROM account_told(a);
	END IF;
	-- everybody: the daemon's picture of him holds more than the name
	RETURN NEXT user_event(actor, CASE WHEN a.receipts <> old.receipts OR a.show_last_seen <> old.show_last_seen
		THEN access_code('everybody') ELSE access_code('none') END, 0, 'user.updated', data);
END
$$;
COMMENT ON FUNCTION me_update IS
'A new name is told to the servers at once, and to the conversations by a job; of the rest nobody is told but
his own streams. says: the next three are his custom status, NULL for none; bio and time_zone: empty removes.';
