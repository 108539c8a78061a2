-- How an account ends: for a while, or for good.

CREATE OR REPLACE FUNCTION credentials_end(account_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	x	record;
BEGIN
	DELETE FROM ticket AS y WHERE y.account_id = credentials_end.account_id;
	FOR x IN WITH s AS (
			UPDATE session AS y SET ended_at = now()
			WHERE y.account_id = credentials_end.account_id AND y.ended_at IS NULL RETURNING y.id
		), t AS (
			UPDATE token AS y SET revoked_at = now()
			WHERE y.account_id = credentials_end.account_id AND y.revoked_at IS NULL RETURNING y.id
		)
		SELECT 'session' AS what, s.id FROM s UNION ALL SELECT 'token', t.id FROM t ORDER BY 2
	LOOP
		RETURN NEXT session_ended(account_id, x.what, x.id);
	END LOOP;
END
$$;
COMMENT ON FUNCTION credentials_end IS
'Sessions, personal tokens, and tickets: what was given out to the account, which the caller has locked, opens nothing any more';

CREATE OR REPLACE FUNCTION admins_stay(account_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	-- one after the other, so that of two who go at once one stays
	PERFORM FROM account AS a WHERE a.id = admins_stay.account_id OR a.admin ORDER BY a.id FOR NO KEY UPDATE;
	IF EXISTS (SELECT FROM account AS a WHERE a.id = admins_stay.account_id AND a.admin AND a.disabled_at IS NULL)
		AND NOT EXISTS (SELECT FROM account AS a
			WHERE a.admin AND a.disabled_at IS NULL AND a.id <> admins_stay.account_id) THEN
		PERFORM fail(409, 'conflict', 'the last administrator stays');
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION account_deactivate(account_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM admins_stay(account_id);
	UPDATE account AS a SET disabled_at = now()
	WHERE a.id = account_deactivate.account_id AND a.disabled_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN QUERY SELECT * FROM credentials_end(account_id);
END
$$;
COMMENT ON FUNCTION account_deactivate IS 'Nobody signs in with it until an administrator enables it; it loses nothing';

CREATE OR REPLACE FUNCTION groups_leave(account_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	talk	bigint;
BEGIN
	FOR talk IN SELECT c.id FROM channel_member AS m JOIN channel AS c ON c.id = m.channel_id AND c.kind = 'group'
		WHERE m.account_id = groups_leave.account_id ORDER BY c.id
	LOOP
		DELETE FROM channel_member AS m WHERE m.channel_id = talk AND m.account_id = groups_leave.account_id;
		UPDATE channel AS c SET dm_key = 'left:' || c.id WHERE c.id = talk;
		RETURN NEXT channel_event(talk, access_code('lost'), account_id, 'member.left', '{"channel_id":"' || talk
			|| '","user_id":"' || account_id || '","reason":"left"}');
	END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION account_forget(account_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	had	account;
	a	account;
BEGIN
	SELECT x.* INTO had FROM account AS x WHERE x.id = account_forget.account_id;
	UPDATE account AS x
	SET username = 'deleted-' || x.id, display_name = 'Deleted user', email = NULL, email_unverified = NULL, password_hash = NULL, admin = false,
		disabled_at = now(), deleted_at = now(), bio = NULL, time_zone = NULL, status_emoji = NULL,
		status_text = NULL, status_until = NULL, status = 'online', dms_from = 'nobody', receipts = false,
		second_factor = false, waits_for = NULL, registration_note = NULL, show_last_seen = false, last_seen_at = NULL, avatar = NULL
	WHERE x.id = had.id RETURNING x.* INTO a;
	PERFORM username_take(a, had.username);
	PERFORM picture_forget(had.avatar);
	DELETE FROM session AS x WHERE x.account_id = a.id;
	DELETE FROM token AS x WHERE x.account_id = a.id;
	DELETE FROM totp AS x WHERE x.account_id = a.id;
	DELETE FROM recovery_code AS x WHERE x.account_id = a.id;
	DELETE FROM idempotency AS x WHERE x.account_id = a.id;
	DELETE FROM message_nonce AS x WHERE x.author_id = a.id;
	DELETE FROM mention AS x WHERE x.account_id = a.id;
	DELETE FROM block AS x WHERE x.account_id = a.id OR x.blocked_id = a.id;
	DELETE FROM export AS x WHERE x.account_id = a.id;
	DELETE FROM ticket AS x WHERE x.account_id = a.id;
	DELETE FROM timeout_left AS x WHERE x.account_id = a.id;
	-- those that were given up: housekeeping()
	DELETE FROM job AS x WHERE x.kind = 'mail' AND x.owner = a.id AND x.failed_at IS NULL;
END
$$;
COMMENT ON FUNCTION account_forget IS
'Takes from an account whatever says who it was. Its user name stays held for it for 30 days.';

CREATE OR REPLACE FUNCTION owners_stay(account_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM server AS s WHERE s.owner_id = owners_stay.account_id AND s.deleted_at IS NULL) THEN
		PERFORM fail(409, 'owner_cannot_leave');
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION account_delete(account_id bigint, purge boolean) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	had	bigint;
	home	bigint;
BEGIN
	-- locks in the order server, channel, account
	PERFORM FROM server AS s JOIN member AS m ON m.server_id = s.id AND m.account_id = account_delete.account_id
	ORDER BY s.id FOR NO KEY UPDATE OF s;
	PERFORM owners_stay(account_id);
	-- whoever of them is posting has done so, and finds himself gone when he comes later: see access_hold()
	PERFORM FROM channel_member AS m WHERE m.account_id = account_delete.account_id
	ORDER BY m.channel_id FOR UPDATE;
	PERFORM FROM channel AS c JOIN channel_member AS m ON m.channel_id = c.id
		AND m.account_id = account_delete.account_id
	WHERE c.kind = 'group' OR c.private AND c.server_id IS NOT NULL ORDER BY c.id FOR NO KEY UPDATE OF c;
	-- who may be let into what nobody sees then
	PERFORM FROM account AS a WHERE a.id = ANY (ARRAY(SELECT account_delete.account_id
		UNION SELECT x.id FROM account AS x WHERE x.admin
		UNION SELECT s.owner_id FROM server AS s JOIN member AS m ON m.server_id = s.id
			WHERE m.account_id = account_delete.account_id))
	ORDER BY a.id FOR NO KEY UPDATE;
	PERFORM admins_stay(account_id);
	SELECT a.rev INTO had FROM account AS a WHERE a.id = account_delete.account_id AND a.deleted_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	-- who was making a server has made it, or finds himself gone: see need_account_locked()
	PERFORM owners_stay(account_id);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	-- what his own stream said of him
	DELETE FROM event AS e WHERE e.stream = account_delete.account_id AND e.rev <= had;
	RETURN QUERY SELECT * FROM credentials_end(account_id);
	FOR home IN SELECT m.server_id FROM member AS m JOIN server AS s ON s.id = m.server_id
		WHERE m.account_id = account_delete.account_id AND s.owner_id <> m.account_id ORDER BY m.server_id
	LOOP
		RETURN QUERY SELECT * FROM member_drop(home, account_id, 'left');
		DELETE FROM invite AS i WHERE i.server_id = home AND i.creator_id = account_delete.account_id;
		DELETE FROM channel_override AS o USING channel AS c
		WHERE c.server_id = home AND o.channel_id = c.id AND o.target_id = account_delete.account_id;
	END LOOP;
	RETURN QUERY SELECT * FROM groups_leave(account_id);
	PERFORM account_forget(account_id);
	PERFORM rename_later(account_id);
	IF purge THEN
		PERFORM job_add('delete_messages', account_id, json_build_object('who', json_build_object(account_id::text, '0'),
			'channel', '0', 'below', '0'), now());
	END IF;
	-- where he has written is as long known as the messages are
	DELETE FROM read_state AS r WHERE r.account_id = account_delete.account_id AND r.last_wrote IS NULL;
	UPDATE read_state AS r SET read_seq = 0, delivered_seq = 0 WHERE r.account_id = account_delete.account_id;
END
$$;
COMMENT ON FUNCTION account_delete IS
'For good. What he has said stays, by a deleted user; purge: a job deletes it. Not for who owns a server,
nor for the last administrator.';
