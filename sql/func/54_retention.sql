-- Messages that have had their time go, rows and all; so do memberships that end.

DROP FUNCTION IF EXISTS retention_channels(bigint);
DROP FUNCTION IF EXISTS messages_forget(bigint[]);
CREATE OR REPLACE FUNCTION retention_holds(set_at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT set_at < now() - interval '24 hours'
$$;
COMMENT ON FUNCTION retention_holds IS 'A slip may be taken back for a day';

CREATE OR REPLACE FUNCTION retention_of_server(c channel, s server) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT s.retention_days IS NOT NULL AND retention_holds(s.retention_set_at) AND c.retention_days IS NULL
		AND retention_holds(c.retention_set_at) AND NOT c.retention_apart
$$;

CREATE OR REPLACE FUNCTION retention_channels() RETURNS TABLE (id bigint, days int)
LANGUAGE sql STABLE AS $$
	SELECT c.id, c.retention_days FROM channel AS c
	WHERE c.retention_days > 0 AND c.server_id IS NOT NULL AND retention_holds(c.retention_set_at)
	UNION ALL
	SELECT c.id, s.retention_days FROM server AS s JOIN channel AS c ON c.server_id = s.id
	WHERE s.retention_days IS NOT NULL AND retention_of_server(c, s)
$$;
COMMENT ON FUNCTION retention_channels IS 'Where messages do not stay for ever, and how long they stay';

CREATE OR REPLACE FUNCTION retention_place(home bigint, from_id bigint) RETURNS TABLE (home_id bigint, id bigint, days int)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF home = 0 THEN
		RETURN QUERY SELECT 0::bigint, c.id, c.retention_days FROM channel AS c
		WHERE c.retention_days > 0 AND c.server_id IS NOT NULL AND retention_holds(c.retention_set_at)
		AND c.id >= from_id ORDER BY c.id LIMIT 1;
		IF FOUND THEN
			RETURN;
		END IF;
		from_id := 0;
	END IF;
	RETURN QUERY SELECT s.id, c.id, s.retention_days FROM server AS s JOIN channel AS c ON c.server_id = s.id
	WHERE s.retention_days IS NOT NULL AND s.id >= home AND (s.id > home OR c.id >= from_id)
	AND retention_of_server(c, s)
	ORDER BY s.id, c.id LIMIT 1;
END
$$;
COMMENT ON FUNCTION retention_place IS
'The next of retention_channels() from there on: first those with a time of their own, under home 0, then by servers';

CREATE OR REPLACE FUNCTION messages_older(c channel, days int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN greatest(seq_since(c.id, c.last_seq, id_floor(now() - make_interval(days => days)))
		- coalesce((SELECT m.seq FROM message AS m WHERE m.channel_id = c.id ORDER BY m.seq LIMIT 1), c.last_seq + 1), 0);
END
$$;
COMMENT ON FUNCTION messages_older IS
'How many messages of a channel are older than so many days, deleted ones among them, which have a number, too. Those that
went by an earlier retention were the first: so what is left is counted by the numbers, without reading it';

CREATE OR REPLACE FUNCTION channel_retention(actor bigint, channel_id bigint, days int) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_channel(actor, channel_id, perm('manage_channels') | perm('manage_messages'));
	RETURN (SELECT '{"messages":' || messages_older(c, days) || '}' FROM channel AS c WHERE c.id = channel_retention.channel_id);
END
$$;
COMMENT ON FUNCTION channel_retention IS 'What would go if its messages were kept for so many days';

CREATE OR REPLACE FUNCTION server_retention(actor bigint, server_id bigint, days int) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_server(actor, server_id, perm('manage_server') | perm('manage_messages'));
	RETURN (SELECT '{"messages":' || coalesce(sum(messages_older(c, days)), 0) || '}'
		FROM channel AS c JOIN member AS m ON m.server_id = c.server_id AND m.account_id = actor
		WHERE c.server_id = server_retention.server_id AND c.deleted_at IS NULL AND c.retention_days IS NULL
		AND channel_mask(actor, c.id, c.plain AND NOT m.special, m.permissions) & perm('manage_messages') <> 0);
END
$$;
COMMENT ON FUNCTION server_retention IS
'As channel_retention(), of the channels that would go by it: those without a time of their own in which actor may delete messages';

CREATE OR REPLACE FUNCTION messages_purge(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	m	message;
	data	text;
BEGIN
	FOR m IN SELECT x.* FROM message AS x WHERE x.id = ANY (ids) LOOP
		DELETE FROM mention AS x
		WHERE x.account_id = ANY (m.mentions) AND x.channel_id = m.channel_id AND x.seq = m.seq;
		-- events are kept for a week: there are none of it
		CONTINUE WHEN greatest(id_time(m.id), m.edited_at) < now() - interval '9 days';
		m.content := '';
		m.mentions := '{}';
		m.mention_roles := '{}';
		m.deleted_at := now();
		data := (SELECT message_json(m, a) FROM account AS a WHERE a.id = m.author_id);
		UPDATE event AS x SET body = left(x.body, position(',"data":' IN x.body) + 7) || data || '}'
		WHERE x.subject = m.id AND x.subject <> 0 AND x.access = 0 AND x.id >= m.id
		AND x.type IN ('message.created', 'message.updated');
	END LOOP;
	DELETE FROM message_nonce AS x WHERE x.message_id = ANY (ids);
	DELETE FROM message AS x WHERE x.id = ANY (ids);
END
$$;
COMMENT ON FUNCTION messages_purge IS
'Takes messages away as if they had never been; what is stored of them to resume from says that they are deleted';

CREATE OR REPLACE FUNCTION retention_next(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	at	record;
	still	record;
	page	record;
	c	channel;
BEGIN
	SELECT r.* INTO at FROM retention_place(coalesce((j.data->>'server')::bigint, 0), (j.data->>'channel')::bigint) AS r;
	IF NOT FOUND THEN
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	END IF;
	-- who says something else waits, or has said it: then it is asked again what comes next
	PERFORM FROM server AS s WHERE s.id = (SELECT x.server_id FROM channel AS x WHERE x.id = at.id) FOR SHARE;
	PERFORM FROM channel AS x WHERE x.id = at.id FOR NO KEY UPDATE;
	SELECT r.* INTO still FROM retention_place(coalesce((j.data->>'server')::bigint, 0), (j.data->>'channel')::bigint) AS r;
	IF still IS DISTINCT FROM at THEN
		RETURN NEXT job_renew(j.id, lease_s, '{}');
		RETURN;
	END IF;
	-- up to the first that stays, so that one number says what is gone
	SELECT array_agg(x.id) AS ids, max(x.seq) + 1 AS before INTO page
	FROM (SELECT m.id, m.seq, bool_and(m.id < id_floor(now() - make_interval(days => at.days))) OVER (ORDER BY m.seq) AS old
		FROM (SELECT y.id, y.seq FROM message AS y WHERE y.channel_id = at.id ORDER BY y.seq LIMIT most) AS m) AS x
	WHERE x.old;
	RETURN NEXT job_renew(j.id, lease_s, jsonb_build_object('server', at.home_id::text, 'channel',
		CASE WHEN cardinality(page.ids) = most THEN at.id ELSE at.id + 1 END::text));
	IF page.ids IS NOT NULL THEN
		PERFORM messages_purge(page.ids);
		UPDATE channel AS x SET rev = x.rev + 1 WHERE x.id = at.id RETURNING x.* INTO c;
		RETURN NEXT event_add('c', c.id, c.rev, coalesce(c.server_id, 0), server_rev(c.server_id), access_code('none'), 0,
			'messages.expired', '{"channel_id":"' || c.id || '","before_seq":' || page.before || '}');
	END IF;
END
$$;
COMMENT ON FUNCTION retention_next IS
'The oldest so many messages of the next channel, as far as they have had their time. data: server
and channel, as retention_place() has them';

CREATE OR REPLACE FUNCTION retention_later() RETURNS bigint LANGUAGE sql AS $$
	SELECT coalesce(job_waits('retention', 0, '{"channel":"0"}'), job_add('retention', 0, '{"channel":"0"}', now()))
$$;

CREATE OR REPLACE FUNCTION member_end(server_id bigint, account_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM server AS s WHERE s.id = member_end.server_id FOR NO KEY UPDATE;
	-- the owner stays; a membership may have been made longer meanwhile
	UPDATE member AS m SET expires_at = NULL FROM server AS s
	WHERE s.id = m.server_id AND s.owner_id = m.account_id AND m.server_id = member_end.server_id
	AND m.account_id = member_end.account_id;
	IF EXISTS (SELECT FROM member AS m WHERE m.server_id = member_end.server_id AND m.account_id = member_end.account_id
		AND m.expires_at <= now()) THEN
		RETURN QUERY SELECT * FROM member_drop(server_id, account_id, 'expired');
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION member_expire() RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	over	record;
	events	reply[];
BEGIN
	FOR over IN SELECT m.server_id, m.account_id FROM member AS m WHERE m.expires_at <= now()
		ORDER BY m.expires_at LIMIT 100
	LOOP
		BEGIN
			events := ARRAY(SELECT e FROM member_end(over.server_id, over.account_id) AS e);
			RETURN NEXT ROW('body', NULL, NULL)::reply;
			RETURN QUERY SELECT * FROM unnest(events);
			RETURN;
		EXCEPTION WHEN others THEN
			-- one that does not end is no reason for the others to stay
			RAISE WARNING 'member % of server % stays: %', over.account_id, over.server_id, SQLERRM;
		END;
	END LOOP;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
END
$$;
COMMENT ON FUNCTION member_expire IS 'Ends one membership that has had its time. First row: body when there was one, else empty';
