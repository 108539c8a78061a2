-- Presence: who may see of whom whether he is there, and the little of it that is kept. Who is
-- connected is known to the push daemons and, through them, to Redis.

CREATE OR REPLACE FUNCTION servers_shared(a bigint, b bigint)
RETURNS TABLE (server_id bigint, apart boolean, guest bigint) LANGUAGE sql STABLE AS $$
	SELECT x.server_id, x.guest OR y.guest, CASE WHEN x.guest THEN a ELSE b END
	FROM member AS x
	JOIN member AS y ON y.server_id = x.server_id AND y.account_id = b
	JOIN server AS s ON s.id = x.server_id AND s.deleted_at IS NULL
	WHERE x.account_id = a
	AND (x.expires_at IS NULL OR x.expires_at > now()) AND (y.expires_at IS NULL OR y.expires_at > now())
$$;
COMMENT ON FUNCTION servers_shared IS
'Those that both are in. apart: the one that is named as guest sees single channels only. A membership that has had its
time counts no more, ended or not';

CREATE OR REPLACE FUNCTION accounts_share_server(a bigint, b bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
	m	record;
BEGIN
	FOR m IN SELECT x.server_id, x.apart, x.guest FROM servers_shared(a, b) AS x ORDER BY x.apart LOOP
		-- a guest is shown single channels, and who is in them
		IF NOT m.apart OR guest_meets(CASE m.guest WHEN a THEN b ELSE a END, guest_channels(m.guest, m.server_id)) THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;

CREATE OR REPLACE FUNCTION account_sees(asker bigint, other bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN asker = other
		OR accounts_share_server(asker, other)
		OR EXISTS (SELECT FROM channel_member AS x
			JOIN channel_member AS y ON y.channel_id = x.channel_id AND y.account_id = other AND y.spoke
			JOIN channel AS c ON c.id = x.channel_id AND c.server_id IS NULL AND c.deleted_at IS NULL
			WHERE x.account_id = asker);
END
$$;
COMMENT ON FUNCTION account_sees IS
'Whether the one may know if the other is there: they are in one server, or the other has posted in a
conversation of both. That somebody has opened a conversation with him makes nobody visible.';

CREATE OR REPLACE FUNCTION reach_is_told(account_id bigint, channel_id bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF EXISTS (SELECT FROM channel AS c WHERE c.id = reach_is_told.channel_id AND c.kind = 'dm')
		AND dm_is_closed(account_id, channel_id) THEN
		RETURN false;
	END IF;
	RETURN EXISTS (SELECT FROM channel AS c WHERE c.id = reach_is_told.channel_id AND c.server_id IS NOT NULL)
		OR EXISTS (SELECT FROM channel_member AS m WHERE m.channel_id = reach_is_told.channel_id
			AND m.account_id = reach_is_told.account_id AND m.spoke)
		OR NOT EXISTS (SELECT FROM channel_member AS m WHERE m.channel_id = reach_is_told.channel_id
			AND m.account_id <> reach_is_told.account_id
			AND NOT accounts_share_server(reach_is_told.account_id, m.account_id));
END
$$;
COMMENT ON FUNCTION reach_is_told IS
'Whether the others in this channel may know how far he has read: in a conversation once he has posted
there, or when he shares a server with each of them; not while one of two has blocked the other';

DROP FUNCTION IF EXISTS shares(bigint, bigint);
DROP FUNCTION IF EXISTS people_of(bigint[], bigint[]);
DROP FUNCTION IF EXISTS feed_people(bigint[], bigint[]);
DROP FUNCTION IF EXISTS people_seen(bigint[], bigint[]);

CREATE OR REPLACE FUNCTION people_seen(account_ids bigint[], ids bigint[])
RETURNS TABLE (account_id bigint, id bigint, status text, seen_s bigint, shows boolean, apart boolean, by_channel boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY SELECT p.me, p.id, p.status, p.seen_s, p.shows AND NOT x.apart, x.apart,
		p.me <> p.id AND coalesce((SELECT bool_and(s.apart) FROM servers_shared(p.me, p.id) AS s), false)
	FROM (SELECT me.id AS me, a.id, a.status, coalesce(floor(date_part('epoch', a.last_seen_at))::bigint, 0) AS seen_s,
			a.show_last_seen AND me.show_last_seen AS shows
		FROM unnest(account_ids, people_seen.ids) AS u (account, id)
		JOIN account AS me ON me.id = u.account
		JOIN account AS a ON a.id = u.id AND a.disabled_at IS NULL
		OFFSET 0) AS p	-- whom there is not is not asked about
	CROSS JOIN LATERAL (SELECT are_apart(p.me, p.id)) AS x (apart)
	WHERE account_sees(p.me, p.id);
END
$$;
COMMENT ON FUNCTION people_seen IS
'Of the pairs (who asks, about whom) those where the one may know of the other. seen_s: Unix seconds,
0 for never; shows: the one may see that of the other; apart: the one is to see the other as offline.
by_channel: a guest and somebody whom no server joins, so that it may end with a channel of one.';

CREATE OR REPLACE FUNCTION partners_of(actor bigint, most int) RETURNS bigint[] LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(x.account_id), '{}')
	FROM (SELECT o.account_id
		FROM channel_member AS m
		JOIN channel AS c ON c.id = m.channel_id AND c.server_id IS NULL AND c.deleted_at IS NULL
		JOIN channel_member AS o ON o.channel_id = c.id AND o.account_id <> actor
		WHERE m.account_id = actor
		GROUP BY o.account_id
		ORDER BY max(coalesce(c.last_message_id, c.id)) DESC LIMIT most) AS x
$$;
COMMENT ON FUNCTION partners_of IS 'Who is in a conversation with him, those of the newest first';

CREATE OR REPLACE FUNCTION people_text(actor bigint, ids bigint[]) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(p.id || ' ' || CASE WHEN p.apart THEN 'apart' ELSE p.status END || ' '
		|| CASE WHEN p.shows THEN p.seen_s ELSE -1 END, ',' ORDER BY p.id), '')
	FROM people_seen(array_fill(actor, ARRAY[cardinality(ids)]), ids) AS p
$$;
COMMENT ON FUNCTION people_text IS
'For the domain: "<id> <status> <seen_s>" of those that he may know of, with commas between; status
apart: he is to see him as offline;
seen_s -1: he may not see it';

CREATE OR REPLACE FUNCTION presence_set(actor bigint, status text) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	a	account;
	old	text := (SELECT x.status FROM account AS x WHERE x.id = actor FOR NO KEY UPDATE);
BEGIN
	RETURN NEXT ROW('body', NULL, '{"status":"' || presence_set.status || '"}')::reply;
	IF old IS NULL OR old = presence_set.status THEN
		RETURN;
	END IF;
	UPDATE account AS x SET status = presence_set.status,
		last_seen_at = CASE WHEN presence_set.status = 'invisible' AND x.show_last_seen THEN now() ELSE x.last_seen_at END
	WHERE x.id = actor
	RETURNING x.* INTO a;
	IF 'invisible' IN (a.status, old) THEN
		-- no daemon may miss that somebody hides
		RETURN NEXT user_event(actor, access_code('none'), 0, 'user.updated', me_json(a));
	ELSE
		RETURN NEXT ROW('event', actor::text, event_passing('u', actor, 'user.updated', me_json(a)))::reply;
	END IF;
END
$$;
COMMENT ON FUNCTION presence_set IS
'Who turns invisible is seen leaving, so that is when he was seen last: an older time would tell on him.
The daemons take the status from the event; only into and out of hiding it is one with a number.';

CREATE OR REPLACE FUNCTION presence_store(account_ids bigint[], statuses text[]) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	u	record;
BEGIN
	FOR u IN SELECT DISTINCT ON (x.id) x.id, x.status FROM unnest(account_ids, statuses) AS x (id, status)
		JOIN account AS a ON a.id = x.id
		WHERE x.status IN ('online', 'dnd', 'invisible') ORDER BY x.id
	LOOP
		RETURN QUERY SELECT r.* FROM presence_set(u.id, u.status) AS r WHERE r.kind = 'event';
	END LOOP;
END
$$;
COMMENT ON FUNCTION presence_store IS 'What was chosen on a stream and waited in Redis; events only';

CREATE OR REPLACE FUNCTION seen_store(account_ids bigint[], seen_s bigint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	n	bigint;
BEGIN
	PERFORM FROM account AS a WHERE a.id = ANY (account_ids) ORDER BY a.id FOR NO KEY UPDATE;
	UPDATE account AS a SET last_seen_at = to_timestamp(u.seen)
	FROM (SELECT x.id, max(x.seen) AS seen FROM unnest(account_ids, seen_store.seen_s) AS x (id, seen)
		GROUP BY x.id) AS u
	WHERE a.id = u.id AND a.show_last_seen AND a.status <> 'invisible'
	AND (a.last_seen_at IS NULL OR a.last_seen_at < to_timestamp(u.seen))
	AND u.seen <= date_part('epoch', now()) + 60;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;

DROP FUNCTION IF EXISTS is_seen_by_few(bigint, int);
