-- Pictures of people and servers: which there are, whose they are, and which are nobody's any more.

CREATE OR REPLACE FUNCTION picture_may(actor bigint, server_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF server_id IS NOT NULL THEN
		PERFORM need_server(actor, server_id, perm('manage_server'));
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION picture_left(hash text) RETURNS void LANGUAGE sql AS $$
	UPDATE picture AS p SET used_at = now() WHERE p.hash = picture_left.hash
$$;
COMMENT ON FUNCTION picture_left IS 'Somebody has ceased to use it: its time begins';

CREATE OR REPLACE FUNCTION picture_forget(hash text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE picture AS p SET used_at = '-infinity' WHERE p.hash = picture_forget.hash;
	IF FOUND AND job_waits('pictures', NULL, '{}') IS NULL THEN
		PERFORM job_add('pictures', NULL, '{}', now());
	END IF;
END
$$;
COMMENT ON FUNCTION picture_forget IS 'As picture_left(), but a job removes it at once unless somebody else uses it';

DROP FUNCTION IF EXISTS picture_hold(text);
CREATE OR REPLACE FUNCTION picture_hold(hash text, old text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	-- in one order, as two may be swapping theirs
	PERFORM FROM picture AS p WHERE p.hash IN (picture_hold.hash, old) ORDER BY p.hash FOR NO KEY UPDATE;
	UPDATE picture AS p SET used_at = 'infinity' WHERE p.hash = picture_hold.hash;
	IF hash IS NOT NULL AND NOT FOUND THEN
		PERFORM fail(410, 'gone');
	END IF;
END
$$;
COMMENT ON FUNCTION picture_hold IS
'Somebody uses it from now on, and not the old one, of which picture_left() is to be said; 410 when it has just been
forgotten for somebody else: its files may be gone, too';

CREATE OR REPLACE FUNCTION avatar_set(actor bigint, hash text) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	old	account;
	a	account;
BEGIN
	-- others see it where they meet him; locks in the order server, account
	PERFORM FROM server AS s JOIN member AS x ON x.server_id = s.id AND x.account_id = actor
	WHERE s.deleted_at IS NULL ORDER BY s.id FOR NO KEY UPDATE OF s;
	SELECT x.* INTO old FROM account AS x WHERE x.id = actor FOR NO KEY UPDATE;
	IF NOT FOUND OR old.deleted_at IS NOT NULL THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM picture_hold(hash, old.avatar);
	UPDATE account AS x SET avatar = avatar_set.hash WHERE x.id = actor RETURNING x.* INTO a;
	RETURN NEXT CASE WHEN hash IS NULL THEN ROW('empty', NULL, NULL)::reply ELSE ROW('body', NULL, me_json(a))::reply END;
	IF a.avatar IS NOT DISTINCT FROM old.avatar THEN
		RETURN;
	END IF;
	PERFORM picture_left(old.avatar);
	RETURN QUERY SELECT * FROM account_told(a);
	RETURN NEXT user_event(actor, access_code('none'), 0, 'user.updated', me_json(a));
END
$$;
COMMENT ON FUNCTION avatar_set IS
'hash: of a picture whose files are there, or NULL. Told as a new name is: see me_update()';

CREATE OR REPLACE FUNCTION avatar_remove(account_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	had	text;
BEGIN
	SELECT a.avatar INTO had FROM account AS a WHERE a.id = avatar_remove.account_id;
	IF had IS NULL THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN QUERY SELECT * FROM avatar_set(account_id, NULL);
	PERFORM picture_forget(had);
END
$$;
COMMENT ON FUNCTION avatar_remove IS 'What an administrator does: the files go as well, and at once';

CREATE OR REPLACE FUNCTION icon_set(actor bigint, server_id bigint, hash text) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	had	text;
	s	server;
	data	text;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_server'));
	SELECT x.icon INTO had FROM server AS x WHERE x.id = icon_set.server_id;
	PERFORM picture_hold(hash, had);
	IF had IS NOT DISTINCT FROM hash THEN
		SELECT x.* INTO s FROM server AS x WHERE x.id = icon_set.server_id;
	ELSE
		UPDATE server AS x SET icon = icon_set.hash, rev = x.rev + 1
		WHERE x.id = icon_set.server_id AND x.deleted_at IS NULL RETURNING x.* INTO s;
		PERFORM picture_left(had);
		PERFORM audit_add(s.id, actor, 'server.updated', s.id, json_build_object('icon', hash IS NOT NULL));
	END IF;
	data := server_json(s);
	RETURN NEXT CASE WHEN hash IS NULL THEN ROW('empty', NULL, NULL)::reply ELSE ROW('body', NULL, data)::reply END;
	IF had IS DISTINCT FROM hash THEN
		RETURN NEXT event_add('s', s.id, s.rev, 0, 0, 0, 0, 'server.updated', data);
		RETURN QUERY SELECT * FROM guests_told(s.id, 'server.updated', data);
	END IF;
END
$$;
COMMENT ON FUNCTION icon_set IS 'hash: as in avatar_set()';

CREATE OR REPLACE FUNCTION picture_adopt(hashes text[]) RETURNS void LANGUAGE sql AS $$
	INSERT INTO picture (hash, used_at) SELECT DISTINCT x, '-infinity'::timestamptz FROM unnest(hashes) AS x
	WHERE NOT EXISTS (SELECT FROM picture AS p WHERE p.hash = x) ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION picture_adopt IS
'Files that a process left behind before it had made them anybody''s: they go the way of all others';

CREATE OR REPLACE FUNCTION picture_drop(most int) RETURNS SETOF text LANGUAGE sql AS $$
	WITH nobodys AS (SELECT p.hash FROM picture AS p
		WHERE p.used_at < now() - interval '1 hour'
		AND NOT EXISTS (SELECT FROM account AS a WHERE a.avatar = p.hash)
		AND NOT EXISTS (SELECT FROM server AS s WHERE s.icon = p.hash)
		ORDER BY p.used_at LIMIT most FOR UPDATE OF p SKIP LOCKED)
	DELETE FROM picture AS p USING nobodys AS n WHERE p.hash = n.hash RETURNING p.hash
$$;
COMMENT ON FUNCTION picture_drop IS
'Takes away the next so many that have been nobody''s for an hour, which is longer than it takes to make one
somebody''s. Their files are to be removed before this is committed: who comes
to use one of them waits until then, and finds out';
