-- What a channel goes through beside being talked in: slow mode, order, deletion and coming back.

CREATE OR REPLACE FUNCTION slow_mode_take(c channel, actor bigint, mask bigint, lockdown boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	wait_s	integer := greatest(c.slow_mode_s, CASE WHEN lockdown THEN 60 ELSE 0 END);
BEGIN
	IF mask & perm('manage_messages') <> 0 THEN
		RETURN;
	END IF;
	INSERT INTO slow_mode AS x (channel_id, account_id, last_at) VALUES (c.id, actor, clock_timestamp())
	ON CONFLICT ON CONSTRAINT slow_mode_pkey DO UPDATE SET last_at = excluded.last_at
	WHERE x.last_at <= excluded.last_at - make_interval(secs => wait_s);
	IF NOT FOUND THEN
		PERFORM fail(429, 'slow_mode', (SELECT greatest(ceil(date_part('epoch',
			x.last_at - clock_timestamp()) + wait_s), 1)::text
		FROM slow_mode AS x WHERE x.channel_id = c.id AND x.account_id = actor));
	END IF;
END
$$;
COMMENT ON FUNCTION slow_mode_take IS
'Notes a post, or fails with the whole seconds until the next one. mask: what the actor may do here; the
caller holds the channel locked, so the posts of one person come here one after the other';

CREATE OR REPLACE FUNCTION channels_seen(actor bigint, server_id bigint) RETURNS SETOF channel
LANGUAGE sql STABLE AS $$
	SELECT c.* FROM channel AS c JOIN member AS m ON m.server_id = c.server_id AND m.account_id = actor
	WHERE c.server_id = channels_seen.server_id AND c.deleted_at IS NULL
	AND channel_mask(actor, c.id, c.plain AND NOT m.special, m.permissions) <> 0
	ORDER BY c.position, c.id
$$;

DROP FUNCTION IF EXISTS fractions_rising(double precision[]);
CREATE OR REPLACE FUNCTION rising_kept(was int[]) RETURNS boolean[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	n	int := coalesce(cardinality(was), 0);
	ends	int[] := '{}';	-- of the rising rows of 1, 2, 3 … the one that ends lowest: where it ends …
	before	int[] := array_fill(0, ARRAY[n]);	-- … and the last but one of it
	kept	boolean[] := array_fill(false, ARRAY[n]);
	low	int;
	high	int;
	middle	int;
BEGIN
	FOR i IN 1 .. n LOOP
		low := 0;
		high := cardinality(ends);
		WHILE low < high LOOP
			middle := (low + high + 1) / 2;
			IF was[ends[middle]] < was[i] THEN
				low := middle;
			ELSE
				high := middle - 1;
			END IF;
		END LOOP;
		before[i] := CASE WHEN low > 0 THEN ends[low] ELSE 0 END;
		ends[low + 1] := i;
	END LOOP;
	middle := ends[cardinality(ends)];
	WHILE middle > 0 LOOP
		kept[middle] := true;
		middle := before[middle];
	END LOOP;
	RETURN kept;
END
$$;
COMMENT ON FUNCTION rising_kept IS 'Of numbers that are all different a longest rising row: which belong to it';

CREATE OR REPLACE FUNCTION seats_between(seats double precision[], kept boolean[]) RETURNS double precision[]
LANGUAGE sql VOLATILE AS $$
	WITH standing AS (
		SELECT s.i, s.seat, s.kept, count(*) FILTER (WHERE s.kept) OVER (ORDER BY s.i) AS behind
		FROM unnest(seats, seats_between.kept) WITH ORDINALITY AS s (seat, kept, i)
	), gap AS (
		SELECT g.behind, coalesce(g.low, least(0, g.high - 1)) AS low,
			coalesce(g.high, greatest(date_part('epoch', now()) * 1000, coalesce(g.low, 0) + 1)) AS high
		FROM (SELECT s.behind, max(s.seat) FILTER (WHERE s.kept) AS low,
				lead(max(s.seat) FILTER (WHERE s.kept)) OVER (ORDER BY s.behind) AS high
			FROM standing AS s GROUP BY s.behind) AS g
	), drawn AS MATERIALIZED (
		SELECT g.behind, g.low + (g.high - g.low) * random() AS seat
		FROM standing AS s JOIN gap AS g ON g.behind = s.behind WHERE NOT s.kept
	), fresh AS (
		SELECT d.behind, d.seat, row_number() OVER (PARTITION BY d.behind ORDER BY d.seat) AS n FROM drawn AS d
	), moved AS (
		SELECT s.i, s.behind, row_number() OVER (PARTITION BY s.behind ORDER BY s.i) AS n FROM standing AS s WHERE NOT s.kept
	)
	SELECT array_agg(coalesce(f.seat, s.seat) ORDER BY s.i) FROM standing AS s
	LEFT JOIN moved AS m ON m.i = s.i LEFT JOIN fresh AS f ON f.behind = m.behind AND f.n = m.n
$$;
COMMENT ON FUNCTION seats_between IS
'Those that are kept as they are, the others drawn by chance between their neighbours, or before the first, or from the last to now';

CREATE OR REPLACE FUNCTION seats_rising(seats double precision[], was int[]) RETURNS double precision[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	kept	boolean[] := rising_kept(was);
	risen	double precision[] := seats_between(seats, kept);
BEGIN
	IF EXISTS (SELECT FROM generate_subscripts(risen, 1) AS i
		WHERE i > 1 AND risen[i] <= risen[i - 1] AND NOT (kept[i] AND kept[i - 1])) THEN
		-- no room between two
		risen := seats_between(seats, array_fill(false, ARRAY[cardinality(was)]));
	END IF;
	RETURN risen;
END
$$;
COMMENT ON FUNCTION seats_rising IS
'Positions in a new order; was: the place of each in the old one. As many as can be stay as they were, the others are
drawn by chance, so that they say nothing of what stands between';

CREATE OR REPLACE FUNCTION channels_place(server_id bigint, ids bigint[], categories text[]) RETURNS SETOF reply
LANGUAGE sql VOLATILE AS $$
	WITH listed AS (
		SELECT x.id, x.position, u.category, u.place, row_number() OVER (ORDER BY x.position, x.id)::int AS was
		FROM channel AS x LEFT JOIN unnest(ids, categories) WITH ORDINALITY AS u (id, category, place) ON u.id = x.id
		WHERE x.server_id = channels_place.server_id AND x.deleted_at IS NULL
	), grouped AS (
		-- who is not named belongs to the one named before it
		SELECT l.*, count(l.place) OVER (ORDER BY l.was) AS behind FROM listed AS l
	), led AS (
		SELECT g.*, coalesce(max(g.place) OVER (PARTITION BY g.behind), 0) AS led_by FROM grouped AS g
	), placed AS (
		SELECT u.id, u.place FROM (SELECT array_agg(l.id ORDER BY l.led_by, l.was) AS ids,
				seats_rising(array_agg(l.position ORDER BY l.led_by, l.was),
					array_agg(l.was ORDER BY l.led_by, l.was)) AS seats
			FROM led AS l) AS r, unnest(r.ids, r.seats) AS u (id, place)
	), changed AS (
		UPDATE channel AS x SET rev = x.rev + 1, position = p.place,
			category = CASE WHEN l.category IS NULL THEN x.category ELSE nullif(l.category, '') END
		FROM placed AS p JOIN listed AS l ON l.id = p.id
		WHERE x.id = p.id AND (x.position <> p.place
			OR nullif(l.category, '') IS DISTINCT FROM x.category AND l.category IS NOT NULL)
		RETURNING x.*
	)
	SELECT e.* FROM changed AS c CROSS JOIN LATERAL event_add('c', c.id, c.rev, c.server_id, server_rev(c.server_id),
		access_code('none'), 0, 'channel.updated', channel_json(ROW(c.*)::channel)) AS e
$$;
COMMENT ON FUNCTION channels_place IS
'Puts channels in that order, each that is not named behind the one it stood behind. An event for each that changed; the
caller holds the server''s lock';

CREATE OR REPLACE FUNCTION channel_order(actor bigint, server_id bigint, ids bigint[], categories text[])
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	seen	bigint[];
	events	reply[];
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_channels'));
	seen := ARRAY(SELECT c.id FROM channels_seen(actor, server_id) AS c);
	IF NOT ids <@ seen THEN
		PERFORM fail(422, 'invalid_fields', 'channels:unknown:no such channel in this server');
	ELSIF NOT seen <@ ids OR cardinality(ids) <> cardinality(seen) THEN
		PERFORM fail(422, 'invalid_fields', 'channels:incomplete:each channel that you see, once');
	ELSIF EXISTS (SELECT FROM unnest(ids, categories) AS u (id, category) JOIN channel AS x ON x.id = u.id
		WHERE u.category IS NOT NULL AND nullif(u.category, '') IS DISTINCT FROM x.category
		AND channel_permissions(actor, x.id) & perm('manage_channels') = 0) THEN
		PERFORM fail(403, 'forbidden', 'a channel of another category that you do not manage');
	END IF;
	events := ARRAY(SELECT e FROM channels_place(server_id, ids, categories) AS e);
	IF events <> '{}' THEN
		PERFORM audit_add(server_id, actor, 'channels.ordered', NULL, NULL);
	END IF;
	RETURN NEXT ROW('body', NULL, page_json((SELECT string_agg(channel_json(c), ',' ORDER BY c.position, c.id)
		FROM channels_seen(actor, server_id) AS c), NULL, NULL))::reply;
	RETURN QUERY SELECT * FROM unnest(events);
END
$$;
COMMENT ON FUNCTION channel_order IS
'All channels the actor sees, in order. categories: beside each its category, empty for none, NULL: as it is';

-- ---- deletion, and coming back

CREATE OR REPLACE FUNCTION undo_time() RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT interval '7 days'
$$;
COMMENT ON FUNCTION undo_time() IS 'How long what was deleted can come back';

CREATE OR REPLACE FUNCTION deleted_json(data text, at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT left(data, -1) || ',"deleted_at":"' || ts(at) || '","purge_at":"' || ts(at + undo_time()) || '"}'
$$;
COMMENT ON FUNCTION deleted_json IS 'A channel or server that is deleted, and since when';

CREATE OR REPLACE FUNCTION undo_ends(deleted_at timestamptz, purged_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF purged_at IS NOT NULL OR deleted_at <= now() - undo_time() THEN
		PERFORM fail(410, 'gone');
	END IF;
END
$$;
COMMENT ON FUNCTION undo_ends IS 'Fails when it is too late. Ask with the row locked: the purge notes there that it has begun';

CREATE OR REPLACE FUNCTION deletion_untold(stream bigint, type text, now_type text, data text) RETURNS void
LANGUAGE sql VOLATILE AS $$
	UPDATE event AS x SET type = now_type, access = 0, subject = 0,
		body = '{"type":"' || now_type || '"' || substr(left(x.body, position(',"data":' IN x.body) + 7),
			length('{"type":"' || x.type || '"') + 1) || data || '}'
	WHERE x.stream = deletion_untold.stream AND x.type = deletion_untold.type
$$;
COMMENT ON FUNCTION deletion_untold IS
'Who was away all the time is not told of a deletion that was taken back: the stored event says something else';

CREATE OR REPLACE FUNCTION channel_restore(actor bigint, channel_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	home	bigint := (SELECT x.server_id FROM channel AS x WHERE x.id = channel_restore.channel_id);
	c	channel;
	mask	bigint;
	lost	bigint[];
	data	text;
BEGIN
	IF home IS NULL THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM need_server_locked(actor, home, 0);
	SELECT x.* INTO c FROM channel AS x WHERE x.id = channel_restore.channel_id FOR NO KEY UPDATE;
	mask := CASE WHEN administrator_acts() THEN perm('all') ELSE channel_permissions(actor, channel_id, true) END;
	IF mask = 0 THEN
		PERFORM fail(404, 'not_found');
	ELSIF mask & perm('manage_channels') = 0 THEN
		PERFORM channel_denied(actor, channel_id, perm('manage_channels'));
	ELSIF c.deleted_at IS NULL THEN
		RETURN NEXT ROW('body', NULL, channel_json(c))::reply;
		RETURN;
	END IF;
	PERFORM undo_ends(c.deleted_at, c.purged_at);
	PERFORM channel_room(home);
	UPDATE channel AS x SET deleted_at = NULL, rev = x.rev + 1 WHERE x.id = c.id RETURNING x.* INTO c;
	PERFORM audit_channel(c, actor, 'channel.restored', c.id, json_build_object('name', c.name));
	lost := CASE WHEN c.private THEN channels_lost(home, ARRAY[c.id]) ELSE '{}' END;
	PERFORM heir_hold(home, lost, guests_of(home) || actor);
	data := channel_json(c);
	PERFORM deletion_untold(c.id, 'channel.deleted', 'channel.updated', data);
	RETURN NEXT ROW('body', NULL, data)::reply;
	IF c.private OR c.overridden THEN
		-- not everybody may be told which one: who sees it is let into its stream
		RETURN NEXT server_reread(home);
		RETURN NEXT event_add('c', c.id, c.rev, home, server_rev(home), access_code('none'), 0, 'channel.updated', data);
		IF channel_permissions(actor, c.id) <> 0 THEN
			RETURN NEXT user_event(actor, access_code('self'), actor, 'channel.created', data);
		END IF;
		RETURN QUERY SELECT * FROM channels_inherit(home, lost);
	ELSE
		RETURN NEXT server_event(home, access_code('everybody'), 0, 'channel.created', data);
		RETURN NEXT event_add('c', c.id, c.rev, home, server_rev(home), access_code('none'), 0, 'channel.updated', data);
	END IF;
	RETURN QUERY SELECT g.* FROM server AS s
		CROSS JOIN LATERAL guests_told(s.id, 'server.updated', server_json(s)) AS g WHERE s.id = home;
END
$$;
COMMENT ON FUNCTION channel_restore IS
'Takes a deletion back. Permission is asked as if the channel stood; done twice it is done once';

CREATE OR REPLACE FUNCTION server_restore(actor bigint, server_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	s	server;
	data	text;
BEGIN
	SELECT x.* INTO s FROM server AS x WHERE x.id = server_restore.server_id FOR NO KEY UPDATE;
	IF s.owner_id <> actor OR s.id IS NULL THEN
		PERFORM need_server(actor, server_id, 0);
		PERFORM fail(403, 'forbidden');
	ELSIF s.deleted_at IS NULL THEN
		RETURN NEXT ROW('body', NULL, server_full_json(actor, s.id))::reply;
		RETURN;
	END IF;
	PERFORM undo_ends(s.deleted_at, s.purged_at);
	-- those that went with it; what was deleted before stays so
	UPDATE channel AS x SET deleted_at = NULL WHERE x.server_id = s.id AND x.deleted_at = s.deleted_at;
	UPDATE server AS x SET deleted_at = NULL, rev = x.rev + 1 WHERE x.id = s.id RETURNING x.* INTO s;
	PERFORM audit_add(s.id, actor, 'server.restored', s.id, NULL);
	PERFORM deletion_untold(s.id, 'server.deleted', 'server.updated', server_json(s));
	IF job_waits('return', s.owner_id, jsonb_build_object('server', s.id::text, 'after', '0')) IS NULL THEN
		PERFORM job_add('return', s.owner_id, json_build_object('server', s.id::text, 'after', '0'), now());
	END IF;
	data := server_full_json(actor, s.id);
	RETURN NEXT ROW('body', NULL, data)::reply;
	RETURN NEXT event_add('s', s.id, s.rev, 0, 0, access_code('none'), 0, 'server.updated', server_json(s));
	RETURN NEXT user_event(actor, access_code('gained'), actor, 'server.joined', data);
	RETURN QUERY SELECT * FROM channels_inherit(s.id, channels_lost(s.id, NULL));
END
$$;
COMMENT ON FUNCTION server_restore IS 'Takes the deletion of a server back; a job tells its members';

CREATE OR REPLACE FUNCTION return_tell(job_id bigint, attempts int, lease_s int, most int) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	j	job := job_hold(job_id, attempts);
	s	server;
	ids	bigint[];
BEGIN
	SELECT x.* INTO s FROM server AS x WHERE x.id = (j.data->>'server')::bigint AND x.deleted_at IS NULL FOR NO KEY UPDATE;
	ids := ARRAY(SELECT m.account_id FROM member AS m WHERE m.server_id = s.id
		AND m.account_id > (j.data->>'after')::bigint ORDER BY m.account_id LIMIT most);
	IF ids = '{}' THEN
		RETURN NEXT ROW('empty', NULL, NULL)::reply;
		RETURN;
	END IF;
	RETURN NEXT job_renew(j.id, lease_s, jsonb_build_object('after', ids[cardinality(ids)]::text));
	-- members read the rest by REST when they are let into the streams, which guests are not into the server's
	RETURN QUERY SELECT e.* FROM (SELECT m.account_id AS id, m.guest FROM member AS m
			WHERE m.server_id = s.id AND m.account_id = ANY (ids) AND m.account_id <> s.owner_id ORDER BY m.account_id) AS m
		CROSS JOIN LATERAL user_event(m.id, access_code('self'), m.id,
			CASE WHEN m.guest THEN 'server.joined' ELSE 'server.updated' END,
			CASE WHEN m.guest THEN server_full_json(m.id, s.id) ELSE server_json(s) END) AS e;
END
$$;
COMMENT ON FUNCTION return_tell IS
'Tells the next so many members of a server that came back, by their ids, that what they see is to be read anew';
