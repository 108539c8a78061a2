-- Marks: previews, the flush and what it tells, receipts and who may see them.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'ann', 'bob', 'eve']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home \gset
SELECT t.join(:home, t.who('ann'), 'member'), t.join(:home, t.who('bob'), 'member') \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'talk', false) AS ch, t.channel(t.who('owner'), :home, 'secret', true) AS secret \gset
SELECT t.who('ann') AS ann, t.who('bob') AS bob, t.who('owner') AS owner, t.who('eve') AS eve \gset
SELECT t.made(ref) AS dm FROM dm_open(:ann, ARRAY[:bob]) WHERE kind = 'created' \gset
SELECT count(t.post(:owner, :ch, 'n' || x || CASE x WHEN 7 THEN ' <@' || :ann || '>' ELSE '' END)) FROM generate_series(1, 10) AS x \g /dev/null
SELECT count(t.post(:ann, :dm, 'd' || x)) FROM generate_series(1, 5) AS x \g /dev/null

CREATE FUNCTION pg_temp.look(who bigint, ch bigint, at bigint, delivered boolean) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', seq, moved, body::json ->> 'mention_count', split_part(mine, E'\n', 2)::json ->> 'type',
		split_part(shown, E'\n', 2)::json ->> 'type') FROM mark_preview(who, ch, at, delivered)
$$;
-- the events of a flush, in words
CREATE FUNCTION pg_temp.flush(who bigint[], ch bigint[], reads bigint[], got bigint[]) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', e ->> 'type', e #>> '{data,read_seq}', e #>> '{data,delivered_seq}'), ', ' ORDER BY n), '')
	FROM marks_flush(who, ch, reads, got) WITH ORDINALITY AS f (kind, ref, data, n), LATERAL (SELECT split_part(f.data, E'\n', 2)::json) AS v (e)
$$;
CREATE FUNCTION pg_temp.receipts(who bigint, ch bigint) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', a.username, x ->> 'read_seq', x ->> 'delivered_seq'), ', ' ORDER BY a.username), '')
	FROM json_array_elements(receipts_json(who, ch, '{}', '{}', '{}', '{}')::json -> 'items') AS x
	JOIN account AS a ON a.id = (x ->> 'user_id')::bigint
$$;

-- ---- what a mark comes to
SELECT t.is('a mark moves, its mentions are as of it', pg_temp.look(:ann, :ch, 4, false), '4 t 1 read.updated receipt.updated');
SELECT t.is('behind the mention there is none', pg_temp.look(:ann, :ch, 7, false), '7 t 0 read.updated receipt.updated');
SELECT t.is('it is cut to the newest message', pg_temp.look(:ann, :ch, 9007199254740991, false), '10 t 0 read.updated receipt.updated');
SELECT t.is('one that does not move is told to nobody', pg_temp.look(:owner, :ch, 3, false), '10 f 0');
SELECT t.is('a delivered one has no read state', pg_temp.look(:bob, :ch, 3, true), '3 t receipt.updated');
SELECT t.is('what is read is delivered', pg_temp.look(:owner, :ch, 10, true), '10 f');
SELECT t.is('nothing is said to who does not see the channel', (SELECT count(*) FROM mark_preview(:eve, :ch, 1, false))::text, '0');
SELECT t.is('nor of one that is not', (SELECT count(*) FROM mark_preview(:eve, 5, 1, false))::text, '0');
SELECT t.is('a preview stores nothing', count(*)::text, '0') FROM read_state WHERE account_id IN (:ann, :bob) AND channel_id = :ch;
SELECT t.is('what is told passes by: neither number nor id', split_part(mine, E'\n', 1), '1 0 0 0 0 0 0 read.updated') FROM mark_preview(:ann, :ch, 4, false);

-- ---- the flush
SELECT rev AS ch_rev FROM channel WHERE id = :ch \gset
SELECT t.is('a flush writes and tells', pg_temp.flush(ARRAY[:ann, :bob], ARRAY[:ch, :ch], ARRAY[4, 0], ARRAY[0, 6]),
	'read.updated 4, receipt.updated 4 4, receipt.updated 0 6');
SELECT t.is('with rev in the stream of who read, and only there', string_agg(concat_ws(' ', type, kind, access), ', ' ORDER BY id), 'read.updated u 0')
FROM event WHERE type IN ('read.updated', 'receipt.updated');
SELECT t.is('receipts take none of the channel''s numbers', rev::text, :'ch_rev') FROM channel WHERE id = :ch;
SELECT t.is('they pass by as others do', string_agg(split_part(data, E'\n', 1), ', '), concat('1 0 0 ', :home, ' ', (SELECT rev FROM server WHERE id = :home), ' 0 0 receipt.updated'))
FROM marks_flush(ARRAY[:bob], ARRAY[:ch], ARRAY[0], ARRAY[7]);
SELECT t.is('again it is silent', pg_temp.flush(ARRAY[:ann, :bob], ARRAY[:ch, :ch], ARRAY[4, 0], ARRAY[0, 6]), '');
SELECT t.is('and an older one too', pg_temp.flush(ARRAY[:ann, :bob], ARRAY[:ch, :ch], ARRAY[2, 0], ARRAY[3, 5]), '');
SELECT t.is('the greatest of several counts, cut to the newest', pg_temp.flush(ARRAY[:ann, :ann, :ann], ARRAY[:ch, :ch, :ch], ARRAY[5, 99, 6], ARRAY[0, 0, 7]), 'read.updated 10, receipt.updated 10 10');
SELECT t.is('no mark for a channel that is not, or nobody''s', pg_temp.flush(ARRAY[:ann, 5], ARRAY[5, :ch], ARRAY[1, 1], ARRAY[1, 1]), '');
SELECT t.is('nothing at all is nothing', pg_temp.flush('{}', '{}', '{}', '{}'), '');
SELECT t.is('delivered below what is read is kept silently', pg_temp.flush(ARRAY[:ann], ARRAY[:ch], ARRAY[0], ARRAY[9]), '');
SELECT t.is('a preview then stands on it', pg_temp.look(:bob, :ch, 5, true), '7 f');
SELECT t.is('who lost the channel keeps his place, and nobody is told', pg_temp.flush(ARRAY[:eve], ARRAY[:ch], ARRAY[3], ARRAY[0]), '');
SELECT t.is('should he come back', read_seq::text, '3') FROM read_state WHERE account_id = :eve AND channel_id = :ch;

-- ---- stored at once
SELECT t.is('without Redis a mark is stored', (SELECT string_agg(kind, ' ') FROM read_put(:bob, :ch, 8)), 'body event event');
SELECT t.is('once', (SELECT string_agg(kind, ' ') FROM read_put(:bob, :ch, 8)), 'body');
SELECT t.is('a delivered one as well', (SELECT string_agg(kind, ' ') FROM delivered_put(:bob, :ch, 9)), 'empty event');
SELECT t.is('a stranger''s is refused', t.try(format('SELECT read_put(%s, %s, 1)', :eve, :ch)), 'not_found');
SELECT t.is('both of his', t.try(format('SELECT delivered_put(%s, %s, 1)', :eve, :ch)), 'not_found');

-- ---- receipts
SELECT t.is('the others, and how far they are', pg_temp.receipts(:owner, :ch), 'ann 10 10, bob 8 9');
SELECT t.is('marks that wait are laid over', (SELECT x ->> 'read_seq' FROM json_array_elements(receipts_json(:owner, :ch, ARRAY[:bob], ARRAY[99], '{}', '{}')::json -> 'items') AS x
	WHERE x ->> 'user_id' = :'bob'), '10');
SELECT t.is('also of who has no mark stored', pg_temp.receipts(:bob, :dm), 'ann 5 5');
SELECT t.is('who has read nothing stands there too', pg_temp.receipts(:ann, :dm), 'bob 0 0');
SELECT t.is('a stranger asks in vain', t.try(format('SELECT receipts_json(%s, %s, ''{}'', ''{}'', ''{}'', ''{}'')', :eve, :ch)), 'not_found');
SELECT t.is('who hides his is told to the daemon', split_part(string_agg(data, '' ORDER BY kind DESC), ' ', 6), '3')
FROM me_update(:bob, NULL, NULL, false, NULL) WHERE kind = 'event';
SELECT t.is('nobody''s receipts are stored', count(*)::text, '0') FROM event WHERE type = 'receipt.updated';
SELECT t.is('he is in nobody''s list', pg_temp.receipts(:owner, :ch), 'ann 10 10');
SELECT t.is('and gets nobody''s', pg_temp.receipts(:bob, :ch), '');
SELECT t.is('his marks are told to his own devices only', pg_temp.look(:bob, :ch, 10, false), '10 t 0 read.updated');
SELECT t.is('by the flush too', pg_temp.flush(ARRAY[:bob], ARRAY[:ch], ARRAY[9], ARRAY[10]), 'read.updated 9');
SELECT t.is('delivered is nobody''s business then', pg_temp.look(:bob, :dm, 3, true), '3 f');
SELECT t.is('nor stored', (SELECT string_agg(kind, ' ') FROM delivered_put(:bob, :dm, 3)), 'empty');
SELECT t.is('saying it again changes nothing', (SELECT string_agg(kind, ' ') FROM me_update(:bob, NULL, NULL, false, NULL)), 'body');
SELECT t.is('and it can be taken back', (SELECT string_agg(kind, ' ') FROM me_update(:bob, NULL, NULL, true, NULL)), 'body event');
SELECT t.is('what was hidden is there', pg_temp.receipts(:owner, :ch), 'ann 10 10, bob 9 10');

-- ---- a conversation with strangers
SELECT t.account(x) FROM unnest(ARRAY['gil', 'hew', 'ivy']) AS x \g /dev/null
SELECT t.who('gil') AS gil, t.who('hew') AS hew \gset
SELECT t.made(ref) AS cold FROM dm_open(:gil, ARRAY[:hew, t.who('ivy')]) WHERE kind = 'created' \gset
SELECT count(t.post(:gil, :cold, 'x' || x)) FROM generate_series(1, 4) AS x \g /dev/null
SELECT t.is('what reaches a stranger is told to nobody', pg_temp.look(:hew, :cold, 3, true), '3 f');
SELECT t.is('nor what he reads, but to himself', pg_temp.look(:hew, :cold, 3, false), '3 t 0 read.updated');
SELECT t.is('stored at once or not', (SELECT string_agg(kind, ' ') FROM delivered_put(:hew, :cold, 3)), 'empty');
SELECT t.is('by the flush neither', pg_temp.flush(ARRAY[:hew], ARRAY[:cold], ARRAY[2], ARRAY[3]), 'read.updated 2');
SELECT t.is('he is in no list, the other is in his', pg_temp.receipts(:gil, :cold) || ', ' || pg_temp.receipts(:hew, :cold), ', gil 4 4');
SELECT t.post(:hew, :cold, 'who is it?') \g /dev/null
SELECT t.post(:gil, :cold, 'me') \g /dev/null
SELECT t.is('once he has posted he is', pg_temp.look(:hew, :cold, 6, true), '6 t receipt.updated');
SELECT t.is('as anybody', pg_temp.receipts(:gil, :cold), 'hew 5 5');
SELECT t.made(ref) AS known FROM dm_open(:bob, ARRAY[:ann, :owner]) WHERE kind = 'created' \gset
SELECT t.made(ref) AS half FROM dm_open(:bob, ARRAY[:ann, :gil]) WHERE kind = 'created' \gset
SELECT t.post(:bob, :known, 'all'), t.post(:bob, :half, 'all') \g /dev/null
SELECT t.is('who shares a server with all of them has no need to', pg_temp.look(:ann, :known, 1, true), '1 t receipt.updated');
SELECT t.is('with some of them he has', pg_temp.look(:ann, :half, 1, true), '1 f');
SELECT count(*) FROM presence_set(:bob, 'invisible') \g /dev/null
SELECT t.post(:ann, :dm, 'd6') \g /dev/null
SELECT t.is('that something has reached who hides is told to nobody', pg_temp.look(:bob, :dm, 6, true), '6 f');
SELECT t.is('nor stored, here either', (SELECT string_agg(kind, ' ') FROM delivered_put(:bob, :dm, 6)), 'empty');
SELECT t.is('what waited is not told again', pg_temp.flush(ARRAY[:bob], ARRAY[:dm], ARRAY[0], ARRAY[6]), '');
SELECT t.is('what he reads he tells', pg_temp.look(:bob, :dm, 6, false), '6 t 0 read.updated receipt.updated');
SELECT count(*) FROM presence_set(:bob, 'online') \g /dev/null

-- ---- at most 50 people
SELECT t.is('a private channel among few', receipts_shown(:secret)::text, 'true');
SELECT t.is('and who may see it', pg_temp.receipts(:owner, :secret), '');
SELECT count(t.account('p' || x)) FROM generate_series(1, 47) AS x \g /dev/null
SELECT count(t.join(:home, t.who('p' || x))) FROM generate_series(1, 47) AS x \g /dev/null
SELECT t.is('50 are few', member_count || ' ' || receipts_shown(:ch), '50 true') FROM server WHERE id = :home;
SELECT t.is('one sees 49 others', json_array_length(receipts_json(:owner, :ch, '{}', '{}', '{}', '{}')::json -> 'items')::text, '49');
SELECT t.join(:home, :eve) \g /dev/null
SELECT id AS general FROM channel WHERE name = 'general' \gset
SELECT t.post(:owner, :general, 'x') \g /dev/null
SELECT t.is('51 are many', receipts_shown(:ch)::text, 'false');
SELECT t.is('then there is no list', pg_temp.receipts(:owner, :ch), '');
SELECT t.is('nor an event', pg_temp.flush(ARRAY[:bob], ARRAY[:ch], ARRAY[10], ARRAY[0]), 'read.updated 10');
SELECT t.is('a private channel of few people has them still', receipts_shown(:secret)::text, 'true');
SELECT count(*) FROM channel_member_put(:owner, :secret, :ann) \g /dev/null
SELECT t.is('its people are the list', pg_temp.receipts(:owner, :secret), 'ann 0 0');
SELECT count(*) FROM override_put(:owner, :secret, t.role(:home, 'member'), 1, 0) \g /dev/null
SELECT t.is('but not when a role lets people in', receipts_shown(:secret)::text, 'false');
SELECT t.is('a conversation has them always', receipts_shown(:dm)::text, 'true');

-- ---- the first screen
SELECT t.is('marks that wait are laid over it', x ->> 'read_seq', '4')
FROM bootstrap_json(:bob, ARRAY[:dm], ARRAY[4]) AS b, json_array_elements(b.data::json -> 'read_states') AS x WHERE x ->> 'channel_id' = :'dm';
SELECT t.is('cut to the newest', x ->> 'read_seq', '6')
FROM bootstrap_json(:bob, ARRAY[:dm], ARRAY[44]) AS b, json_array_elements(b.data::json -> 'read_states') AS x WHERE x ->> 'channel_id' = :'dm';
SELECT t.is('and not over what is further', x ->> 'read_seq', '10')
FROM bootstrap_json(:bob, ARRAY[:ch], ARRAY[2]) AS b, json_array_elements(b.data::json -> 'read_states') AS x WHERE x ->> 'channel_id' = :'ch';
SELECT t.is('without a mark nothing is read', x ->> 'read_seq', '0')
FROM bootstrap_json(:eve, '{}', '{}') AS b, json_array_elements(b.data::json -> 'read_states') AS x WHERE x ->> 'channel_id' = :'general';
