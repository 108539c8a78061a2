-- Roles: made, changed, put in order, removed; a server handed on; who is in it, as one may see.

CREATE OR REPLACE FUNCTION members_hold(server bigint, role_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM member AS m
	WHERE m.server_id = server AND (role_id IS NULL OR m.roles @> ARRAY[role_id])
	ORDER BY m.account_id FOR UPDATE;
END
$$;
COMMENT ON FUNCTION members_hold IS
'Waits for whatever the holders of a role (NULL: all members) are doing under the permissions they have
now, and holds off what they do next, so that nothing follows what it is no longer allowed by';

CREATE OR REPLACE FUNCTION server_refresh(server bigint, accounts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE member AS m
	SET permissions = x.mask, position = x.top, guest = x.guest
	FROM (SELECT me.account_id, e.permissions | coalesce(bit_or(r.permissions), 0) AS mask,
			greatest(coalesce(max(r.position), 0), e.position) AS top,
			coalesce(bool_or(r.kind = 'guest') AND NOT bool_or(r.kind <> 'guest'), false) AS guest
		FROM member AS me
		JOIN role AS e ON e.server_id = me.server_id AND e.kind = 'everyone'
		LEFT JOIN LATERAL unnest(me.roles) AS h (id) ON true
		LEFT JOIN role AS r ON r.id = h.id AND r.server_id = me.server_id
		WHERE me.server_id = server AND (accounts IS NULL OR me.account_id = ANY (accounts))
		GROUP BY me.account_id, e.permissions, e.position) AS x
	WHERE m.server_id = server AND m.account_id = x.account_id
	AND (m.permissions, m.position, m.guest) IS DISTINCT FROM (x.mask, x.top, x.guest);
END
$$;
COMMENT ON FUNCTION server_refresh IS
'member_refresh() for many at once: recomputes what these members (NULL: all) keep of their roles';

CREATE OR REPLACE FUNCTION role_locked(actor bigint, server_id bigint, role_id bigint) RETURNS role
LANGUAGE plpgsql AS $$
DECLARE
	r	role;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_roles'));
	SELECT x.* INTO r FROM role AS x WHERE x.server_id = role_locked.server_id AND x.id = role_locked.role_id;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF r.position >= member_position(actor, server_id) THEN
		PERFORM fail(403, 'forbidden', 'only roles below your own');
	END IF;
	RETURN r;
END
$$;
COMMENT ON FUNCTION role_locked IS 'A role that actor may change, who stands above it; the server is locked';

CREATE OR REPLACE FUNCTION member_position(actor bigint, server_id bigint) RETURNS integer LANGUAGE sql STABLE AS $$
	SELECT m.position FROM member AS m WHERE m.server_id = member_position.server_id AND m.account_id = actor
$$;

CREATE OR REPLACE FUNCTION role_mask_check(held bigint, old bigint, wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF wanted & ~perm('all') <> 0 THEN
		PERFORM fail(422, 'invalid_fields', 'permissions:unknown:no such permission');
	ELSIF (old # wanted) & ~held <> 0 THEN
		PERFORM fail(403, 'forbidden', 'only permissions you hold yourself');
	END IF;
END
$$;
COMMENT ON FUNCTION role_mask_check IS 'Every bit that is given or taken is one that exists and that the actor holds';

CREATE OR REPLACE FUNCTION role_told(r role, access int) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	data	text := role_json(r);
BEGIN
	RETURN NEXT server_event(r.server_id, access, 0, 'role.updated', data);
	IF r.kind IN ('everyone', 'guest') THEN
		RETURN QUERY SELECT * FROM guests_told(r.server_id, 'role.updated', data);
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION roles_place(server bigint, ids bigint[]) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	moved	role[];
	r	role;
BEGIN
	PERFORM members_hold(server, NULL);
	WITH changed AS (
		UPDATE role AS x SET position = 800 - u.place
		FROM unnest(ids) WITH ORDINALITY AS u (id, place)
		WHERE x.id = u.id AND x.server_id = server AND x.position <> 800 - u.place
		RETURNING x.*
	)
	SELECT array_agg(ROW(c.*)::role ORDER BY c.position DESC) INTO moved FROM changed AS c;
	IF moved IS NULL THEN
		RETURN;
	END IF;
	PERFORM server_refresh(server, NULL);
	-- who stands above whom is asked in each statement: no stream is read by it
	FOREACH r IN ARRAY moved LOOP
		RETURN QUERY SELECT * FROM role_told(r, access_code('none'));
	END LOOP;
END
$$;
COMMENT ON FUNCTION roles_place IS
'Numbers the custom roles, highest first, 799, 798 …; events of those that moved. The caller has locked the server';

CREATE OR REPLACE FUNCTION role_create(actor bigint, server_id bigint, name text, permissions bigint,
	color int, mentionable boolean) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	held	bigint := need_server_locked(actor, server_id, perm('manage_roles'));
	moved	reply[];
	place	integer;
	n	bigint;
	r	role;
BEGIN
	PERFORM role_mask_check(held, 0, coalesce(role_create.permissions, 0));
	SELECT count(*), coalesce(min(x.position) FILTER (WHERE x.kind = 'custom'), 800) - 1 INTO n, place
	FROM role AS x WHERE x.server_id = role_create.server_id;
	IF n >= 250 THEN
		PERFORM fail(409, 'limit_reached', 'at most 250 roles');
	ELSIF place < 100 THEN
		SELECT array_agg(e) INTO moved FROM roles_place(server_id, ARRAY(SELECT x.id FROM role AS x
			WHERE x.server_id = role_create.server_id AND x.kind = 'custom'
			ORDER BY x.position DESC, x.id)) AS e;
		SELECT min(x.position) - 1 INTO place FROM role AS x
		WHERE x.server_id = role_create.server_id AND x.kind = 'custom';
	END IF;
	IF place >= member_position(actor, server_id) THEN
		PERFORM fail(403, 'forbidden', 'only roles below your own');
	END IF;
	INSERT INTO role (server_id, name, permissions, position, color, mentionable)
	VALUES (role_create.server_id, role_create.name, coalesce(role_create.permissions, 0), place,
		nullif(role_create.color, -1), coalesce(role_create.mentionable, false))
	RETURNING * INTO r;
	PERFORM audit_add(r.server_id, actor, 'role.created', r.id,
		json_build_object('name', r.name, 'permissions', r.permissions::text));
	RETURN NEXT ROW('created', '/servers/' || r.server_id || '/roles/' || r.id, role_json(r))::reply;
	RETURN QUERY SELECT * FROM unnest(moved);
	RETURN NEXT server_event(r.server_id, access_code('none'), 0, 'role.created', role_json(r));
END
$$;
COMMENT ON FUNCTION role_create IS 'The lowest of the custom roles; the others move up when there is no room';

CREATE OR REPLACE FUNCTION role_update(actor bigint, server_id bigint, role_id bigint, name text, permissions bigint,
	color int, mentionable boolean) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	old	role := role_locked(actor, server_id, role_id);
	r	role := old;
BEGIN
	IF old.kind <> 'custom' AND (role_update.name <> old.name OR role_update.mentionable <> old.mentionable)
		OR old.kind IN ('admin', 'owner') AND role_update.permissions <> old.permissions THEN
		PERFORM fail(409, 'conflict', 'a built-in role keeps that');
	END IF;
	PERFORM role_mask_check(server_permissions(actor, server_id), old.permissions,
		coalesce(role_update.permissions, old.permissions));
	r.name := coalesce(role_update.name, old.name);
	r.permissions := coalesce(role_update.permissions, old.permissions);
	r.color := CASE WHEN role_update.color IS NULL THEN old.color ELSE nullif(role_update.color, -1) END;
	r.mentionable := coalesce(role_update.mentionable, old.mentionable);
	RETURN NEXT ROW('body', NULL, role_json(r))::reply;
	IF r IS NOT DISTINCT FROM old THEN
		RETURN;
	END IF;
	IF r.permissions <> old.permissions THEN
		PERFORM members_hold(r.server_id, CASE WHEN r.kind <> 'everyone' THEN r.id END);
	END IF;
	UPDATE role AS x SET name = r.name, permissions = r.permissions, color = r.color, mentionable = r.mentionable
	WHERE x.id = r.id;
	IF r.permissions <> old.permissions THEN
		PERFORM server_refresh(r.server_id, CASE WHEN r.kind <> 'everyone' THEN ARRAY(SELECT m.account_id FROM member AS m
			WHERE m.server_id = r.server_id AND m.roles @> ARRAY[r.id]) END);
	END IF;
	PERFORM audit_add(r.server_id, actor, 'role.updated', r.id, json_strip_nulls(json_build_object('name', r.name,
		'was', CASE WHEN r.name <> old.name THEN old.name END,
		'color', CASE WHEN r.color IS DISTINCT FROM old.color THEN coalesce('#' || lpad(to_hex(r.color), 6, '0'), '') END,
		'mentionable', CASE WHEN r.mentionable <> old.mentionable THEN r.mentionable END,
		'before', old.permissions::text, 'permissions', r.permissions::text)));
	RETURN QUERY SELECT * FROM role_told(r, CASE WHEN r.permissions <> old.permissions
		THEN access_code('everybody') ELSE access_code('none') END);
END
$$;
COMMENT ON FUNCTION role_update IS 'NULL: as it was; color -1: none';

CREATE OR REPLACE FUNCTION role_order(actor bigint, server_id bigint, role_ids bigint[]) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	own	integer;
	old	bigint[];
	above	integer;
	events	reply[];
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_roles'));
	own := member_position(actor, server_id);
	SELECT coalesce(array_agg(r.id ORDER BY r.position DESC, r.id), '{}'), count(*) FILTER (WHERE r.position >= own)
	INTO old, above FROM role AS r WHERE r.server_id = role_order.server_id AND r.kind = 'custom';
	IF cardinality(old) <> cardinality(role_ids) OR NOT old <@ role_ids THEN
		PERFORM fail(409, 'conflict', 'not the custom roles of this server: read them again');
	ELSIF old[1:above] <> role_ids[1:above] THEN
		PERFORM fail(403, 'forbidden', 'only roles below your own');
	END IF;
	SELECT array_agg(e) INTO events FROM roles_place(server_id, role_ids) AS e;
	IF events IS NOT NULL THEN
		PERFORM audit_add(server_id, actor, 'roles.ordered', NULL, NULL);
	END IF;
	RETURN NEXT ROW('body', NULL, (SELECT data FROM role_list(actor, server_id)))::reply;
	RETURN QUERY SELECT * FROM unnest(events);
END
$$;
COMMENT ON FUNCTION role_order IS 'All custom roles, highest first; those that do not stand below the actor stay as they are';

CREATE OR REPLACE FUNCTION member_told(server bigint, account bigint, himself boolean) RETURNS reply
LANGUAGE plpgsql AS $$
DECLARE
	data	text := (SELECT member_json(m, a) FROM member AS m JOIN account AS a ON a.id = m.account_id
		WHERE m.server_id = server AND m.account_id = account);
BEGIN
	IF himself THEN
		RETURN user_event(account, access_code('self'), account, 'member.updated', data);
	END IF;
	RETURN server_event(server, access_code('none'), account, 'member.updated', data);
END
$$;
COMMENT ON FUNCTION member_told IS 'The member as he is now, in the server''s stream or his own, where it has read anew what he sees';

CREATE OR REPLACE FUNCTION role_delete(actor bigint, server_id bigint, role_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	r	role := role_locked(actor, server_id, role_id);
	holders	bigint[];
	guests	bigint[];
	channels bigint[];
	lost	bigint[];
BEGIN
	IF r.kind <> 'custom' THEN
		PERFORM fail(409, 'conflict', 'a built-in role stays');
	END IF;
	PERFORM members_hold(r.server_id, r.id);
	WITH held AS (
		UPDATE member AS m SET roles = array_remove(m.roles, r.id)
		WHERE m.server_id = r.server_id AND m.roles @> ARRAY[r.id]
		RETURNING m.account_id
	)
	SELECT coalesce(array_agg(h.account_id ORDER BY h.account_id), '{}') INTO holders FROM held AS h;
	SELECT coalesce(array_agg(c.id ORDER BY c.id), '{}'),
		coalesce(array_agg(c.id) FILTER (WHERE o.allow & perm('view') <> 0 AND holders <> '{}'), '{}')
	INTO channels, lost FROM channel AS c
	JOIN channel_override AS o ON o.channel_id = c.id AND o.target_id = r.id WHERE c.server_id = r.server_id;
	PERFORM FROM channel AS c WHERE c.id = ANY (channels) ORDER BY c.id FOR NO KEY UPDATE;
	DELETE FROM channel_override AS o WHERE o.channel_id = ANY (channels) AND o.target_id = r.id;
	UPDATE channel AS c SET overridden = false WHERE c.id = ANY (channels)
	AND NOT EXISTS (SELECT FROM channel_override AS o WHERE o.channel_id = c.id);
	DELETE FROM role AS x WHERE x.id = r.id;
	PERFORM server_refresh(r.server_id, holders);
	lost := channels_lost(r.server_id, lost);
	PERFORM heir_hold(r.server_id, lost, holders);
	PERFORM audit_add(r.server_id, actor, 'role.deleted', r.id,
		json_build_object('name', r.name, 'permissions', r.permissions::text));
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT server_event(r.server_id, access_code('everybody'), 0, 'role.deleted',
		'{"id":"' || r.id || '","server_id":"' || r.server_id || '"}');
	-- nothing but the guest role is left to some: they do not read the server's stream any more
	RETURN QUERY SELECT e.* FROM unnest(holders) AS h (id)
		CROSS JOIN LATERAL member_told(r.server_id, h.id, true) AS e
		WHERE EXISTS (SELECT FROM member AS m WHERE m.server_id = r.server_id AND m.account_id = h.id AND m.guest);
	RETURN QUERY SELECT * FROM channels_inherit(r.server_id, lost);
END
$$;

CREATE OR REPLACE FUNCTION role_list(actor bigint, server_id bigint)
RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	me	member;
BEGIN
	PERFORM need_server(actor, server_id, 0);
	SELECT m.* INTO me FROM member AS m WHERE m.server_id = role_list.server_id AND m.account_id = actor;
	IF me.guest THEN
		data := page_json((SELECT string_agg(role_json(r), ',' ORDER BY r.position DESC, r.id)
			FROM role AS r WHERE r.server_id = role_list.server_id AND (r.kind = 'everyone' OR r.id = ANY (me.roles))), NULL, NULL);
	ELSE
		data := page_json((SELECT string_agg(left(role_json(r), -1) || ',"member_count":'
				|| CASE WHEN r.kind = 'everyone' THEN s.member_count ELSE coalesce(h.n, 0) END || '}',
				',' ORDER BY r.position DESC, r.id)
			FROM role AS r JOIN server AS s ON s.id = r.server_id
			LEFT JOIN (SELECT u.id, count(*) AS n FROM member AS m, unnest(m.roles) AS u (id)
				WHERE m.server_id = role_list.server_id GROUP BY u.id) AS h ON h.id = r.id
			WHERE r.server_id = role_list.server_id), NULL, NULL);
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION role_list IS 'All roles with how many hold each, highest first; a guest''s own';

CREATE OR REPLACE FUNCTION server_owned(actor bigint, server_id bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_server(actor, server_id, 0);
	IF NOT EXISTS (SELECT FROM server AS s WHERE s.id = server_owned.server_id AND s.owner_id = actor) THEN
		PERFORM fail(403, 'forbidden', 'only the owner');
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION server_owned IS 'True, or an error: who may be asked for his password at all';

CREATE OR REPLACE FUNCTION server_hand_on(actor bigint, server_id bigint, account_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	s	server;
	was_guest boolean;
	people	bigint[] := ARRAY[actor, account_id];
	lost	bigint[];
	data	text;
BEGIN
	PERFORM need_server_locked(actor, server_id, 0);
	PERFORM server_owned(actor, server_id);
	SELECT x.* INTO s FROM server AS x WHERE x.id = server_hand_on.server_id;
	IF actor = account_id THEN
		PERFORM fail(409, 'conflict', 'you own it already');
	END IF;
	PERFORM FROM member AS m WHERE m.server_id = s.id AND m.account_id = ANY (people) ORDER BY m.account_id FOR UPDATE;
	SELECT m.guest INTO was_guest FROM member AS m JOIN account AS a ON a.id = m.account_id
	WHERE m.server_id = s.id AND m.account_id = server_hand_on.account_id
	AND (m.expires_at IS NULL OR m.expires_at > now()) AND a.disabled_at IS NULL AND NOT a.bot;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	UPDATE member AS m SET timeout_until = CASE WHEN m.account_id <> actor THEN NULL ELSE m.timeout_until END,
		expires_at = NULL,
		roles = ARRAY(SELECT r.id FROM role AS r WHERE r.server_id = s.id AND
			CASE WHEN r.kind = 'owner' THEN m.account_id <> actor
				WHEN r.kind = 'admin' THEN m.account_id = actor
				ELSE r.kind <> 'guest' AND r.id = ANY (m.roles) END ORDER BY r.id)
	WHERE m.server_id = s.id AND m.account_id = ANY (people);
	PERFORM server_refresh(s.id, people);
	UPDATE server AS x SET owner_id = server_hand_on.account_id, rev = x.rev + 1 WHERE x.id = s.id RETURNING x.* INTO s;
	lost := channels_lost(s.id, NULL);
	PERFORM heir_hold(s.id, lost, guests_of(s.id) || people);
	PERFORM audit_add(s.id, actor, 'server.owner', account_id, NULL);
	data := server_json(s);
	RETURN NEXT ROW('body', NULL, data)::reply;
	RETURN NEXT event_add('s', s.id, s.rev, 0, 0, access_code('everybody'), 0, 'server.updated', data);
	RETURN NEXT member_told(s.id, actor, false);
	RETURN NEXT member_told(s.id, account_id, false);
	IF was_guest THEN
		RETURN NEXT member_told(s.id, account_id, true);
	END IF;
	RETURN QUERY SELECT * FROM guests_told(s.id, 'server.updated', data);
	RETURN QUERY SELECT * FROM channels_inherit(s.id, lost);
END
$$;
COMMENT ON FUNCTION server_hand_on IS
'Makes a member the owner and the owner an admin. The caller has checked the owner''s password.';
