-- A private channel that nobody is in any more: the owner of its server is let in.

CREATE OR REPLACE FUNCTION channel_has_others(c channel, but bigint, disabled boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM channel_member AS cm
			JOIN member AS m ON m.server_id = c.server_id AND m.account_id = cm.account_id
			JOIN account AS a ON a.id = m.account_id
			WHERE cm.channel_id = c.id AND m.account_id <> but AND (disabled OR a.disabled_at IS NULL)
			AND (m.expires_at IS NULL OR m.expires_at > now()))
		OR c.overridden AND EXISTS (SELECT FROM channel_override AS o
			JOIN member AS m ON m.server_id = c.server_id AND m.roles @> ARRAY[o.target_id]
			JOIN account AS a ON a.id = m.account_id
			WHERE o.channel_id = c.id AND o.is_role AND o.allow & perm('view') <> 0
			AND m.account_id <> but AND (disabled OR a.disabled_at IS NULL)
			AND (m.expires_at IS NULL OR m.expires_at > now()))
		OR c.overridden AND EXISTS (SELECT FROM channel_override AS o
			JOIN member AS m ON m.server_id = c.server_id AND m.account_id = o.target_id
			JOIN account AS a ON a.id = m.account_id
			WHERE o.channel_id = c.id AND NOT o.is_role AND o.allow & perm('view') <> 0
			AND m.account_id <> but AND (disabled OR a.disabled_at IS NULL)
			AND (m.expires_at IS NULL OR m.expires_at > now()))
$$;
COMMENT ON FUNCTION channel_has_others IS
'Is anybody but this account (0: anybody) in a private channel, or shown it by an override; disabled: who cannot sign in
counts, too. Not what the roles let him see today: what a role takes it gives back, and nobody reads it meanwhile';

CREATE OR REPLACE FUNCTION channels_shown(server_id bigint, account_id bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY(SELECT c.id FROM channel AS c
		WHERE c.server_id = channels_shown.server_id AND c.private AND c.deleted_at IS NULL
		AND (EXISTS (SELECT FROM channel_member AS cm
				WHERE cm.channel_id = c.id AND cm.account_id = channels_shown.account_id)
			OR c.overridden AND EXISTS (SELECT FROM channel_override AS o
				WHERE o.channel_id = c.id AND o.allow & perm('view') <> 0
				AND (o.target_id = channels_shown.account_id OR o.target_id = ANY ((SELECT m.roles FROM member AS m
					WHERE m.server_id = channels_shown.server_id AND m.account_id = channels_shown.account_id)::bigint[]))))
		ORDER BY c.id)
$$;
COMMENT ON FUNCTION channels_shown IS 'The private channels of a server that may be lost when this account loses what it has there';

CREATE OR REPLACE FUNCTION channels_last_in(actor bigint, server_id bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY(SELECT c.id FROM unnest(channels_shown(server_id, actor)) AS x (id) JOIN channel AS c ON c.id = x.id
		WHERE channel_permissions(actor, c.id) <> 0 AND NOT channel_has_others(c, actor, false) ORDER BY c.id)
$$;
COMMENT ON FUNCTION channels_last_in IS 'The private channels that nobody but actor sees';

CREATE OR REPLACE FUNCTION channels_lost(server_id bigint, ids bigint[]) RETURNS bigint[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY(SELECT c.id FROM channel AS c
		WHERE c.server_id = channels_lost.server_id AND c.private AND c.deleted_at IS NULL
		AND (ids IS NULL OR c.id = ANY (ids)) AND NOT channel_has_others(c, 0, ids IS NULL) ORDER BY c.id)
$$;
COMMENT ON FUNCTION channels_lost IS
'Those of a server that nobody is in, nor shown. ids: only of these, which somebody has just lost; NULL: of all, and then who is disabled
keeps what he had';

CREATE OR REPLACE FUNCTION heir_hold(server_id bigint, lost bigint[], others bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF lost <> '{}' THEN
		PERFORM FROM channel AS c WHERE c.id = ANY (lost) ORDER BY c.id FOR NO KEY UPDATE;
		PERFORM FROM account AS a WHERE a.id = ANY (others)
		OR a.id = (SELECT s.owner_id FROM server AS s WHERE s.id = heir_hold.server_id)
		ORDER BY a.id FOR NO KEY UPDATE;
	END IF;
END
$$;
COMMENT ON FUNCTION heir_hold IS
'Locks what channels_inherit() is going to, and the other accounts that are told something in the same transaction';

CREATE OR REPLACE FUNCTION channels_inherit(server_id bigint, lost bigint[]) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	boss	account;
	c	channel;
BEGIN
	IF lost = '{}' THEN
		RETURN;
	END IF;
	SELECT a.* INTO boss FROM account AS a JOIN server AS s ON s.owner_id = a.id WHERE s.id = channels_inherit.server_id;
	FOR c IN SELECT x.* FROM channel AS x WHERE x.id = ANY (lost) ORDER BY x.id LOOP
		INSERT INTO channel_member (channel_id, account_id) VALUES (c.id, boss.id) ON CONFLICT DO NOTHING;
		-- he is in it already where his account is disabled
		CONTINUE WHEN NOT FOUND;
		PERFORM audit_channel(c, NULL, 'channel.inherited', c.id, json_build_object('name', c.name, 'user', boss.id::text));
		RETURN NEXT channel_event(c.id, access_code('gained'), boss.id, 'member.joined', '{"channel_id":"' || c.id
			|| '","user":' || user_json(boss) || ',"roles":[],"nickname":null,"joined_at":"' || ts(now()) || '"}');
		SELECT x.* INTO c FROM channel AS x WHERE x.id = c.id;
		RETURN NEXT user_event(boss.id, access_code('gained'), boss.id, 'channel.created', channel_json(c));
	END LOOP;
END
$$;
COMMENT ON FUNCTION channels_inherit IS
'Lets the owner into channels_lost(). Nobody has done it, so the entry names nobody. The caller holds the server''s lock';

CREATE OR REPLACE FUNCTION lost_channels_mend(most int) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	home	bigint;
	lost	bigint[];
BEGIN
	FOR home IN SELECT DISTINCT c.server_id FROM channel AS c JOIN server AS s ON s.id = c.server_id AND s.deleted_at IS NULL
		-- not to be asked about each conversation
		WHERE c.server_id IS NOT NULL AND c.private AND c.deleted_at IS NULL AND NOT channel_has_others(c, 0, true)
		ORDER BY c.server_id LIMIT most
	LOOP
		PERFORM FROM server AS s WHERE s.id = home FOR NO KEY UPDATE;
		lost := channels_lost(home, NULL);
		PERFORM heir_hold(home, lost, '{}');
		RETURN QUERY SELECT * FROM channels_inherit(home, lost);
	END LOOP;
END
$$;
COMMENT ON FUNCTION lost_channels_mend IS 'channels_inherit() of so many servers: of what was lost before there was an heir';
