-- Bans and time-outs.

CREATE OR REPLACE FUNCTION is_banned(server_id bigint, account_id bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (SELECT FROM ban AS b WHERE b.server_id = is_banned.server_id
		AND b.account_id = is_banned.account_id AND (b.expires_at IS NULL OR b.expires_at > now()))
$$;

DROP FUNCTION IF EXISTS admin_ban(bigint, bigint);

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
	VALUES (ban_put.server_id, ban_put.account_id, done_by(actor), ban_put.reason, until)
	ON CONFLICT ON CONSTRAINT ban_pkey DO UPDATE
	SET actor_id = excluded.actor_id, reason = excluded.reason, expires_at = excluded.expires_at, created_at = now();
	PERFORM audit_add(server_id, actor, 'member.banned', account_id, json_strip_nulls(json_build_object(
		'reason', reason, 'until', ts(until), 'messages_of_s', nullif(erase_s, 0))));
	IF erase_s > 0 THEN
		PERFORM messages_delete_later(server_id, account_id, now() - make_interval(secs => erase_s), true);
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
		UPDATE timeout_left AS x SET until = NULL WHERE seconds = 0 AND x.account_id = member_timeout.account_id
		AND x.server_id = member_timeout.server_id AND x.until > now();
		IF NOT FOUND THEN
			PERFORM fail(404, 'not_found');
		END IF;
		PERFORM audit_add(server_id, actor, 'member.timeout', account_id, json_strip_nulls(json_build_object('reason', reason)));
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
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
COMMENT ON FUNCTION member_timeout IS
'seconds 0: the time-out ends now, that of who has gone, too. He goes on seeing what he sees';
