-- Invites that grant, bans and time-outs that end, deletion in bulk, lockdown.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'admin', 'moderator', 'member', 'other', 'banned', 'gina', 'pat', 'quinn']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home \gset
SELECT t.join(:home, t.who('admin'), 'admin'), t.join(:home, t.who('moderator'), 'moderator'),
	t.join(:home, t.who('member'), 'member'), t.join(:home, t.who('other'), 'member') \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'open', false) AS open, t.channel(t.who('owner'), :home, 'none', false) AS none \gset
SELECT t.channel(t.who('admin'), :home, 'secret', true) AS secret \gset
SELECT t.role(:home, 'guest') AS guest, t.role(:home, 'moderator') AS moderator, t.role(:home, 'admin') AS admin,
	t.new_role(:home, 'poster', perm('send') | perm('pin'), 300) AS poster \gset

CREATE FUNCTION pg_temp.invites(who text, channel bigint, role bigint, code text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT invite_create(%s, %s, 0, 0, %s, %s, %L)', t.who(who), (SELECT server_id FROM channel WHERE name = 'open'),
		coalesce(channel::text, 'NULL'), coalesce(role::text, 'NULL'), code)) $$;
CREATE FUNCTION pg_temp.accepts(who text, code text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT invite_accept(%s, %L, 100)', t.who(who), code)) $$;
CREATE FUNCTION pg_temp.kinds(who text) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(string_agg(r.kind || ':' || r.name, ' ' ORDER BY r.position), '') FROM member AS m JOIN role AS r ON r.id = ANY (m.roles)
	WHERE m.account_id = t.who(who) AND m.server_id = (SELECT server_id FROM channel WHERE name = 'open') $$;

SELECT t.server(t.who('quinn'), 'else') AS else \gset

-- ---- who may invite whom to what
SELECT t.is('a member invites members', pg_temp.invites('member', NULL, NULL, 'code-member'), 'ok');
SELECT t.is('and guests', pg_temp.invites('member', :open, :guest, 'code-guest'), 'ok');
SELECT t.is('but not to nowhere', pg_temp.invites('member', NULL, :guest, 'code-nowhere'), 'invalid_fields');
SELECT t.is('nor to what he does not see', pg_temp.invites('member', :secret, NULL, 'code-hidden'), 'invalid_fields');
SELECT t.is('which looks like what is not there', pg_temp.invites('member', 1, NULL, 'code-hidden'), 'invalid_fields');
SELECT t.is('nor as moderators', pg_temp.invites('member', NULL, :moderator, 'code-high'), 'forbidden');
SELECT t.is('nor in roles of the server', pg_temp.invites('member', NULL, :poster, 'code-high'), 'forbidden');
SELECT t.is('an admin does', pg_temp.invites('admin', :secret, :poster, 'code-poster'), 'ok');
SELECT t.is('as moderators, too', pg_temp.invites('admin', NULL, :moderator, 'code-moderator'), 'ok');
SELECT t.is('not as admins', pg_temp.invites('admin', NULL, :admin, 'code-admin'), 'forbidden');
SELECT t.is('a role of another server is unknown', pg_temp.invites('admin', NULL, t.role(:else, 'guest'), 'code-else'), 'invalid_fields');

-- ---- what they give
SELECT t.is('a guest comes', pg_temp.accepts('gina', 'code-guest'), 'ok');
SELECT t.is('as one', pg_temp.kinds('gina'), 'guest:guest');
SELECT t.is('into that channel', string_agg(c.name, ' '), 'open') FROM channel AS c WHERE channel_permissions(t.who('gina'), c.id) <> 0;
SELECT t.is('pat comes to the private channel', (SELECT x.data::json ->> 'channel_id' FROM invite_accept(t.who('pat'), 'code-poster', 100) AS x LIMIT 1), :secret::text);
SELECT t.is('and sees it', (channel_permissions(t.who('pat'), :secret) <> 0)::text, 'true');
SELECT t.is('with the role', pg_temp.kinds('pat'), 'custom:poster');
SELECT t.is('again is no second time', (SELECT x.data::json ->> 'joined' FROM invite_accept(t.who('pat'), 'code-poster', 100) AS x LIMIT 1), 'false');
SELECT t.is('one use each', (SELECT string_agg(uses::text, ' ' ORDER BY code) FROM invite WHERE code IN ('code-poster', 'code-guest')), '1 1');
SELECT t.is('the preview names nobody', (invite_preview_json(i, s)::jsonb - 'server' - 'created_at')::text,
	'{"code": "code-poster", "uses": 1, "creator": null, "role_id": null, "max_uses": null, "channel_id": null, "expires_at": null}')
FROM invite AS i, server AS s WHERE i.code = 'code-poster' AND s.id = i.server_id;

-- ---- and what they give when who made them has come down
SELECT member_update(t.who('owner'), :home, t.who('admin'), '{member}', NULL) \g /dev/null
SELECT t.is('a role that its creator could not give', pg_temp.accepts('quinn', 'code-moderator'), 'ok');
SELECT t.is('is not given', pg_temp.kinds('quinn'), 'member:member');
SELECT member_remove(t.who('quinn'), :home, t.who('quinn')), channel_member_delete(t.who('admin'), :secret, t.who('admin')) \g /dev/null
SELECT t.is('a channel that he does not see any more', pg_temp.accepts('quinn', 'code-poster'), 'ok');
SELECT t.is('is not shared', (channel_permissions(t.who('quinn'), :secret))::text, '0');
SELECT member_remove(t.who('quinn'), :home, t.who('quinn')) \g /dev/null
UPDATE channel SET deleted_at = now() WHERE id = :open;
SELECT t.is('a guest to nowhere does not come', pg_temp.accepts('quinn', 'code-guest'), 'gone');
UPDATE channel SET deleted_at = NULL WHERE id = :open;
DELETE FROM role WHERE id = :poster;
SELECT t.is('an invite goes with its role', pg_temp.accepts('quinn', 'code-poster'), 'not_found');

-- ---- another code
SELECT t.is('a stranger finds none', t.try(format('SELECT invite_regenerate(%s, ''code-member'', ''code-again'')', t.who('quinn'))), 'not_found');
SELECT t.is('another member may not', t.try(format('SELECT invite_regenerate(%s, ''code-member'', ''code-again'')', t.who('other'))), 'forbidden');
SELECT t.is('its creator may', (SELECT data::json ->> 'code' FROM invite_regenerate(t.who('member'), 'code-member', 'code-again')), 'code-again');
SELECT t.is('the old one is dead', pg_temp.accepts('quinn', 'code-member'), 'not_found');
SELECT t.is('the new one is not', pg_temp.accepts('quinn', 'code-again'), 'ok');

-- ---- lockdown
SELECT t.is('a member does not lock', t.try(format('SELECT server_update(%s, %s, NULL, true, NULL, NULL)', t.who('member'), :home)), 'forbidden');
SELECT server_update(t.who('owner'), :home, NULL, true, NULL, NULL) \g /dev/null
SELECT t.is('nobody joins', pg_temp.accepts('banned', 'code-again'), 'lockdown');
SELECT t.is('who is in only gets there', pg_temp.accepts('quinn', 'code-again'), 'ok');
SELECT server_update(t.who('owner'), :home, NULL, false, NULL, NULL) \g /dev/null
SELECT t.is('everybody again', pg_temp.accepts('banned', 'code-again'), 'ok');

-- ---- bans that end
SELECT ban_put(t.who('moderator'), :home, t.who('banned'), 'noise', 3600, 0) \g /dev/null
SELECT t.is('out for an hour', pg_temp.accepts('banned', 'code-again'), 'not_found');
SELECT t.is('the audit log says how long', (SELECT (detail ->> 'until' IS NOT NULL) || ' ' || (detail ->> 'reason') FROM audit ORDER BY id DESC LIMIT 1), 'true noise');
UPDATE ban SET expires_at = now();
SELECT t.is('then back', pg_temp.accepts('banned', 'code-again'), 'ok');

-- ---- time-outs
CREATE FUNCTION pg_temp.timeout(who text, whom text, seconds int) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT member_timeout(%s, %s, %s, %s, NULL)', t.who(who), (SELECT server_id FROM channel WHERE name = 'open'), t.who(whom), seconds)) $$;
SELECT t.is('time-out: ' || who || ' for ' || whom, pg_temp.timeout(who, whom, 60), wanted)
FROM (VALUES ('member', 'other', 'forbidden'), ('moderator', 'owner', 'forbidden'), ('moderator', 'moderator', 'forbidden'),
	('quinn', 'gina', 'forbidden'), ('gina', 'quinn', 'forbidden'), ('moderator', 'other', 'ok')) AS v (who, whom, wanted);
SELECT t.is('he posts nothing', t.try(format('SELECT message_create(%s, %s, ''x'', NULL, NULL, NULL)', t.who('other'), :open)), 'timed_out');
SELECT t.is('he lets nobody in', pg_temp.invites('other', NULL, NULL, 'code-timeout'), 'timed_out');
SELECT t.is('lifted', pg_temp.timeout('moderator', 'other', 0), 'ok');
SELECT t.is('he posts', t.try(format('SELECT message_create(%s, %s, ''x'', NULL, NULL, NULL)', t.who('other'), :open)), 'ok');
-- coming back is no end of it
CREATE FUNCTION pg_temp.posts(whom text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT message_create(%s, %s, ''x'', NULL, NULL, NULL)', t.who(whom), (SELECT id FROM channel WHERE name = 'open'))) $$;
SELECT pg_temp.timeout('moderator', 'other', 60) \g /dev/null
SELECT member_remove(t.who('other'), :home, t.who('other')) \g /dev/null
SELECT t.is('in a time-out he leaves and comes back', pg_temp.accepts('other', 'code-again'), 'ok');
SELECT t.is('it goes on', pg_temp.posts('other'), 'timed_out');
SELECT t.is('as he and others see', (member_json(m, a)::json ->> 'timeout_until' IS NOT NULL) || ' ' || (m.timeout_until > now() + interval '50 s') || ' ' || m.special, 'true true true')
FROM member AS m, account AS a WHERE m.account_id = t.who('other') AND a.id = m.account_id AND m.server_id = :home;
SELECT member_remove(t.who('owner'), :home, t.who('other')) \g /dev/null
SELECT t.is('nobody is put into one from afar', pg_temp.timeout('moderator', 'other', 60), 'not_found');
SELECT t.is('who has been kicked is let out of it', (SELECT string_agg(kind, ' ') FROM member_timeout(t.who('moderator'), :home, t.who('other'), 0, NULL)), 'empty');
SELECT t.is('once', pg_temp.timeout('moderator', 'other', 0), 'not_found');
SELECT t.is('by nobody else', pg_temp.timeout('member', 'other', 0), 'forbidden');
SELECT t.is('the audit log says so', action || ' ' || (target_id = t.who('other')) || ' ' || (detail ->> 'until' IS NULL), 'member.timeout true true') FROM audit ORDER BY id DESC LIMIT 1;
SELECT t.is('he comes', pg_temp.accepts('other', 'code-again'), 'ok');
SELECT t.is('and posts', pg_temp.posts('other'), 'ok');
SELECT pg_temp.timeout('moderator', 'other', 60), member_remove(t.who('other'), :home, t.who('other')) \g /dev/null
UPDATE timeout_left SET until = now() - interval '1 s';
SELECT t.is('after it he comes', pg_temp.accepts('other', 'code-again'), 'ok');
SELECT t.is('as he was', pg_temp.posts('other') || ' ' || m.special, 'ok false') FROM member AS m WHERE m.account_id = t.who('other') AND m.server_id = :home;
SELECT t.is('and nothing is left of it', count(*)::text, '0') FROM timeout_left;

-- ---- in bulk: one number, one event, nothing left of what was said
SELECT t.post(t.who('member'), :open, 'said <@' || t.who('other') || '> ' || x) FROM generate_series(1, 250) AS x \g /dev/null
SELECT t.post(t.who('member'), :none, 'there') FROM generate_series(1, 3) AS x \g /dev/null
SELECT rev AS rev, last_seq AS last FROM channel WHERE id = :open \gset
SELECT array_agg(id) AS some FROM (SELECT id FROM message WHERE channel_id = :open AND content LIKE 'said%' ORDER BY seq LIMIT 100) AS x \gset
SELECT t.is('a member deletes not in bulk', t.try(format('SELECT messages_bulk_delete(%s, %s, %L)', t.who('other'), :open, :'some')), 'forbidden');
SELECT t.is('a moderator does', (SELECT string_agg(kind || coalesce(':' || split_part(split_part(data, E'\n', 1), ' ', 8), ''), ' ')
	FROM messages_bulk_delete(t.who('moderator'), :open, :'some')), 'empty event:messages.deleted');
SELECT t.is('under the next rev', rev::text, (:rev + 1)::text) FROM channel WHERE id = :open;
SELECT t.is('each of them', count(*)::text, '100') FROM message WHERE channel_id = :open AND deleted_at IS NOT NULL AND content = '' AND mentions = '{}' AND rev = :rev + 1;
SELECT t.is('no mention is left of them', count(*)::text, '150') FROM mention WHERE channel_id = :open AND account_id = t.who('other');
SELECT t.is('nor a word in what is stored to resume', count(*)::text, '0') FROM event WHERE stream = :open AND subject = ANY (:'some'::bigint[]) AND body ~ 'said';
SELECT t.is('the stored ones are whole', count(*)::text, '100') FROM event WHERE stream = :open AND subject = ANY (:'some'::bigint[]) AND (body::json -> 'data' ->> 'deleted')::boolean;
SELECT t.is('again is nothing', (SELECT string_agg(kind, ' ') FROM messages_bulk_delete(t.who('moderator'), :open, :'some')), 'empty');
SELECT t.is('not those of another channel', (SELECT string_agg(kind, ' ') FROM messages_bulk_delete(t.who('moderator'), :open, ARRAY(SELECT id FROM message WHERE channel_id = :none))), 'empty');

-- ---- a ban that takes along what he wrote
UPDATE message SET id = id - (8::bigint * 86400000 << 20) WHERE channel_id = :open AND seq <= 3;
SELECT t.is('where somebody wrote is noted', r.first_wrote || ' ' || r.last_wrote, min(m.seq) || ' ' || max(m.seq)) FROM message AS m
JOIN read_state AS r USING (channel_id) WHERE r.account_id = t.who('member') AND m.author_id = r.account_id AND m.channel_id = :open GROUP BY r.first_wrote, r.last_wrote;
SELECT ban_put(t.who('moderator'), :home, t.who('member'), NULL, 0, 86400) \g /dev/null
SELECT t.is('leaves a job', count(*)::text, '1') FROM job WHERE kind = 'delete_messages';
CREATE TEMP TABLE step (n int, kind text, type text);
DO $$
DECLARE
	turn	int := 0;
BEGIN
	UPDATE job SET attempts = 1 WHERE kind = 'delete_messages';
	LOOP
		turn := turn + 1;
		INSERT INTO step SELECT turn, e.kind, split_part(split_part(e.data, E'\n', 1), ' ', 8)
		FROM job AS j, messages_delete_next(j.id, 1, 60, 100) AS e WHERE j.kind = 'delete_messages';
		EXIT WHEN turn > 50 OR EXISTS (SELECT FROM step AS s WHERE s.n = turn AND s.kind = 'empty');
	END LOOP;
END $$;
SELECT t.is('which deletes in steps', string_agg(type, ' '), 'messages.deleted messages.deleted messages.deleted') FROM step WHERE kind = 'event';
SELECT t.is('all of that time, of him', count(*) FILTER (WHERE m.deleted_at IS NULL)::text, '0') FROM message AS m JOIN channel AS c ON c.id = m.channel_id
WHERE c.server_id = :home AND m.author_id = t.who('member') AND id_time(m.id) > now() - interval '1 day';
SELECT t.is('nobody else''s', count(*) FILTER (WHERE deleted_at IS NOT NULL)::text, '0') FROM message WHERE author_id <> t.who('member');
SELECT t.is('an attempt that lost its lease does nothing', t.try(format('SELECT messages_delete_next(%s, 0, 60, 100)', id)), 'conflict') FROM job WHERE kind = 'delete_messages';

-- ---- whoever is banned lets nobody in, though he left before
SELECT t.account('leaver'), t.account('left_too'), t.account('follower') \g /dev/null
SELECT t.join(:home, t.who(x), 'member') FROM unnest(ARRAY['leaver', 'left_too']) AS x \g /dev/null
SELECT t.is(x || ' invites', pg_temp.invites(x, NULL, NULL, 'code-' || x), 'ok') FROM unnest(ARRAY['leaver', 'left_too']) AS x;
SELECT member_remove(t.who(x), :home, t.who(x)) FROM unnest(ARRAY['leaver', 'left_too']) AS x \g /dev/null
SELECT ban_put(t.who('owner'), :home, t.who('leaver'), NULL, 0, 0), ban_put(admin_as_owner(:home, NULL), :home, t.who('left_too'), NULL, 0, 0) \g /dev/null
SELECT t.is('by ' || x, pg_temp.accepts('follower', 'code-' || x), 'not_found') FROM unnest(ARRAY['leaver', 'left_too']) AS x;

-- ---- many of them are few jobs
DELETE FROM job;
CREATE FUNCTION pg_temp.purge(who text, within_s int) RETURNS text LANGUAGE sql AS $$
	SELECT t.try(format('SELECT member_purge(t.who(''moderator''), %s, t.who(%L), %s)', (SELECT min(server_id) FROM member WHERE account_id = t.who('moderator')), who, within_s))
$$;
CREATE FUNCTION pg_temp.jobs() RETURNS text LANGUAGE sql AS $$
	SELECT count(*) || ':' || coalesce(max((SELECT count(*) FROM json_object_keys(data->'who'))), 0) FROM job WHERE kind = 'delete_messages'
$$;
SELECT t.account('spam' || x) FROM generate_series(1, 105) AS x \g /dev/null
SELECT t.is('a hundred times the same', string_agg(DISTINCT pg_temp.purge('spam1', 60 + x % 50), ' '), 'ok') FROM generate_series(1, 100) AS x;
SELECT t.is('is one job', pg_temp.jobs(), '1:1');
SELECT t.is('of the longest time of all', (abs(extract(epoch FROM now() - id_time((data->'who'->>t.who('spam1')::text)::bigint)) - 109) < 5)::text, 'true') FROM job;
SELECT t.is('others are deleted by the same job, each for his own time', pg_temp.purge('spam2', 3600) || ' ' || pg_temp.jobs(), 'ok 1:2');
SELECT t.is('it counts for the owner of the server', owner::text, t.who('owner')::text) FROM job;
SELECT pg_temp.purge('spam' || x, 60) FROM generate_series(3, 105) AS x \g /dev/null
SELECT t.is('a hundred people are enough for one', pg_temp.jobs(), '2:100');
DELETE FROM job;
-- as if each had been given back half done
CREATE FUNCTION pg_temp.half() RETURNS void LANGUAGE sql AS $$ UPDATE job SET data = (data::jsonb || '{"channel":"1","below":"7"}')::json $$;
SELECT t.is('one that has begun is not changed', string_agg(pg_temp.purge('spam' || x, 60) || coalesce(pg_temp.half()::text, ''), ' '), string_agg('ok', ' ')) FROM generate_series(1, 20) AS x;
SELECT t.is('twenty of a server', pg_temp.jobs(), '20:1');
SELECT t.is('are enough', pg_temp.purge('spam21', 60), 'limit_reached');
SELECT t.is('a ban goes on', t.try(format('SELECT ban_put(t.who(''moderator''), %s, t.who(''spam21''), NULL, 0, 60)', :home)), 'ok');
SELECT t.is('one of them begins anew with him', string_agg((data->>'channel') || (SELECT count(*) FROM json_object_keys(data->'who')), ' '), '02')
FROM job WHERE data->'who'->>t.who('spam21')::text IS NOT NULL;
SELECT t.is('there are no more', pg_temp.jobs(), '20:2');
-- as bans make them, each of which has begun when the next one comes
SELECT pg_temp.half() \g /dev/null
CREATE FUNCTION pg_temp.must(who text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT messages_delete_later(%s, %s, now(), true)', (SELECT min(server_id) FROM member WHERE account_id = t.who('moderator')), t.who(who))) $$;
SELECT pg_temp.must('spam' || x) || coalesce(pg_temp.half()::text, '') FROM generate_series(22, 60) AS x \g /dev/null
SELECT t.is('each goes to the one that names the fewest', (SELECT string_agg(DISTINCT (SELECT count(*) FROM json_object_keys(data->'who'))::text, ' ') FROM job), '3');
UPDATE job SET data = (data::jsonb || jsonb_build_object('channel', '1', 'who', (SELECT jsonb_object_agg(x::text, '0') FROM generate_series(1, 100) AS x)))::json;
SELECT t.is('where all name a hundred there is one more', pg_temp.must('spam61') || ' ' || pg_temp.jobs(), 'ok 21:100');
UPDATE job SET failed_at = now();
SELECT t.is('those that were given up do not count', pg_temp.purge('spam21', 60), 'ok');
DELETE FROM job;

-- ---- only where he has written
SELECT t.join(:home, t.who('spam1'), 'member') \g /dev/null
SELECT message_create(t.who('other'), :open, 'x', NULL, NULL, '\x00') FROM generate_series(1, 300) \g /dev/null
SELECT read_put(t.who('spam1'), :open, 1000) \g /dev/null
CREATE FUNCTION pg_temp.steps(place json) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	id	bigint := job_add('delete_messages', 0, place, now());
	n	int := 0;
BEGIN
	WHILE (SELECT e.kind FROM messages_delete_next(id, 0, 60, 100) AS e LIMIT 1) = 'body' LOOP
		n := n + 1;
	END LOOP;
	RETURN n::text;
END $$;
SELECT t.is('nothing is looked at where he has only read', pg_temp.steps(json_build_object('server', :home::text, 'channel', '0', 'below', '0', 'who', json_build_object(t.who('spam1')::text, '0'))), '0');
SELECT t.post(t.who('spam1'), :open, 'x') \g /dev/null
SELECT message_create(t.who('other'), :open, 'x', NULL, NULL, '\x00') FROM generate_series(1, 300) \g /dev/null
SELECT t.is('nor what was said before and after', pg_temp.steps(json_build_object('server', :home::text, 'channel', '0', 'below', '0', 'who', json_build_object(t.who('spam1')::text, '0'))), '1');
SELECT t.is('what he wrote is deleted', count(*) || ':' || count(deleted_at), '1:1') FROM message WHERE author_id = t.who('spam1');
INSERT INTO export (account_id, file) VALUES (t.who('spam1'), repeat('0', 32));
SELECT t.is('a copy looks no further either', (e.channel = :open) || ' ' || e.below || ' ' || e.wanted, 'true ' || (SELECT seq FROM message WHERE author_id = t.who('spam1')) || ' true')
FROM (SELECT job_add('export', 0, json_build_object('account', t.who('spam1')::text, 'file', repeat('0', 32)), now()) AS id) AS j,
	LATERAL export_next(j.id, 0, 60, 200) AS e;

-- ---- a guest stays until he is to leave
SELECT t.account('visitor') \g /dev/null
SELECT t.join(:home, t.who('visitor'), 'guest') \g /dev/null
CREATE FUNCTION pg_temp.stays(who text, whom text, ends text, roles text DEFAULT 'NULL') RETURNS text LANGUAGE sql AS $$
	SELECT t.try(format('SELECT member_update(t.who(%L), %s, t.who(%L), %s, NULL, %L)', who,
		(SELECT min(server_id) FROM member WHERE account_id = t.who('visitor')), whom, roles, ends)) $$;
CREATE FUNCTION pg_temp.until(whom text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(expires_at::date::text, 'ever') FROM member WHERE account_id = t.who(whom) $$;
SELECT t.is('for a time: ' || v.who || ' ' || v.whom || ' ' || v.ends, pg_temp.stays(v.who, v.whom, v.ends), v.wanted)
FROM (VALUES ('owner', 'visitor', '2099-01-01', 'ok'), ('owner', 'visitor', 'yesterday', 'invalid_fields'), ('owner', 'moderator', '2099-01-01', 'conflict'),
	('owner', 'owner', '2099-01-01', 'forbidden'), ('visitor', 'visitor', '2100-01-01', 'forbidden'), ('moderator', 'owner', '2099-01-01', 'forbidden')) AS v (who, whom, ends, wanted);
SELECT t.is('as it was said', pg_temp.until('visitor') || ' ' || (member_json(m, a)::json ->> 'expires_at'), '2099-01-01 2099-01-01T00:00:00.000Z') FROM member AS m JOIN account AS a ON a.id = m.account_id WHERE a.id = t.who('visitor');
SELECT t.is('which the audit log has', detail ->> 'until', '2099-01-01T00:00:00.000Z') FROM audit WHERE target_id = t.who('visitor') AND action = 'member.roles' ORDER BY id DESC LIMIT 1;
SELECT t.is('the same again is no event', string_agg(kind, ' '), 'body') FROM member_update(t.who('owner'), :home, t.who('visitor'), NULL, NULL, '2099-01-01');
SELECT t.is('for ever', pg_temp.stays('owner', 'visitor', 'infinity') || ' ' || pg_temp.until('visitor'), 'ok ever');
SELECT t.is('a guest again', pg_temp.stays('owner', 'visitor', '2099-01-01', '''{guest}''') || ' ' || pg_temp.until('visitor'), 'ok 2099-01-01');
SELECT t.is('who becomes a member stays', t.try(format('SELECT member_update(%s, %s, %s, ''{member}'', NULL)', t.who('owner'), :home, t.who('visitor'))) || ' ' || pg_temp.until('visitor'), 'ok ever');
SELECT t.is('not both at once', pg_temp.stays('owner', 'moderator', '2099-01-01', '''{member}'''), 'conflict');
