-- Reports: members tell the moderators of a server what is wrong with a message or with somebody.

CREATE OR REPLACE FUNCTION report_is_for(actor bigint, r report) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT r.account_id <> actor AND (r.channel_id IS NULL OR past_permissions(actor, r.channel_id) & perm('history') <> 0)
$$;
COMMENT ON FUNCTION report_is_for IS
'Is a moderator of the server shown it: not what is about himself, nor from a channel where he does not read';

CREATE OR REPLACE FUNCTION report_told(r report, type text) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	data	text := (SELECT report_json(r, a, b) FROM account AS a
		LEFT JOIN account AS b ON b.id = r.reporter_id WHERE a.id = r.account_id);
BEGIN
	RETURN QUERY SELECT e.* FROM (SELECT m.account_id FROM member AS m
		WHERE m.server_id = r.server_id AND m.permissions & 1073741952 <> 0
		AND server_permissions(m.account_id, r.server_id) & perm('manage_messages') <> 0
		AND report_is_for(m.account_id, r)
		ORDER BY m.account_id LIMIT 50) AS x
	CROSS JOIN LATERAL user_event(x.account_id, access_code('none'), 0, report_told.type, data) AS e;
END
$$;
COMMENT ON FUNCTION report_told IS 'Tells at most 50 of the moderators whom a report is for, each in his own stream';

CREATE OR REPLACE FUNCTION report_add(r report) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	r.id := new_id();
	INSERT INTO report (id, server_id, channel_id, message_id, account_id, reporter_id, reason, note, snapshot)
	VALUES (r.id, r.server_id, r.channel_id, r.message_id, r.account_id, r.reporter_id, r.reason,
		nullif(r.note, ''), r.snapshot)
	ON CONFLICT DO NOTHING RETURNING * INTO r;
	IF NOT FOUND THEN
		PERFORM fail(409, 'conflict', 'you have reported this, and it is still open');
	END IF;
	-- who reports does not read it, unless he deals with them himself
	RETURN NEXT ROW('created', CASE WHEN server_permissions(r.reporter_id, r.server_id) & perm('manage_messages') <> 0
		THEN '/servers/' || r.server_id || '/reports/' || r.id END, '{"id":"' || r.id || '"}')::reply;
	RETURN QUERY SELECT * FROM report_told(r, 'report.created');
END
$$;

CREATE OR REPLACE FUNCTION message_snapshot(m message) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '{"content":' || js(m.content) || ',"author":' || user_json(a)
		|| ',"created_at":"' || ts(id_time(m.id)) || '"}'
	FROM account AS a WHERE a.id = m.author_id
$$;

CREATE OR REPLACE FUNCTION message_report(actor bigint, channel_id bigint, message_id bigint, reason text, note text)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	home	bigint;
	m	message;
	r	report;
BEGIN
	PERFORM need_channel(actor, channel_id, perm('history'));
	SELECT c.server_id INTO home FROM channel AS c WHERE c.id = message_report.channel_id;
	SELECT x.* INTO m FROM message AS x
	WHERE x.id = message_report.message_id AND x.channel_id = message_report.channel_id;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF home IS NULL THEN
		PERFORM fail(409, 'conflict', 'a conversation has no moderators');
	ELSIF m.deleted_at IS NOT NULL THEN
		PERFORM fail(409, 'conflict', 'the message is deleted');
	ELSIF m.author_id = actor THEN
		PERFORM fail(409, 'conflict', 'it is your own');
	END IF;
	r.server_id := home;
	r.channel_id := m.channel_id;
	r.message_id := m.id;
	r.account_id := m.author_id;
	r.reporter_id := actor;
	r.reason := message_report.reason;
	r.note := message_report.note;
	r.snapshot := message_snapshot(m);
	RETURN QUERY SELECT * FROM report_add(r);
END
$$;

CREATE OR REPLACE FUNCTION user_report(actor bigint, account_id bigint, server_id bigint, reason text, note text)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	r	report;
BEGIN
	PERFORM need_server(actor, server_id, 0);
	IF NOT EXISTS (SELECT FROM member AS m
		WHERE m.server_id = user_report.server_id AND m.account_id = user_report.account_id)
		OR EXISTS (SELECT FROM member AS m
			WHERE m.server_id = user_report.server_id AND m.account_id = actor AND m.guest)
		AND user_report.account_id <> actor
		AND NOT guest_meets(user_report.account_id, guest_channels(actor, user_report.server_id)) THEN
		PERFORM fail(404, 'not_found');
	ELSIF account_id = actor THEN
		PERFORM fail(409, 'conflict', 'it is you');
	END IF;
	r.server_id := user_report.server_id;
	r.account_id := user_report.account_id;
	r.reporter_id := actor;
	r.reason := user_report.reason;
	r.note := user_report.note;
	RETURN QUERY SELECT * FROM report_add(r);
END
$$;

CREATE OR REPLACE FUNCTION report_list(actor bigint, server_id bigint, most int, before_id bigint, state text)
RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	seen	bigint[];
	ids	bigint[];
BEGIN
	PERFORM need_server(actor, server_id, perm('manage_messages'));
	-- as report_is_for(), asked once for each channel
	seen := past_channels(actor, server_id, perm('history'));
	-- planned for what is asked for, as audit_list()
	EXECUTE 'SELECT ARRAY(SELECT r.id FROM report AS r WHERE r.server_id = $2 AND r.id < $3'
		|| CASE WHEN report_list.state IS NULL THEN '' ELSE ' AND r.state = $5' END
		|| ' AND r.account_id <> $1 AND (r.channel_id IS NULL OR r.channel_id = ANY ($6)) ORDER BY r.id DESC LIMIT $4)'
	INTO ids USING actor, server_id, coalesce(before_id, 9223372036854775807), most + 1, report_list.state, seen;
	IF cardinality(ids) > most THEN
		before := ids[most]::text;
	END IF;
	SELECT page_json(string_agg(report_json(r, a, b), ',' ORDER BY r.id DESC), report_list.before, NULL) INTO data
	FROM report AS r JOIN account AS a ON a.id = r.account_id LEFT JOIN account AS b ON b.id = r.reporter_id
	WHERE r.id = ANY (ids[1:most]);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION report_list IS 'Newest first; state NULL: all';

CREATE OR REPLACE FUNCTION report_read(actor bigint, server_id bigint, report_id bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_server(actor, server_id, perm('manage_messages'));
	RETURN (SELECT report_json(r, a, b) FROM report AS r JOIN account AS a ON a.id = r.account_id
		LEFT JOIN account AS b ON b.id = r.reporter_id
		WHERE r.id = report_id AND r.server_id = report_read.server_id AND report_is_for(actor, r));
END
$$;

CREATE OR REPLACE FUNCTION report_action(state text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE state WHEN 'open' THEN 'report.reopened' WHEN 'resolved' THEN 'report.resolved' ELSE 'report.dismissed' END
$$;

CREATE OR REPLACE FUNCTION report_update(actor bigint, server_id bigint, report_id bigint, state text)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	r	report;
	c	channel;
	open	boolean := report_update.state = 'open';
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_messages'));
	SELECT x.* INTO r FROM report AS x
	WHERE x.id = report_id AND x.server_id = report_update.server_id FOR NO KEY UPDATE;
	IF NOT FOUND OR NOT report_is_for(actor, r) THEN
		PERFORM fail(404, 'not_found');
	ELSIF open AND r.state <> 'open' AND EXISTS (SELECT FROM report AS x WHERE x.server_id = r.server_id
		AND x.account_id = r.account_id AND coalesce(x.message_id, 0) = coalesce(r.message_id, 0)
		AND coalesce(x.reporter_id, 0) = coalesce(r.reporter_id, 0) AND x.state = 'open') THEN
		PERFORM fail(409, 'conflict', 'it has been reported again since');
	END IF;
	IF r.state <> report_update.state THEN
		UPDATE report AS x SET state = report_update.state, actor_id = CASE WHEN NOT open THEN actor END,
			closed_at = CASE WHEN NOT open THEN now() END
		WHERE x.id = r.id RETURNING x.* INTO r;
		SELECT x.* INTO c FROM channel AS x WHERE x.id = r.channel_id;
		c.server_id := r.server_id;	-- one about a person has no channel
		PERFORM audit_channel(c, actor, report_action(r.state), r.account_id, json_build_object('report', r.id::text));
	ELSE
		open := NULL;
	END IF;
	RETURN NEXT (SELECT ROW('body', NULL, report_json(r, a, b))::reply FROM account AS a
		LEFT JOIN account AS b ON b.id = r.reporter_id WHERE a.id = r.account_id);
	IF open IS NOT NULL THEN
		RETURN QUERY SELECT * FROM report_told(r, 'report.updated');
	END IF;
END
$$;
COMMENT ON FUNCTION report_update IS 'Closes a report, or opens it again; the same state again is nothing';
