-- What was deleted and has not come back goes for good: in steps, each a transaction of its own.

CREATE OR REPLACE FUNCTION purge_later(what text, id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	boss	bigint := (SELECT s.owner_id FROM server AS s WHERE s.id = purge_later.id
		OR s.id = (SELECT c.server_id FROM channel AS c WHERE c.id = purge_later.id));
	had	bigint := job_waits('purge', boss, jsonb_build_object(what, id::text));
BEGIN
	IF had IS NULL THEN
		PERFORM job_add('purge', boss, json_build_object(what, id::text), now() + undo_time());
	ELSE
		UPDATE job AS j SET run_at = now() + undo_time() WHERE j.id = had;
	END IF;
END
$$;
COMMENT ON FUNCTION purge_later IS
'Leaves word that a channel or server is to be taken away when it can come back no more; one that was deleted before and
came back has left it already. data: channel or server';

CREATE OR REPLACE FUNCTION purge_messages(channel_id bigint, most int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	ids	bigint[] := ARRAY(SELECT m.id FROM message AS m WHERE m.channel_id = purge_messages.channel_id
		ORDER BY m.seq LIMIT most);
	told	record;
BEGIN
	FOR told IN SELECT m.seq, m.mentions FROM message AS m WHERE m.id = ANY (ids) AND m.mentions <> '{}' LOOP
		DELETE FROM mention AS x WHERE x.account_id = ANY (told.mentions)
		AND x.channel_id = purge_messages.channel_id AND x.seq = told.seq;
	END LOOP;
	DELETE FROM message_nonce AS x WHERE x.message_id = ANY (ids);
	DELETE FROM message AS x WHERE x.id = ANY (ids);
	RETURN FOUND;
END
$$;
COMMENT ON FUNCTION purge_messages IS 'The oldest so many messages of a channel, with what hangs on them; false: there was none';

CREATE OR REPLACE FUNCTION purge_events(stream bigint, most int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM event AS x WHERE x.id = ANY (ARRAY(SELECT e.id FROM event AS e WHERE e.stream = purge_events.stream
		ORDER BY e.rev LIMIT most));
	RETURN FOUND;
END
$$;

CREATE OR REPLACE FUNCTION purge_channel(channel_id bigint, most int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	IF purge_messages(channel_id, most) OR purge_events(channel_id, most) THEN
		RETURN true;
	END IF;
	DELETE FROM read_state AS x WHERE x.channel_id = purge_channel.channel_id AND x.account_id = ANY (ARRAY(
		SELECT r.account_id FROM read_state AS r WHERE r.channel_id = purge_channel.channel_id LIMIT most));
	IF FOUND THEN
		RETURN true;
	END IF;
	DELETE FROM channel_member AS x WHERE x.channel_id = purge_channel.channel_id AND x.account_id = ANY (ARRAY(
		SELECT m.account_id FROM channel_member AS m WHERE m.channel_id = purge_channel.channel_id LIMIT most));
	IF FOUND THEN
		RETURN true;
	END IF;
	DELETE FROM channel_override AS x WHERE x.channel_id = purge_channel.channel_id;
	DELETE FROM slow_mode AS x WHERE x.channel_id = purge_channel.channel_id;
	-- nobody can deal with them any more; what they quote is kept as long as of any that is closed
	UPDATE report AS x SET state = 'dismissed', closed_at = now()
	WHERE x.server_id = (SELECT c.server_id FROM channel AS c WHERE c.id = purge_channel.channel_id)
	AND x.channel_id = purge_channel.channel_id AND x.state = 'open';
	UPDATE channel AS x SET name = NULL, topic = NULL, category = NULL, creator_id = NULL, overridden = false
	WHERE x.id = purge_channel.channel_id;
	RETURN false;
END
$$;
COMMENT ON FUNCTION purge_channel IS
'One step; false: that was the last one. What stays of a channel is its id and that it was there. The caller
holds the channel locked and has noted that the purge has begun';

CREATE OR REPLACE FUNCTION purge_server(server_id bigint, most int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	c	bigint := (SELECT x.id FROM channel AS x WHERE x.server_id = purge_server.server_id ORDER BY x.id LIMIT 1);
BEGIN
	IF c IS NOT NULL THEN
		PERFORM FROM channel AS x WHERE x.id = c FOR UPDATE;
		IF NOT purge_channel(c, most) THEN
			DELETE FROM channel AS x WHERE x.id = c;
		END IF;
		RETURN true;
	ELSIF purge_events(server_id, most) THEN
		RETURN true;
	END IF;
	DELETE FROM member AS x WHERE x.server_id = purge_server.server_id AND x.account_id = ANY (ARRAY(
		SELECT m.account_id FROM member AS m WHERE m.server_id = purge_server.server_id LIMIT most));
	IF FOUND THEN
		RETURN true;
	END IF;
	DELETE FROM ban AS x WHERE x.server_id = purge_server.server_id;
	DELETE FROM timeout_left AS x WHERE x.server_id = purge_server.server_id;
	DELETE FROM invite AS x WHERE x.server_id = purge_server.server_id;
	DELETE FROM report AS x WHERE x.server_id = purge_server.server_id;
	DELETE FROM rule AS x WHERE x.server_id = purge_server.server_id;
	DELETE FROM role AS x WHERE x.server_id = purge_server.server_id;
	PERFORM picture_forget((SELECT x.icon FROM server AS x WHERE x.id = purge_server.server_id));
	UPDATE server AS x SET name = '--', icon = NULL, member_count = 0 WHERE x.id = purge_server.server_id;
	RETURN false;
END
$$;
COMMENT ON FUNCTION purge_server IS 'As purge_channel(), of a server and all its channels; its audit log stays for its own time';

CREATE OR REPLACE FUNCTION purge_next(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	there	boolean;
	more	boolean := false;
BEGIN
	IF j.data->>'server' IS NOT NULL THEN
		UPDATE server AS x SET purged_at = coalesce(x.purged_at, now())
		WHERE x.id = (j.data->>'server')::bigint AND x.deleted_at <= now() - undo_time() RETURNING true INTO there;
		IF there THEN
			more := purge_server((j.data->>'server')::bigint, most);
		END IF;
	ELSE
		UPDATE channel AS x SET purged_at = coalesce(x.purged_at, now())
		WHERE x.id = (j.data->>'channel')::bigint AND x.deleted_at <= now() - undo_time() RETURNING true INTO there;
		IF there THEN
			more := purge_channel((j.data->>'channel')::bigint, most);
		END IF;
	END IF;
	RETURN NEXT CASE WHEN more THEN job_renew(j.id, lease_s, '{}') ELSE ROW('empty', NULL, NULL)::reply END;
END
$$;
COMMENT ON FUNCTION purge_next IS
'Takes away the next so many rows of what a job names, if it is deleted still and has been for long enough.';
