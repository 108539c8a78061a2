-- Invites: what they grant is asked when they are made and again when they are used.

CREATE OR REPLACE FUNCTION invite_role_may(actor bigint, r role) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
	mask	bigint := server_permissions(actor, r.server_id);
	own	integer;
BEGIN
	IF r.kind IN ('guest', 'member') THEN
		RETURN mask & perm('create_invite') <> 0;
	END IF;
	SELECT m.position INTO own FROM member AS m WHERE m.server_id = r.server_id AND m.account_id = actor;
	RETURN mask & perm('manage_roles') <> 0 AND r.kind <> 'everyone' AND r.position < own
		AND r.permissions & ~mask = 0;
END
$$;
COMMENT ON FUNCTION invite_role_may IS
'May actor let people in with this role: as a member or guest who may invite, else who could give it to a member';

CREATE OR REPLACE FUNCTION audit_invite(i invite, actor bigint, action text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c	channel;
BEGIN
	SELECT x.* INTO c FROM channel AS x WHERE x.id = i.channel_id;
	c.server_id := i.server_id;
	PERFORM audit_channel(c, actor, action, c.id, json_strip_nulls(json_build_object(
		'role', coalesce((SELECT r.name FROM role AS r WHERE r.id = i.role_id), 'member'),
		'channel', c.name, 'max_uses', i.max_uses, 'until', ts(i.expires_at))));
END
$$;
COMMENT ON FUNCTION audit_invite IS
'What an invite lets people into, about the channel that it leads to; not its code, which lets in whoever reads it';

DROP FUNCTION IF EXISTS invite_create(bigint, bigint, int, int, text);
CREATE OR REPLACE FUNCTION invite_create(actor bigint, server_id bigint, max_uses int, expires_in int,
	channel_id bigint, role_id bigint, code text) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	i	invite;
	r	role;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('create_invite'));
	IF role_id IS NOT NULL THEN
		SELECT x.* INTO r FROM role AS x WHERE x.id = role_id AND x.server_id = invite_create.server_id;
		IF NOT FOUND THEN
			PERFORM fail(422, 'invalid_fields', 'role_id:unknown:no such role in this server');
		ELSIF NOT invite_role_may(actor, r) THEN
			PERFORM fail(403, 'forbidden', 'only roles below your own');
		ELSIF r.kind = 'guest' AND channel_id IS NULL THEN
			PERFORM fail(422, 'invalid_fields', 'channel_id:required:a guest is let into a channel');
		END IF;
	END IF;
	IF channel_id IS NOT NULL AND NOT EXISTS (SELECT FROM channel AS c WHERE c.id = invite_create.channel_id
		AND c.server_id = invite_create.server_id
		AND channel_permissions(actor, c.id) & perm('create_invite') <> 0) THEN
		PERFORM fail(422, 'invalid_fields', 'channel_id:unknown:no such channel in this server');
	END IF;
	DELETE FROM invite AS x WHERE x.server_id = invite_create.server_id AND x.creator_id = actor
	AND (x.expires_at <= now() OR x.uses >= x.max_uses);
	IF (SELECT count(*) FROM invite AS x
		WHERE x.server_id = invite_create.server_id AND x.creator_id = actor) >= 100 THEN
		PERFORM fail(409, 'limit_reached', 'at most 100 invites of yours');
	END IF;
	INSERT INTO invite (code, server_id, channel_id, role_id, creator_id, max_uses, expires_at)
	VALUES (invite_create.code, invite_create.server_id, invite_create.channel_id, invite_create.role_id, actor,
		nullif(invite_create.max_uses, 0), now() + make_interval(secs => nullif(expires_in, 0)))
	RETURNING * INTO i;
	PERFORM audit_invite(i, actor, 'invite.created');
	RETURN NEXT (SELECT ROW('created', '/invites/' || i.code, invite_json(i, s, a))::reply
		FROM server AS s, account AS a WHERE s.id = i.server_id AND a.id = actor);
END
$$;
COMMENT ON FUNCTION invite_create IS 'max_uses and expires_in (seconds): 0 for no bound. A private channel is shared by who may invite into it';

CREATE OR REPLACE FUNCTION invite_grant(i invite, OUT role_id bigint, OUT shares boolean) LANGUAGE plpgsql STABLE AS $$
DECLARE
	r	role;
BEGIN
	SELECT x.* INTO r FROM role AS x WHERE x.id = i.role_id;
	IF NOT FOUND OR NOT invite_role_may(i.creator_id, r) AND r.kind <> 'guest' THEN
		-- the creator could not give it any more: a member
		SELECT x.* INTO r FROM role AS x WHERE x.server_id = i.server_id AND x.kind = 'member';
	END IF;
	role_id := r.id;
	SELECT (c.private OR r.kind = 'guest') AND channel_permissions(i.creator_id, c.id) & perm('create_invite') <> 0
	INTO shares FROM channel AS c WHERE c.id = i.channel_id AND c.deleted_at IS NULL;
	shares := coalesce(shares, false);
	IF r.kind = 'guest' AND NOT shares THEN
		PERFORM fail(410, 'gone');
	END IF;
END
$$;
COMMENT ON FUNCTION invite_grant IS 'What an invite grants now, by what its creator may now. shares: its channel, too';

CREATE OR REPLACE FUNCTION invite_join(actor bigint, i invite, most int) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	given	record;
BEGIN
	IF i.expires_at <= now() OR i.uses >= i.max_uses THEN
		PERFORM fail(410, 'gone');
	ELSIF (SELECT s.lockdown FROM server AS s WHERE s.id = i.server_id) THEN
		PERFORM fail(403, 'lockdown');
	ELSIF (SELECT count(*) FROM member AS m WHERE m.account_id = actor) >= most THEN
		PERFORM fail(409, 'limit_reached', 'too many servers');
	END IF;
	SELECT g.* INTO given FROM invite_grant(i) AS g;
	IF (SELECT r.kind = 'guest' FROM role AS r WHERE r.id = given.role_id) AND EXISTS (SELECT FROM timeout_left AS x
		WHERE x.account_id = actor AND x.server_id = i.server_id AND x.guest_until BETWEEN i.created_at AND now()) THEN
		PERFORM fail(410, 'gone');
	END IF;
	UPDATE invite AS x SET uses = x.uses + 1 WHERE x.code = i.code;
	IF given.shares THEN
		INSERT INTO channel_member (channel_id, account_id) VALUES (i.channel_id, actor) ON CONFLICT DO NOTHING;
		RETURN NEXT (SELECT channel_event(i.channel_id, access_code('gained'), a.id, 'member.joined',
			'{"channel_id":"' || i.channel_id || '","user":' || user_json(a)
			|| ',"roles":[],"nickname":null,"joined_at":"' || ts(now()) || '"}')
			FROM account AS a WHERE a.id = actor);
	END IF;
	RETURN QUERY SELECT * FROM member_add(i.server_id, actor, ARRAY[given.role_id]);
END
$$;
COMMENT ON FUNCTION invite_join IS
'The caller holds the server''s lock; actor is neither a member nor banned. A guest whose time is over comes back by an
invite that was made since, or by one that makes him a member';

CREATE OR REPLACE FUNCTION invite_accept(actor bigint, code text, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	i	invite;
	events	reply[];
	joined	boolean;
	lands	bigint;
BEGIN
	-- the server row first: joins, kicks and bans of one server happen one after the other
	PERFORM FROM server AS s JOIN invite AS x ON x.server_id = s.id
	WHERE x.code = invite_accept.code AND s.deleted_at IS NULL FOR NO KEY UPDATE OF s;
	SELECT x.* INTO i FROM invite AS x JOIN server AS s ON s.id = x.server_id AND s.deleted_at IS NULL
	WHERE x.code = invite_accept.code AND NOT is_banned(x.server_id, actor);
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	joined := NOT EXISTS (SELECT FROM member AS m WHERE m.server_id = i.server_id AND m.account_id = actor);
	IF joined THEN
		SELECT array_agg(e) INTO events FROM invite_join(actor, i, most) AS e;
	END IF;
	lands := CASE WHEN channel_permissions(actor, i.channel_id) <> 0 THEN i.channel_id END;
	RETURN NEXT ROW('body', '/servers/' || i.server_id, '{"server":' || server_full_json(actor, i.server_id)
		|| ',"joined":' || joined || ',"channel_id":' || jq(lands::text) || '}')::reply;
	RETURN QUERY SELECT * FROM unnest(events);
END
$$;

CREATE OR REPLACE FUNCTION invite_lock(actor bigint, code text) RETURNS invite LANGUAGE plpgsql AS $$
DECLARE
	i	invite;
BEGIN
	PERFORM FROM server AS s JOIN invite AS x ON x.server_id = s.id
	WHERE x.code = invite_lock.code AND s.deleted_at IS NULL FOR NO KEY UPDATE OF s;
	SELECT x.* INTO i FROM invite AS x WHERE x.code = invite_lock.code FOR UPDATE;
	IF NOT FOUND OR server_permissions(actor, i.server_id) = 0 THEN
		PERFORM fail(404, 'not_found');
	ELSIF i.creator_id <> actor
		AND server_permissions(actor, i.server_id) & perm('manage_server') = 0 THEN
		PERFORM fail(403, 'forbidden');
	END IF;
	RETURN i;
END
$$;
COMMENT ON FUNCTION invite_lock IS 'An invite that actor made, or any of a server that he manages, locked';

CREATE OR REPLACE FUNCTION invite_regenerate(actor bigint, code text, new_code text) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	i	invite := invite_lock(actor, code);
	r	role;
BEGIN
	IF i.creator_id = actor THEN
		PERFORM need_server(actor, i.server_id, perm('create_invite'));
	END IF;
	SELECT x.* INTO r FROM role AS x WHERE x.id = i.role_id;
	IF FOUND AND NOT invite_role_may(actor, r) THEN
		PERFORM fail(403, 'forbidden', 'only roles below your own');
	END IF;
	UPDATE invite AS x SET code = new_code WHERE x.code = i.code RETURNING x.* INTO i;
	PERFORM audit_invite(i, actor, 'invite.regenerated');
	RETURN NEXT (SELECT ROW('body', '/invites/' || i.code, invite_json(i, s, a))::reply
		FROM server AS s, account AS a WHERE s.id = i.server_id AND a.id = i.creator_id);
END
$$;
COMMENT ON FUNCTION invite_regenerate IS 'The same invite under another code; the old one is unknown from then on';

CREATE OR REPLACE FUNCTION invite_delete(actor bigint, code text) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	i	invite := invite_lock(actor, code);
BEGIN
	DELETE FROM invite AS x WHERE x.code = i.code;
	PERFORM audit_invite(i, actor, 'invite.deleted');
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
END
$$;
