-- Who shares something with whom, and what is kept of presence.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'ann', 'bob', 'eve', 'dan', 'fay']) AS x \g /dev/null
SELECT t.who('owner') AS owner, t.who('ann') AS ann, t.who('bob') AS bob, t.who('eve') AS eve, t.who('dan') AS dan,
	t.who('fay') AS fay \gset
SELECT t.server(:owner, 'home') AS home, t.server(:dan, 'other') AS other \gset
SELECT t.join(:home, :ann, 'member'), t.join(:home, :bob, 'member'), t.join(:other, :ann, 'member') \g /dev/null

-- names of whom the first one sees
CREATE FUNCTION pg_temp.seen_by(who bigint) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(a.username, ' ' ORDER BY a.username), '')
	FROM people_seen(ARRAY(SELECT who FROM account), ARRAY(SELECT id FROM account ORDER BY id)) AS p
	JOIN account AS a ON a.id = p.id
$$;

SELECT t.is('members of one server see each other', pg_temp.seen_by(:bob), 'ann bob owner');
SELECT t.is('over all servers', pg_temp.seen_by(:ann), 'ann bob dan owner');
SELECT t.is('who shares nothing sees himself only', pg_temp.seen_by(:eve), 'eve');
SELECT t.made(ref) AS talk FROM dm_open(:eve, ARRAY[:bob]) WHERE kind = 'created' \gset
SELECT t.is('opening a conversation makes nobody visible', pg_temp.seen_by(:eve) || ', ' || pg_temp.seen_by(:bob), 'eve, ann bob owner');
SELECT t.post(:eve, :talk, 'hello') \g /dev/null
SELECT t.is('nor does writing to somebody', pg_temp.seen_by(:eve), 'eve');
SELECT t.is('but whoever has posted there is seen by the other', pg_temp.seen_by(:bob), 'ann bob eve owner');
SELECT t.post(:bob, :talk, 'hello yourself') \g /dev/null
SELECT t.is('so both are, when both have', pg_temp.seen_by(:eve), 'bob eve');
SELECT t.made(ref) AS talks FROM dm_open(:eve, ARRAY[:dan, :fay]) WHERE kind = 'created' \gset
SELECT t.post(:eve, :talks, 'x'), t.post(:dan, :talks, 'y') \g /dev/null
SELECT t.is('a group is the same', pg_temp.seen_by(:fay) || ', ' || pg_temp.seen_by(:dan), 'dan eve fay, ann dan eve');
SELECT t.is('a server is something shared, both ways', count(*)::text, '0') FROM account AS a, account AS b WHERE accounts_share_server(a.id, b.id) <> accounts_share_server(b.id, a.id);
SELECT t.is('nobody is there for who is not', (SELECT count(*) FROM people_seen(ARRAY[1::bigint, :ann], ARRAY[:bob, 1::bigint]))::text, '0');

SELECT count(*) FROM channel_member_delete(:fay, :talks, :fay) \g /dev/null
SELECT t.is('leaving a group ends it', pg_temp.seen_by(:fay), 'fay');
SELECT count(*) FROM member_remove(:owner, :home, :bob) \g /dev/null
SELECT t.is('so does being removed', pg_temp.seen_by(:bob), 'bob eve');
SELECT t.is('for the others as well', pg_temp.seen_by(:owner), 'ann owner');
SELECT count(*) FROM server_delete(:dan, :other) \g /dev/null
SELECT t.is('and the end of a server', pg_temp.seen_by(:ann), 'ann owner');
UPDATE account SET disabled_at = now() WHERE id = :ann;
SELECT t.is('a disabled account is not there', pg_temp.seen_by(:owner), 'owner');
UPDATE account SET disabled_at = NULL WHERE id = :ann;

-- ---- status
CREATE FUNCTION pg_temp.choose(who bigint, what text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(kind || ' ' || substring(data from '"status":"\w+"') || CASE kind WHEN 'event'
		THEN ' rev ' || (split_part(data, ' ', 3) <> '0') || ' access ' || split_part(data, ' ', 6) ELSE '' END, ', ') FROM presence_set(who, what)
$$;
SELECT t.is('dnd answers and tells his own stream, without a number', pg_temp.choose(:ann, 'dnd'), 'body "status":"dnd", event "status":"dnd" rev false access 0');
SELECT t.is('the same again is no event', string_agg(kind, ', '), 'body') FROM presence_set(:ann, 'dnd');
SELECT t.is('dnd is not leaving', last_seen_at::text, NULL) FROM account WHERE id = :ann;
SELECT t.is('no daemon misses that he hides', pg_temp.choose(:ann, 'invisible'), 'body "status":"invisible", event "status":"invisible" rev true access 0');
SELECT t.is('nor that he does no more', pg_temp.choose(:ann, 'dnd'), 'body "status":"dnd", event "status":"dnd" rev true access 0');
SELECT count(*) FROM presence_set(:ann, 'invisible') \g /dev/null
SELECT t.is('invisible is', (last_seen_at = now() OR last_seen_at > now() - interval '1 min')::text, 'true') FROM account WHERE id = :ann;
UPDATE account SET last_seen_at = to_timestamp(1000) WHERE id = :ann;
SELECT t.is('while invisible no seen time is stored', seen_store(ARRAY[:ann], ARRAY[2000])::text, '0');
SELECT t.is('only three words are statuses', left(t.try(format('SELECT * FROM presence_set(%s, %L)', :ann, 'idle')), 5), '23514');
SELECT t.is('what waited is stored, once for each, nonsense left out',
	(SELECT count(*) FROM presence_store(ARRAY[:ann, :ann, :bob, 7], ARRAY['online', 'online', 'away', 'dnd']))::text, '1');
SELECT t.is('and is there', string_agg(status, ' ' ORDER BY username), 'online online') FROM account WHERE id IN (:ann, :bob);

-- ---- seen
SELECT t.is('a seen time is stored', seen_store(ARRAY[:ann, :bob], ARRAY[3000, 4000])::text, '2');
SELECT t.is('an older one is not', seen_store(ARRAY[:ann, :ann], ARRAY[2900, 2800])::text, '0');
SELECT t.is('nor one of the future', seen_store(ARRAY[:ann], ARRAY[99999999999])::text, '0');
SELECT t.is('others see it', people_text(:owner, ARRAY[:ann]), :ann || ' online 3000');
SELECT t.is('hiding is an event to be read anew', split_part(data, ' ', 6), '3') FROM me_update(:ann, NULL, NULL, NULL, false) WHERE kind = 'event';
SELECT t.is('then it is gone', people_text(:owner, ARRAY[:ann]), :ann || ' online -1');
SELECT t.is('and not shown to who hides his', people_text(:ann, ARRAY[:owner]), :owner || ' online -1');
SELECT t.is('nor stored', seen_store(ARRAY[:ann], ARRAY[5000])::text, '0');
SELECT count(*) FROM me_update(:ann, NULL, NULL, NULL, true) \g /dev/null
SELECT t.is('and does not come back', people_text(:owner, ARRAY[:ann]), :ann || ' online 0');

-- ---- the first screen
SELECT t.is('partners are those of the newest conversations first', (SELECT string_agg(a.username, ' ' ORDER BY n)
	FROM unnest(partners_of(:eve, 10)) WITH ORDINALITY AS p (id, n) JOIN account AS a ON a.id = p.id), 'dan bob');
SELECT t.is('at most so many', cardinality(partners_of(:eve, 1))::text, '1');
SELECT t.is('nobody has none', cardinality(partners_of(:owner, 10))::text, '0');
SELECT t.is('bootstrap has them', people, (SELECT people_text(:eve, ARRAY[:bob, :dan]))) FROM bootstrap_json(:eve);
SELECT t.is('me has the status and the setting', me_json(a)::json ->> 'status' || ' ' || (me_json(a)::json ->> 'show_last_seen'), 'online true')
FROM account AS a WHERE id = :ann;
SELECT t.is('nobody else''s shape has', (user_json(a) LIKE '%status%' OR user_json(a) LIKE '%seen%')::text, 'false') FROM account AS a WHERE id = :ann;

-- ---- guests
SELECT t.account(x) FROM unnest(ARRAY['hal', 'ida']) AS x \g /dev/null
SELECT t.who('hal') AS hal, t.who('ida') AS ida \gset
SELECT t.server(:hal, 'hotel') AS hotel \gset
SELECT t.join(:hotel, :ida, 'guest') \g /dev/null
SELECT t.is('a guest who is shown nothing sees nobody and is seen by nobody', pg_temp.seen_by(:ida) || ', ' || pg_temp.seen_by(:hal), 'ida, hal');
SELECT t.channel(:hal, :hotel, 'lobby', false) AS lobby \gset
SELECT count(*) FROM channel_member_put(:hal, :lobby, :ida) \g /dev/null
SELECT t.is('in a channel that he is shown they see each other', pg_temp.seen_by(:ida) || ', ' || pg_temp.seen_by(:hal), 'hal ida, hal ida');
UPDATE member SET expires_at = now() WHERE server_id = :hotel AND account_id = :ida;
SELECT t.is('until his time is over, ended or not', pg_temp.seen_by(:ida) || ', ' || pg_temp.seen_by(:hal), 'ida, hal');
UPDATE member SET expires_at = now() + interval '1 h' WHERE server_id = :hotel AND account_id = :ida;
SELECT t.is('not before', pg_temp.seen_by(:ida) || ', ' || pg_temp.seen_by(:hal), 'hal ida, hal ida');
SELECT t.account('kim') \g /dev/null
SELECT t.who('kim') AS kim \gset
SELECT t.join(:hotel, :kim, 'member') \g /dev/null
UPDATE member SET expires_at = now() WHERE server_id = :hotel AND account_id = :kim;
SELECT t.is('nor does any other membership count from its end on', pg_temp.seen_by(:kim) || ', ' || pg_temp.seen_by(:hal), 'kim, hal ida');
DELETE FROM member WHERE server_id = :hotel AND account_id = :kim;

-- ---- typing
SELECT t.channel(:owner, :home, 'open', false) AS open, t.channel(:owner, :home, 'closed', true) AS closed \gset
SELECT t.is('typing names who types', split_part(split_part(data, E'\n', 1), ' ', 7), :'ann') FROM typing_post(:ann, :open) WHERE kind = 'event';
UPDATE server SET member_count = 201 WHERE id = :home;
SELECT t.is('where more than 200 see it nobody is told', string_agg(kind, ' '), 'empty') FROM typing_post(:ann, :open);
SELECT t.is('a private channel of few is told', string_agg(kind, ' '), 'empty event') FROM typing_post(:owner, :closed);
INSERT INTO channel_override (channel_id, target_id, is_role, allow, deny)
SELECT :closed, a, false, perm('view'), 0 FROM generate_series(1, 200) AS a;
SELECT t.is('who was let in by himself counts', string_agg(kind, ' '), 'empty') FROM typing_post(:owner, :closed);
SELECT t.is('a channel that is gone is not small', channel_is_small(1, 1000)::text, 'false');
SELECT t.is('a conversation always', string_agg(kind, ' '), 'empty event') FROM typing_post(:eve, :talk);
