-- Who may do what. Everything that reads or changes a channel asks channel_permissions().

CREATE OR REPLACE FUNCTION perm(word text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE word
		WHEN 'view' THEN 1 WHEN 'history' THEN 2 WHEN 'send' THEN 4
		WHEN 'send_in_threads' THEN 8 WHEN 'react' THEN 16 WHEN 'attach' THEN 32
		WHEN 'mention_all' THEN 64 WHEN 'manage_messages' THEN 128
		WHEN 'manage_webhooks' THEN 256 WHEN 'connect' THEN 512 WHEN 'speak' THEN 1024
		WHEN 'video' THEN 2048 WHEN 'screen' THEN 4096 WHEN 'move_members' THEN 8192
		WHEN 'create_invite' THEN 16384 WHEN 'kick' THEN 32768 WHEN 'ban' THEN 65536
		WHEN 'manage_channels' THEN 131072 WHEN 'manage_roles' THEN 262144
		WHEN 'manage_server' THEN 524288 WHEN 'timeout' THEN 1048576
		WHEN 'audit_log' THEN 2097152 WHEN 'change_nickname' THEN 4194304
		WHEN 'manage_nicknames' THEN 8388608 WHEN 'pin' THEN 16777216
		WHEN 'administrator' THEN 1073741824
		WHEN 'all' THEN 1107296255
		-- what a person may do in a conversation
		WHEN 'conversation' THEN 1|2|4|8|16|32|64|512|1024|2048|4096|16777216
		-- what is left in an archived channel, and to who is in a time-out
		WHEN 'in_archive' THEN 1|2|131072|262144|2097152
		WHEN 'in_timeout' THEN 1|2
		WHEN 'in_block' THEN 1|2	-- … in a conversation of two one of whom has blocked the other
		-- masks of the built-in roles
		WHEN 'role_everyone' THEN 1|2|16
		WHEN 'role_guest' THEN 4|8|512|1024
		WHEN 'role_member' THEN 4|8|16|32|512|1024|2048|4096|16384|4194304
		WHEN 'role_moderator' THEN 64|128|8192|32768|65536|1048576|2097152|8388608|16777216
		ELSE ('no such permission: ' || word)::bigint	-- raises
	END::bigint
$$;
COMMENT ON FUNCTION perm(text) IS 'Permission bits and the masks made of them; folded to a constant when planned';

CREATE OR REPLACE FUNCTION most_people(what text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE what
		WHEN 'receipts' THEN 50
		WHEN 'typing' THEN 200
		ELSE ('no such thing: ' || what)::bigint	-- raises
	END
$$;
COMMENT ON FUNCTION most_people IS 'Above so many people that see a channel there is nothing of the kind; folded to a constant when planned';

DROP FUNCTION IF EXISTS channel_permissions(bigint, bigint);
CREATE OR REPLACE FUNCTION channel_permissions(actor bigint, channel_id bigint, deleted boolean DEFAULT false) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	c	record;
	o	record;
	mask	bigint;
	shown	boolean;
	posts	boolean := false;
BEGIN
	SELECT ch.server_id, ch.kind, ch.private, ch.overridden, ch.read_only, ch.archived_at, m.permissions, m.roles,
		m.guest, m.timeout_until > now() AS held, m.expires_at <= now() AS over,
		cm.account_id IS NOT NULL AS joined
	INTO c
	FROM channel AS ch
	LEFT JOIN member AS m ON m.server_id = ch.server_id AND m.account_id = actor
	LEFT JOIN channel_member AS cm ON cm.channel_id = ch.id AND cm.account_id = actor
	WHERE ch.id = channel_permissions.channel_id AND (ch.deleted_at IS NULL OR deleted);
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	IF c.server_id IS NULL THEN
		RETURN CASE WHEN NOT c.joined THEN 0 WHEN c.kind = 'dm' AND dm_is_closed(actor, channel_id)
			THEN perm('in_block') ELSE perm('conversation') END;
	END IF;
	IF c.permissions IS NULL OR c.over THEN
		RETURN 0;
	END IF;

	mask := c.permissions;
	shown := c.joined;
	IF c.overridden THEN
		SELECT coalesce(bit_or(ov.deny) FILTER (WHERE r.kind = 'everyone'), 0) AS all_deny,
			coalesce(bit_or(ov.allow) FILTER (WHERE r.kind = 'everyone'), 0) AS all_allow,
			coalesce(bit_or(ov.deny) FILTER (WHERE r.kind <> 'everyone'), 0) AS role_deny,
			coalesce(bit_or(ov.allow) FILTER (WHERE r.kind <> 'everyone'), 0) AS role_allow,
			coalesce(bit_or(ov.deny) FILTER (WHERE NOT ov.is_role), 0) AS own_deny,
			coalesce(bit_or(ov.allow) FILTER (WHERE NOT ov.is_role), 0) AS own_allow
		INTO o
		FROM channel_override AS ov
		LEFT JOIN role AS r ON ov.is_role AND r.id = ov.target_id
		WHERE ov.channel_id = channel_permissions.channel_id
		AND (ov.target_id = actor OR ov.target_id = ANY (c.roles) OR r.kind = 'everyone');
		shown := shown OR (o.role_allow | o.own_allow) & perm('view') <> 0;
		posts := (o.role_allow & ~o.own_deny | o.own_allow) & perm('send') <> 0;
		IF mask & perm('administrator') = 0 THEN
			mask := mask & ~o.all_deny | o.all_allow;
			mask := mask & ~o.role_deny | o.role_allow;
			mask := mask & ~o.own_deny | o.own_allow;
		END IF;
	END IF;
	IF mask & perm('administrator') <> 0 THEN
		mask := perm('all');
	END IF;
	IF (c.private OR c.guest) AND NOT shown OR mask & perm('view') = 0 THEN
		RETURN 0;
	END IF;
	IF c.read_only AND NOT posts AND mask & perm('manage_messages') = 0 THEN
		mask := mask & ~perm('send');
	END IF;
	IF c.archived_at IS NOT NULL THEN
		mask := mask & perm('in_archive');
	END IF;
	RETURN CASE WHEN c.held THEN mask & perm('in_timeout') ELSE mask END;
END
$$;
COMMENT ON FUNCTION channel_permissions(bigint, bigint, boolean) IS
'The one answer to "what may this account do in this channel": a mask, 0 when the channel is invisible.
Order: base and everyone, roles, member; then what the channel''s state and a time-out take away.
A private channel is seen only by whom it is shared with, or whose role or self an override shows it
to, administrators are no exception; a guest sees every channel so. deleted: of one that is, as if it stood;
whether its server stands is for the caller to ask.';

CREATE OR REPLACE FUNCTION channel_mask(actor bigint, channel_id bigint, simple boolean, base bigint)
RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN NOT simple THEN channel_permissions(actor, channel_id)
		WHEN base & perm('administrator') <> 0 THEN perm('all')
		WHEN base & perm('view') = 0 THEN 0
		ELSE base END
$$;
COMMENT ON FUNCTION channel_mask(bigint, bigint, boolean, bigint) IS
'channel_permissions() for lists: simple = a plain channel and no special member, where the member''s own
mask is the answer';

CREATE OR REPLACE FUNCTION past_permissions(actor bigint, channel_id bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT CASE WHEN c.purged_at IS NULL THEN channel_permissions(actor, c.id, true)
			WHEN s.owner_id <> actor THEN 0
			WHEN c.private THEN perm('view')
			ELSE perm('all') END
		FROM channel AS c JOIN server AS s ON s.id = c.server_id WHERE c.id = past_permissions.channel_id), 0)
$$;
COMMENT ON FUNCTION past_permissions IS
'For what is noted of a channel, which is deleted perhaps: what could be done in it if it stood. After the purge nobody
knows who saw it: then the owner of its server has it alone, of a private one no more than that it was there';

CREATE OR REPLACE FUNCTION past_channels(actor bigint, server_id bigint, bits bigint) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
	SELECT ARRAY(SELECT c.id FROM channel AS c JOIN member AS m ON m.server_id = c.server_id AND m.account_id = actor
		WHERE c.server_id = past_channels.server_id
		AND CASE WHEN c.plain AND NOT m.special AND c.purged_at IS NULL THEN channel_mask(actor, c.id, true, m.permissions)
			ELSE past_permissions(actor, c.id) END & bits = bits)
$$;
COMMENT ON FUNCTION past_channels IS 'Those of a server where past_permissions() has these bits';

CREATE OR REPLACE FUNCTION server_permissions(actor bigint, server_id bigint) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	m	record;
BEGIN
	SELECT x.permissions, x.timeout_until > now() AS held INTO m
	FROM member AS x
	JOIN server AS s ON s.id = x.server_id AND s.deleted_at IS NULL
	WHERE x.server_id = server_permissions.server_id AND x.account_id = actor
	AND (x.expires_at IS NULL OR x.expires_at > now());
	IF NOT FOUND THEN
		RETURN 0;
	ELSIF m.held THEN
		RETURN perm('in_timeout');
	END IF;
	RETURN CASE WHEN m.permissions & perm('administrator') <> 0 THEN perm('all')
		ELSE m.permissions | perm('view') END;
END
$$;
COMMENT ON FUNCTION server_permissions(bigint, bigint) IS 'Mask in a server; 0 for who is no member';

CREATE OR REPLACE FUNCTION fail(status int, code text, detail text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '%', code USING ERRCODE = 'UE' || status, DETAIL = coalesce(detail, '');
END
$$;
COMMENT ON FUNCTION fail(int, text, text) IS 'Ends the statement with an error of our own class: HTTP status and code word';

CREATE OR REPLACE FUNCTION channel_denied(actor bigint, channel_id bigint, bits bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	c	record;
BEGIN
	SELECT ch.kind, ch.read_only, ch.archived_at, m.timeout_until INTO c
	FROM channel AS ch LEFT JOIN member AS m ON m.server_id = ch.server_id AND m.account_id = actor
	WHERE ch.id = channel_denied.channel_id;
	IF c.archived_at IS NOT NULL AND bits & ~perm('in_archive') <> 0 THEN
		PERFORM fail(409, 'archived');
	ELSIF c.kind = 'dm' THEN
		PERFORM fail(403, coalesce(company_denied(actor, ARRAY(SELECT x.account_id FROM channel_member AS x
			WHERE x.channel_id = channel_denied.channel_id)), 'forbidden'));
	ELSIF c.timeout_until > now() THEN
		PERFORM fail(403, 'timed_out', 'until ' || ts(c.timeout_until));
	ELSIF c.read_only AND bits & perm('send') <> 0 THEN
		PERFORM fail(403, 'read_only');
	END IF;
	PERFORM fail(403, 'forbidden');
END
$$;
COMMENT ON FUNCTION channel_denied IS 'Fails with the reason why who sees a channel may not do this in it';

CREATE OR REPLACE FUNCTION need_channel(actor bigint, channel_id bigint, bits bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	mask	bigint := channel_permissions(actor, channel_id);
BEGIN
	IF mask = 0 THEN
		PERFORM fail(404, 'not_found');
	ELSIF mask & bits <> bits THEN
		PERFORM channel_denied(actor, channel_id, bits);
	END IF;
	RETURN mask;
END
$$;
COMMENT ON FUNCTION need_channel IS
'The mask of an account in a channel, or an error: 404 when invisible, 403 or 409 when a bit is missing';

CREATE OR REPLACE FUNCTION need_server(actor bigint, server_id bigint, bits bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	mask	bigint := server_permissions(actor, server_id);
	held	timestamptz;
BEGIN
	IF mask = 0 THEN
		PERFORM fail(404, 'not_found');
	ELSIF mask & bits <> bits THEN
		SELECT m.timeout_until INTO held FROM member AS m
		WHERE m.server_id = need_server.server_id AND m.account_id = actor AND m.timeout_until > now();
		IF FOUND THEN
			PERFORM fail(403, 'timed_out', 'until ' || ts(held));
		END IF;
		PERFORM fail(403, 'forbidden');
	END IF;
	RETURN mask;
END
$$;
COMMENT ON FUNCTION need_server IS
'The mask of an account in a server, or an error: 404 for who is no member, 403 when a bit is missing';

CREATE OR REPLACE FUNCTION need_server_locked(actor bigint, server_id bigint, bits bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_server(actor, server_id, bits);
	PERFORM FROM server AS s WHERE s.id = need_server_locked.server_id FOR NO KEY UPDATE;
	RETURN need_server(actor, server_id, bits);
END
$$;
COMMENT ON FUNCTION need_server_locked IS
'need_server(), asked again once the server is locked: whatever changes members or channels goes one
after the other, and the actor still is what he was';

CREATE OR REPLACE FUNCTION member_refresh(server bigint, account bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE member AS m
	SET permissions = x.mask, position = x.top, guest = x.guest
	FROM (SELECT bit_or(r.permissions) AS mask, max(r.position) AS top,
			bool_or(r.kind = 'guest') AND NOT bool_or(r.kind NOT IN ('guest', 'everyone')) AS guest
		FROM role AS r
		JOIN member AS me ON me.server_id = r.server_id AND me.account_id = account
		WHERE r.server_id = server AND (r.kind = 'everyone' OR r.id = ANY (me.roles))) AS x
	WHERE m.server_id = server AND m.account_id = account;
END
$$;
COMMENT ON FUNCTION member_refresh(bigint, bigint) IS 'Recomputes what member keeps of its roles';
