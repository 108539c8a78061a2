-- Events: the row, the envelope and what goes to the bus, made in one place.

CREATE OR REPLACE FUNCTION access_code(word text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE word
		WHEN 'none' THEN 0
		WHEN 'gained' THEN 1	-- the subject may see this stream, or what the event names
		WHEN 'self' THEN 1	-- the daemon does the same: it reads anew what the subject sees
		WHEN 'lost' THEN 2	-- the subject does not see this stream any more; 0: nobody does
		WHEN 'everybody' THEN 3	-- reads anew what everybody of this stream sees
		WHEN 'ended' THEN 4	-- the session or personal token that the subject names
		ELSE ('no such access code: ' || word)::int	-- raises
	END
$$;
COMMENT ON FUNCTION access_code(text) IS 'What an event does to access (event.access); folded to a constant when planned';

CREATE OR REPLACE FUNCTION event_envelope(kind "char", stream bigint, rev bigint, type text, data text, nonce text)
RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT '{"type":"' || type || '","stream":"'
		|| CASE kind WHEN 'c' THEN 'channel' WHEN 's' THEN 'server' ELSE 'user' END
		|| ':' || stream || CASE WHEN rev > 0 THEN '","rev":' || rev || ',"at":"' ELSE '","at":"' END
		|| ts(clock_timestamp())
		|| CASE WHEN nonce IS NULL THEN '","data":' ELSE '","nonce":' || js(nonce) || ',"data":' END
		|| data || '}'
$$;

CREATE OR REPLACE FUNCTION event_add(kind "char", stream bigint, rev bigint, parent bigint,
	parent_rev bigint, access int, subject bigint, type text, data text, nonce text DEFAULT NULL)
RETURNS reply LANGUAGE plpgsql AS $$
DECLARE
	event_id	bigint := new_id();
	body		text := event_envelope(kind, stream, rev, type, data, nonce);
BEGIN
	INSERT INTO event (id, stream, kind, rev, parent, parent_rev, access, subject, type, body)
	VALUES (event_id, event_add.stream, event_add.kind, event_add.rev, event_add.parent,
		event_add.parent_rev, event_add.access, event_add.subject, event_add.type, body);
	RETURN ROW('event', stream::text, concat_ws(' ', '1', event_id, rev, parent, parent_rev, access,
		subject, type) || E'\n' || body)::reply;
END
$$;
COMMENT ON FUNCTION event_add IS
'Writes one event of a stream whose rev the caller has just raised in this transaction.
Bus header: version, event id, rev, parent, parent_rev, access, subject, type; a line feed; the envelope.';

CREATE OR REPLACE FUNCTION server_rev(server_id bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN coalesce((SELECT s.rev FROM server AS s WHERE s.id = server_rev.server_id), 0);
END
$$;
COMMENT ON FUNCTION server_rev(bigint) IS
'The rev a channel event is committed under, read anew (volatile) after the channel row is locked; 0 for conversations';

DROP FUNCTION IF EXISTS event_passing("char", bigint, text, text);
DROP FUNCTION IF EXISTS event_passing("char", bigint, text, text, bigint);
CREATE OR REPLACE FUNCTION event_passing(kind "char", stream bigint, type text, data text, subject bigint DEFAULT 0,
	hidden text DEFAULT NULL) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT concat_ws(' ', '1', 0, 0, coalesce(c.server_id, 0), server_rev(c.server_id), 0, subject, type,
			hidden) || E'\n'
		|| event_envelope(event_passing.kind, stream, 0, type, data, NULL)
	FROM (SELECT) AS one LEFT JOIN channel AS c ON event_passing.kind = 'c' AND c.id = stream
$$;
COMMENT ON FUNCTION event_passing IS
'What goes to the bus for an event that is not kept, with the rev that the channel''s server had: who has not come so far
tells nobody. subject: who does it, or 0; hidden: whom it is not handed to, ids with commas between, or NULL';

DROP FUNCTION IF EXISTS event_ephemeral(bigint, text, text);
DROP FUNCTION IF EXISTS event_ephemeral(bigint, bigint, text, text);
CREATE OR REPLACE FUNCTION event_ephemeral(stream bigint, subject bigint, type text, data text, hidden text)
RETURNS reply LANGUAGE sql VOLATILE AS $$
	SELECT ROW('event', stream::text, event_passing('c', stream, type, data, subject, hidden))::reply
$$;
COMMENT ON FUNCTION event_ephemeral IS 'An event of a channel that is not kept. subject: who does it; hidden: as of event_passing()';

CREATE OR REPLACE FUNCTION server_event(server_id bigint, access int, subject bigint, type text, data text)
RETURNS reply LANGUAGE plpgsql AS $$
DECLARE
	head	bigint;
BEGIN
	UPDATE server SET rev = rev + 1 WHERE id = server_event.server_id RETURNING rev INTO head;
	RETURN event_add('s', server_id, head, 0, 0, access, subject, type, data);
END
$$;

CREATE OR REPLACE FUNCTION server_reread(server_id bigint) RETURNS reply LANGUAGE plpgsql AS $$
DECLARE
	s	server;
BEGIN
	UPDATE server AS x SET rev = x.rev + 1 WHERE x.id = server_reread.server_id RETURNING x.* INTO s;
	RETURN event_add('s', s.id, s.rev, 0, 0, access_code('everybody'), 0, 'server.updated', server_json(s));
END
$$;
COMMENT ON FUNCTION server_reread IS
'What members see has changed in a way that not everybody may be told: the daemon reads it anew';

CREATE OR REPLACE FUNCTION user_event(account_id bigint, access int, subject bigint, type text, data text)
RETURNS reply LANGUAGE plpgsql AS $$
DECLARE
	head	bigint;
BEGIN
	UPDATE account SET rev = rev + 1 WHERE id = user_event.account_id RETURNING rev INTO head;
	RETURN event_add('u', account_id, head, 0, 0, access, subject, type, data);
END
$$;

CREATE OR REPLACE FUNCTION guests_of(server_id bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY(SELECT m.account_id FROM member AS m WHERE m.server_id = guests_of.server_id AND m.guest)
$$;

CREATE OR REPLACE FUNCTION guests_told(server_id bigint, type text, data text) RETURNS SETOF reply
LANGUAGE sql VOLATILE AS $$
	SELECT user_event(m.account_id, access_code('self'), m.account_id, guests_told.type, guests_told.data)
	FROM (SELECT x.account_id FROM member AS x WHERE x.server_id = guests_told.server_id AND x.guest
		ORDER BY x.account_id) AS m
$$;
COMMENT ON FUNCTION guests_told IS
'Says to each guest of a server, who does not read its stream, what concerns him too; what he sees is read anew';

CREATE OR REPLACE FUNCTION session_ended(account_id bigint, what text, credential bigint) RETURNS reply
LANGUAGE sql VOLATILE AS $$
	SELECT user_event(account_id, access_code('ended'), credential, 'session.ended',
		'{"' || what || '_id":"' || credential || '"}')
$$;
COMMENT ON FUNCTION session_ended IS 'Tells an account, and the streams opened with it, that a credential has ended; what: session or token';

CREATE OR REPLACE FUNCTION channel_event(channel_id bigint, access int, subject bigint, type text, data text)
RETURNS reply LANGUAGE plpgsql AS $$
DECLARE
	c		record;
BEGIN
	UPDATE channel SET rev = rev + 1 WHERE id = channel_event.channel_id RETURNING rev, server_id INTO c;
	RETURN event_add('c', channel_id, c.rev, coalesce(c.server_id, 0),
		server_rev(c.server_id), access, subject, type, data);
END
$$;
