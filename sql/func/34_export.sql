-- A copy of one's own data, written by a job.

CREATE OR REPLACE FUNCTION export_json(e export, place text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '{"state":"' || CASE WHEN e.ready_at IS NOT NULL THEN 'ready' WHEN e.failed_at IS NOT NULL THEN 'failed'
			WHEN e.account_id IS NOT NULL THEN 'preparing' ELSE 'none' END
		|| '","requested_at":' || jq(ts(e.requested_at)) || ',"expires_at":' || jq(ts(e.ready_at + interval '7 days'))
		|| ',"size":' || jn(e.size::text)
		|| ',"url":' || CASE WHEN e.ready_at IS NULL THEN 'null' ELSE js(place) END || '}'
$$;
COMMENT ON FUNCTION export_json IS 'Of no row at all: none';

CREATE OR REPLACE FUNCTION export_current(account_id bigint) RETURNS export LANGUAGE sql STABLE AS $$
	SELECT e FROM export AS e WHERE e.account_id = export_current.account_id
	AND (e.ready_at IS NULL OR e.ready_at > now() - interval '7 days')
$$;

CREATE OR REPLACE FUNCTION export_start(account_id bigint, place text) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	e	export;
BEGIN
	PERFORM need_account_locked(account_id);
	e := export_current(account_id);
	IF e.account_id IS NULL OR e.ready_at IS NOT NULL OR e.failed_at IS NOT NULL THEN
		DELETE FROM export AS x WHERE x.account_id = export_start.account_id;
		INSERT INTO export AS x (account_id, file)
		VALUES (export_start.account_id, encode(uuid_send(gen_random_uuid()), 'hex')) RETURNING x.* INTO e;
		PERFORM job_add('export', account_id, json_build_object('account', account_id::text, 'file', e.file), now());
	END IF;
	RETURN NEXT ROW('accepted', NULL, export_json(e, place))::reply;
END
$$;
COMMENT ON FUNCTION export_start IS 'One at a time; a new one takes the place of the last';

CREATE OR REPLACE FUNCTION export_profile(account_id bigint) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '{"me":' || me_json(a)
		|| ',"servers":[' || coalesce((SELECT string_agg('{"id":"' || s.id || '","name":' || js(s.name)
			|| ',"nickname":' || js(m.nickname) || ',"joined_at":"' || ts(m.joined_at) || '"}', ',' ORDER BY m.joined_at, s.id)
			FROM member AS m JOIN server AS s ON s.id = m.server_id WHERE m.account_id = a.id), '')
		|| '],"conversations":[' || coalesce((SELECT string_agg(dm_json(c), ',' ORDER BY c.id)
			FROM channel_member AS m JOIN channel AS c ON c.id = m.channel_id AND c.server_id IS NULL
			WHERE m.account_id = a.id), '')
		|| '],"read_states":[' || coalesce((SELECT string_agg('{"channel_id":"' || r.channel_id || '","read_seq":'
			|| r.read_seq || ',"delivered_seq":' || r.delivered_seq || '}', ',' ORDER BY r.channel_id)
			FROM read_state AS r WHERE r.account_id = a.id), '')
		|| '],"blocks":[' || coalesce((SELECT string_agg(user_json(b), ',' ORDER BY b.id)
			FROM block AS x JOIN account AS b ON b.id = x.blocked_id WHERE x.account_id = a.id), '')
		|| '],"sessions":[' || coalesce((SELECT string_agg(session_json(s, NULL), ',' ORDER BY s.id)
			FROM session AS s WHERE s.account_id = a.id), '')
		|| '],"tokens":[' || coalesce((SELECT string_agg(token_json(t), ',' ORDER BY t.id)
			FROM token AS t WHERE t.account_id = a.id), '')
		|| '],"last_seen_at":' || jq(ts(a.last_seen_at)) || '}'
	FROM account AS a WHERE a.id = export_profile.account_id AND a.deleted_at IS NULL
$$;
COMMENT ON FUNCTION export_profile IS 'What is known of an account, but for what it has said, and secrets';

DROP FUNCTION IF EXISTS export_next(bigint, int, int, bigint, bigint, int);
CREATE OR REPLACE FUNCTION export_next(job_id bigint, attempts int, lease_s int, most int)
RETURNS TABLE (account_id bigint, file text, wanted boolean, begun int, size bigint, crc bigint, channel bigint, below bigint, lines text)
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	low	bigint;
BEGIN
	PERFORM job_renew(j.id, lease_s, '{}');
	account_id := j.data->>'account';
	file := j.data->>'file';
	begun := coalesce((j.data->>'begun')::int, 0);
	size := coalesce((j.data->>'size')::bigint, 0);
	crc := coalesce((j.data->>'crc')::bigint, 0);
	channel := coalesce((j.data->>'channel')::bigint, 0);
	below := coalesce((j.data->>'below')::bigint, 0);
	wanted := EXISTS (SELECT FROM export AS e WHERE e.account_id = export_next.account_id AND e.file = export_next.file);
	SELECT r.channel_id, CASE WHEN r.channel_id = channel THEN below ELSE r.last_wrote + 1 END, r.first_wrote
	INTO channel, below, low
	FROM read_state AS r WHERE r.account_id = export_next.account_id AND r.last_wrote > 0
	AND r.channel_id >= CASE WHEN below > 1 THEN channel ELSE channel + 1 END
	ORDER BY r.channel_id LIMIT 1;
	IF FOUND AND wanted THEN
		SELECT coalesce(min(m.seq), 0), string_agg(message_json(m, a), E'\n' ORDER BY m.seq DESC)
			FILTER (WHERE m.author_id = a.id AND m.deleted_at IS NULL)
		INTO below, lines
		FROM (SELECT * FROM message AS x WHERE x.channel_id = channel AND x.seq < below AND x.seq >= low
			ORDER BY x.seq DESC LIMIT most) AS m
		JOIN account AS a ON a.id = export_next.account_id;
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION export_next IS
'The next step of a job, which is given how far the file came: begun anew so often, of this size, its messages of this
CRC. lines: his messages among the next so many of the channels in which he has written, newest first, as lines of JSON;
channel and below: how far that is, for export_note(); channel NULL: that was all. wanted: the account is there, and
has asked for no other copy';

CREATE OR REPLACE FUNCTION export_note(job_id bigint, attempts int, lease_s int, begun int, size bigint, crc bigint,
	channel bigint, below bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
BEGIN
	PERFORM job_renew(j.id, lease_s, jsonb_build_object('begun', begun, 'size', size, 'crc', crc, 'channel', channel::text,
		'below', below::text));
END
$$;
COMMENT ON FUNCTION export_note IS 'So much of the file is on the disk';

CREATE OR REPLACE FUNCTION export_ready(job_id bigint, attempts int, account_id bigint, file text, size bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM job_hold(job_id, attempts);
	UPDATE export AS e SET ready_at = now(), failed_at = NULL, size = export_ready.size
	WHERE e.account_id = export_ready.account_id AND e.file = export_ready.file;
	RETURN FOUND;
END
$$;
COMMENT ON FUNCTION export_ready IS 'False: the account is gone, or has asked for another copy';

CREATE OR REPLACE FUNCTION export_files() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM export AS e WHERE e.ready_at < now() - interval '7 days';
	UPDATE export AS e SET failed_at = now()
	WHERE e.ready_at IS NULL AND e.failed_at IS NULL AND NOT EXISTS (SELECT FROM job AS j
		WHERE j.kind = 'export' AND j.failed_at IS NULL AND j.data->>'file' = e.file);
	RETURN QUERY SELECT e.file FROM export AS e WHERE e.failed_at IS NULL ORDER BY e.file COLLATE "C";
END
$$;
COMMENT ON FUNCTION export_files IS
'The files that are still wanted, in the order of their bytes; what no job will write any more has failed, so that it may be asked for again';
