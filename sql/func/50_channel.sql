-- Channels, who they are shared with, conversations.

CREATE OR REPLACE FUNCTION channel_room(server bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT count(*) FROM channel AS x WHERE x.server_id = server AND x.deleted_at IS NULL) >= 500 THEN
		PERFORM fail(409, 'limit_reached', 'at most 500 channels');
	END IF;
END
$$;
COMMENT ON FUNCTION channel_room IS 'Fails when a server can have no further channel; the caller holds its lock';

DROP FUNCTION IF EXISTS hidden_fraction(bigint);
CREATE OR REPLACE FUNCTION channel_seat(channel_id bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (channel_id >> 20)::double precision
$$;
COMMENT ON FUNCTION channel_seat IS
'Where a new channel stands: behind the others, as it is younger, and by what its id says already. No position is counted
from those of others, so that nobody learns from those he sees how many there are that he does not see';

CREATE OR REPLACE FUNCTION channel_create(actor bigint, server_id bigint, name text, kind text,
	category text, topic text, private boolean) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	fresh	bigint := new_id();
	c	channel;
	data	text;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_channels'));
	PERFORM channel_room(server_id);
	-- who said how long the server keeps messages may never see a private one
	INSERT INTO channel (id, server_id, kind, name, category, topic, private, retention_apart, creator_id, position)
	VALUES (fresh, channel_create.server_id, channel_create.kind, channel_create.name,
		nullif(channel_create.category, ''), nullif(channel_create.topic, ''),
		coalesce(channel_create.private, false), coalesce(channel_create.private, false), actor, channel_seat(fresh))
	RETURNING * INTO c;
	IF c.private THEN
		INSERT INTO channel_member (channel_id, account_id) VALUES (c.id, actor);
	END IF;
	PERFORM audit_channel(c, actor, 'channel.created', c.id, json_build_object('name', c.name, 'private', c.private));
	data := channel_json(c);
	RETURN NEXT ROW('created', '/channels/' || c.id, data)::reply;
	IF c.private THEN
		RETURN NEXT user_event(actor, access_code('gained'), actor, 'channel.created', data);
	ELSE
		RETURN NEXT server_event(c.server_id, access_code('everybody'), 0, 'channel.created', data);
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION need_channel_unless_administrator(actor bigint, channel_id bigint, bits bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF NOT administrator_acts() THEN
		PERFORM need_channel(actor, channel_id, bits);
	END IF;
END
$$;
COMMENT ON FUNCTION need_channel_unless_administrator IS
'need_channel(). The administrator of the installation uses the rights of an owner who need not see a private channel';

CREATE OR REPLACE FUNCTION need_server_channel(actor bigint, channel_id bigint, bits bigint) RETURNS channel
LANGUAGE plpgsql AS $$
DECLARE
	c	channel;
BEGIN
	PERFORM need_channel_unless_administrator(actor, channel_id, bits);
	PERFORM FROM server AS s JOIN channel AS x ON x.server_id = s.id
	WHERE x.id = need_server_channel.channel_id FOR NO KEY UPDATE OF s;
	SELECT x.* INTO c FROM channel AS x
	WHERE x.id = need_server_channel.channel_id AND x.deleted_at IS NULL FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF c.server_id IS NULL THEN
		PERFORM fail(409, 'conflict', 'not in a conversation');
	END IF;
	-- asked again under the lock: he may have lost it while this waited
	PERFORM need_channel_unless_administrator(actor, channel_id, bits);
	RETURN c;
END
$$;
COMMENT ON FUNCTION need_server_channel IS 'A server''s channel, locked, that actor may change so; the server is locked first';

DROP FUNCTION IF EXISTS channel_update(bigint, bigint, text, text, text, double precision, boolean);
DROP FUNCTION IF EXISTS channel_update(bigint, bigint, text, text, text, double precision, boolean, boolean, int, boolean, boolean);
CREATE OR REPLACE FUNCTION channel_update(actor bigint, channel_id bigint, name text, category text,
	topic text, place double precision, private boolean, read_only boolean, slow_mode int, archived boolean,
	web_public boolean, retention_days int DEFAULT NULL) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	old	channel := need_server_channel(actor, channel_id, perm('manage_channels'));
	c	channel := old;
	data	text;
BEGIN
	IF channel_update.web_public AND coalesce(channel_update.private, old.private) THEN
		PERFORM fail(409, 'conflict', 'a private channel is not shown on the web');
	END IF;
	c.name := coalesce(channel_update.name, c.name);
	c.category := nullif(coalesce(channel_update.category, c.category), '');
	c.topic := nullif(coalesce(channel_update.topic, c.topic), '');
	c.position := coalesce(place, c.position);
	c.private := coalesce(channel_update.private, c.private);
	c.read_only := coalesce(channel_update.read_only, c.read_only);
	c.slow_mode_s := coalesce(slow_mode, c.slow_mode_s);
	c.archived_at := CASE WHEN coalesce(archived, c.archived_at IS NOT NULL) THEN coalesce(c.archived_at, now()) END;
	c.retention_days := nullif(coalesce(channel_update.retention_days, c.retention_days), -1);
	IF c.retention_days IS DISTINCT FROM old.retention_days THEN
		PERFORM need_channel(actor, channel_id, perm('manage_messages'));
		c.retention_set_at := now();
		c.retention_apart := false;
	END IF;
	-- private for an hour is not on the web again afterwards
	c.web_public := coalesce(channel_update.web_public, c.web_public) AND NOT c.private;
	IF c IS NOT DISTINCT FROM old THEN
		RETURN NEXT ROW('body', NULL, channel_json(c))::reply;
		RETURN;
	ELSIF c.private AND NOT old.private THEN
		INSERT INTO channel_member (channel_id, account_id) VALUES (old.id, actor)
		ON CONFLICT DO NOTHING;
	END IF;
	UPDATE channel AS x SET rev = x.rev + 1, name = c.name, category = c.category, topic = c.topic,
		position = c.position, private = c.private, read_only = c.read_only, slow_mode_s = c.slow_mode_s,
		archived_at = c.archived_at, retention_days = c.retention_days, retention_set_at = c.retention_set_at,
		retention_apart = c.retention_apart, web_public = c.web_public
	WHERE x.id = old.id RETURNING x.* INTO c;
	PERFORM audit_channel(c, actor, 'channel.updated', c.id, json_strip_nulls(json_build_object(
		'name', channel_update.name, 'category', channel_update.category, 'topic', channel_update.topic,
		'private', channel_update.private, 'read_only', channel_update.read_only,
		'slow_mode', slow_mode, 'archived', archived, 'web_public', channel_update.web_public,
		'retention_days', channel_update.retention_days)));
	data := channel_json(c);
	RETURN NEXT ROW('body', NULL, data)::reply;
	-- read-only and archived take away writing, of which streams know nothing
	RETURN NEXT event_add('c', c.id, c.rev, c.server_id, server_rev(c.server_id),
		CASE WHEN c.private AND NOT old.private THEN access_code('everybody') ELSE access_code('none') END,
		0, 'channel.updated', data);
	IF old.private AND NOT c.private THEN
		-- overrides may still hide it from some: then the server's stream does not say what it is
		RETURN NEXT CASE WHEN c.overridden THEN server_reread(c.server_id)
			ELSE server_event(c.server_id, access_code('everybody'), 0, 'channel.created', data) END;
	END IF;
END
$$;
COMMENT ON FUNCTION channel_update IS 'NULL: as it was. retention_days 0: for ever, -1: as the server says';

CREATE OR REPLACE FUNCTION channel_delete(actor bigint, channel_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	c	channel := need_server_channel(actor, channel_id, perm('manage_channels'));
BEGIN
	UPDATE channel AS x SET deleted_at = now() WHERE x.id = c.id;
	PERFORM purge_later('channel', c.id);
	PERFORM audit_channel(c, actor, 'channel.deleted', c.id, json_build_object('name', c.name));
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT channel_event(c.id, access_code('lost'), 0, 'channel.deleted',
		'{"id":"' || c.id || '","server_id":"' || c.server_id || '"}');
END
$$;

CREATE OR REPLACE FUNCTION channel_member_put(actor bigint, channel_id bigint, account_id bigint)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	-- who may invite into the server may share its private channels that he sees
	c	channel := need_server_channel(actor, channel_id, perm('create_invite'));
	is_guest boolean;
	a	account;
BEGIN
	SELECT m.guest INTO is_guest FROM member AS m
	WHERE m.server_id = c.server_id AND m.account_id = channel_member_put.account_id;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF NOT c.private AND NOT is_guest THEN
		PERFORM fail(409, 'conflict', 'the channel is not private');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	INSERT INTO channel_member (channel_id, account_id)
	VALUES (c.id, channel_member_put.account_id) ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT x.* INTO a FROM account AS x WHERE x.id = channel_member_put.account_id;
	PERFORM audit_channel(c, actor, 'channel.member_added', c.id, json_build_object('name', c.name, 'user', a.id::text));
	RETURN NEXT channel_event(c.id, access_code('gained'), a.id, 'member.joined', '{"channel_id":"' || c.id
		|| '","user":' || user_json(a) || ',"roles":[],"nickname":null,"joined_at":"' || ts(now()) || '"}');
	SELECT x.* INTO c FROM channel AS x WHERE x.id = c.id;
	RETURN NEXT user_event(a.id, access_code('gained'), a.id, 'channel.created', channel_json(c));
END
$$;

CREATE OR REPLACE FUNCTION channel_member_delete(actor bigint, channel_id bigint, account_id bigint)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	c	channel;
	need	bigint;
	is_guest boolean;
	lost	bigint[] := '{}';
BEGIN
	need := CASE WHEN actor = account_id THEN 0 ELSE perm('manage_channels') END;
	PERFORM need_channel(actor, channel_id, need);
	PERFORM FROM server AS s JOIN channel AS x ON x.server_id = s.id
	WHERE x.id = channel_member_delete.channel_id FOR NO KEY UPDATE OF s;
	-- what he is posting is posted first: it holds this row, and locks the channel after it
	PERFORM FROM channel_member AS cm WHERE cm.channel_id = channel_member_delete.channel_id
	AND cm.account_id = channel_member_delete.account_id FOR UPDATE;
	SELECT x.* INTO c FROM channel AS x WHERE x.id = channel_member_delete.channel_id
	FOR NO KEY UPDATE;
	PERFORM need_channel(actor, channel_id, need);
	IF c.kind = 'dm' OR c.kind = 'group' AND actor <> account_id THEN
		PERFORM fail(409, 'conflict');
	END IF;
	DELETE FROM channel_member AS cm
	WHERE cm.channel_id = c.id AND cm.account_id = channel_member_delete.account_id;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF c.private AND c.server_id IS NOT NULL THEN
		lost := channels_lost(c.server_id, ARRAY[c.id]);
		IF lost <> '{}' AND account_id = (SELECT s.owner_id FROM server AS s WHERE s.id = c.server_id) THEN
			PERFORM fail(409, 'conflict', 'nobody else sees it: delete it, or let somebody in');
		END IF;
		PERFORM heir_hold(c.server_id, lost, ARRAY[account_id]);
	END IF;
	IF c.kind = 'group' THEN
		-- the same people may open a new conversation; this one goes on without him
		UPDATE channel AS x SET dm_key = 'left:' || x.id WHERE x.id = c.id;
	END IF;
	IF actor <> account_id THEN
		PERFORM audit_channel(c, actor, 'channel.member_removed', c.id, json_build_object('name', c.name, 'user', account_id::text));
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	SELECT m.guest INTO is_guest FROM member AS m
	WHERE m.server_id = c.server_id AND m.account_id = channel_member_delete.account_id;
	IF c.server_id IS NOT NULL AND NOT c.private AND NOT coalesce(is_guest, false) THEN
		RETURN;		-- he still sees it: only the list for when it is private again is shorter
	END IF;
	RETURN NEXT channel_event(c.id, access_code('lost'), account_id, 'member.left', '{"channel_id":"' || c.id
		|| '","user_id":"' || account_id || '","reason":"'
		|| CASE WHEN actor = account_id THEN 'left' ELSE 'removed' END || '"}');
	IF is_guest IS NOT NULL THEN
		-- a role may still show it
		RETURN NEXT user_event(account_id, access_code('self'), account_id, 'channel.left',
			'{"channel_id":"' || c.id || '"}');
	END IF;
	RETURN QUERY SELECT * FROM channels_inherit(c.server_id, lost);
END
$$;

CREATE OR REPLACE FUNCTION override_set(actor bigint, channel_id bigint, target bigint, allow bigint, deny bigint,
	must_exist boolean) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	c	channel := need_server_channel(actor, channel_id, perm('manage_roles'));
	mask	bigint := channel_permissions(actor, channel_id);
	old	channel_override;
	r	role;
	top	integer;
	lost	bigint[] := '{}';
BEGIN
	SELECT m.position INTO top FROM member AS m WHERE m.server_id = c.server_id AND m.account_id = actor;
	SELECT x.* INTO r FROM role AS x WHERE x.id = target AND x.server_id = c.server_id;
	IF FOUND THEN
		IF top IS NULL OR r.position >= top THEN
			PERFORM fail(403, 'forbidden', 'only roles below your own');
		END IF;
	ELSIF NOT EXISTS (SELECT FROM member AS m WHERE m.server_id = c.server_id AND m.account_id = target)
		AND (allow <> 0 OR NOT EXISTS (SELECT FROM channel_override AS o WHERE o.channel_id = c.id AND o.target_id = target)) THEN
		-- what was denied stays of who has gone
		PERFORM fail(404, 'not_found');
	ELSE
		-- also not one's own: what was denied is lifted by who stands above
		PERFORM member_above(actor, c.server_id, target);
	END IF;
	SELECT o.* INTO old FROM channel_override AS o WHERE o.channel_id = c.id AND o.target_id = target;
	IF ((coalesce(old.allow, 0) # allow) | (coalesce(old.deny, 0) # deny)) & ~mask <> 0
		OR allow & deny <> 0 THEN
		PERFORM fail(403, 'forbidden', 'only permissions you hold yourself');
	END IF;
	IF old.channel_id IS NULL AND must_exist THEN
		PERFORM fail(404, 'not_found');
	ELSIF old.allow = override_set.allow AND old.deny = override_set.deny
		OR old.channel_id IS NULL AND allow = 0 AND deny = 0 THEN
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	ELSIF allow = 0 AND deny = 0 THEN
		DELETE FROM channel_override AS o WHERE o.channel_id = c.id AND o.target_id = target;
	ELSE
		IF old.channel_id IS NULL AND (SELECT count(*) FROM channel_override AS o WHERE o.channel_id = c.id) >= 500 THEN
			PERFORM fail(409, 'limit_reached', 'at most 500 overrides');
		END IF;
		INSERT INTO channel_override AS o (channel_id, target_id, is_role, allow, deny)
		VALUES (c.id, target, r.id IS NOT NULL, override_set.allow, override_set.deny)
		ON CONFLICT ON CONSTRAINT channel_override_pkey DO UPDATE
		SET allow = excluded.allow, deny = excluded.deny;
	END IF;
	UPDATE channel AS x SET overridden = EXISTS (SELECT FROM channel_override AS o
		WHERE o.channel_id = c.id) WHERE x.id = c.id;
	IF c.private THEN
		lost := channels_lost(c.server_id, ARRAY[c.id]);
		PERFORM heir_hold(c.server_id, lost, guests_of(c.server_id));
	END IF;
	RETURN QUERY SELECT * FROM override_changed(actor, c, target, allow, deny);
	RETURN QUERY SELECT * FROM channels_inherit(c.server_id, lost);
END
$$;
COMMENT ON FUNCTION override_set IS
'Both masks 0: the override is removed. Every bit that changes, given or taken, is one the actor holds
in this channel, and the target stands below.';

CREATE OR REPLACE FUNCTION override_put(actor bigint, channel_id bigint, target bigint, allow bigint, deny bigint)
RETURNS SETOF reply LANGUAGE sql AS $$
	SELECT * FROM override_set(actor, channel_id, target, allow, deny, false)
$$;

CREATE OR REPLACE FUNCTION override_delete(actor bigint, channel_id bigint, target bigint)
RETURNS SETOF reply LANGUAGE sql AS $$
	SELECT * FROM override_set(actor, channel_id, target, 0, 0, true)
$$;

DROP FUNCTION IF EXISTS override_changed(bigint, channel, bigint);
CREATE OR REPLACE FUNCTION override_changed(actor bigint, c channel, target bigint, allow bigint, deny bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	now_is	channel;
	data	text;
BEGIN
	PERFORM audit_channel(c, actor, 'channel.overrides', c.id, json_build_object('target', target::text,
		'permissions', json_build_object('allow', allow::text, 'deny', deny::text)));
	UPDATE channel AS x SET rev = x.rev + 1 WHERE x.id = c.id RETURNING x.* INTO now_is;
	data := channel_json(now_is);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT event_add('c', c.id, now_is.rev, c.server_id, server_rev(c.server_id),
		access_code('everybody'), 0,
		'channel.updated', data);
	-- who gains the channel does not read its stream yet; the server's stream tells the daemon
	RETURN NEXT server_reread(c.server_id);
	RETURN QUERY SELECT g.* FROM server AS s
		CROSS JOIN LATERAL guests_told(s.id, 'server.updated', server_json(s)) AS g WHERE s.id = c.server_id;
END
$$;

CREATE OR REPLACE FUNCTION dm_open(actor bigint, user_ids bigint[]) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	ids	bigint[];
	c	channel;
	member	bigint;
	data	text;
BEGIN
	SELECT array_agg(DISTINCT x ORDER BY x) INTO ids FROM unnest(user_ids || actor) AS x;
	IF cardinality(ids) > 10 THEN
		PERFORM fail(422, 'invalid_fields', 'user_ids:too_many:at most 10 people, yourself included');
	END IF;
	-- nobody of them is blocking another meanwhile, or changing whom he wants to hear from
	PERFORM FROM account AS a WHERE a.id = ANY (ids) ORDER BY a.id FOR NO KEY UPDATE;
	IF (SELECT count(*) FROM account AS a WHERE a.id = ANY (ids) AND a.disabled_at IS NULL)
		<> cardinality(ids) THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM need_company(actor, ids, NOT EXISTS (SELECT FROM channel AS x WHERE x.dm_key = array_to_string(ids, ',')));
	INSERT INTO channel (kind, private, dm_key, creator_id)
	VALUES (CASE WHEN cardinality(ids) > 2 THEN 'group' ELSE 'dm' END, true,
		array_to_string(ids, ','), actor)
	ON CONFLICT ON CONSTRAINT channel_dm_key DO NOTHING
	RETURNING * INTO c;
	IF NOT FOUND THEN
		SELECT x.* INTO c FROM channel AS x WHERE x.dm_key = array_to_string(ids, ',');
		RETURN NEXT ROW('body', '/channels/' || c.id, dm_json(c))::reply;
		RETURN;
	END IF;
	INSERT INTO channel_member (channel_id, account_id) SELECT c.id, x FROM unnest(ids) AS x;
	data := dm_json(c);
	RETURN NEXT ROW('created', '/channels/' || c.id, data)::reply;
	FOREACH member IN ARRAY ids LOOP
		RETURN NEXT user_event(member, access_code('gained'), member, 'dm.created', data);
	END LOOP;
END
$$;
