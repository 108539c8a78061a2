-- Read-only, slow mode, archives, order, deletion and coming back.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'moderator', 'member', 'other', 'gina']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home \gset
SELECT t.join(:home, t.who('moderator'), 'moderator'), t.join(:home, t.who('member'), 'member'), t.join(:home, t.who('other'), 'member'),
	t.join(:home, t.who('gina'), 'guest') \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'open', false) AS open, t.channel(t.who('owner'), :home, 'secret', true) AS secret \gset

CREATE FUNCTION pg_temp.sets(who text, channel bigint, VARIADIC what text[]) RETURNS text LANGUAGE sql AS $$
	SELECT t.try(format('SELECT channel_update(%s, %s, NULL, NULL, NULL, NULL, %s, %s, %s, %s, %s)', t.who(who), channel,
		coalesce(what[1], 'NULL'), coalesce(what[2], 'NULL'), coalesce(what[3], 'NULL'), coalesce(what[4], 'NULL'), coalesce(what[5], 'NULL'))) $$;
CREATE FUNCTION pg_temp.posts(who text, channel bigint, nonce text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT t.try(format('SELECT message_create(%s, %s, ''x'', %L, NULL, ''\x00'')', t.who(who), channel, nonce)) $$;
CREATE FUNCTION pg_temp.is_now(channel bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', x->>'private', x->>'read_only', x->>'slow_mode', x->>'archived', x->>'web_public')
	FROM (SELECT channel_json(c)::json FROM channel AS c WHERE c.id = channel) AS y (x) $$;
CREATE FUNCTION pg_temp.earlier(seconds int) RETURNS void LANGUAGE sql AS $$
	UPDATE slow_mode SET last_at = last_at - make_interval(secs => seconds) $$;

-- ---- who may set what
SELECT t.is('a member sets nothing', pg_temp.sets('member', :open, NULL, 'true'), 'forbidden');
SELECT t.is('nor a moderator', pg_temp.sets('moderator', :open, NULL, NULL, '5'), 'forbidden');
SELECT t.is('the owner does', pg_temp.sets('owner', :open, NULL, 'true', '100', NULL, 'true'), 'ok');
SELECT t.is('all of it', pg_temp.is_now(:open), 'false true 100 false true');
SELECT t.is('what is not named stays', pg_temp.sets('owner', :open, NULL, 'false'), 'ok');
SELECT t.is('so', pg_temp.is_now(:open), 'false false 100 false true');
SELECT t.is('the audit log has it', detail::text, '{"read_only":false}') FROM audit WHERE action = 'channel.updated' ORDER BY id DESC LIMIT 1;
SELECT t.is('one event each, told to who sees the channel', string_agg(type || access, ' '), 'channel.updated0 channel.updated0') FROM event WHERE stream = :open;
SELECT t.is('a private channel is not for the web', pg_temp.sets('owner', :secret, NULL, NULL, NULL, NULL, 'true'), 'conflict');
SELECT t.is('made private it goes from there', pg_temp.sets('owner', :open, 'true'), 'ok');
SELECT t.is('and does not come back by itself', pg_temp.sets('owner', :open, 'false') || ' ' || pg_temp.is_now(:open), 'ok false false 100 false false');
SELECT t.is('not both at once', pg_temp.sets('owner', :open, 'true', NULL, NULL, NULL, 'true'), 'conflict');
SELECT t.is('a conversation has none of it', pg_temp.sets('owner', t.made(ref), NULL, 'true'), 'forbidden')
FROM dm_open(t.who('owner'), ARRAY[t.who('member')]) WHERE kind = 'created';

-- ---- slow mode
SELECT t.is('slow mode lets a first message through', pg_temp.posts('member', :open, 'first'), 'ok');
SELECT t.is('and not a second', pg_temp.posts('member', :open, 'second'), 'slow_mode');
SELECT t.is('the first again is no second', (SELECT kind FROM message_create(t.who('member'), :open, 'x', 'first', NULL, '\x00')), 'replay');
SELECT t.is('others are not held up', pg_temp.posts('other', :open), 'ok');
SELECT t.is('who may manage messages goes on: ' || x, pg_temp.posts(x, :open) || ' ' || pg_temp.posts(x, :open), 'ok ok') FROM unnest(ARRAY['owner', 'moderator']) AS x;
SELECT t.is('and is not written down', count(*)::text, '2') FROM slow_mode;
SELECT t.is('a refused message leaves no number', last_seq::text, count(m.id)::text) FROM channel AS c LEFT JOIN message AS m ON m.channel_id = c.id WHERE c.id = :open GROUP BY c.id;
SELECT t.is('nor its nonce', count(*)::text, '0') FROM message_nonce WHERE nonce = 'second';
CREATE FUNCTION pg_temp.left(who text, channel bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	PERFORM message_create(t.who(who), channel, 'x', NULL, NULL, '\x00');
	RETURN 'nothing';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || said;
END $$;
SELECT t.is('it says how long, in whole seconds', (substr(pg_temp.left('member', :open), 7)::int BETWEEN 80 AND 100)::text, 'true');
SELECT pg_temp.earlier(60) \g /dev/null
SELECT t.is('less and less', (substr(pg_temp.left('member', :open), 7)::int BETWEEN 20 AND 40)::text, 'true');
SELECT pg_temp.earlier(40) \g /dev/null
SELECT t.is('then the next', pg_temp.posts('member', :open), 'ok');
SELECT t.is('another channel is another matter', pg_temp.posts('member', t.channel(t.who('owner'), :home, 'quick', false)), 'ok');
SELECT t.is('slower from now on counts for the last one too', pg_temp.sets('owner', :open, NULL, NULL, '21600') || ' ' || (substr(pg_temp.left('member', :open), 7)::int > 21000), 'ok true');
SELECT t.is('six hours at most', split_part(pg_temp.sets('owner', :open, NULL, NULL, '21601'), ' ', 1), '23514');
SELECT t.is('none', pg_temp.sets('owner', :open, NULL, NULL, '0') || ' ' || pg_temp.posts('member', :open) || ' ' || pg_temp.posts('member', :open), 'ok ok ok');
SELECT server_update(t.who('owner'), :home, NULL, true, NULL, NULL) \g /dev/null
SELECT pg_temp.earlier(10) \g /dev/null
SELECT t.is('a lockdown slows everybody', (substr(pg_temp.left('member', :open), 7)::int BETWEEN 20 AND 50)::text, 'true');
SELECT t.is('but who may manage messages', pg_temp.posts('owner', :open) || ' ' || pg_temp.posts('owner', :open), 'ok ok');
SELECT t.is('and what is slower stays so', pg_temp.sets('owner', :open, NULL, NULL, '600') || ' ' || (substr(pg_temp.left('member', :open), 7)::int > 500), 'ok true');
SELECT server_update(t.who('owner'), :home, NULL, false, NULL, NULL) \g /dev/null
SELECT pg_temp.sets('owner', :open, NULL, NULL, '0') \g /dev/null

-- ---- archives
SELECT t.is('archived', pg_temp.sets('owner', :open, NULL, NULL, NULL, 'true') || ' ' || pg_temp.is_now(:open), 'ok false false 0 true false');
SELECT t.is('nobody writes: ' || x, pg_temp.posts(x, :open), 'archived') FROM unnest(ARRAY['owner', 'member']) AS x;
SELECT t.is('nobody lets others in', t.try(format('SELECT channel_member_put(%s, %s, %s)', t.who('owner'), :open, t.who('gina'))), 'archived');
SELECT t.is('all read', (data::json -> 'items' -> 0 ->> 'content'), 'x') FROM message_list(t.who('member'), :open, NULL, NULL, NULL, 5);
SELECT t.is('it stands in the server', count(*)::text, '1') FROM json_array_elements(server_full_json(t.who('member'), :home)::json -> 'channels') AS c
WHERE c ->> 'id' = :open::text AND (c ->> 'archived')::boolean;
SELECT archived_at AS since FROM channel WHERE id = :open \gset
SELECT pg_temp.sets('owner', :open, NULL, NULL, NULL, 'true') \g /dev/null
SELECT t.is('archived twice is archived since the first', (archived_at = :'since')::text, 'true') FROM channel WHERE id = :open;
SELECT t.is('and taken out again', pg_temp.sets('owner', :open, NULL, NULL, NULL, 'false') || ' ' || pg_temp.posts('member', :open), 'ok ok');
SELECT t.is('its name may be used again', t.try(format('SELECT channel_create(%s, %s, ''open'', ''text'', NULL, NULL, false)', t.who('owner'), :home)), 'ok');

-- ---- order
SELECT t.server(t.who('owner'), 'order') AS sorted \gset
SELECT t.join(:sorted, t.who('moderator'), 'admin'), t.join(:sorted, t.who('member'), 'member') \g /dev/null
SELECT id AS g FROM channel WHERE server_id = :sorted \gset
SELECT t.channel(t.who('owner'), :sorted, 'a', false) AS a, t.channel(t.who('owner'), :sorted, 'b', false) AS b,
	t.channel(t.who('owner'), :sorted, 'x', true) AS x, t.channel(t.who('owner'), :sorted, 'c', false) AS c \gset
CREATE FUNCTION pg_temp.ordered(who text, server bigint, ids bigint[], categories text[]) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT channel_order(%s, %s, %L, %L)', t.who(who), server, ids, categories)) $$;
CREATE FUNCTION pg_temp.stand(server bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(name || coalesce(':' || category, ''), ' ' ORDER BY position, id) FROM channel WHERE server_id = server AND deleted_at IS NULL $$;
SELECT t.is('they stand as they were made', pg_temp.stand(:sorted), 'general a b x c');
SELECT t.is('a member does not order them', pg_temp.ordered('member', :sorted, ARRAY[:c, :b, :a, :g], ARRAY[NULL, NULL, NULL, NULL]), 'forbidden');
SELECT t.is('all of them', pg_temp.ordered('moderator', :sorted, ARRAY[:c, :b, :a], ARRAY[NULL, NULL, NULL]), 'invalid_fields');
SELECT t.is('each once', pg_temp.ordered('moderator', :sorted, ARRAY[:c, :b, :a, :g, :a], ARRAY[NULL, NULL, NULL, NULL, NULL]), 'invalid_fields');
SELECT t.is('none that one does not see', pg_temp.ordered('moderator', :sorted, ARRAY[:c, :b, :a, :g, :x], ARRAY[NULL, NULL, NULL, NULL, NULL]), 'invalid_fields');
SELECT t.is('nor of another server', pg_temp.ordered('moderator', :sorted, ARRAY[:c, :b, :a, :g, :open], ARRAY[NULL, NULL, NULL, NULL, NULL]), 'invalid_fields');
SELECT max(id) AS before FROM event \gset
SELECT t.is('in the other direction', pg_temp.ordered('moderator', :sorted, ARRAY[:c, :b, :a, :g], ARRAY['up', '', NULL, NULL]), 'ok');
SELECT t.is('what he does not see stays behind what it stood behind', pg_temp.stand(:sorted), 'c:up b x a general');
SELECT t.is('an event for each that changed', string_agg(c.name, ' ' ORDER BY c.position), 'c a general') FROM event AS e JOIN channel AS c ON c.id = e.stream WHERE e.id > :before AND e.type = 'channel.updated';
SELECT t.is('under its channel''s rev', count(*)::text, '0') FROM channel AS c WHERE c.server_id = :sorted AND c.rev <> (SELECT coalesce(max(e.rev), 0) FROM event AS e WHERE e.stream = c.id);
SELECT t.is('the same again changes nothing', (SELECT string_agg(kind, ' ') FROM channel_order(t.who('owner'), :sorted, ARRAY[:c, :b, :x, :a, :g], ARRAY['up', '', NULL, NULL, ''])), 'body');
SELECT t.is('the answer is the list', (SELECT string_agg(x ->> 'name', ' ') FROM channel_order(t.who('moderator'), :sorted, ARRAY[:g, :c, :a, :b], ARRAY[NULL, NULL, NULL, NULL]) AS r,
	json_array_elements(r.data::json -> 'items') AS x WHERE r.kind = 'body'), 'general c a b');
SELECT t.is('one that is first for him is first', pg_temp.stand(:sorted), 'general c:up a b x');
SELECT pg_temp.ordered('owner', :sorted, ARRAY[:x, :g, :c, :a, :b], ARRAY[NULL, NULL, NULL, NULL, NULL]), pg_temp.ordered('moderator', :sorted, ARRAY[:b, :a, :c, :g], ARRAY[NULL, NULL, NULL, NULL]) \g /dev/null
SELECT t.is('what stood behind nothing still does', pg_temp.stand(:sorted), 'x b a c:up general');
-- several that not all see, one behind the other
SELECT t.channel(t.who('owner'), :sorted, 'y', true) AS y, t.channel(t.who('owner'), :sorted, 'z', true) AS z, t.channel(t.who('owner'), :sorted, 'd', false) AS d \gset
SELECT t.is('new ones go to the end', pg_temp.stand(:sorted), 'x b a c:up general y z d');
SELECT t.is('by nothing but what their ids say', count(*)::text, '3') FROM channel WHERE id IN (:y, :z, :d) AND position = id >> 20;
SELECT position AS stood FROM channel WHERE id = :d \gset
SELECT channel_update(t.who('owner'), :d, NULL, NULL, NULL, NULL, true, NULL, NULL, NULL, NULL), channel_update(t.who('owner'), :d, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, NULL),
	channel_update(t.who('owner'), :y, NULL, NULL, NULL, NULL, false, NULL, NULL, NULL, NULL), channel_update(t.who('owner'), :y, NULL, NULL, NULL, NULL, true, NULL, NULL, NULL, NULL) \g /dev/null
SELECT t.is('who else sees it does not move it', string_agg((position = CASE id WHEN :d THEN :stood ELSE id >> 20 END)::text, ' '), 'true true') FROM channel WHERE id IN (:y, :d);
SELECT pg_temp.ordered('owner', :sorted, ARRAY[:b, :x, :y, :z, :a, :c, :g, :d], ARRAY[NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL]) \g /dev/null
SELECT t.is('they stand where they are put', pg_temp.stand(:sorted), 'b x y z a c:up general d');
SELECT max(id) AS before FROM event \gset
SELECT pg_temp.ordered('owner', :sorted, ARRAY[:b, :z, :x, :y, :a, :c, :g, :d], ARRAY[NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL]) \g /dev/null
SELECT t.is('in any order', pg_temp.stand(:sorted), 'b z x y a c:up general d');
SELECT t.is('of which only the one that moved tells', string_agg(c.name, ' '), 'z') FROM event AS e JOIN channel AS c ON c.id = e.stream WHERE e.id > :before;
SELECT t.is('another order keeps it', pg_temp.ordered('moderator', :sorted, ARRAY[:a, :b, :c, :g, :d], ARRAY[NULL, NULL, NULL, NULL, NULL]) || ' ' || pg_temp.stand(:sorted),
	'ok a b z x y c:up general d');
-- of any new order: it is that order, and no more of it than has to be moves; where there is no room all do
CREATE FUNCTION pg_temp.longest(was int[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	n	int[] := '{}';
BEGIN
	FOR i IN 1 .. cardinality(was) LOOP
		n[i] := 1 + coalesce((SELECT max(n[k]) FROM generate_series(1, i - 1) AS k WHERE was[k] < was[i]), 0);
	END LOOP;
	RETURN (SELECT max(x) FROM unnest(n) AS x);
END $$;
CREATE FUNCTION pg_temp.flaws(rounds int, apart double precision) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	was	int[];
	old	double precision[];
	risen	double precision[];
	same	int;
	n	int;
BEGIN
	FOR r IN 1 .. rounds LOOP
		n := 1 + (r - 1) % 20;
		was := ARRAY(SELECT x FROM generate_series(1, n) AS x ORDER BY random());
		old := ARRAY(SELECT 1.7e12 + w * apart FROM unnest(was) WITH ORDINALITY AS u (w, i) ORDER BY i);
		risen := seats_rising(old, was);
		same := (SELECT count(*) FROM unnest(old, risen) AS u (a, b) WHERE u.a = u.b);
		-- those of one place stand by their ids, as they did
		IF was <> ARRAY(SELECT u.w FROM unnest(was, risen) AS u (w, x) ORDER BY u.x, u.w) OR cardinality(risen) <> n
			OR apart > 0 AND same <> pg_temp.longest(was) THEN
			RETURN was::text || ' ' || risen::text;
		END IF;
	END LOOP;
	RETURN 'none';
END $$;
SELECT t.is('any order keeps as many as can be where they were', pg_temp.flaws(200, 1000), 'none');
SELECT t.is('and is one where all stood in one place, too', pg_temp.flaws(100, 0), 'none');
SELECT t.is('five hundred turned round are no matter', cardinality(seats_rising(array_agg(x::double precision), array_agg(501 - x)))::text, '500') FROM generate_series(1, 500) AS x;
UPDATE channel SET deleted_at = now() WHERE id IN (:y, :z, :d);
SELECT pg_temp.ordered('owner', :sorted, ARRAY[:x, :b, :a, :c, :g], ARRAY[NULL, NULL, NULL, NULL, NULL]) \g /dev/null
SELECT override_put(t.who('owner'), :b, t.who('moderator'), 0, perm('manage_channels')) \g /dev/null
UPDATE role SET permissions = perm('role_member') | perm('manage_channels') WHERE server_id = :sorted AND kind = 'admin';
SELECT member_refresh(:sorted, t.who('moderator')) \g /dev/null
SELECT t.is('one that he does not manage keeps its category', pg_temp.ordered('moderator', :sorted, ARRAY[:a, :b, :c, :g], ARRAY[NULL, 'mine', NULL, NULL]), 'forbidden');
SELECT t.is('and may be moved', pg_temp.ordered('moderator', :sorted, ARRAY[:a, :b, :c, :g], ARRAY[NULL, '', NULL, NULL]), 'ok');

-- ---- a channel is deleted and comes back
CREATE FUNCTION pg_temp.restores(who text, what text, id bigint) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT %s_restore(%s, %s)', what, t.who(who), id)) $$;
CREATE FUNCTION pg_temp.deleted(who text, home bigint) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(c.name, ' ' ORDER BY c.name), '') FROM channel AS c WHERE c.server_id = home AND c.deleted_at > now() - undo_time()
	AND c.purged_at IS NULL AND channel_permissions(t.who(who), c.id, true) <> 0 $$;
SELECT channel_member_put(t.who('owner'), :open, t.who('gina')) \g /dev/null
SELECT channel_delete(t.who('owner'), :open), channel_delete(t.who('owner'), :secret) \g /dev/null
SELECT t.is('deleted it is not there', channel_permissions(t.who('owner'), :open)::text, '0');
SELECT t.is('who saw it would: ' || v.who, pg_temp.deleted(v.who, :home), v.wanted)
FROM (VALUES ('owner', 'open secret'), ('member', 'open'), ('moderator', 'open')) AS v (who, wanted);
SELECT t.is('brought back by ' || v.who, pg_temp.restores(v.who, 'channel', v.id), v.wanted)
FROM (VALUES ('other', :secret, 'not_found'), ('member', :open, 'forbidden'), ('gina', :open, 'forbidden'), ('gina', :secret, 'not_found'), ('owner', 1, 'not_found')) AS v (who, id, wanted);
SELECT t.is('a conversation is not', pg_temp.restores('owner', 'channel', c.id), 'not_found') FROM channel AS c WHERE c.kind = 'dm';
SELECT max(id) AS before FROM event \gset
SELECT t.is('nor who is in a time-out', (SELECT pg_temp.restores('moderator', 'channel', :a) FROM member_timeout(t.who('owner'), :sorted, t.who('moderator'), 60, NULL) LIMIT 1), 'timed_out');
SELECT t.is('it comes back', (SELECT string_agg(kind || coalesce(':' || split_part(split_part(data, E'\n', 1), ' ', 8), ''), ' ') FROM channel_restore(t.who('owner'), :open)),
	'body: event:channel.created event:channel.updated event:server.updated');
SELECT t.is('with all that was said', (count(*) > 5)::text, 'true') FROM message WHERE channel_id = :open;
SELECT t.is('for whom it was', (channel_permissions(t.who('member'), :open) <> 0)::text || (channel_permissions(t.who('gina'), :open) <> 0)::text, 'truetrue');
SELECT t.is('once', (SELECT string_agg(kind, ' ') FROM channel_restore(t.who('owner'), :open)), 'body');
SELECT t.is('who was away is not told of the deletion', count(*)::text, '0') FROM event WHERE stream = :open AND (type = 'channel.deleted' OR access = 2 OR body ~ 'channel.deleted');
SELECT t.is('the stored events are whole', count(*)::text, '0') FROM event WHERE stream = :open AND (body::json ->> 'type' <> type OR (body::json ->> 'rev')::bigint <> rev OR type LIKE 'channel.%' AND body::json -> 'data' ->> 'id' IS DISTINCT FROM stream::text);
SELECT t.is('the private one is not named to all', (SELECT string_agg(ref || ':' || split_part(split_part(data, E'\n', 1), ' ', 8), ' ') FROM channel_restore(t.who('owner'), :secret) WHERE kind = 'event'),
	:home || ':server.updated ' || :secret || ':channel.updated ' || t.who('owner') || ':channel.created ' || t.who('gina') || ':server.updated');
SELECT t.is('the audit log has it', string_agg(action, ' ' ORDER BY id), 'channel.deleted channel.restored') FROM audit WHERE channel_id = :secret AND action <> 'channel.created';
SELECT t.is('both left word for a purge', count(*)::text, '2') FROM job WHERE kind = 'purge' AND run_at BETWEEN now() + interval '6 days 23 hours' AND now() + interval '7 days';

-- ---- too late
CREATE FUNCTION pg_temp.purge(what text, which bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n	int := 0;
	r	reply;
BEGIN
	UPDATE job SET attempts = 1 WHERE kind = 'purge' AND data ->> what = which::text;
	LOOP
		SELECT e.* INTO r FROM (SELECT x.* FROM job AS x WHERE x.kind = 'purge' AND x.data ->> what = which::text ORDER BY x.id DESC LIMIT 1) AS j,
			LATERAL purge_next(j.id, 1, 60, 20) AS e;
		n := n + 1;
		EXIT WHEN r.kind = 'empty' OR n > 500;
	END LOOP;
	RETURN n::text;
END $$;
SELECT t.is('what stands is not purged', pg_temp.purge('channel', :open), '1');
SELECT t.is('nothing of it', (count(*) > 5)::text, 'true') FROM message WHERE channel_id = :open;
SELECT t.post(t.who('member'), :open, 'hello <@' || t.who('other') || '> ' || x) FROM generate_series(1, 50) AS x \g /dev/null
SELECT message_create(t.who('member'), :open, 'x', 'last', NULL, '\x00'), read_put(t.who('other'), :open, 100) \g /dev/null
SELECT count(*) AS others FROM message WHERE channel_id <> :open \gset
SELECT count(*) AS told FROM event WHERE stream <> :open \gset
SELECT channel_delete(t.who('owner'), :open) \g /dev/null
SELECT t.is('nor what may come back still', pg_temp.purge('channel', :open), '1');
UPDATE channel SET deleted_at = now() - interval '7 days 1 s' WHERE id = :open;
SELECT t.is('after seven days it does not come back', pg_temp.restores('owner', 'channel', :open), 'gone');
SELECT t.is('nor is it listed', pg_temp.deleted('owner', :home), '');
SELECT t.is('it goes in steps', (pg_temp.purge('channel', :open)::int > 5)::text, 'true');
-- every table that names a channel, or a server, is asked: a new one must be taken, too, or be named here
CREATE FUNCTION pg_temp.left_in(col text, id bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	x	regclass;
	n	bigint;
	said	text[] := '{}';
BEGIN
	FOR x IN SELECT c.oid FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname = col ORDER BY c.relname
	LOOP
		EXECUTE format('SELECT count(*) FROM %s WHERE %I = $1', x, col) INTO n USING id;
		said := CASE WHEN n > 0 THEN said || x::text ELSE said END;
	END LOOP;
	RETURN array_to_string(said, ' ');
END $$;
SELECT t.is('what is left of it', pg_temp.left_in('channel_id', :open) || '/' || pg_temp.left_in('stream', :open), 'audit/');
SELECT t.is('with ' || v.what, v.n::text, '0') FROM (
	SELECT 'its messages', count(*) FROM message WHERE channel_id = :open UNION ALL
	SELECT 'its events', count(*) FROM event WHERE stream = :open UNION ALL
	SELECT 'its mentions', count(*) FROM mention WHERE channel_id = :open UNION ALL
	SELECT 'its nonces', count(*) FROM message_nonce WHERE channel_id = :open UNION ALL
	SELECT 'its marks', count(*) FROM read_state WHERE channel_id = :open UNION ALL
	SELECT 'its people', count(*) FROM channel_member WHERE channel_id = :open UNION ALL
	SELECT 'who had to wait', count(*) FROM slow_mode WHERE channel_id = :open UNION ALL
	SELECT 'its name', count(name) + count(topic) + count(category) FROM channel WHERE id = :open) AS v (what, n);
SELECT t.is('and nothing else', count(*)::text, :'others') FROM message;
SELECT t.is('not an event', count(*)::text, :'told') FROM event;
SELECT t.is('late is late', pg_temp.restores('owner', 'channel', :open), 'gone');
SELECT t.is('an attempt that lost its lease does nothing', t.try(format('SELECT purge_next(%s, 9, 60, 100)', id)), 'conflict') FROM job WHERE kind = 'purge' AND data ->> 'channel' = :secret::text;

-- ---- a server
SELECT t.channel(t.who('owner'), :home, 'early', false) AS early, t.channel(t.who('owner'), :home, 'late', false) AS late \gset
SELECT channel_delete(t.who('owner'), :early) \g /dev/null
UPDATE channel SET deleted_at = now() - interval '1 day' WHERE id = :early;
SELECT channel_member_put(t.who('owner'), :late, t.who('gina')) \g /dev/null
SELECT server_delete(t.who('owner'), :home) \g /dev/null
SELECT t.is('a server is brought back by ' || who, pg_temp.restores(who, 'server', :home), 'not_found') FROM unnest(ARRAY['moderator', 'member', 'gina']) AS who;
SELECT t.is('not a channel of it alone', pg_temp.restores('owner', 'channel', :late), 'not_found');
SELECT t.is('by its owner', (SELECT string_agg(kind || coalesce(':' || split_part(split_part(data, E'\n', 1), ' ', 8), ''), ' ') FROM server_restore(t.who('owner'), :home)),
	'body: event:server.updated event:server.joined');
SELECT t.is('with what went with it, and not what went before', (channel_permissions(t.who('member'), :late) <> 0) || ' ' || (channel_permissions(t.who('owner'), :early) <> 0), 'true false');
SELECT t.is('that one can come back too', pg_temp.restores('owner', 'channel', :early), 'ok');
SELECT t.is('once', (SELECT string_agg(kind, ' ') FROM server_restore(t.who('owner'), :home)), 'body');
SELECT t.is('one that stands is nobody else''s to bring back', pg_temp.restores('member', 'server', :home), 'forbidden');
SELECT t.is('nobody is told of its deletion any more', count(*)::text, '0') FROM event WHERE stream = :home AND (type = 'server.deleted' OR body ~ 'server.deleted');
SELECT max(id) AS before FROM event \gset
UPDATE job SET attempts = 1 WHERE kind = 'return';
SELECT t.is('its members are told in steps', string_agg(e.kind, ' '), 'body event event body event event empty') FROM job AS j, generate_series(1, 3) AS n, LATERAL (SELECT * FROM return_tell(j.id, 1 + n * 0, 60, 3)) AS e WHERE j.kind = 'return';
SELECT t.is('each once, a guest with what he sees', string_agg(a.username || ':' || e.type || e.access, ' ' ORDER BY a.username), 'gina:server.joined1 member:server.updated1 moderator:server.updated1 other:server.updated1')
FROM event AS e JOIN account AS a ON a.id = e.stream WHERE e.id > :before;
SELECT server_delete(t.who('owner'), :home) \g /dev/null
INSERT INTO report (server_id, account_id, reason) VALUES (:home, t.who('member'), 'spam');
INSERT INTO rule (server_id, name, kind, action) VALUES (:home, 'no links', 'links', 'block');
UPDATE server SET deleted_at = now() - interval '8 days' WHERE id = :home;
UPDATE channel SET deleted_at = now() - interval '8 days' WHERE server_id = :home;
SELECT t.is('after seven days it does not come back', pg_temp.restores('owner', 'server', :home), 'gone');
SELECT count(*) AS others FROM message AS m JOIN channel AS c ON c.id = m.channel_id WHERE c.server_id IS DISTINCT FROM :home \gset
SELECT t.is('it goes in steps', (pg_temp.purge('server', :home)::int > 5)::text, 'true');
SELECT t.is('what is left of it', pg_temp.left_in('server_id', :home) || '/' || pg_temp.left_in('stream', :home), 'audit/');
SELECT t.is('with ' || v.what, v.n::text, '0') FROM (
	SELECT 'its channels', count(*) FROM channel WHERE server_id = :home UNION ALL
	SELECT 'its members', count(*) FROM member WHERE server_id = :home UNION ALL
	SELECT 'its roles', count(*) FROM role WHERE server_id = :home UNION ALL
	SELECT 'its invites', count(*) FROM invite WHERE server_id = :home UNION ALL
	SELECT 'its reports', count(*) FROM report WHERE server_id = :home UNION ALL
	SELECT 'its rules', count(*) FROM rule WHERE server_id = :home UNION ALL
	SELECT 'its events', count(*) FROM event WHERE stream = :home OR parent = :home UNION ALL
	SELECT 'its name', count(*) FROM server WHERE id = :home AND name <> '--') AS v (what, n);
SELECT t.is('and nobody else''s', count(*)::text, :'others') FROM message;
SELECT t.is('late is late', pg_temp.restores('owner', 'server', :home), 'gone');
