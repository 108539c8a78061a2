-- Messages deleted in bulk.
--
--   word            what it does                                   who says it
--   delete          leaves a tombstone: message_tombstone()        DELETE …/messages/{id}, bulk-delete, a ban
--   delete later    the same by a job, kind delete_messages        POST …/purge, DELETE /me {purge}, a ban
--   purge           rows go, with what hangs on them               job kinds purge (what was deleted 7 days ago)
--                                                                  and retention: messages_purge(), purge_*()

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
		PERFORM message_tombstone(m);
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

CREATE OR REPLACE FUNCTION messages_delete_later(server_id bigint, account_id bigint, since timestamptz, must boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	boss	bigint;
	begins	jsonb := jsonb_build_object('server', server_id::text, 'channel', '0', 'below', '0');
	had	bigint;
BEGIN
	SELECT s.owner_id INTO boss FROM server AS s WHERE s.id = messages_delete_later.server_id FOR NO KEY UPDATE;
	had := job_waits('delete_messages', boss, begins);
	IF (SELECT count(*) FROM job AS j, json_object_keys(j.data->'who') WHERE j.id = had) >= 100 THEN
		had := NULL;
	END IF;
	IF had IS NULL AND (SELECT count(*) FROM job AS j WHERE j.kind = 'delete_messages' AND j.owner = boss
		AND j.failed_at IS NULL AND j.data->>'server' = messages_delete_later.server_id::text) >= 20 THEN
		IF NOT must THEN
			PERFORM fail(409, 'limit_reached', 'the last ones are not done yet');
		END IF;
		-- the one of fewest people, as each step asks for each of them
		SELECT j.id INTO had FROM job AS j
		CROSS JOIN LATERAL (SELECT count(*) AS n FROM json_object_keys(j.data->'who')) AS p
		WHERE j.kind = 'delete_messages' AND j.owner = boss AND j.failed_at IS NULL AND p.n < 100
		AND j.data->>'server' = messages_delete_later.server_id::text AND (j.leased_until IS NULL OR j.leased_until < now())
		ORDER BY p.n, j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED;
	END IF;
	IF had IS NULL THEN
		had := job_add('delete_messages', boss, json_build_object('who', json_build_object()), now());
	END IF;
	UPDATE job AS j SET data = (j.data::jsonb || begins || jsonb_build_object('who', (j.data->'who')::jsonb
		|| jsonb_build_object(account_id::text, least((j.data #>> ARRAY['who', account_id::text])::bigint, id_floor(since))::text)))::json
	WHERE j.id = had;
END
$$;
COMMENT ON FUNCTION messages_delete_later IS
'Leaves word that what somebody wrote in a server since then is to be deleted, with a job that waits and has not begun
if it names fewer than 100 people. A server has 20 of them at most: then refuses, or, if it must, makes the one
that names the fewest begin anew, and where all name 100 has one more. data: server, NULL for everywhere; who, an object of the ids of the accounts and of times; channel and
below, how far it came: this channel is done above this seq, 0 before the first';

CREATE OR REPLACE FUNCTION member_purge(actor bigint, server_id bigint, account_id bigint, within_s int)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_messages'));
	IF NOT EXISTS (SELECT FROM account AS a WHERE a.id = member_purge.account_id) THEN
		PERFORM fail(404, 'not_found');
	ELSIF actor <> account_id THEN
		PERFORM member_above(actor, server_id, account_id);
	END IF;
	PERFORM messages_delete_later(server_id, account_id, now() - make_interval(secs => within_s), false);
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
		FROM read_state AS r JOIN channel AS c ON c.id = r.channel_id
		CROSS JOIN LATERAL (SELECT count(*) AS n FROM message AS m
			WHERE m.channel_id = c.id AND m.seq >= greatest(r.first_wrote, seq_since(c.id, c.last_seq, since))
			AND m.seq <= r.last_wrote AND m.author_id = r.account_id AND m.deleted_at IS NULL) AS x
		WHERE r.account_id = purge_count.account_id AND r.last_wrote > 0 AND c.server_id = purge_count.server_id AND c.deleted_at IS NULL AND c.last_message_id >= since
		AND channel_permissions(actor, c.id) <> 0);
END
$$;
COMMENT ON FUNCTION purge_count IS 'How many messages member_purge() would delete in the channels that actor sees';

CREATE OR REPLACE FUNCTION messages_delete_next(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	who	jsonb := j.data::jsonb -> 'who';
	people	bigint[] := ARRAY(SELECT x::bigint FROM jsonb_object_keys(who) AS x);
	since	bigint := (SELECT min(x.value::bigint) FROM jsonb_each_text(who) AS x);
	home	bigint := j.data->>'server';
	place	bigint := j.data->>'channel';
	below	bigint := j.data->>'below';
	c	channel;
	wrote	record;
	page	record;
BEGIN
	SELECT x.* INTO c FROM channel AS x WHERE x.id = (SELECT min(z.id) FROM unnest(people) AS p
		CROSS JOIN LATERAL (SELECT y.id FROM read_state AS r
			JOIN channel AS y ON y.id = r.channel_id AND y.purged_at IS NULL	-- what is deleted may come back
			WHERE r.account_id = p AND r.last_wrote > 0 AND (home IS NULL OR y.server_id = home)
			AND r.channel_id >= CASE WHEN below > 1 THEN place ELSE place + 1 END AND y.last_message_id >= since
			ORDER BY r.channel_id LIMIT 1) AS z)
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		DELETE FROM read_state AS r WHERE home IS NULL AND r.account_id = ANY (people);
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	END IF;
	SELECT min(r.first_wrote) AS low, max(r.last_wrote) AS high INTO wrote
	FROM read_state AS r WHERE r.account_id = ANY (people) AND r.channel_id = c.id;
	SELECT min(m.seq) AS low, min(m.id) AS oldest, array_agg(m.id) FILTER (WHERE m.author_id = ANY (people)
		AND m.id >= (who ->> m.author_id::text)::bigint AND m.deleted_at IS NULL) AS ids
	INTO page
	FROM (SELECT * FROM message AS x WHERE x.channel_id = c.id AND x.seq >= wrote.low
		AND x.seq < CASE WHEN c.id = place THEN below ELSE wrote.high + 1 END
		ORDER BY x.seq DESC LIMIT most) AS m;
	RETURN NEXT job_renew(j.id, lease_s, jsonb_build_object('channel', c.id::text, 'below',
		CASE WHEN page.oldest >= since AND page.low > wrote.low THEN page.low ELSE 0 END::text));
	RETURN QUERY SELECT * FROM messages_delete(c, page.ids);
END
$$;
COMMENT ON FUNCTION messages_delete_next IS
'Looks at the next so many (at most 100) messages, from the newest of theirs in each channel to their first or to
the first that is too old. Of who is looked for everywhere, the marks go in the end';
