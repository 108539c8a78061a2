-- Bans, time-outs, and what is taken away in bulk.

CREATE OR REPLACE FUNCTION is_banned(server_id bigint, account_id bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (SELECT FROM ban AS b WHERE b.server_id = is_banned.server_id
		AND b.account_id = is_banned.account_id AND (b.expires_at IS NULL OR b.expires_at > now()))
$$;

CREATE OR REPLACE FUNCTION admin_ban(server_id bigint, account_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	s	server;
BEGIN
	SELECT x.* INTO s FROM server AS x WHERE x.id = admin_ban.server_id FOR NO KEY UPDATE;
	IF s.owner_id = account_id THEN
		PERFORM fail(403, 'forbidden', 'the owner stays');
	END IF;
	INSERT INTO ban AS b (server_id, account_id, actor_id) VALUES (s.id, admin_ban.account_id, s.owner_id)
	ON CONFLICT ON CONSTRAINT ban_pkey DO UPDATE SET expires_at = NULL;
	PERFORM audit_add(s.id, NULL, 'member.banned', account_id, NULL);
	DELETE FROM invite AS i WHERE i.server_id = s.id AND i.creator_id = admin_ban.account_id;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	IF EXISTS (SELECT FROM member AS m WHERE m.server_id = s.id AND m.account_id = admin_ban.account_id) THEN
		RETURN QUERY SELECT * FROM member_drop(s.id, account_id, 'banned');
	END IF;
END
$$;
COMMENT ON FUNCTION admin_ban IS 'By the administrator of the installation; a ban names somebody, and that is the owner';

DROP FUNCTION IF EXISTS ban_put(bigint, bigint, bigint, text);
CREATE OR REPLACE FUNCTION ban_put(actor bigint, server_id bigint, account_id bigint, reason text,
	expires_in int, erase_s int) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	until	timestamptz := now() + make_interval(secs => nullif(expires_in, 0));
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('ban'));
	IF actor = account_id
		OR NOT EXISTS (SELECT FROM account AS a WHERE a.id = ban_put.account_id) THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM member_above(actor, server_id, account_id);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	INSERT INTO ban AS b (server_id, account_id, actor_id, reason, expires_at)
	VALUES (ban_put.server_id, ban_put.account_id, actor, ban_put.reason, until)
	ON CONFLICT ON CONSTRAINT ban_pkey DO UPDATE
	SET actor_id = actor, reason = excluded.reason, expires_at = excluded.expires_at, created_at = now();
	PERFORM audit_add(server_id, actor, 'member.banned', account_id, json_strip_nulls(json_build_object(
		'reason', reason, 'until', ts(until), 'messages_of_s', nullif(erase_s, 0))));
	IF erase_s > 0 THEN
		PERFORM erase_later(server_id, account_id, now() - make_interval(secs => erase_s));
	END IF;
	-- also of who has left: his invites stayed
	DELETE FROM invite AS i WHERE i.server_id = ban_put.server_id AND i.creator_id = ban_put.account_id;
	IF EXISTS (SELECT FROM member AS m
		WHERE m.server_id = ban_put.server_id AND m.account_id = ban_put.account_id) THEN
		RETURN QUERY SELECT * FROM member_drop(server_id, account_id, 'banned');
	END IF;
END
$$;
COMMENT ON FUNCTION ban_put IS
'expires_in: seconds, 0 for ever. erase_s: what he wrote in so many last seconds is deleted by a job';

CREATE OR REPLACE FUNCTION ban_delete(actor bigint, server_id bigint, account_id bigint)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('ban'));
	DELETE FROM ban AS b
	WHERE b.server_id = ban_delete.server_id AND b.account_id = ban_delete.account_id;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM audit_add(server_id, actor, 'member.unbanned', account_id, NULL);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
END
$$;

CREATE OR REPLACE FUNCTION member_timeout(actor bigint, server_id bigint, account_id bigint, seconds int, reason text)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	until	timestamptz := now() + make_interval(secs => nullif(seconds, 0));
	m	member;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('timeout'));
	-- what he is posting is there before it: see access_hold()
	PERFORM FROM member AS x
	WHERE x.server_id = member_timeout.server_id AND x.account_id = member_timeout.account_id FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM member_above(actor, server_id, account_id);
	SELECT x.* INTO m FROM member AS x
	WHERE x.server_id = member_timeout.server_id AND x.account_id = member_timeout.account_id;
	IF until IS NULL AND m.timeout_until IS NULL THEN
		RETURN QUERY SELECT 'body', NULL, member_json(m, a) FROM account AS a WHERE a.id = m.account_id;
		RETURN;
	END IF;
	UPDATE member AS x SET timeout_until = until
	WHERE x.server_id = member_timeout.server_id AND x.account_id = member_timeout.account_id RETURNING x.* INTO m;
	PERFORM audit_add(server_id, actor, 'member.timeout', account_id, json_strip_nulls(json_build_object(
		'reason', reason, 'until', ts(until))));
	RETURN NEXT (SELECT ROW('body', NULL, member_json(m, a))::reply FROM account AS a WHERE a.id = m.account_id);
	RETURN NEXT member_told(server_id, account_id, false);
	IF m.guest THEN
		RETURN NEXT member_told(server_id, account_id, true);
	END IF;
END
$$;
COMMENT ON FUNCTION member_timeout IS 'seconds 0: the time-out ends now. He goes on seeing what he sees';

CREATE OR REPLACE FUNCTION messages_delete(c channel, ids bigint[]) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	m	message;
	gone	bigint[] := '{}';
BEGIN
	FOR m IN SELECT x.* FROM message AS x
		WHERE x.id = ANY (ids) AND x.channel_id = c.id AND x.deleted_at IS NULL ORDER BY x.id
	LOOP
		IF gone = '{}' THEN
			UPDATE channel AS x SET rev = x.rev + 1 WHERE x.id = c.id RETURNING x.rev INTO c.rev;
		END IF;
		m.rev := c.rev;
		PERFORM message_erase(m);
		gone := gone || m.id;
	END LOOP;
	IF gone <> '{}' THEN
		RETURN NEXT event_add('c', c.id, c.rev, coalesce(c.server_id, 0), server_rev(c.server_id),
			access_code('none'), 0, 'messages.deleted',
			'{"channel_id":"' || c.id || '","ids":' || ids_json(gone) || '}');
	END IF;
END
$$;
COMMENT ON FUNCTION messages_delete IS
'Deletes those of these messages (at most 100) that are there, under one rev of the channel, which the caller holds locked';

CREATE OR REPLACE FUNCTION messages_bulk_delete(actor bigint, channel_id bigint, ids bigint[]) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	c	channel := need_server_channel(actor, channel_id, perm('manage_messages'));
	there	bigint := (SELECT count(*) FROM message AS m
		WHERE m.id = ANY (ids) AND m.channel_id = c.id AND m.deleted_at IS NULL);
BEGIN
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	IF there = 0 THEN
		RETURN;
	END IF;
	PERFORM audit_channel(c, actor, 'messages.deleted', c.id, json_build_object('count', there));
	RETURN QUERY SELECT * FROM messages_delete(c, ids);
END
$$;

CREATE OR REPLACE FUNCTION erase_later(server_id bigint, account_id bigint, since timestamptz) RETURNS void
LANGUAGE sql AS $$
	SELECT job_add('erase', s.owner_id, json_build_object('server', s.id::text, 'account', account_id::text,
		'since', id_floor(since)::text, 'channel', '0', 'below', '0'), now())
	FROM server AS s WHERE s.id = server_id
$$;
COMMENT ON FUNCTION erase_later IS
'Leaves word that what somebody wrote in a server since then is to be deleted. data: channel and below, how
far it came: this channel is done above this seq, 0 before the first';

CREATE OR REPLACE FUNCTION member_purge(actor bigint, server_id bigint, account_id bigint, within_s int)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_server(actor, server_id, perm('manage_messages'));
	IF NOT EXISTS (SELECT FROM account AS a WHERE a.id = member_purge.account_id) THEN
		PERFORM fail(404, 'not_found');
	ELSIF actor <> account_id THEN
		PERFORM member_above(actor, server_id, account_id);
	END IF;
	PERFORM erase_later(server_id, account_id, now() - make_interval(secs => within_s));
	PERFORM audit_add(server_id, actor, 'messages.purged', account_id, json_build_object('messages_of_s', within_s));
	RETURN NEXT ROW('accepted', NULL, '{}')::reply;
END
$$;
COMMENT ON FUNCTION member_purge IS 'What somebody, member or not, wrote in a server in so many last seconds is deleted by a job';

CREATE OR REPLACE FUNCTION seq_since(channel_id bigint, last_seq bigint, since bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	lo	bigint := 1;
	hi	bigint := last_seq + 1;
	mid	bigint;
	found_id bigint;
BEGIN
	WHILE lo < hi LOOP
		mid := (lo + hi) / 2;
		SELECT m.id INTO found_id FROM message AS m
		WHERE m.channel_id = seq_since.channel_id AND m.seq >= mid ORDER BY m.seq LIMIT 1;
		IF found_id < since THEN
			lo := mid + 1;
		ELSE
			hi := mid;
		END IF;
	END LOOP;
	RETURN lo;
END
$$;
COMMENT ON FUNCTION seq_since IS 'A number that all messages of a channel whose id is not below since have or exceed, and no other does';

CREATE OR REPLACE FUNCTION purge_count(actor bigint, server_id bigint, account_id bigint, within_s int) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	since	bigint := id_floor(now() - make_interval(secs => within_s));
BEGIN
	PERFORM need_server(actor, server_id, perm('manage_messages'));
	RETURN (SELECT '{"count":' || coalesce(sum(x.n), 0) || '}'
		FROM channel AS c
		CROSS JOIN LATERAL (SELECT count(*) AS n FROM message AS m
			WHERE m.channel_id = c.id AND m.seq >= seq_since(c.id, c.last_seq, since)
			AND m.author_id = purge_count.account_id AND m.deleted_at IS NULL) AS x
		WHERE c.server_id = purge_count.server_id AND c.deleted_at IS NULL AND c.last_message_id >= since
		AND channel_permissions(actor, c.id) <> 0);
END
$$;
COMMENT ON FUNCTION purge_count IS 'How many messages member_purge() would delete in the channels that actor sees';

CREATE OR REPLACE FUNCTION erase_next(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	c	channel;
	page	record;
BEGIN
	SELECT x.* INTO c FROM channel AS x
	WHERE x.server_id = (j.data->>'server')::bigint AND x.purged_at IS NULL	-- what is deleted may come back
	AND (x.id = (j.data->>'channel')::bigint AND (j.data->>'below')::bigint > 1 OR x.id > (j.data->>'channel')::bigint)
	ORDER BY x.id LIMIT 1 FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	END IF;
	SELECT min(m.seq) AS lowest, min(m.id) AS oldest,
		array_agg(m.id) FILTER (WHERE m.author_id = (j.data->>'account')::bigint
			AND m.id >= (j.data->>'since')::bigint AND m.deleted_at IS NULL) AS ids
	INTO page
	FROM (SELECT * FROM message AS x WHERE x.channel_id = c.id
		AND x.seq < CASE WHEN c.id = (j.data->>'channel')::bigint THEN (j.data->>'below')::bigint ELSE c.last_seq + 1 END
		ORDER BY x.seq DESC LIMIT most) AS m;
	RETURN NEXT job_renew(j.id, lease_s, jsonb_build_object('channel', c.id::text, 'below',
		CASE WHEN page.oldest >= (j.data->>'since')::bigint THEN page.lowest ELSE 0 END::text));
	RETURN QUERY SELECT * FROM messages_delete(c, page.ids);
END
$$;
COMMENT ON FUNCTION erase_next IS
'Looks at the next so many (at most 100) messages, from the newest of each channel to the first that is too old';
