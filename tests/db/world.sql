-- Helpers of the database tests. Everything that the product has a function for is made by it.

CREATE SCHEMA t;
GRANT USAGE ON SCHEMA t TO moot_api, moot_push, moot_jobs;

CREATE FUNCTION t.is(what text, got text, wanted text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN got IS NOT DISTINCT FROM wanted THEN 'ok ' || what
		ELSE 'not ok ' || what || ' (got ' || coalesce(got, 'null') || ', wanted '
			|| coalesce(wanted, 'null') || ')' END
$$;

-- What running a statement comes to: "ok", or the code word of our own errors, or the SQLSTATE.
CREATE FUNCTION t.try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'ok';
EXCEPTION
	WHEN raise_exception THEN RETURN SQLERRM;
	WHEN others THEN
		RETURN CASE WHEN SQLSTATE LIKE 'UE%' THEN SQLERRM ELSE SQLSTATE || ' ' || SQLERRM END;
END
$$;

CREATE FUNCTION t.account(name text) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO public.account (username, display_name, dms_from) VALUES (name, name, 'everyone') RETURNING id
$$;

CREATE FUNCTION t.who(name text) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT id FROM public.account WHERE username = name
$$;

-- The id at the end of the path a mutation answers with.
CREATE FUNCTION t.made(ref text) RETURNS bigint LANGUAGE sql AS $$
	SELECT (regexp_match(ref, '([0-9]+)$'))[1]::bigint
$$;

CREATE FUNCTION t.server(owner bigint, name text) RETURNS bigint LANGUAGE sql AS $$
	SELECT t.made(ref) FROM server_create(owner, name, 100) WHERE kind = 'created'
$$;

CREATE FUNCTION t.channel(owner bigint, home bigint, name text, private boolean) RETURNS bigint LANGUAGE sql AS $$
	SELECT t.made(ref) FROM channel_create(owner, home, name, 'text', NULL, NULL, private) WHERE kind = 'created'
$$;

CREATE FUNCTION t.role(home bigint, wanted text) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT id FROM public.role WHERE server_id = home AND (kind = wanted OR name = wanted)
$$;

-- Joins by an invite, as people do, and then holds exactly these roles.
CREATE FUNCTION t.join(home bigint, who bigint, VARIADIC roles text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	boss	bigint := (SELECT owner_id FROM public.server WHERE id = home);
	pass	text := 'code' || who || home;
BEGIN
	PERFORM invite_create(boss, home, 0, 0, NULL, NULL, pass);
	PERFORM invite_accept(who, pass, 100);
	PERFORM member_update(boss, home, who, roles, NULL);
END
$$;

-- A role with this mask; there is no statement for it yet.
CREATE FUNCTION t.new_role(home bigint, name text, mask bigint, place int) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO public.role (server_id, name, permissions, position) VALUES (home, name, mask, place) RETURNING id
$$;

CREATE FUNCTION t.post(who bigint, channel bigint, content text) RETURNS bigint LANGUAGE sql AS $$
	SELECT t.made(ref) FROM message_create(who, channel, content, NULL, NULL, '\x00') WHERE kind = 'created'
$$;

-- The names of the bits, in order; the numbers are the API's.
CREATE TABLE t.bit (bit int PRIMARY KEY, word text);
INSERT INTO t.bit VALUES (0, 'view'), (1, 'history'), (2, 'send'), (3, 'send_in_threads'), (4, 'react'),
	(5, 'attach'), (6, 'mention_all'), (7, 'manage_messages'), (8, 'manage_webhooks'), (9, 'connect'),
	(10, 'speak'), (11, 'video'), (12, 'screen'), (13, 'move_members'), (14, 'create_invite'), (15, 'kick'),
	(16, 'ban'), (17, 'manage_channels'), (18, 'manage_roles'), (19, 'manage_server'), (20, 'timeout'),
	(21, 'audit_log'), (22, 'change_nickname'), (23, 'manage_nicknames'), (24, 'pin'), (30, 'administrator');

CREATE FUNCTION t.words(mask bigint) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(word, ' ' ORDER BY bit), '') FROM t.bit WHERE mask & (1::bigint << bit) <> 0
$$;

GRANT SELECT ON ALL TABLES IN SCHEMA t TO moot_api;
