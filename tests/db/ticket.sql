-- Secrets given out once.

SELECT t.account(x) FROM unnest(ARRAY['ann', 'bob']) AS x \g /dev/null
SELECT t.who('ann') AS ann, t.who('bob') AS bob \gset

CREATE FUNCTION pg_temp.h(word text) RETURNS bytea LANGUAGE sql AS $$ SELECT sha256(word::bytea) $$;
CREATE FUNCTION pg_temp.take(kind text, word text) RETURNS text LANGUAGE sql AS $$
	SELECT (SELECT coalesce(account_id::text, 'nobody') || ' ' || data::text FROM ticket_take(kind, pg_temp.h(word)))
$$;
CREATE FUNCTION pg_temp.try(word text) RETURNS text LANGUAGE sql AS $$
	SELECT (SELECT tries::text FROM ticket_try('second_factor', pg_temp.h(word), 2))
$$;
CREATE FUNCTION pg_temp.left_over() RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(kind, ' ' ORDER BY kind), '') FROM ticket
$$;

SELECT ticket_make(pg_temp.h('a'), 'verify', :ann, '{"email":"a@example.org"}', 60) \g /dev/null
SELECT t.is('of another kind it opens nothing', pg_temp.take('reset', 'a'), NULL);
SELECT t.is('nor does another secret', pg_temp.take('verify', 'b'), NULL);
SELECT t.is('it says whose it is, and what for', pg_temp.take('verify', 'a'), :ann || ' {"email": "a@example.org"}');
SELECT t.is('once', pg_temp.take('verify', 'a'), NULL);

SELECT ticket_make(pg_temp.h('old'), 'reset', :ann, NULL, 60), ticket_make(pg_temp.h('hers'), 'verify', :ann, NULL, 60),
	ticket_make(pg_temp.h('his'), 'reset', :bob, NULL, 60), ticket_make(pg_temp.h('new'), 'reset', :ann, NULL, 60) \g /dev/null
SELECT t.is('of links there is the newest only', pg_temp.take('reset', 'old'), NULL);
SELECT t.is('what is of another kind or of somebody else stays', pg_temp.left_over(), 'reset reset verify');
SELECT ticket_void(:ann, ARRAY['reset', 'oidc']) \g /dev/null
SELECT t.is('made void, it opens nothing', pg_temp.take('reset', 'new'), NULL);
SELECT t.is('that of others stays', pg_temp.left_over(), 'reset verify');

SELECT ticket_make(pg_temp.h('o1'), 'oidc', NULL, '{"nonce":1}', 60), ticket_make(pg_temp.h('o2'), 'oidc', NULL, NULL, 60) \g /dev/null
SELECT t.is('one may be of nobody', pg_temp.take('oidc', 'o1'), 'nobody {"nonce": 1}');
SELECT t.is('and is not held for another''s', pg_temp.take('oidc', 'o2'), 'nobody {}');

SELECT ticket_make(pg_temp.h('two'), 'second_factor', :ann, NULL, 60) \g /dev/null
SELECT t.is('tries are counted', concat_ws(' ', pg_temp.try('two'), pg_temp.try('two')), '1 2');
SELECT t.is('the last one is one too many', pg_temp.try('two'), '3');
SELECT t.is('and it is gone', pg_temp.try('two'), NULL);

SELECT ticket_make(pg_temp.h('late'), 'second_factor', :ann, NULL, 0), ticket_make(pg_temp.h('late too'), 'passkey', :bob, NULL, 0) \g /dev/null
SELECT t.is('after its time it is not taken', pg_temp.take('passkey', 'late too'), NULL);
SELECT t.is('nor tried', pg_temp.try('late'), NULL);
SELECT t.is('a kind nobody knows is refused', left(t.try('SELECT ticket_make(sha256(''x''), ''x'', NULL, NULL, 60)'), 5), '23514');
