-- Profiles, blocks, who begins a conversation, and the end of an account.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'ann', 'bob', 'cid', 'eve']) AS x \g /dev/null
SELECT t.who('owner') AS owner, t.who('ann') AS ann, t.who('bob') AS bob, t.who('cid') AS cid, t.who('eve') AS eve \gset
SELECT t.server(:owner, 'home') AS home \gset
SELECT t.join(:home, :ann, 'member'), t.join(:home, :bob, 'member'), t.join(:home, :cid, 'member') \g /dev/null
SELECT id AS general FROM channel WHERE server_id = :home \gset

-- ---- profile
SELECT t.is('a status that has run out is none', custom_status_json(a), 'null') FROM account AS a,
	me_update(:ann, NULL, NULL, NULL, NULL, says => true, says_text => 'x', says_until => now() - interval '1 s') WHERE a.id = :ann;
SELECT count(*) FROM me_update(:ann, NULL, NULL, NULL, NULL, 'bio', 'Europe/Paris', 'everyone', true, '☕', 'x', now() + interval '1 h') \g /dev/null
SELECT t.is('and one that has not is', custom_status_json(a)::json ->> 'emoji', '☕') FROM account AS a WHERE id = :ann;
SELECT t.is('the same again is no event', string_agg(kind, ' '), 'body') FROM me_update(:ann, NULL, NULL, NULL, NULL, 'bio', 'Europe/Paris');
SELECT t.is('a time zone is a name', t.try(format('SELECT me_update(%s, NULL, NULL, NULL, NULL, time_zone => %L)', :ann, x)), 'invalid_fields')
FROM unnest(ARRAY['Nowhere', 'utc', 'posixrules', 'UTC+3', 'Factory', 'localtime']) AS x;

-- ---- blocks
SELECT t.made(ref) AS talk FROM dm_open(:ann, ARRAY[:bob]) WHERE kind = 'created' \gset
SELECT t.made(ref) AS trio FROM dm_open(:ann, ARRAY[:bob, :cid]) WHERE kind = 'created' \gset
SELECT t.post(:ann, :talk, 'a'), t.post(:bob, :talk, 'b'), t.post(:bob, :general, 'for <@' || :ann || '>') \g /dev/null
SELECT t.is('each sees how far the other is', reach_is_told(:ann, :talk)::text, 'true');
SELECT t.is('blocking tells his own stream, of the counts too, and the daemons', string_agg(kind || coalesce(' ' || substring(data from '"type":"([a-z.]+)"')
	|| CASE WHEN ref = :ann::text THEN ' own' ELSE '' END, ''), ', '), 'empty, event block.updated own, event read.updated own, event control.ask own, event control.ask')
FROM block_put(:ann, :bob);
SELECT t.is('once', string_agg(kind, ', '), 'empty') FROM block_put(:ann, :bob);
SELECT t.is('of the conversation is left to look', t.words(channel_permissions(:ann, :talk)) || ', ' || t.words(channel_permissions(:bob, :talk)), 'view history, view history');
SELECT t.is('a group of the two goes on', channel_permissions(:bob, :trio)::text, perm('conversation')::text);
SELECT t.is('and the server', t.try(format('SELECT message_create(%s, %s, %L, NULL, NULL, %L)', :bob, :general, 'x', '\x00')), 'ok');
SELECT t.is('nobody posts, and one knows why', t.try(format('SELECT message_create(%s, %s, %L, NULL, NULL, %L)', x, :talk, 'x', '\x00')), CASE x WHEN :ann THEN 'blocked' ELSE 'forbidden' END)
FROM unnest(ARRAY[:ann, :bob]) AS x;
SELECT t.is('nor is it opened again', t.try(format('SELECT dm_open(%s, ARRAY[%s])', :bob, :ann)), 'forbidden');
SELECT t.is('nor typed to', t.try(format('SELECT typing_post(%s, %s)', :bob, :talk)), 'forbidden');
SELECT t.is('where he may, who has blocked him is not told that he types', split_part(split_part(data, E'\n', 1), ' ', 9), :'ann')
FROM unnest(ARRAY[:general, :trio]) AS c, typing_post(:bob, c) WHERE kind = 'event';
SELECT t.is('he is told of others', split_part(data, E'\n', 1), concat('1 0 0 ', c.server_id, ' ', s.rev, ' 0 ', :ann, ' typing.started'))
FROM channel AS c JOIN server AS s ON s.id = c.server_id, typing_post(:ann, :general) AS t WHERE c.id = :general AND t.kind = 'event';
SELECT t.is('a mention of the blocked one does not count', unread_mentions(:ann, :general, 0)::text, '0');
SELECT t.is('nobody is told how far they are', reach_is_told(:ann, :talk)::text || reach_is_told(:bob, :talk), 'falsefalse');
SELECT t.is('they are apart for each other, and nobody else', string_agg(p.apart::text, ' ' ORDER BY n), 'true true false')
FROM unnest(ARRAY[:ann, :bob, :ann], ARRAY[:bob, :ann, :cid]) WITH ORDINALITY AS u (a, b, n), people_seen(ARRAY[u.a], ARRAY[u.b]) AS p;
SELECT t.is('as text', people_text(:bob, ARRAY[:ann]), :ann || ' apart -1');
SELECT t.is('bootstrap has the list', data::json ->> 'blocks', '["' || :bob || '"]') FROM bootstrap_json(:ann);
SELECT count(*) FROM block_delete(:ann, :bob) \g /dev/null
SELECT t.is('unblocked it counts', unread_mentions(:ann, :general, 0)::text, '1');
SELECT t.is('and typing is told', typing_hidden(:bob, :general), NULL);
SELECT t.is('and they may write', channel_permissions(:bob, :talk)::text, perm('conversation')::text);
SELECT t.is('not blocked', t.try(format('SELECT block_delete(%s, %s)', :ann, :bob)), 'not_found');
SELECT t.is('oneself', t.try(format('SELECT block_put(%s, %s)', :ann, :ann)), 'conflict');

-- ---- who begins
UPDATE account SET dms_from = 'shared' WHERE id = :ann;
SELECT t.is('a stranger does not', t.try(format('SELECT dm_open(%s, ARRAY[%s])', :eve, :ann)), 'forbidden');
SELECT t.is('who shares a server does', takes_dms(:ann, :cid)::text, 'true');
UPDATE account SET dms_from = 'nobody' WHERE id = :ann;
SELECT t.is('nobody is nobody', t.try(format('SELECT dm_open(%s, ARRAY[%s])', :cid, :ann)), 'forbidden');
SELECT t.is('what there is stays', kind, 'body') FROM dm_open(:bob, ARRAY[:ann]);
SELECT t.is('he may write to others himself', kind, 'created') FROM dm_open(:ann, ARRAY[:cid]) LIMIT 1;

-- ---- the end
INSERT INTO session (account_id, seed) SELECT :bob, '\x00' FROM generate_series(1, 2);
INSERT INTO token (account_id, name, secret_hash) VALUES (:bob, 'x', '\x00');
SELECT t.is('deactivating ends every credential, and says so', string_agg(kind || coalesce(' ' || substring(data from '"(session|token)_id"'), ''), ', '), 'empty, event session, event session, event token')
FROM account_deactivate(:bob);
SELECT t.is('once', t.try(format('SELECT account_deactivate(%s)', :bob)), 'not_found');
SELECT t.is('it keeps its places', count(*)::text, '1') FROM member WHERE account_id = :bob;
UPDATE account SET disabled_at = NULL WHERE id = :bob;
SELECT t.is('who owns a server stays', t.try(format('SELECT account_delete(%s, false)', :owner)), 'owner_cannot_leave');
UPDATE account SET admin = true WHERE id IN (:bob);
SELECT t.is('the last administrator stays', t.try(format('SELECT account_delete(%s, false)', :bob)) || ' ' || t.try(format('SELECT account_deactivate(%s)', :bob)), 'conflict conflict');
UPDATE account SET admin = true WHERE id IN (:owner);
SELECT t.is('of two one goes', string_agg(DISTINCT substring(data from '"type":"([a-z.]+)"'), ' '), 'member.left server.left') FROM account_delete(:bob, false);
SELECT t.is('once and for all', t.try(format('SELECT account_delete(%s, false)', :bob)), 'not_found');
SELECT t.is('nobody is behind it', username || ' ' || display_name || ' ' || admin || ' ' || (disabled_at IS NULL), 'deleted-' || :bob || ' Deleted user false false')
FROM account WHERE id = :bob;
SELECT t.is('what was said stays', count(*)::text, '3') FROM message WHERE author_id = :bob AND deleted_at IS NULL;
SELECT t.is('groups have been left, conversations of two have not', string_agg(channel_id::text, ' '), :'talk') FROM channel_member WHERE account_id = :bob;
SELECT t.is('the others are told of the name', kind, 'rename') FROM job;
DELETE FROM job;
SELECT t.is('member_count is the number of members', (SELECT count(*) FROM server AS s WHERE member_count <> (SELECT count(*) FROM member WHERE server_id = s.id))::text, '0');
SELECT t.is('his name is held', t.try($$SELECT account_register('bob', NULL, 'x', NULL, '', '', NULL)$$), 'username_taken');
