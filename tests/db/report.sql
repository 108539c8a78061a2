-- Reports: who may make one about what, which moderators are told, what is kept.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'admin', 'moderator', 'second', 'member', 'other', 'gina', 'quinn']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home, t.server(t.who('quinn'), 'else') AS else \gset
SELECT t.join(:home, t.who('admin'), 'admin'), t.join(:home, t.who('moderator'), 'moderator'), t.join(:home, t.who('second'), 'moderator'),
	t.join(:home, t.who('member'), 'member'), t.join(:home, t.who('other'), 'member'), t.join(:home, t.who('gina'), 'guest') \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'open', false) AS open, t.channel(t.who('admin'), :home, 'secret', true) AS secret \gset
SELECT channel_member_put(t.who('admin'), :secret, t.who('member')), channel_member_put(t.who('admin'), :secret, t.who('second')),
	channel_member_put(t.who('admin'), :secret, t.who('other')) \g /dev/null
SELECT t.post(t.who('member'), :open, 'rude') AS rude, t.post(t.who('moderator'), :open, 'ruder') AS ruder,
	t.post(t.who('member'), :secret, 'hidden') AS hidden, t.post(t.who('member'), :open, 'gone') AS gone \gset
SELECT message_delete(t.who('member'), :open, :gone) \g /dev/null
SELECT (SELECT t.made(ref) FROM dm_open(t.who('member'), ARRAY[t.who('other')]) WHERE kind = 'created') AS dm \gset
SELECT t.post(t.who('member'), :dm, 'between us') AS between \gset

CREATE TEMP TABLE seen AS SELECT max(id) AS id FROM event;
CREATE FUNCTION pg_temp.reports(who text, channel bigint, message bigint, reason text DEFAULT 'spam') RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT message_report(%s, %s, %s, %L, %L)', t.who(who), channel, message, reason, 'look')) $$;
CREATE FUNCTION pg_temp.told(what text) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(string_agg(a.username, ' ' ORDER BY a.id), '') FROM event AS e JOIN account AS a ON a.id = e.stream
	WHERE e.type = what AND e.id > coalesce((SELECT max(id) FROM pg_temp.seen), 0) $$;
CREATE FUNCTION pg_temp.listed(who text, state text DEFAULT NULL) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(string_agg(coalesce(i #>> '{snapshot,content}', '-') || ':' || (i ->> 'state'), ' ' ORDER BY o), '')
	FROM report_list(t.who(who), (SELECT server_id FROM channel WHERE name = 'open'), 50, NULL, state) AS l,
		json_array_elements(l.data::json -> 'items') WITH ORDINALITY AS x (i, o) $$;

-- ---- who
SELECT t.is(who || ' reports', pg_temp.reports(who, channel, message), wanted)
FROM (VALUES ('other', :open, :rude, 'ok'), ('other', :open, :rude, 'conflict'), ('member', :open, :rude, 'conflict'),
	('other', :open, :gone, 'conflict'), ('other', :dm, :between, 'conflict'), ('quinn', :open, :rude, 'not_found'),
	('gina', :open, :rude, 'not_found'), ('moderator', :secret, :hidden, 'not_found'), ('other', :open, :hidden, 'not_found'),
	('other', :open, 1, 'not_found')) AS v (who, channel, message, wanted);
SELECT t.is('moderators are told, once', pg_temp.told('report.created'), 'owner admin moderator second');
INSERT INTO seen SELECT max(id) FROM event;
SELECT t.is('a moderator is reported, too', pg_temp.reports('member', :open, :ruder), 'ok');
SELECT t.is('he is not told', pg_temp.told('report.created'), 'owner admin second');
INSERT INTO seen SELECT max(id) FROM event;
SELECT t.is('in a private channel', pg_temp.reports('other', :secret, :hidden), 'ok');
SELECT t.is('who sees it is told', pg_temp.told('report.created'), 'admin second');
INSERT INTO seen SELECT max(id) FROM event;

-- ---- a person
CREATE FUNCTION pg_temp.denounces(who text, whom text, place bigint) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT user_report(%s, %s, %s, ''other'', NULL)', t.who(who), t.who(whom), place)) $$;
SELECT t.is(who || ' reports ' || whom, pg_temp.denounces(who, whom, :home), wanted)
FROM (VALUES ('other', 'member', 'ok'), ('other', 'member', 'conflict'), ('other', 'other', 'conflict'), ('quinn', 'member', 'not_found'),
	('other', 'quinn', 'not_found'), ('gina', 'member', 'not_found')) AS v (who, whom, wanted);

-- ---- the list
SELECT t.is('the list of ' || who, pg_temp.listed(who), wanted) FROM (VALUES ('owner', '-:open ruder:open rude:open'),
	('moderator', '-:open rude:open'), ('second', '-:open hidden:open ruder:open rude:open')) AS v (who, wanted);
SELECT t.is('no list for ' || who, t.try(format('SELECT report_list(%s, %s, 50, NULL, NULL)', t.who(who), :home)), wanted)
FROM (VALUES ('member', 'forbidden'), ('gina', 'forbidden'), ('quinn', 'not_found')) AS v (who, wanted);
SELECT t.is('in pages', l.before, (SELECT id::text FROM report ORDER BY id DESC LIMIT 1)) FROM report_list(t.who('second'), :home, 1, NULL, NULL) AS l;
SELECT t.is('who reported is said', data::json #>> '{items,0,reporter,username}', 'other') FROM report_list(t.who('second'), :home, 1, NULL, NULL);

-- ---- dealing with it
SELECT id AS rude_report FROM report WHERE message_id = :rude \gset
SELECT id AS ruder_report FROM report WHERE message_id = :ruder \gset
SELECT id AS hidden_report FROM report WHERE message_id = :hidden \gset
CREATE FUNCTION pg_temp.sets(who text, report bigint, state text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT report_update(%s, %s, %s, %L)', t.who(who), (SELECT server_id FROM channel WHERE name = 'open'), report, state)) $$;
SELECT t.is(who || ' closes ' || report, pg_temp.sets(who, report, 'resolved'), wanted) FROM (VALUES ('member', :rude_report, 'forbidden'),
	('moderator', :ruder_report, 'not_found'), ('moderator', :hidden_report, 'not_found'), ('quinn', :rude_report, 'not_found'),
	('moderator', :rude_report, 'ok'), ('moderator', :rude_report, 'ok')) AS v (who, report, wanted);
SELECT t.is('it is told once', pg_temp.told('report.updated'), 'owner admin moderator second');
SELECT t.is('and stands in the audit log once', string_agg(action || ' ' || (target_id = t.who('member')) || ' ' || hidden, ' '), 'report.resolved true false')
FROM audit WHERE action LIKE 'report.%';
SELECT t.is('by whom', (actor_id = t.who('moderator'))::text || ' ' || (closed_at IS NOT NULL), 'true true') FROM report WHERE id = :rude_report;
CREATE FUNCTION pg_temp.closed(who text) RETURNS text LANGUAGE sql AS
	$$ SELECT count(*)::text FROM audit_list(t.who(who), (SELECT server_id FROM channel WHERE name = 'open'), 50, NULL, NULL, NULL, t.who('moderator')) AS l,
		json_array_elements(l.data::json -> 'items') AS i WHERE i ->> 'action' LIKE 'report.%' $$;
SELECT t.is('a report about a moderator is closed', pg_temp.sets('owner', :ruder_report, 'resolved') || ' ' || pg_temp.closed('owner'), 'ok 1');
SELECT t.is('which he is not told', pg_temp.closed('moderator'), '0');
SELECT report_update(t.who('owner'), :home, :ruder_report, 'open') \g /dev/null
SELECT t.is('the others are open', pg_temp.listed('second', 'open'), '-:open hidden:open ruder:open');
SELECT t.is('it is reported again', pg_temp.reports('other', :open, :rude), 'ok');
SELECT t.is('the old one stays closed', pg_temp.sets('moderator', :rude_report, 'open'), 'conflict');
SELECT t.is('another is opened again', pg_temp.sets('second', :hidden_report, 'dismissed') || pg_temp.sets('second', :hidden_report, 'open')
	|| pg_temp.sets('second', :hidden_report, 'dismissed'), 'okokok');
SELECT t.is('which is called so', string_agg(action, ' ' ORDER BY id), 'report.dismissed report.reopened report.dismissed') FROM audit WHERE detail ->> 'report' = :'hidden_report';
SELECT t.is('what is said of a hidden channel is hidden', bool_and(hidden)::text, 'true') FROM audit WHERE channel_id = :secret AND action LIKE 'report.%';

-- ---- what is kept
SELECT message_delete(t.who('member'), :open, :rude) \g /dev/null
SELECT t.is('what was said, when the message is gone', snapshot::json ->> 'content', 'rude') FROM report WHERE id = :rude_report;
SELECT member_timeout(t.who('owner'), :home, t.who('second'), 3600, NULL) \g /dev/null
SELECT t.is('who is in a time-out deals with nothing', pg_temp.sets('second', :hidden_report, 'resolved'), 'timed_out');
SELECT t.is('but may report', pg_temp.denounces('second', 'other', :home), 'ok');

-- ---- a channel that is deleted takes nothing of it along
SELECT member_timeout(t.who('owner'), :home, t.who('second'), 0, NULL) \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'shown', false) AS shown, t.channel(t.who('admin'), :home, 'closed', true) AS closed \gset
SELECT override_put(t.who('owner'), :shown, t.role(:home, 'guest'), 0, perm('react')) \g /dev/null
SELECT channel_member_put(t.who('admin'), :closed, t.who(who)) FROM (VALUES ('other'), ('member')) AS v (who) \g /dev/null
SELECT t.post(t.who('member'), :shown, 'shown') AS a, t.post(t.who('member'), :closed, 'closed') AS b \gset
SELECT pg_temp.reports('other', :shown, :a), pg_temp.reports('other', :closed, :b) \g /dev/null
SELECT id AS shown_report FROM report WHERE channel_id = :shown \gset
SELECT id AS closed_report FROM report WHERE channel_id = :closed \gset
CREATE FUNCTION pg_temp.of(who text, channel bigint) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(string_agg(i ->> 'action', ' ' ORDER BY o), '') FROM audit_list(t.who(who), (SELECT server_id FROM channel WHERE name = 'open'), 50, NULL, NULL, NULL, channel) AS l,
		json_array_elements(l.data::json -> 'items') WITH ORDINALITY AS x (i, o) $$;
SELECT channel_delete(who, c) FROM (VALUES (t.who('owner'), :shown), (t.who('admin'), :closed)) AS v (who, c) \g /dev/null
SELECT t.is('the list of ' || who || ' after a deletion', pg_temp.listed(who, 'open'), wanted) FROM (VALUES ('owner', 'shown:open -:open rude:open -:open ruder:open'),
	('moderator', 'shown:open -:open rude:open -:open'), ('admin', 'closed:open shown:open -:open rude:open -:open ruder:open')) AS v (who, wanted);
SELECT t.is('the log of ' || who || ' of what is deleted', pg_temp.of(who, channel), wanted) FROM (VALUES ('owner', :shown, 'channel.deleted channel.overrides channel.created'),
	('moderator', :shown, 'channel.deleted channel.overrides channel.created'), ('moderator', :closed, ''), ('owner', :closed, '')) AS v (who, channel, wanted);
SELECT t.is('it can be closed', pg_temp.sets('moderator', :shown_report, 'dismissed') || ' ' || pg_temp.sets('owner', :shown_report, 'open'), 'ok ok');
SELECT t.is('not by who did not see the channel', pg_temp.sets('moderator', :closed_report, 'dismissed'), 'not_found');

-- ---- nor one that is purged
CREATE FUNCTION pg_temp.purge(which bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE channel SET deleted_at = now() - interval '7 days' WHERE id = which;
	UPDATE job SET attempts = 1 WHERE kind = 'purge' AND data ->> 'channel' = which::text;
	LOOP
		EXIT WHEN (SELECT e.kind FROM job AS j, LATERAL purge_next(j.id, 1, 60, 20) AS e WHERE j.kind = 'purge' AND j.data ->> 'channel' = which::text) = 'empty';
	END LOOP;
END $$;
SELECT pg_temp.purge(:shown), pg_temp.purge(:closed) \g /dev/null
SELECT t.is('then it is closed', string_agg(state || ' ' || (closed_at IS NOT NULL), ' '), 'dismissed true dismissed true')
FROM report WHERE channel_id IN (:shown, :closed);
SELECT t.is('what is left to ' || who, pg_temp.listed(who, 'dismissed') || ' of ' || pg_temp.of(who, :shown) || ' and ' || pg_temp.of(who, :closed), wanted)
FROM (VALUES ('owner', 'shown:dismissed of channel.deleted channel.overrides channel.created and channel.deleted channel.member_added channel.member_added channel.created'),
	('moderator', ' of channel.overrides channel.created and ')) AS v (who, wanted);
