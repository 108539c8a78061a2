-- Messages: what a deletion leaves, mentions, history by all its cursors, what changed since.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'ann', 'bob', 'eve']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home \gset
SELECT t.join(:home, t.who('ann'), 'member'), t.join(:home, t.who('bob'), 'member') \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'talk', false) AS ch, t.channel(t.who('owner'), :home, 'other', false) AS other,
	t.channel(t.who('owner'), :home, 'secret', true) AS secret \gset
SELECT t.who('ann') AS ann, t.who('bob') AS bob, t.who('owner') AS owner, t.who('eve') AS eve \gset

-- ---- deletion: nothing of the text is left, the rest is
SELECT t.post(:ann, :ch, 'the secret word is xyzzy <@' || :bob || '>') AS m \gset
SELECT count(*) FROM message_update(:ann, :ch, :m, 'the secret word was xyzzy <@' || :bob || '>', NULL) \g /dev/null
SELECT t.post(:bob, :ch, 'plugh') AS kept \gset
SELECT t.is('the text stands in the events before', (SELECT count(*) FROM event WHERE body LIKE '%xyzzy%')::text, '2');
SELECT t.is('a stranger does not delete', t.try(format('SELECT message_delete(%s, %s, %s)', :eve, :ch, :m)), 'not_found');
SELECT t.is('nor does another member', t.try(format('SELECT message_delete(%s, %s, %s)', :bob, :ch, :m)), 'forbidden');
SELECT t.is('nor does he by another channel', t.try(format('SELECT message_delete(%s, %s, %s)', :ann, :other, :m)), 'not_found');
CREATE TEMP TABLE gone AS SELECT * FROM message_delete(:ann, :ch, :m);
SELECT t.is('a deletion answers with nothing and one event', string_agg(kind, ' ' ORDER BY kind), 'empty event') FROM gone;
SELECT t.is('which does not hold the text', (SELECT count(*) FROM gone WHERE data LIKE '%xyzzy%')::text, '0');
SELECT t.is('no event holds it either', (SELECT count(*) FROM event WHERE body LIKE '%xyzzy%')::text, '0');
SELECT t.is('nor the message', content, '') FROM message WHERE id = :m;
SELECT t.is('the stored events are still JSON with their rev, stream and type', count(*)::text, '3') FROM event
WHERE subject = :m AND (body::json ->> 'rev')::bigint = rev AND body::json ->> 'stream' = 'channel:' || stream AND body::json ->> 'type' = type
AND body::json #>> '{data,id}' = :'m' AND body::json #>> '{data,content}' = '' AND body::json #>> '{data,deleted}' = 'true';
SELECT t.is('its place in the count stays', count(*)::text, '2') FROM message WHERE channel_id = :ch;
SELECT t.is('the tombstone', json_build_object('content', j -> 'content', 'deleted', j -> 'deleted', 'mentions', j -> 'mentions',
	'attachments', j -> 'attachments', 'author', j #> '{author,username}')::text,
	'{"content" : "", "deleted" : true, "mentions" : [], "attachments" : [], "author" : "ann"}')
FROM (SELECT message_json(m, a)::json AS j FROM message AS m JOIN account AS a ON a.id = m.author_id WHERE m.id = :m) AS x;
SELECT t.is('other messages are untouched', count(*)::text, '1') FROM event WHERE body LIKE '%plugh%';
SELECT t.is('the mention is gone', count(*)::text, '0') FROM mention WHERE account_id = :bob;
SELECT t.is('deleting it again changes nothing', string_agg(kind, ' '), 'empty') FROM message_delete(:ann, :ch, :m);
SELECT t.is('and raises no rev', rev::text, (SELECT max(rev) FROM event WHERE stream = :ch)::text) FROM channel WHERE id = :ch;
SELECT t.is('a deleted message is not edited', t.try(format('SELECT message_update(%s, %s, %s, ''x'', NULL)', :ann, :ch, :m)), 'conflict');
SELECT t.is('who manages messages deletes another''s', t.try(format('SELECT message_delete(%s, %s, %s)', :owner, :ch, :kept)), 'ok');
SELECT t.is('and that is on record', count(*)::text, '1') FROM audit WHERE action = 'message.deleted' AND actor_id = :owner AND target_id = :kept;

-- ---- edits
SELECT t.post(:ann, :ch, 'one') AS m \gset
SELECT rev AS before FROM channel WHERE id = :ch \gset
SELECT t.is('the same text again is no change', (SELECT count(*) FROM message_update(:ann, :ch, :m, 'one', NULL) WHERE kind = 'event')::text, '0');
SELECT t.is('and raises no rev', rev::text, :'before') FROM channel WHERE id = :ch;
SELECT t.is('an edit against another rev is refused', t.try(format('SELECT message_update(%s, %s, %s, ''two'', %s)', :ann, :ch, :m, :before - 1)), 'precondition_failed');
SELECT t.is('an edit against the right one is not', t.try(format('SELECT message_update(%s, %s, %s, ''two'', %s)', :ann, :ch, :m, :before)), 'ok');
SELECT t.is('the manager does not edit another''s words', t.try(format('SELECT message_update(%s, %s, %s, ''x'', NULL)', :owner, :ch, :m)), 'forbidden');

-- ---- mentions
SELECT t.post(:owner, :secret, 'look <@' || :bob || '>') AS m \gset
SELECT t.is('a mention of who may not see the channel is none', (SELECT mentions::text FROM message WHERE id = :m), '{}');
SELECT t.post(:ann, :ch, 'look <@1000000000000000000> <@9999999999999999999> <@0>') AS m \gset
SELECT t.is('nor of who does not exist', (SELECT mentions::text FROM message WHERE id = :m), '{}');
SELECT t.post(:ann, :ch, 'me <@' || :ann || '>') AS m \gset
SELECT t.is('a mention of oneself stands in the message', mentions::text, '{' || :ann || '}') FROM message WHERE id = :m;
SELECT t.is('but counts for nothing', count(*)::text, '0') FROM mention WHERE account_id = :ann;
SELECT t.post(:ann, :ch, 'all <@' || :bob || '> <@' || :bob || '> <@' || :owner || '>') AS m \gset
SELECT t.is('named twice is mentioned once', cardinality(mentions)::text, '2') FROM message WHERE id = :m;
SELECT t.is('an edit adds and takes away', t.try(format('SELECT message_update(%s, %s, %s, %L, NULL)', :ann, :ch, :m, 'now <@' || :owner || '>')), 'ok');
SELECT t.is('the dropped one is not counted any more', count(*)::text, '0') FROM mention WHERE account_id = :bob;
SELECT t.is('the kept one is', count(*)::text, '1') FROM mention WHERE account_id = :owner;
SELECT t.is('unread until read', unread_mentions(:owner, :ch, 0)::text, '1');
SELECT t.is('reading up to it', (SELECT data::json ->> 'mention_count' FROM read_put(:owner, :ch, 1000) WHERE kind = 'body'), '0');
SELECT t.is('a read position does not go back', (SELECT data::json ->> 'read_seq' FROM read_put(:owner, :ch, 1) WHERE kind = 'body'), last_seq::text) FROM channel WHERE id = :ch;
SELECT t.is('nor does saying so make an event', (SELECT count(*) FROM read_put(:owner, :ch, 1) WHERE kind = 'event')::text, '0');
SELECT t.is('a negative or absurd one does no harm', (SELECT count(*) FROM read_put(:bob, :ch, 9223372036854775807) WHERE kind = 'body')::text, '1');
SELECT t.is('and is cut to the newest', read_seq::text, (SELECT last_seq FROM channel WHERE id = :ch)::text) FROM read_state WHERE account_id = :bob AND channel_id = :ch;

-- ---- mentions of roles
CREATE FUNCTION pg_temp.role(who text, name text, mentionable boolean) RETURNS bigint LANGUAGE sql AS
	$$ SELECT t.made(ref) FROM role_create(t.who(who), (SELECT id FROM server WHERE name = 'home'), name, 0, NULL, mentionable) WHERE kind = 'created' $$;
SELECT pg_temp.role('owner', 'builders', true) AS builders, pg_temp.role('owner', 'quiet', false) AS quiet, t.account('cleo') AS cleo \gset
SELECT t.join(:home, :cleo) \g /dev/null
SELECT member_update(:owner, :home, :bob, ARRAY[:'builders', :'quiet'], NULL), member_update(:owner, :home, :cleo, ARRAY[:'builders'], NULL) \g /dev/null
-- Who is mentioned by what somebody posts there, and by which of the roles.
CREATE FUNCTION pg_temp.calls(who bigint, channel bigint, content text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	m	message;
	posted	bigint := t.post(who, channel, content);
BEGIN
	SELECT * INTO m FROM message WHERE id = posted;
	RETURN coalesce((SELECT string_agg(username, ' ' ORDER BY username) FROM account WHERE id = ANY (m.mentions)), '') || ':'
		|| coalesce((SELECT string_agg(name, ' ' ORDER BY name) FROM role WHERE id = ANY (m.mention_roles)), '');
END
$$;
SELECT t.is('a role that may be mentioned mentions who holds it', pg_temp.calls(:ann, :ch, 'dear <@&' || :builders || '>!'), 'bob cleo:builders');
SELECT t.is('each of them has one to count', string_agg(unread_mentions(x, :ch, last_seq - 1)::text, ' '), '1 1 0')
FROM channel, unnest(ARRAY[:bob, :cleo, :owner]) AS x WHERE id = :ch;
SELECT t.is('the message says both', (message_json(m, a)::json -> 'mentions')::text || (message_json(m, a)::json -> 'mention_roles')::text,
	'["' || :bob || '","' || :cleo || '"]["' || :builders || '"]') FROM message AS m JOIN account AS a ON a.id = m.author_id WHERE m.channel_id = :ch ORDER BY m.seq DESC LIMIT 1;
SELECT t.is('another mentions nobody', pg_temp.calls(:ann, :ch, '<@&' || :quiet || '>'), ':');
SELECT t.is('unless one may mention all', pg_temp.calls(:owner, :ch, '<@&' || :quiet || '>'), 'bob:quiet');
SELECT t.is('by name and by role counts once', pg_temp.calls(:owner, :ch, '<@' || :bob || '><@&' || :builders || '><@&' || :quiet || '>'), 'bob cleo:builders quiet');
SELECT t.is('everybody has a role too', pg_temp.calls(:owner, :ch, '<@&' || t.role(:home, 'everyone') || '>'), 'ann bob cleo owner:' || name)
FROM role WHERE server_id = :home AND kind = 'everyone';
SELECT t.is('in a private channel only who sees it', pg_temp.calls(:owner, :secret, '<@&' || :builders || '>'), ':builders');
SELECT t.server(:ann, 'elsewhere') AS elsewhere \gset
SELECT t.is('a role of another server is none', pg_temp.calls(:ann, t.channel(:ann, :elsewhere, 'there', false), '<@&' || :builders || '>'), ':');
SELECT t.made(ref) AS dm FROM dm_open(:ann, ARRAY[:bob]) WHERE kind IN ('created', 'body') \gset
SELECT t.is('nor is there any in a conversation', mentions_of(:dm, perm('conversation'), '<@' || :bob || '> <@&' || :builders || '>')::text, '({' || :bob || '},{})');
SELECT t.is('what is in code mentions nobody: ' || x, mentions_of(:ch, perm('all'), replace(x, '@', '<@' || :bob || '> <@&' || :builders || '>'))::text, '({},{})')
FROM unnest(ARRAY['`@`', 'a ``b ` @`` c', E'```\n@\n```', E'~~~ text\n@', E'> ```\n> @\n> ```', E'- ```\n  @\n  ```', E'```\n``\n@', E'`two\nlines @`']) AS x;
SELECT t.is('what only looks like it does: ' || x, cardinality((mentions_of(:ch, perm('all'), replace(x, '@', '<@&' || :builders || '>'))).people)::text, '2')
FROM unnest(ARRAY['` @', '``@`', E'`one\n\n@ two`', E'```\ncode\n```\n@', E'```\ncode\n````\n@', '`a` @ `b`', '``` in a line ``` @', E'~~~\n```\n~~~\n@']) AS x;
SELECT t.post(:ann, :ch, 'dear <@&' || :builders || '>') AS m \gset
SELECT t.is('an edit takes a role away', t.try(format('SELECT message_update(%s, %s, %s, %L, NULL)', :ann, :ch, :m, 'dear <@' || :cleo || '>')), 'ok');
SELECT t.is('and leaves whom it names', mentions::text || mention_roles::text || (SELECT array_agg(account_id) FROM mention AS x WHERE x.channel_id = m.channel_id AND x.seq = m.seq)::text,
	'{' || :cleo || '}{}{' || :cleo || '}') FROM message AS m WHERE id = :m;
SELECT t.is('an edit brings one', t.try(format('SELECT message_update(%s, %s, %s, %L, NULL)', :ann, :ch, :m, 'all <@&' || :builders || '>')), 'ok');
SELECT t.is('with all who hold it', count(*)::text, '2') FROM mention AS x JOIN message AS m ON m.channel_id = x.channel_id AND m.seq = x.seq WHERE m.id = :m;
SELECT count(*) FROM message_delete(:ann, :ch, :m) \g /dev/null
SELECT t.is('a deletion leaves none', (SELECT count(*) FROM mention AS x WHERE x.channel_id = m.channel_id AND x.seq = m.seq)::text || mention_roles::text, '0{}') FROM message AS m WHERE id = :m;
SELECT block_put(:cleo, :ann) \g /dev/null
SELECT t.is('who has blocked the author is not told apart', pg_temp.calls(:ann, :ch, '<@&' || :builders || '>'), 'bob cleo:builders');
SELECT t.is('and counts nothing', unread_mentions(:cleo, :ch, last_seq - 1)::text, '0') FROM channel WHERE id = :ch;
SELECT t.is('unread mentions are those of a recount', string_agg(a.username, ' '), NULL) FROM account AS a, channel AS c
WHERE unread_mentions(a.id, c.id, 0) <> (SELECT count(*) FROM message AS m WHERE m.channel_id = c.id AND a.id = ANY (m.mentions)
	AND m.author_id <> a.id AND NOT has_blocked(a.id, m.author_id));
-- a crowd: the members are made at once, as joining does not matter here
WITH made AS (INSERT INTO account (username, display_name) SELECT 'crowd' || x, 'crowd' FROM generate_series(1, 499) AS x RETURNING id)
INSERT INTO member (server_id, account_id, roles, permissions, position) SELECT :home, id, ARRAY[:builders], perm('role_everyone'), 1 FROM made;
SELECT t.is('more than 500 are mentioned by no role', pg_temp.calls(:ann, :ch, '<@' || :bob || '> <@&' || :builders || '>'), 'bob:');
UPDATE member SET roles = '{}' WHERE account_id = t.who('crowd1');
SELECT t.is('500 are', (mentions_of(:ch, 0, '<@&' || :builders || '>')).roles::text, '{' || :builders || '}');
SELECT t.is('all of them', cardinality((mentions_of(:ch, 0, '<@&' || :builders || '>')).people)::text, '500');
UPDATE member SET roles = ARRAY[:quiet] WHERE account_id = t.who('crowd1');
SELECT t.is('nor by two together', (mentions_of(:ch, perm('all'), '<@&' || :builders || '> <@&' || :quiet || '>')).roles::text, '{' || :builders || '}');
-- how many, and how often
SELECT t.account('dora') AS dora \gset
SELECT t.join(:home, :dora, 'member') \g /dev/null
SELECT string_agg('<@&' || pg_temp.role('owner', 'six' || x, true) || '>', ' ' ORDER BY x) AS six, min(x) FROM generate_series(1, 6) AS x \gset
SELECT split_part(:'six', ' ', 1) AS first, split_part(:'six', ' ', 2) AS second \gset
SELECT t.is('of six roles five are mentioned', (SELECT count(*) FROM unnest((mentions_of(:ch, 0, :'six')).roles))::text, '5');
BEGIN;
SELECT pg_stat_get_xact_tuples_returned('member'::regclass) + pg_stat_get_xact_tuples_fetched('member'::regclass) AS before \gset
SELECT role_holders(r, 501) FROM role AS r WHERE r.name = 'six1' \g /dev/null
SELECT t.is('who holds a role is found without looking at all the others', (pg_stat_get_xact_tuples_returned('member'::regclass)
	+ pg_stat_get_xact_tuples_fetched('member'::regclass) - :before < 100)::text, 'true');
COMMIT;
SELECT t.is('five times a minute, then they mention nobody', string_agg(pg_temp.calls(:dora, :ch, 'n' || x || ' <@' || :bob || '> ' || :'first'), ', ' ORDER BY x),
	'bob:six1, bob:six1, bob:six1, bob:six1, bob:six1, bob:') FROM generate_series(1, 6) AS x;
SELECT t.post(:dora, :ch, 'plain') AS plain \gset
SELECT id AS said FROM message WHERE author_id = :dora ORDER BY seq LIMIT 1 \gset
CREATE FUNCTION pg_temp.edited(who bigint, m bigint, content text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM message_update(who, (SELECT channel_id FROM message WHERE id = m), m, content, NULL);
	RETURN (SELECT cardinality(mention_roles) FROM message WHERE id = m);
END
$$;
SELECT t.is('an edit is no way round', pg_temp.edited(:dora, :plain, :'second'), '0');
SELECT t.is('and keeps what was there', pg_temp.edited(:dora, :said, 'as I said: ' || :'first'), '1');
UPDATE limit_bucket SET window_end = now() WHERE key LIKE 'role\_mention:%';
SELECT t.is('the next minute is another', pg_temp.edited(:dora, :plain, :'second' || :'first'), '2');

-- ---- history: every page, against the plain order of seq
SELECT count(t.post(:ann, :other, 'n' || x)) FROM generate_series(1, 25) AS x \g /dev/null
CREATE TEMP TABLE all_of AS SELECT id, seq FROM message WHERE channel_id = :other;
CREATE FUNCTION pg_temp.page(who bigint, ch bigint, b bigint, a bigint, r bigint, most int) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((SELECT string_agg(x ->> 'seq', ' ' ORDER BY n) FROM json_array_elements(l.data::json -> 'items') WITH ORDINALITY AS y (x, n)), '')
		|| ' | ' || coalesce((SELECT seq::text FROM all_of WHERE id::text = l.before), '-')
		|| ' | ' || coalesce((SELECT seq::text FROM all_of WHERE id::text = l.after), '-')
	FROM message_list(who, ch, b, a, r, most) AS l
$$;
CREATE FUNCTION pg_temp.at(n bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT id FROM all_of WHERE seq = n $$;
SELECT t.is('no cursor: newest first', pg_temp.page(:bob, :other, NULL, NULL, NULL, 5), '25 24 23 22 21 | 21 | -');
SELECT t.is('before: newest first', pg_temp.page(:bob, :other, pg_temp.at(21), NULL, NULL, 5), '20 19 18 17 16 | 16 | 20');
SELECT t.is('before, the last page', pg_temp.page(:bob, :other, pg_temp.at(4), NULL, NULL, 5), '3 2 1 | - | 3');
SELECT t.is('before the first', pg_temp.page(:bob, :other, pg_temp.at(1), NULL, NULL, 5), ' | - | -');
SELECT t.is('after: oldest first', pg_temp.page(:bob, :other, NULL, pg_temp.at(3), NULL, 5), '4 5 6 7 8 | 4 | 8');
SELECT t.is('after, the last page', pg_temp.page(:bob, :other, NULL, pg_temp.at(23), NULL, 5), '24 25 | 24 | -');
SELECT t.is('around: in its middle', pg_temp.page(:bob, :other, NULL, NULL, pg_temp.at(10), 5), '8 9 10 11 12 | 8 | 12');
SELECT t.is('around the newest', (pg_temp.page(:bob, :other, NULL, NULL, pg_temp.at(25), 5) LIKE '% 25 | % | -')::text, 'true');
SELECT t.is('around the oldest', (pg_temp.page(:bob, :other, NULL, NULL, pg_temp.at(1), 5) LIKE '1 2 3 % | - | %')::text, 'true');
SELECT t.is('all in one', pg_temp.page(:bob, :other, NULL, NULL, NULL, 100), (SELECT string_agg(seq::text, ' ' ORDER BY seq DESC) FROM all_of) || ' | - | -');
SELECT t.is('a cursor from another channel is not found', t.try(format('SELECT message_list(%s, %s, %s, NULL, NULL, 5)', :bob, :other, :m)), 'not_found');
SELECT t.is('an empty channel', pg_temp.page(:owner, t.channel(:owner, :home, 'empty', false), NULL, NULL, NULL, 5), ' | - | -');
SELECT t.is('who does not see it reads nothing', t.try(format('SELECT message_list(%s, %s, NULL, NULL, NULL, 5)', :eve, :other)), 'not_found');
SELECT t.is('nor one message', t.try(format('SELECT need_channel(%s, %s, 0)', :eve, :other)), 'not_found');

-- ---- what changed since: each change once, in the order of rev, or start anew
CREATE FUNCTION pg_temp.since(who bigint, ch bigint, r bigint, most int) RETURNS json LANGUAGE sql AS $$
	SELECT sync_json(who, ARRAY[ch], ARRAY[r], most)::json #> ARRAY['channels', ch::text]
$$;
SELECT t.is('nothing new is nothing', pg_temp.since(:bob, :other, 25, 10)::text, '{"rev":25,"reset":false,"items":[]}');
SELECT t.is('an edit of an old message comes at its new rev', (SELECT count(*) FROM message_update(:ann, :other, pg_temp.at(3), 'edited', NULL) WHERE kind = 'event')::text, '1');
SELECT t.is('and a deletion', (SELECT count(*) FROM message_delete(:ann, :other, pg_temp.at(7)) WHERE kind = 'event')::text, '1');
SELECT t.is('both in the order of rev', string_agg((x ->> 'seq') || ':' || (x ->> 'rev') || ':' || (x ->> 'deleted'), ' ' ORDER BY n), '3:26:false 7:27:true')
FROM json_array_elements(pg_temp.since(:bob, :other, 25, 10) -> 'items') WITH ORDINALITY AS y (x, n);
SELECT t.is('exactly as many as asked for', json_array_length(pg_temp.since(:bob, :other, 17, 10) -> 'items')::text, '10');
SELECT t.is('one more and it is a reset', pg_temp.since(:bob, :other, 16, 10)::text, '{"rev":27,"reset":true,"items":[]}');
SELECT t.is('a rev from the future is a reset', pg_temp.since(:bob, :other, 28, 10) ->> 'reset', 'true');
SELECT t.is('who does not see it is told so and nothing else', pg_temp.since(:eve, :other, 0, 10)::text, '{"revoked":true}');
SELECT t.is('as for a channel that is not', pg_temp.since(:eve, 5, 0, 10)::text, '{"revoked":true}');
SELECT t.is('the same channel twice is answered once', sync_json(:bob, ARRAY[:other, :other]::bigint[], ARRAY[27, 27]::bigint[], 10), '{"channels":{"' || :other || '":{"rev":27,"reset":false,"items":[]}}}');

-- ---- one snapshot: the picture and the revs of bootstrap agree
SELECT t.is('bootstrap''s revs are the heads', count(*)::text, '0')
FROM bootstrap_json(:bob) AS b, LATERAL (SELECT unnest(string_to_array(b.streams, ','))::bigint AS id, unnest(string_to_array(b.revs, ','))::bigint AS rev) AS x
WHERE x.rev <> coalesce((SELECT rev FROM channel WHERE id = x.id), (SELECT rev FROM server WHERE id = x.id), (SELECT rev FROM account WHERE id = x.id));
SELECT t.is('and its channels say the same', count(*)::text, '0')
FROM bootstrap_json(:bob) AS b, json_array_elements(b.data::json -> 'servers') AS s, json_array_elements(s -> 'channels') AS c
WHERE (c ->> 'rev')::bigint <> (SELECT rev FROM channel WHERE id = (c ->> 'id')::bigint);
SELECT t.is('an account without anything has a bootstrap too', (SELECT data::json #>> '{me,username}' FROM bootstrap_json(:eve)), 'eve');

-- ---- odd texts come back as they went in
CREATE TEMP TABLE odd (n serial, text text, id bigint);
INSERT INTO odd (text) VALUES ('"quoted" \ back/slash'), (E'line\nfeed\ttab'), ('<script>&amp;'), ('😀 ünï'), (E'\u2028\u202e'), ('null'), ('{"a":1}'), ('%s %I $1');
UPDATE odd SET id = t.post(:ann, :ch, text);
SELECT t.is('text ' || n, message_json(m, a)::json ->> 'content', text) FROM odd JOIN message AS m USING (id) JOIN account AS a ON a.id = m.author_id;
SELECT t.is('and in the event', count(*)::text, '8') FROM odd JOIN event AS e ON e.subject = odd.id AND e.body::json #>> '{data,content}' = odd.text;
