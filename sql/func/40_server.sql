-- Servers and members. Locks are taken in the order server, channel, account.

CREATE OR REPLACE FUNCTION server_full_json(actor bigint, server_id bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT left(server_json(s), -1) || CASE WHEN m.guest THEN '' ELSE ',"member_count":' || s.member_count END
		|| ',"my_permissions":"' || CASE WHEN m.permissions & perm('administrator') <> 0 THEN perm('all')
			ELSE m.permissions | perm('view') END
		|| '","timeout_until":' || jq(ts(m.timeout_until)) || ',"my_roles":' || ids_json(m.roles) || ',"nickname":' || js(m.nickname)
		|| ',"joined_at":"' || ts(m.joined_at) || '","roles":['
		|| (SELECT string_agg(role_json(r), ',' ORDER BY r.position DESC, r.id)
			FROM role AS r WHERE r.server_id = s.id
			AND (NOT m.guest OR r.kind = 'everyone' OR r.id = ANY (m.roles)))
		|| '],"channels":['
		|| coalesce((SELECT string_agg(channel_json(c), ',' ORDER BY c.position, c.id)
			FROM channel AS c WHERE c.server_id = s.id AND c.deleted_at IS NULL
			AND channel_mask(actor, c.id, c.plain AND NOT m.special, m.permissions) <> 0), '')
		|| ']}'
		FROM server AS s
		JOIN member AS m ON m.server_id = s.id AND m.account_id = actor
			AND (m.expires_at IS NULL OR m.expires_at > now())
		WHERE s.id = server_full_json.server_id AND s.deleted_at IS NULL);
END
$$;
COMMENT ON FUNCTION server_full_json IS
'A server as one of its members sees it, channels and roles included; a guest is not told how many people there are, as he is
shown some of them. my_permissions is what his roles say:
a time-out ends by itself, and stands beside it';

DROP FUNCTION IF EXISTS audit_reason(json);
CREATE OR REPLACE FUNCTION audit_reason(actor bigint, detail json) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(CASE WHEN actor IS NOT NULL THEN nullif(current_setting('moot.audit_reason', true), '') END,
		nullif(detail ->> 'reason', ''))
$$;
COMMENT ON FUNCTION audit_reason IS
'Why, as the actor has said: for the whole transaction, or in the thing itself. What nobody did, as what a rule does, is
done while somebody else asks for something: that is not his to explain';

CREATE OR REPLACE FUNCTION administrator_acts() RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT current_setting('moot.administrator', true) IS NOT DISTINCT FROM 'on'
$$;
COMMENT ON FUNCTION administrator_acts() IS 'Is this transaction the administrator''s of the installation: see admin_as_owner()';

CREATE OR REPLACE FUNCTION done_by(actor bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN administrator_acts() THEN NULL ELSE actor END
$$;
COMMENT ON FUNCTION done_by IS
'Whom to name as him who did it: nobody where the administrator of the installation uses an owner''s rights';

CREATE OR REPLACE FUNCTION audit_add(server_id bigint, actor bigint, action text, target_id bigint, detail json)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO audit (server_id, actor_id, action, target_id, reason, detail)
	VALUES (server_id, done_by(actor), action, target_id, audit_reason(actor, detail), detail)
$$;

CREATE OR REPLACE FUNCTION audit_channel(c channel, actor bigint, action text, target_id bigint, detail json)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO audit (server_id, actor_id, action, target_id, channel_id, hidden, reason, detail)
	VALUES (c.server_id, done_by(actor), action, target_id, c.id, coalesce(c.private OR c.overridden, false), audit_reason(actor, detail), detail)
$$;

CREATE OR REPLACE FUNCTION member_add(server_id bigint, account_id bigint, role_ids bigint[])
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	m	member;
	a	account;
	held	timeout_left;
BEGIN
	PERFORM need_account_locked(account_id);
	DELETE FROM timeout_left AS x
	WHERE x.account_id = member_add.account_id AND x.server_id = member_add.server_id RETURNING x.* INTO held;
	UPDATE server AS s SET member_count = member_count + 1 WHERE s.id = member_add.server_id;
	INSERT INTO member (server_id, account_id, roles, permissions, timeout_until)
	VALUES (member_add.server_id, member_add.account_id, role_ids, 0, CASE WHEN held.until > now() THEN held.until END);
	PERFORM member_refresh(server_id, account_id);
	UPDATE member AS x SET expires_at = held.guest_until WHERE held.guest_until > now() AND x.guest
	AND x.server_id = member_add.server_id AND x.account_id = member_add.account_id;
	SELECT x.* INTO m FROM member AS x
	WHERE x.server_id = member_add.server_id AND x.account_id = member_add.account_id;
	SELECT x.* INTO a FROM account AS x WHERE x.id = member_add.account_id;
	RETURN NEXT server_event(server_id, access_code('gained'), account_id, 'member.joined', member_json(m, a));
	RETURN NEXT user_event(account_id, access_code('gained'), account_id, 'server.joined',
		server_full_json(account_id, server_id));
END
$$;

CREATE OR REPLACE FUNCTION member_drop(server_id bigint, account_id bigint, reason text)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	lost	bigint[] := channels_shown(server_id, account_id);
	m	member;
BEGIN
	IF EXISTS (SELECT FROM server AS s
		WHERE s.id = member_drop.server_id AND s.owner_id = member_drop.account_id) THEN
		PERFORM fail(403, 'forbidden', 'the owner stays');
	END IF;
	DELETE FROM member AS x
	WHERE x.server_id = member_drop.server_id AND x.account_id = member_drop.account_id
	RETURNING x.* INTO m;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF m.timeout_until > now() OR m.guest AND m.expires_at IS NOT NULL THEN
		-- leaving is no way round it either
		INSERT INTO timeout_left (account_id, server_id, until, guest_until)
		VALUES (member_drop.account_id, member_drop.server_id, CASE WHEN m.timeout_until > now() THEN m.timeout_until END,
			CASE WHEN m.guest THEN m.expires_at END);
	END IF;
	DELETE FROM channel_member AS cm USING channel AS c
	WHERE c.id = cm.channel_id AND c.server_id = member_drop.server_id
	AND cm.account_id = member_drop.account_id;
	-- what he was denied stays, or leaving would be a way round it; what he was shown goes
	UPDATE channel_override AS o SET allow = 0 FROM channel AS c
	WHERE c.id = o.channel_id AND c.server_id = member_drop.server_id
	AND o.target_id = member_drop.account_id;
	IF reason <> 'left' THEN
		DELETE FROM invite AS i
		WHERE i.server_id = member_drop.server_id AND i.creator_id = member_drop.account_id;
	END IF;
	UPDATE server AS s SET member_count = member_count - 1 WHERE s.id = member_drop.server_id;
	lost := channels_lost(server_id, lost);
	PERFORM heir_hold(server_id, lost, ARRAY[account_id]);
	RETURN NEXT server_event(server_id, access_code('lost'), account_id, 'member.left', '{"server_id":"' || server_id
		|| '","user_id":"' || account_id || '","reason":"' || reason || '"}');
	RETURN QUERY SELECT * FROM channels_inherit(server_id, lost);
	RETURN NEXT user_event(account_id, access_code('self'), account_id, 'server.left', '{"server_id":"' || server_id
		|| '","reason":"' || reason || '"}');
END
$$;
COMMENT ON FUNCTION member_drop IS 'Ends a membership and what came with it; the caller holds the server''s lock';

CREATE OR REPLACE FUNCTION server_create(actor bigint, name text, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	s	server;
	owner_role bigint;
	first	bigint := new_id();
	events	reply[];
BEGIN
	PERFORM need_account_locked(actor);
	IF (SELECT count(*) FROM member AS m WHERE m.account_id = actor) >= most THEN
		PERFORM fail(409, 'limit_reached', 'too many servers');
	END IF;
	INSERT INTO server (name, owner_id) VALUES (server_create.name, actor) RETURNING * INTO s;
	INSERT INTO role (server_id, kind, name, permissions, position)
	VALUES (s.id, 'everyone', 'everyone', perm('role_everyone'), 0),
		(s.id, 'guest', 'guest', perm('role_guest'), 10),
		(s.id, 'member', 'member', perm('role_member'), 50),
		(s.id, 'moderator', 'moderator', perm('role_member') | perm('role_moderator'), 800),
		(s.id, 'admin', 'admin', perm('administrator'), 900),
		(s.id, 'owner', 'owner', perm('administrator'), 1000);
	SELECT r.id INTO owner_role FROM role AS r WHERE r.server_id = s.id AND r.kind = 'owner';
	INSERT INTO channel (id, server_id, kind, name, creator_id, position)
	VALUES (first, s.id, 'text', 'general', actor, channel_seat(first));
	SELECT array_agg(e) INTO events FROM member_add(s.id, actor, ARRAY[owner_role]) AS e;
	RETURN NEXT ROW('created', '/servers/' || s.id, server_full_json(actor, s.id))::reply;
	RETURN QUERY SELECT * FROM unnest(events);
END
$$;

DROP FUNCTION IF EXISTS server_update(bigint, bigint, text);
DROP FUNCTION IF EXISTS server_update(bigint, bigint, text, boolean);
DROP FUNCTION IF EXISTS server_update(bigint, bigint, text, boolean, int);
DROP FUNCTION IF EXISTS server_update(bigint, bigint, text, boolean, int, boolean);
CREATE OR REPLACE FUNCTION server_update(actor bigint, server_id bigint, name text, lockdown boolean, audit_days int,
	web_robots boolean, retention_days int DEFAULT NULL)
RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	old	server;
	s	server;
	data	text;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_server'));
	SELECT x.* INTO old FROM server AS x WHERE x.id = server_update.server_id;
	s := old;
	s.name := coalesce(server_update.name, s.name);
	s.lockdown := coalesce(server_update.lockdown, s.lockdown);
	s.audit_days := coalesce(server_update.audit_days, s.audit_days);
	s.web_robots := coalesce(server_update.web_robots, s.web_robots);
	s.retention_days := nullif(coalesce(server_update.retention_days, s.retention_days), 0);
	IF s.retention_days IS DISTINCT FROM old.retention_days THEN
		PERFORM need_server(actor, server_id, perm('manage_messages'));
		s.retention_set_at := now();
		-- as if those stood that are deleted: they may come back
		UPDATE channel AS c SET retention_apart = NOT c.retention_apart
		WHERE c.server_id = s.id
		AND (channel_permissions(actor, c.id, true) & perm('manage_messages') = 0) <> c.retention_apart;
	END IF;
	IF s IS NOT DISTINCT FROM old THEN
		RETURN NEXT ROW('body', NULL, server_json(s))::reply;
		RETURN;
	END IF;
	UPDATE server AS x SET name = s.name, lockdown = s.lockdown, audit_days = s.audit_days, web_robots = s.web_robots,
		retention_days = s.retention_days, retention_set_at = s.retention_set_at, rev = x.rev + 1
	WHERE x.id = s.id RETURNING x.* INTO s;
	data := server_json(s);
	PERFORM audit_add(s.id, actor, 'server.updated', s.id, json_strip_nulls(json_build_object(
		'name', server_update.name, 'lockdown', server_update.lockdown, 'audit_days', server_update.audit_days,
		'web_robots', server_update.web_robots, 'retention_days', server_update.retention_days)));
	RETURN NEXT ROW('body', NULL, data)::reply;
	RETURN NEXT event_add('s', s.id, s.rev, 0, 0, 0, 0, 'server.updated', data);
	RETURN QUERY SELECT * FROM guests_told(s.id, 'server.updated', data);
END
$$;

CREATE OR REPLACE FUNCTION server_delete(actor bigint, server_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	s	server;
BEGIN
	PERFORM need_server(actor, server_id, 0);
	SELECT x.* INTO s FROM server AS x
	WHERE x.id = server_delete.server_id AND x.deleted_at IS NULL FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF s.owner_id <> actor THEN
		PERFORM fail(403, 'forbidden');
	END IF;
	UPDATE server AS x SET deleted_at = now() WHERE x.id = s.id;
	UPDATE channel AS c SET deleted_at = now() WHERE c.server_id = s.id AND c.deleted_at IS NULL;
	PERFORM purge_later('server', s.id);
	PERFORM audit_add(s.id, actor, 'server.deleted', s.id, NULL);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT server_event(s.id, access_code('lost'), 0, 'server.deleted',
		'{"id":"' || s.id || '"}');
	RETURN QUERY SELECT * FROM guests_told(s.id, 'server.deleted', '{"id":"' || s.id || '"}');
END
$$;

CREATE OR REPLACE FUNCTION member_above(actor bigint, server_id bigint, target bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	own	integer;
BEGIN
	SELECT m.position INTO own FROM member AS m
	WHERE m.server_id = member_above.server_id AND m.account_id = actor;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	IF own <= (SELECT m.position FROM member AS m
		WHERE m.server_id = member_above.server_id AND m.account_id = target) THEN
		PERFORM fail(403, 'forbidden', 'only people below yourself');
	END IF;
END
$$;
COMMENT ON FUNCTION member_above IS
'Fails unless actor is a member and stands strictly above target; a target who is no member is below';

CREATE OR REPLACE FUNCTION member_remove(actor bigint, server_id bigint, account_id bigint)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_server_locked(actor, server_id, 0);
	IF NOT EXISTS (SELECT FROM member AS m WHERE m.server_id = member_remove.server_id
		AND m.account_id = member_remove.account_id) THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	IF actor = account_id THEN
		IF EXISTS (SELECT FROM server AS s
			WHERE s.id = member_remove.server_id AND s.owner_id = actor) THEN
			PERFORM fail(409, 'owner_cannot_leave');
		END IF;
		RETURN QUERY SELECT * FROM member_drop(server_id, account_id, 'left');
		RETURN;
	END IF;
	PERFORM need_server(actor, server_id, perm('kick'));
	PERFORM member_above(actor, server_id, account_id);
	PERFORM audit_add(server_id, actor, 'member.kicked', account_id, NULL);
	RETURN QUERY SELECT * FROM member_drop(server_id, account_id, 'kicked');
END
$$;

DROP FUNCTION IF EXISTS member_update(bigint, bigint, bigint, text[], text);
CREATE OR REPLACE FUNCTION member_update(actor bigint, server_id bigint, account_id bigint,
	roles text[], nickname text, ends timestamptz DEFAULT NULL) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	mask	bigint := need_server_locked(actor, server_id, 0);
	own	integer;
	ids	bigint[];
	changed	record;
	was_guest boolean;
	named	text;
	lost	bigint[];
	m	member;
	a	account;
	data	text;
BEGIN
	SELECT x.* INTO m FROM member AS x
	WHERE x.server_id = member_update.server_id AND x.account_id = member_update.account_id FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	lost := CASE WHEN roles IS NULL THEN '{}' ELSE channels_shown(server_id, account_id) END;
	was_guest := m.guest;
	named := m.nickname;
	IF nickname IS NOT NULL THEN
		PERFORM need_server(actor, server_id, perm(CASE WHEN actor = account_id
			THEN 'change_nickname' ELSE 'manage_nicknames' END));
	END IF;
	IF roles IS NOT NULL THEN
		PERFORM need_server(actor, server_id, perm('manage_roles'));
		SELECT x.position INTO own FROM member AS x
		WHERE x.server_id = member_update.server_id AND x.account_id = actor;
		SELECT coalesce(array_agg(DISTINCT r.id ORDER BY r.id), '{}') INTO ids FROM role AS r
		WHERE r.server_id = member_update.server_id AND r.kind <> 'everyone'
		AND (r.id::text = ANY (roles) OR r.kind <> 'custom' AND r.kind = ANY (roles));
		IF cardinality(ids) < cardinality(roles) THEN
			PERFORM fail(422, 'invalid_fields', 'roles:unknown:no such role in this server');
		END IF;
		-- whatever is given or taken must stand below the actor and be covered by what he holds
		FOR changed IN SELECT r.position, r.permissions FROM role AS r
			WHERE r.id IN (SELECT unnest(ids) EXCEPT SELECT unnest(m.roles))
			OR r.id IN (SELECT unnest(m.roles) EXCEPT SELECT unnest(ids))
		LOOP
			IF changed.position >= own OR changed.permissions & ~mask <> 0 THEN
				PERFORM fail(403, 'forbidden', 'only roles below your own');
			END IF;
		END LOOP;
	END IF;
	IF actor <> account_id THEN
		PERFORM member_above(actor, server_id, account_id);
	END IF;
	IF ends IS NOT NULL THEN
		PERFORM need_server(actor, server_id, perm('kick'));
		IF actor = account_id THEN
			PERFORM fail(403, 'forbidden', 'only people below yourself');
		ELSIF ends <= now() THEN
			PERFORM fail(422, 'invalid_fields', 'expires_at:past:a moment to come');
		END IF;
	END IF;
	IF coalesce(ids @> m.roles AND m.roles @> ids, true)
		AND (nickname IS NULL OR nullif(nickname, '') IS NOT DISTINCT FROM m.nickname)
		AND (ends IS NULL OR nullif(ends, 'infinity') IS NOT DISTINCT FROM m.expires_at) THEN
		RETURN QUERY SELECT 'body', NULL, member_json(m, x) FROM account AS x WHERE x.id = m.account_id;
		RETURN;
	END IF;
	UPDATE member AS x SET roles = coalesce(ids, x.roles),
		nickname = CASE WHEN member_update.nickname IS NULL THEN x.nickname
			ELSE nullif(member_update.nickname, '') END,
		expires_at = CASE WHEN ends IS NULL THEN x.expires_at ELSE nullif(ends, 'infinity') END
	WHERE x.server_id = member_update.server_id AND x.account_id = member_update.account_id;
	PERFORM member_refresh(server_id, account_id);
	-- whoever becomes a member stays
	UPDATE member AS x SET expires_at = NULL WHERE x.server_id = member_update.server_id
	AND x.account_id = member_update.account_id AND was_guest AND NOT x.guest AND ends IS NULL;
	SELECT x.* INTO m FROM member AS x
	WHERE x.server_id = member_update.server_id AND x.account_id = member_update.account_id;
	IF ends < 'infinity' AND NOT m.guest THEN
		PERFORM fail(409, 'conflict', 'only guests stay for a time');
	END IF;
	SELECT x.* INTO a FROM account AS x WHERE x.id = member_update.account_id;
	IF roles IS NOT NULL OR ends IS NOT NULL THEN
		PERFORM audit_add(server_id, actor, 'member.roles', account_id, json_strip_nulls(json_build_object(
			'roles', ids_json(m.roles)::json, 'until', ts(m.expires_at))));
	END IF;
	IF m.nickname IS DISTINCT FROM named AND actor <> account_id THEN
		PERFORM audit_add(server_id, actor, 'member.nickname', account_id, json_build_object(
			'was', coalesce(named, ''), 'name', coalesce(m.nickname, '')));
	END IF;
	data := member_json(m, a);
	lost := channels_lost(server_id, lost);
	PERFORM heir_hold(server_id, lost, ARRAY[account_id]);
	RETURN NEXT ROW('body', NULL, data)::reply;
	RETURN NEXT server_event(server_id,
		CASE WHEN roles IS NULL AND ends IS NULL THEN access_code('none') ELSE access_code('everybody') END,
		CASE WHEN roles IS NULL AND ends IS NULL THEN 0 ELSE account_id END, 'member.updated', data);
	IF m.guest OR was_guest THEN
		RETURN NEXT user_event(account_id, access_code('self'), account_id, 'member.updated', data);
	END IF;
	RETURN QUERY SELECT * FROM channels_inherit(server_id, lost);
END
$$;
COMMENT ON FUNCTION member_update IS 'NULL: as it was. ends: until when a guest is in the server, infinity: for ever';
