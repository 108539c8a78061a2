-- Rules about what is said: who makes them, whom they concern, and that a message passes only by those of now.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'admin', 'moderator', 'member', 'other', 'gina', 'quinn']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home, t.server(t.who('quinn'), 'else') AS else \gset
SELECT t.join(:home, t.who('admin'), 'admin'), t.join(:home, t.who('moderator'), 'moderator'), t.join(:home, t.who('member'), 'member'),
	t.join(:home, t.who('other'), 'member'), t.join(:home, t.who('gina'), 'guest') \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'open', false) AS open \gset
SELECT channel_member_put(t.who('owner'), :open, t.who('gina')) \g /dev/null
SELECT t.new_role(:home, 'trusted', 0, 300) AS trusted \gset

CREATE FUNCTION pg_temp.makes(who text, kind text, words text[], most int, action text, exempt bigint[] DEFAULT NULL) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT rule_create(%s, %s, ''no %s'', %L, %L, NULL, NULL, %L, %L, NULL, %L, NULL)', t.who(who),
		(SELECT server_id FROM channel WHERE name = 'open'), kind, kind, words, most, action, exempt)) $$;
CREATE FUNCTION pg_temp.rev() RETURNS bigint LANGUAGE sql AS $$ SELECT rules_rev FROM server WHERE name = 'home' $$;
CREATE FUNCTION pg_temp.rule(wanted text) RETURNS bigint LANGUAGE sql AS $$ SELECT id FROM rule WHERE kind = wanted $$;
-- what comes of a message: the kind of the first row, and the events behind it
CREATE FUNCTION pg_temp.posts(who text, content text, rev bigint, hits bigint[] DEFAULT '{}', nonce text DEFAULT NULL) RETURNS text LANGUAGE sql AS
	$$ SELECT string_agg(CASE kind WHEN 'event' THEN split_part(split_part(data, E'\n', 1), ' ', 8) WHEN 'refused' THEN 'refused:' || data ELSE kind END, ' ')
	FROM message_create(t.who(who), (SELECT id FROM channel WHERE name = 'open'), content, nonce, NULL, '\x00', rev, hits) $$;

-- ---- making them
SELECT t.is('without rules nothing is asked', pg_temp.posts('member', 'free', NULL), 'created message.created');
SELECT t.is(who || ' makes a rule', pg_temp.makes(who, 'words', '{bad}', NULL, 'block'), wanted)
FROM (VALUES ('member', 'forbidden'), ('moderator', 'forbidden'), ('quinn', 'not_found'), ('admin', 'ok')) AS v (who, wanted);
SELECT t.is('words want words', pg_temp.makes('owner', 'words', '{}', NULL, 'block'), 'invalid_fields');
SELECT t.is('mentions want a number', pg_temp.makes('owner', 'mentions', NULL, NULL, 'block'), 'invalid_fields');
SELECT t.is('roles of another server are unknown', pg_temp.makes('owner', 'links', NULL, NULL, 'block', ARRAY[t.role(:else, 'member')]), 'invalid_fields');
SELECT t.is('too many words in all', (SELECT string_agg(DISTINCT pg_temp.makes('owner', 'words', ARRAY(SELECT repeat('x', 60) || y || '-' || x FROM generate_series(1, 100) AS y), NULL, 'block'), ' ')
	FROM generate_series(1, 5) AS x), 'limit_reached ok');
DELETE FROM rule WHERE 'bad' <> ALL (words);

-- ---- passing by them
SELECT pg_temp.rev() AS one \gset
SELECT t.is('who has no rules is given them', pg_temp.posts('member', 'free', NULL), 'rules');
SELECT t.is('all that are enabled', (SELECT (ref::bigint = pg_temp.rev())::text || ' ' || (data::json -> 0 ->> 'words')
	FROM message_create(t.who('member'), :open, 'free', NULL, NULL, '\x00')), 'true ["bad"]');
SELECT t.is('nothing was posted', count(*)::text, '1') FROM message WHERE channel_id = :open;
SELECT t.is('who has them posts', pg_temp.posts('member', 'free', :one), 'created message.created');
SELECT t.is('unless one applies', pg_temp.posts('member', 'bad', :one, ARRAY[pg_temp.rule('words')]), 'refused:no words');
SELECT t.is('the moderator may', pg_temp.posts('moderator', 'bad', NULL), 'created message.created');
SELECT t.is('a guest may not', pg_temp.posts('gina', 'bad', :one, ARRAY[pg_temp.rule('words')]), 'refused:no words');
SELECT t.is('a rule of another server is none', pg_temp.posts('member', 'x', :one, '{1,2,3}'), 'created message.created');
SELECT rule_update(t.who('admin'), :home, pg_temp.rule('words'), NULL, '{bad,worse}', NULL, NULL, NULL, NULL, NULL, ARRAY[:trusted], NULL) \g /dev/null
SELECT t.is('rules of before are not those of now', pg_temp.posts('member', 'worse', :one), 'rules');
SELECT member_update(t.who('owner'), :home, t.who('other'), ARRAY['member', :'trusted'], NULL) \g /dev/null
SELECT t.is('who holds a role that is exempt may', pg_temp.posts('other', 'bad', pg_temp.rev(), ARRAY[pg_temp.rule('words')]), 'created message.created');
SELECT t.is('the same nonce is answered as before', pg_temp.posts('other', 'good', pg_temp.rev(), '{}', 'n1') || ' '
	|| pg_temp.posts('other', 'good', NULL, '{}', 'n1'), 'created message.created replay');
SELECT t.is('a refusal leaves the nonce free', pg_temp.posts('member', 'bad', pg_temp.rev(), ARRAY[pg_temp.rule('words')], 'n2') || ' '
	|| pg_temp.posts('member', 'bad', pg_temp.rev(), '{}', 'n2'), 'refused:no words created message.created');

-- ---- edits
SELECT t.made(ref) AS mine FROM message_create(t.who('member'), :open, 'fine', NULL, NULL, '\x00', pg_temp.rev()) WHERE kind = 'created' \gset
CREATE FUNCTION pg_temp.edits(who text, m bigint, content text, rev bigint, hits bigint[]) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('DO $x$ BEGIN IF (SELECT kind FROM message_update(%s, %s, %s, %L, NULL, %L, %L) LIMIT 1) <> ''body'' THEN RAISE ''stopped''; END IF; END $x$',
	t.who(who), (SELECT id FROM channel WHERE name = 'open'), m, content, rev, hits)) $$;
SELECT t.is('an edit is no way round', pg_temp.edits('member', :mine, 'bad', pg_temp.rev(), ARRAY[pg_temp.rule('words')]), 'stopped');
SELECT t.is('nor with other rules', pg_temp.edits('member', :mine, 'bad', :one, '{}'), 'stopped');
SELECT t.is('others are told what they are told always', pg_temp.edits('gina', :mine, 'bad', pg_temp.rev(), ARRAY[pg_temp.rule('words')]), 'forbidden');
SELECT t.is('what stays as it is passes', pg_temp.edits('member', :mine, 'fine', NULL, '{}'), 'ok');

-- ---- alerts
SELECT pg_temp.makes('owner', 'mentions', NULL, 3, 'alert') \g /dev/null
SELECT t.is('an alert posts and tells', pg_temp.posts('member', 'many', pg_temp.rev(), ARRAY[pg_temp.rule('mentions')]),
	'created message.created report.created report.created report.created');
SELECT t.is('by itself', (reporter_id IS NULL)::text || ' ' || note || ' ' || (snapshot::json ->> 'content'), 'true no mentions many') FROM report;
SELECT t.is('again so soon it only posts', pg_temp.posts('member', 'more', pg_temp.rev(), ARRAY[pg_temp.rule('mentions')]), 'created message.created');
SELECT t.is('one report', count(*)::text, '1') FROM report;
SELECT t.is('another one is told of', pg_temp.posts('gina', 'more', pg_temp.rev(), ARRAY[pg_temp.rule('mentions')]),
	'created message.created report.created report.created report.created');
UPDATE role SET mentionable = true WHERE id = :trusted;
SELECT member_update(t.who('owner'), :home, t.who(x), ARRAY[x, :'trusted'], NULL) FROM unnest(ARRAY['admin', 'moderator']) AS x \g /dev/null
SELECT t.is('a role counts as many as hold it: three', pg_temp.posts('member', '<@&' || :trusted || '>', pg_temp.rev()), 'created message.created');
SELECT rule_update(t.who('owner'), :home, pg_temp.rule('mentions'), NULL, NULL, NULL, NULL, 2, 'block', NULL, NULL, NULL) \g /dev/null
SELECT t.is('are more than two', pg_temp.posts('member', '<@&' || :trusted || '>', pg_temp.rev()), 'refused:no mentions');
SELECT t.is('in an edit too', pg_temp.edits('member', :mine, '<@&' || :trusted || '>', pg_temp.rev(), '{}'), 'stopped');
SELECT rule_update(t.who('owner'), :home, pg_temp.rule('mentions'), NULL, NULL, NULL, NULL, 3, 'alert', NULL, NULL, NULL) \g /dev/null
CREATE FUNCTION pg_temp.later() RETURNS void LANGUAGE sql AS $$ UPDATE report SET id = id - (11000::bigint << 20) WHERE state = 'open' $$;
DO $$ BEGIN FOR i IN 1 .. 30 LOOP
	PERFORM pg_temp.later(), pg_temp.posts('member', 'more ' || i, pg_temp.rev(), ARRAY[pg_temp.rule('mentions')]);
END LOOP; END $$;
SELECT t.is('as many as can be looked through', count(*)::text, '20') FROM report WHERE account_id = t.who('member');
DELETE FROM report;

-- ---- the same again
SELECT pg_temp.makes('owner', 'duplicates', NULL, 2, 'timeout') \g /dev/null
SELECT t.is('twice is not too often', pg_temp.posts('gina', 'Buy  now', pg_temp.rev()) || pg_temp.posts('gina', 'buy NOW', pg_temp.rev()),
	'created message.createdcreated message.created');
SELECT t.is('something else is', pg_temp.posts('gina', 'something else', pg_temp.rev()), 'created message.created');
SELECT t.is('others may say it', pg_temp.posts('member', 'buy now', pg_temp.rev()), 'created message.created');
SELECT t.is('thrice is, and puts one out', pg_temp.posts('gina', ' buy now ', pg_temp.rev()), 'refused:no duplicates member.updated member.updated');
SELECT t.is('for ten minutes', (timeout_until BETWEEN now() + interval '599 s' AND now() + interval '600 s')::text, 'true') FROM member WHERE account_id = t.who('gina');
SELECT t.is('which nobody did', (actor_id IS NULL)::text || ' ' || (detail ->> 'rule'), 'true no duplicates') FROM audit WHERE action = 'member.timeout';
SELECT t.is('then nothing is posted', t.try(format('SELECT message_create(%s, %s, ''x'', NULL, NULL, ''\x00'', %s)', t.who('gina'), :open, pg_temp.rev())), 'timed_out');
UPDATE said SET at = at - interval '11 minutes';
UPDATE member SET timeout_until = NULL;
SELECT t.is('ten minutes later it is new', pg_temp.posts('gina', 'buy now', pg_temp.rev()), 'created message.created');
SELECT t.is('what was said is kept no longer', count(*)::text, '1') FROM said WHERE account_id = t.who('gina');

-- ---- who may not put people out by hand does not do it by a rule
SELECT t.account('warden') \g /dev/null
SELECT t.new_role(:home, 'warden', perm('manage_server'), 400) \g /dev/null
SELECT t.join(:home, t.who('warden'), t.role(:home, 'warden')::text) \g /dev/null
CREATE FUNCTION pg_temp.changes(who text, rule bigint, action text, enabled boolean) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT rule_update(%s, %s, %s, NULL, NULL, NULL, NULL, NULL, %L, NULL, NULL, %L)', t.who(who),
		(SELECT server_id FROM channel WHERE name = 'open'), rule, action, enabled)) $$;
SELECT t.is('made with a time-out', pg_temp.makes('warden', 'links', NULL, NULL, 'timeout'), 'forbidden');
SELECT t.is('made without', pg_temp.makes('warden', 'links', NULL, NULL, 'block'), 'ok');
SELECT t.is('turned into one: ' || coalesce(action, '-') || ' ' || coalesce(enabled::text, '-'), pg_temp.changes('warden', pg_temp.rule('links'), action, enabled), wanted)
FROM (VALUES ('timeout', NULL, 'forbidden'), ('timeout', false, 'ok'), (NULL, true, 'forbidden'), ('alert', true, 'ok')) AS v (action, enabled, wanted);
SELECT t.is('one is switched off by him', pg_temp.changes('warden', pg_temp.rule('duplicates'), NULL, false), 'ok');

-- ---- away with them
SELECT rule_update(t.who('owner'), :home, id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false) FROM rule WHERE kind <> 'words' \g /dev/null
SELECT t.is('what is switched off is not asked', pg_temp.posts('member', 'many', pg_temp.rev(), ARRAY[pg_temp.rule('mentions')]), 'created message.created');
SELECT rule_delete(t.who('owner'), :home, pg_temp.rule('words')) \g /dev/null
SELECT t.is('without rules nothing is asked again', pg_temp.rev() || ' ' || pg_temp.posts('member', 'bad', NULL), '0 created message.created');
SELECT t.is('each change stands in the audit log', string_agg(DISTINCT action, ' '), 'rule.created rule.deleted rule.updated') FROM audit WHERE action LIKE 'rule.%';
