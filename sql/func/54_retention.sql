-- Messages that have had their time go, rows and all; so do memberships that end.

CREATE OR REPLACE FUNCTION retention_channels(from_id bigint) RETURNS TABLE (id bigint, days int)
LANGUAGE sql STABLE AS $$
	SELECT c.id, c.retention_days FROM channel AS c
	WHERE c.retention_days IS NOT NULL AND c.server_id IS NOT NULL AND c.id >= from_id
	UNION ALL
	SELECT c.id, s.retention_days FROM server AS s JOIN channel AS c ON c.server_id = s.id
	WHERE s.retention_days IS NOT NULL AND c.retention_days IS NULL AND c.id >= from_id
	ORDER BY 1
$$;
COMMENT ON FUNCTION retention_channels IS 'Where messages do not stay for ever, and how long they stay';

CREATE OR REPLACE FUNCTION messages_forget(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION messages_forget IS
'Takes messages away as if they had never been; what is stored of them to resume from says that they are deleted';

CREATE OR REPLACE FUNCTION retention_next(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	at	record;
	ids	bigint[];
BEGIN
	SELECT r.id, r.days INTO at FROM retention_channels((j.data->>'channel')::bigint) AS r LIMIT 1;
	IF NOT FOUND THEN
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	END IF;
	PERFORM FROM channel AS c WHERE c.id = at.id FOR NO KEY UPDATE;
	ids := ARRAY(SELECT x.id FROM (SELECT m.id FROM message AS m WHERE m.channel_id = at.id ORDER BY m.seq LIMIT most) AS x
		WHERE x.id < id_floor(now() - make_interval(days => at.days)));
	PERFORM messages_forget(ids);
	RETURN NEXT job_renew(j.id, lease_s, jsonb_build_object('channel',
		CASE WHEN cardinality(ids) < most THEN at.id + 1 ELSE at.id END::text));
END
$$;
COMMENT ON FUNCTION retention_next IS
'The oldest so many messages of the next channel, as far as they have had their time. data: channel, the first one to
look at';

CREATE OR REPLACE FUNCTION retention_later() RETURNS bigint LANGUAGE sql AS $$
	SELECT coalesce(job_waits('retention', 0, '{"channel":"0"}'), job_add('retention', 0, '{"channel":"0"}', now()))
$$;

CREATE OR REPLACE FUNCTION member_expire() RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	over	record;
BEGIN
	SELECT m.server_id, m.account_id INTO over FROM member AS m WHERE m.expires_at <= now()
	ORDER BY m.expires_at LIMIT 1;
	IF NOT FOUND THEN
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	END IF;
	RETURN NEXT ROW('body', NULL, NULL)::reply;
	PERFORM FROM server AS s WHERE s.id = over.server_id FOR NO KEY UPDATE;
	-- the owner stays; a membership may have been made longer meanwhile
	UPDATE member AS m SET expires_at = NULL FROM server AS s
	WHERE s.id = m.server_id AND s.owner_id = m.account_id AND m.server_id = over.server_id AND m.account_id = over.account_id;
	IF EXISTS (SELECT FROM member AS m WHERE m.server_id = over.server_id AND m.account_id = over.account_id
		AND m.expires_at <= now()) THEN
		RETURN QUERY SELECT * FROM member_drop(over.server_id, over.account_id, 'expired');
	END IF;
END
$$;
COMMENT ON FUNCTION member_expire IS 'Ends one membership that has had its time. First row: body when there was one, else empty';
