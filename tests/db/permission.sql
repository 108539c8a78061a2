-- Who may do what: the built-in roles, overrides in their order, private channels, and the one
-- function against a second, slower reading of the same rules.

SELECT t.is('bit ' || bit || ' is ' || word, perm(word)::text, (1::bigint << bit)::text) FROM t.bit;
SELECT t.is('all is every bit', perm('all')::text, (SELECT sum(1::bigint << bit) FROM t.bit)::text);
SELECT t.is('an unknown word is no permission', (t.try('SELECT perm(''nonsense'')') <> 'ok')::text, 'true');
SELECT t.is('nor an access code', (t.try('SELECT access_code(''nonsense'')') <> 'ok')::text, 'true');

-- ---- the built-in roles, each alone, in a public channel
SELECT t.account(x) FROM unnest(ARRAY['owner', 'admin', 'moderator', 'member', 'guest', 'nothing', 'outsider']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home \gset
SELECT t.join(:home, t.who('admin'), 'admin'), t.join(:home, t.who('moderator'), 'moderator'),
	t.join(:home, t.who('member'), 'member'), t.join(:home, t.who('guest'), 'guest'), t.join(:home, t.who('nothing')) \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'open', false) AS open \gset

WITH wanted (name, words) AS (VALUES
	('nothing', 'view history react'),
	('guest', ''),
	('member', 'view history send send_in_threads react attach connect speak video screen create_invite change_nickname'),
	('moderator', 'view history send send_in_threads react attach mention_all manage_messages connect speak video screen'
		|| ' move_members create_invite kick ban timeout audit_log change_nickname manage_nicknames pin'),
	('admin', (SELECT string_agg(word, ' ' ORDER BY bit) FROM t.bit)),
	('owner', (SELECT string_agg(word, ' ' ORDER BY bit) FROM t.bit)),
	('outsider', ''))
SELECT t.is(name || ' in a public channel', t.words(channel_permissions(t.who(name), :open)), words) FROM wanted
UNION ALL
SELECT t.is(name || ' in the server', t.words(server_permissions(t.who(name), :home)), words) FROM wanted WHERE name <> 'guest';

-- ---- a guest sees what is shown to him
CREATE FUNCTION pg_temp.guest_in(ch bigint) RETURNS text LANGUAGE sql AS
	$$ SELECT t.words(channel_permissions(t.who('guest'), ch)) $$;
SELECT t.is('guest in the server', t.words(server_permissions(t.who('guest'), :home)), 'view history send send_in_threads react connect speak');
SELECT t.is('guest reads no stream but his own', (SELECT string_agg(kind, '') FROM access_of(ARRAY[t.who('guest')])), 'u');
SELECT t.is('a public channel is not shared with members', t.try(format('SELECT channel_member_put(%s, %s, %s)', t.who('owner'), :open, t.who('member'))), 'conflict');
SELECT t.is('with a guest it is', (SELECT string_agg(kind || coalesce(':' || split_part(split_part(data, E'\n', 1), ' ', 8), ''), ' ')
	FROM channel_member_put(t.who('owner'), :open, t.who('guest'))), 'empty event:member.joined event:channel.created');
SELECT t.is('then he sees it', pg_temp.guest_in(:open), 'view history send send_in_threads react connect speak');
SELECT t.is('and reads its stream, not the server''s', (SELECT string_agg(kind, '' ORDER BY kind) FROM access_of(ARRAY[t.who('guest')])), 'cu');
SELECT t.is('and has the server in his first screen', (SELECT json_array_length(data::json -> 'servers') || ' '
	|| json_array_length(data::json -> 'servers' -> 0 -> 'channels') FROM bootstrap_json(t.who('guest'))), '1 1');
SELECT t.is('guests are told what the server is called', (SELECT string_agg(split_part(split_part(data, E'\n', 1), ' ', 8), ' ')
	FROM server_update(t.who('owner'), :home, 'house', NULL, NULL, NULL) WHERE kind = 'event' AND ref = t.who('guest')::text), 'server.updated');
SELECT t.is('who is taken out again sees nothing', t.try(format('SELECT channel_member_delete(%s, %s, %s)', t.who('owner'), :open, t.who('guest'))), 'ok');
SELECT t.is('nothing at all', pg_temp.guest_in(:open), '');
SELECT t.is('his role shows it too', t.try(format('SELECT override_put(%s, %s, %s, 1, 0)', t.who('owner'), :open, t.role(:home, 'guest'))), 'ok');
SELECT t.is('to him', (pg_temp.guest_in(:open) <> '')::text, 'true');
SELECT override_delete(t.who('owner'), :open, t.role(:home, 'guest')) \g /dev/null
SELECT t.is('who is made a member reads the server''s stream', (SELECT string_agg(split_part(split_part(data, E'\n', 1), ' ', 8) || ref, ' ')
	FROM member_update(t.who('owner'), :home, t.who('guest'), '{member,guest}', NULL) WHERE kind = 'event'),
	'member.updated' || :home || ' member.updated' || t.who('guest'));
SELECT t.is('and sees public channels', (pg_temp.guest_in(:open) <> '')::text, 'true');
SELECT member_update(t.who('owner'), :home, t.who('guest'), '{guest}', NULL) \g /dev/null

-- ---- the state of a channel, time-outs, memberships that end
CREATE FUNCTION pg_temp.in_open(name text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.words(channel_permissions(t.who(name), (SELECT id FROM channel WHERE channel.name = 'open'))) $$;
CREATE FUNCTION pg_temp.posts(name text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT message_create(%s, %s, ''x'', NULL, NULL, NULL)', t.who(name), (SELECT id FROM channel WHERE channel.name = 'open'))) $$;
CREATE FUNCTION pg_temp.first_of(what text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT ' || what, m.author_id, m.channel_id, m.id)) FROM message AS m
	JOIN channel AS c ON c.id = m.channel_id AND c.name = 'open' ORDER BY m.seq LIMIT 1 $$;
UPDATE channel SET read_only = true WHERE id = :open;
SELECT t.is('read-only: ' || name, pg_temp.posts(name), wanted)
FROM (VALUES ('member', 'read_only'), ('moderator', 'ok'), ('owner', 'ok')) AS v (name, wanted);
SELECT t.is('reacting goes on', (pg_temp.in_open('member') LIKE '%react%')::text, 'true');
SELECT override_put(t.who('owner'), :open, t.role(:home, 'member'), perm('send'), 0) \g /dev/null
SELECT t.is('a role that an override lets post does', pg_temp.posts('member'), 'ok');
SELECT override_put(t.who('owner'), :open, t.who('member'), 0, perm('send')) \g /dev/null
SELECT t.is('but not who is denied it himself', pg_temp.posts('member'), 'read_only');
SELECT override_delete(t.who('owner'), :open, t.who('member')) \g /dev/null
-- what is denied stays when he goes, until it is taken back
SELECT override_put(t.who('owner'), :open, t.who('member'), 0, perm('send')), member_remove(t.who('member'), :home, t.who('member')) \g /dev/null
SELECT t.is('nothing is allowed to who has gone', t.try(format('SELECT override_put(%s, %s, %s, 2, 0)', t.who('owner'), :open, t.who('member'))), 'not_found');
SELECT t.is('who may not does not let him off', t.try(format('SELECT override_delete(%s, %s, %s)', t.who('nothing'), :open, t.who('member'))), 'forbidden');
SELECT t.is('who may does', t.try(format('SELECT override_delete(%s, %s, %s)', t.who('owner'), :open, t.who('member'))), 'ok');
SELECT t.is('once', t.try(format('SELECT override_delete(%s, %s, %s)', t.who('owner'), :open, t.who('member'))), 'not_found');
SELECT t.is('it is not there for who never was', t.try(format('SELECT override_put(%s, %s, %s, 0, 4)', t.who('owner'), :open, t.who('outsider'))), 'not_found');
SELECT invite_accept(t.who('member'), 'code' || t.who('member') || :home, 100), member_update(t.who('owner'), :home, t.who('member'), '{member}', NULL) \g /dev/null
SELECT t.post(t.who('owner'), :open, 'before') AS said \gset
CREATE FUNCTION pg_temp.answers(said bigint) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT message_create(%s, %s, ''x'', NULL, %s, NULL)', t.who('member'), (SELECT id FROM channel WHERE name = 'open'), said)) $$;
SELECT override_put(t.who('owner'), :open, t.who('member'), 0, perm('history')) \g /dev/null
SELECT t.is('without the history no message is there to answer', pg_temp.answers(:said) || ' ' || pg_temp.answers(1), 'invalid_fields invalid_fields');
SELECT override_delete(t.who('owner'), :open, t.who('member')) \g /dev/null
SELECT t.is('with it one is', pg_temp.answers(:said) || ' ' || pg_temp.answers(1), 'ok invalid_fields');
SELECT t.is('back he writes', (channel_permissions(t.who('member'), :open) & perm('send') <> 0)::text, 'true');
SELECT override_delete(t.who('owner'), :open, t.role(:home, 'member')) \g /dev/null
UPDATE channel SET read_only = false, archived_at = now() WHERE id = :open;
SELECT t.is('archived: ' || name, pg_temp.in_open(name), wanted)
FROM (VALUES ('member', 'view history'), ('owner', 'view history manage_channels manage_roles audit_log')) AS v (name, wanted);
SELECT t.is('nor changes or deletes what he said there', pg_temp.first_of(what), 'archived')
FROM (VALUES ('message_update(%s, %s, %s, ''y'', NULL)'), ('message_delete(%s, %s, %s)')) AS v (what);
SELECT t.is('nobody posts in an archive', pg_temp.posts(name), 'archived') FROM (VALUES ('member'), ('owner')) AS v (name);
UPDATE channel SET archived_at = NULL WHERE id = :open;
UPDATE member SET timeout_until = now() + interval '1 minute' WHERE account_id = t.who('moderator');
SELECT t.is('a time-out leaves reading', pg_temp.in_open('moderator'), 'view history');
SELECT t.is('and says so', pg_temp.posts('moderator'), 'timed_out');
SELECT t.is('in the server, too', t.try(format('SELECT member_remove(%s, %s, %s)', t.who('moderator'), :home, t.who('member'))), 'timed_out');
UPDATE member SET timeout_until = now() - interval '1 second' WHERE account_id = t.who('moderator');
SELECT t.is('it ends by itself', pg_temp.posts('moderator'), 'ok');
UPDATE member SET timeout_until = NULL WHERE account_id = t.who('moderator');
UPDATE member SET expires_at = now() WHERE account_id = t.who('member');
SELECT t.is('a membership that has ended shows nothing', pg_temp.in_open('member') || server_permissions(t.who('member'), :home)
	|| (SELECT count(*) FROM access_of(ARRAY[t.who('member')])), '01');
UPDATE member SET expires_at = NULL WHERE account_id = t.who('member');

-- ---- each bit by a role of its own, and by each kind of override
SELECT t.account('probe') AS probe \gset
SELECT t.join(:home, :probe) \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'bits', false) AS bits \gset
CREATE TEMP TABLE result (what text, got bigint, wanted bigint);
DO $$
DECLARE
	b	record;
	home	bigint := (SELECT server_id FROM channel WHERE name = 'bits');
	ch	bigint := (SELECT id FROM channel WHERE name = 'bits');
	probe	bigint := t.who('probe');
	base	bigint := perm('role_everyone');
	one	bigint;
	r	bigint;
	target	bigint;
	kind	text;
BEGIN
	FOR b IN SELECT *, 1::bigint << bit AS mask FROM t.bit WHERE word <> 'administrator' LOOP
		r := t.new_role(home, b.word || '-role', b.mask, 200);
		UPDATE member SET roles = ARRAY[r] WHERE account_id = probe;
		PERFORM member_refresh(home, probe);
		INSERT INTO result SELECT 'a role gives ' || b.word, channel_permissions(probe, ch), base | b.mask;
		FOREACH kind IN ARRAY ARRAY['everyone', 'role', 'member'] LOOP
			target := CASE kind WHEN 'everyone' THEN t.role(home, 'everyone') WHEN 'role' THEN r ELSE probe END;
			INSERT INTO channel_override (channel_id, target_id, is_role, allow, deny)
			VALUES (ch, target, kind <> 'member', 0, b.mask);
			UPDATE channel SET overridden = true WHERE id = ch;
			INSERT INTO result SELECT 'a deny for ' || kind || ' takes ' || b.word, channel_permissions(probe, ch),
				CASE WHEN b.word = 'view' THEN 0 ELSE (base | b.mask) & ~b.mask END;
			UPDATE member SET roles = '{}' WHERE account_id = probe AND kind <> 'role';
			PERFORM member_refresh(home, probe);
			UPDATE channel_override SET deny = 0, allow = b.mask WHERE channel_id = ch;
			INSERT INTO result SELECT 'an allow for ' || kind || ' gives ' || b.word, channel_permissions(probe, ch),
				base | b.mask;
			UPDATE member SET roles = ARRAY[r] WHERE account_id = probe;
			PERFORM member_refresh(home, probe);
			DELETE FROM channel_override WHERE channel_id = ch;
			UPDATE channel SET overridden = false WHERE id = ch;
		END LOOP;
	END LOOP;
	UPDATE member SET roles = '{}' WHERE account_id = probe;
	PERFORM member_refresh(home, probe);
END $$;
SELECT t.is(what, t.words(got), t.words(wanted)) FROM result;

-- ---- the order: everyone, then roles together, then the member
CREATE FUNCTION pg_temp.order_of(everyone text, by_role text, by_member text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	home	bigint := (SELECT server_id FROM channel WHERE name = 'bits');
	ch	bigint := (SELECT id FROM channel WHERE name = 'bits');
	probe	bigint := t.who('probe');
	r	bigint := t.role(home, 'pin-role');
	x	record;
	got	boolean;
BEGIN
	UPDATE member SET roles = ARRAY[r, t.role(home, 'guest')] WHERE account_id = probe;
	PERFORM member_refresh(home, probe);
	FOR x IN SELECT * FROM (VALUES (t.role(home, 'everyone'), true, everyone), (r, true, by_role),
		(probe, false, by_member)) AS v (target, is_role, what) WHERE what <> '-'
	LOOP
		INSERT INTO channel_override VALUES (ch, x.target, x.is_role,
			CASE x.what WHEN 'allow' THEN perm('send') ELSE 0 END, CASE x.what WHEN 'deny' THEN perm('send') ELSE 0 END);
	END LOOP;
	UPDATE channel SET overridden = true WHERE id = ch;
	got := channel_permissions(probe, ch) & perm('send') <> 0;
	DELETE FROM channel_override WHERE channel_id = ch;
	UPDATE channel SET overridden = false WHERE id = ch;
	RETURN got;
END $$;
-- guest already sends, so an absent override leaves it allowed
SELECT t.is('send with everyone ' || e || ', role ' || r || ', member ' || m,
	pg_temp.order_of(e, r, m)::text,
	(CASE WHEN m <> '-' THEN m WHEN r <> '-' THEN r WHEN e <> '-' THEN e ELSE 'allow' END = 'allow')::text)
FROM unnest(ARRAY['-', 'allow', 'deny']) AS e, unnest(ARRAY['-', 'allow', 'deny']) AS r, unnest(ARRAY['-', 'allow', 'deny']) AS m;

DO $$
DECLARE
	home	bigint := (SELECT server_id FROM channel WHERE name = 'bits');
	ch	bigint := (SELECT id FROM channel WHERE name = 'bits');
	probe	bigint := t.who('probe');
BEGIN
	DELETE FROM result;
	UPDATE member SET roles = ARRAY[t.role(home, 'guest'), t.role(home, 'member')] WHERE account_id = probe;
	PERFORM member_refresh(home, probe);
	INSERT INTO channel_override VALUES (ch, t.role(home, 'guest'), true, perm('send'), 0),
		(ch, t.role(home, 'member'), true, 0, perm('send'));
	UPDATE channel SET overridden = true WHERE id = ch;
	INSERT INTO result SELECT 'of two roles the allowing one wins', channel_permissions(probe, ch) & perm('send'), perm('send');
	INSERT INTO result SELECT 'an administrator is not held by overrides', channel_permissions(t.who('admin'), ch), perm('all');
	UPDATE channel_override SET allow = 0, deny = perm('all') WHERE channel_id = ch;
	INSERT INTO channel_override VALUES (ch, t.who('admin'), false, 0, perm('all'));
	INSERT INTO result SELECT 'not even by one for himself', channel_permissions(t.who('admin'), ch), perm('all');
	DELETE FROM channel_override WHERE channel_id = ch;
	UPDATE channel SET overridden = false WHERE id = ch;
END $$;
SELECT t.is(what, t.words(got), t.words(wanted)) FROM result;

-- ---- private channels
SELECT t.is('a member makes no channel', t.try(format('SELECT channel_create(%s, %s, ''x'', ''text'', NULL, NULL, true)',
	t.who('member'), :home)), 'forbidden');
SELECT t.channel(t.who('admin'), :home, 'secret', true) AS secret \gset
SELECT t.is(name || ' in a private channel of admin', (channel_permissions(t.who(name), :secret) <> 0)::text, seen)
FROM (VALUES ('admin', 'true'), ('owner', 'false'), ('moderator', 'false'), ('member', 'false'), ('outsider', 'false')) AS v (name, seen);
SELECT t.is('not visible is not found', t.try(format('SELECT need_channel(%s, %s, 0)', t.who('owner'), :secret)), 'not_found');
SELECT t.is('visible but not allowed is forbidden', t.try(format('SELECT need_channel(%s, %s, %s)', t.who('member'), :open, perm('ban'))), 'forbidden');
SELECT t.is('a word that is no permission grants nothing', (t.try(format('SELECT need_channel(%s, %s, perm(''typo''))', t.who('owner'), :open)) <> 'ok')::text, 'true');
SELECT t.is('the owner does not put himself in', t.try(format('SELECT channel_member_put(%s, %s, %s)', t.who('owner'), :secret, t.who('owner'))), 'not_found');
SELECT t.is('who is in shares it', t.try(format('SELECT channel_member_put(%s, %s, %s)', t.who('admin'), :secret, t.who('guest'))), 'ok');
SELECT t.is('guest in the shared channel', t.words(channel_permissions(t.who('guest'), :secret)), 'view history send send_in_threads react connect speak');
SELECT t.is('not with who is no member', t.try(format('SELECT channel_member_put(%s, %s, %s)', t.who('admin'), :secret, t.who('outsider'))), 'not_found');
SELECT t.is('a role''s view shows it', t.try(format('SELECT override_put(%s, %s, %s, 1, 0)', t.who('admin'), :secret, t.role(:home, 'moderator'))), 'ok');
SELECT t.is('moderator sees it by his role', (channel_permissions(t.who('moderator'), :secret) <> 0)::text, 'true');
SELECT t.is('everyone''s view shows it to nobody', t.try(format('SELECT override_put(%s, %s, %s, 1, 0)', t.who('admin'), :secret, t.role(:home, 'everyone'))), 'ok');
SELECT t.is('member still does not see it', (channel_permissions(t.who('member'), :secret) <> 0)::text, 'false');
SELECT t.is('removed from the server, gone from the channel', t.try(format('SELECT member_remove(%s, %s, %s)', t.who('owner'), :home, t.who('guest'))), 'ok');
SELECT t.is('guest after his removal', channel_permissions(t.who('guest'), :secret)::text, '0');

-- ---- conversations
SELECT t.made(ref) AS dm FROM dm_open(t.who('owner'), ARRAY[t.who('member')]) WHERE kind = 'created' \gset
SELECT t.is(name || ' in a conversation', t.words(channel_permissions(t.who(name), :dm)), words)
FROM (VALUES ('owner', t.words(perm('conversation'))), ('member', t.words(perm('conversation'))), ('admin', ''), ('outsider', '')) AS v (name, words);
SELECT t.is('a conversation gives no power over others', (perm('conversation') & (perm('kick') | perm('ban') | perm('manage_messages')
	| perm('manage_channels') | perm('manage_roles') | perm('manage_server') | perm('administrator')))::text, '0');

-- ---- nobody lifts himself
SELECT t.is('a moderator gives himself no admin', t.try(format('SELECT member_update(%s, %s, %s, ARRAY[''admin''], NULL)',
	t.who('moderator'), :home, t.who('moderator'))), 'forbidden');
SELECT t.is('an admin makes no second owner', t.try(format('SELECT member_update(%s, %s, %s, ARRAY[''owner''], NULL)',
	t.who('admin'), :home, t.who('member'))), 'forbidden');
SELECT t.is('an admin does not kick the owner', t.try(format('SELECT member_remove(%s, %s, %s)', t.who('admin'), :home, t.who('owner'))), 'forbidden');
SELECT t.is('a moderator does not ban an admin', t.try(format('SELECT ban_put(%s, %s, %s, NULL, 0, 0)', t.who('moderator'), :home, t.who('admin'))), 'forbidden');
SELECT t.is('a moderator kicks a member', t.try(format('SELECT member_remove(%s, %s, %s)', t.who('moderator'), :home, t.who('nothing'))), 'ok');
SELECT t.is('nobody overrides what he does not hold', t.try(format('SELECT override_put(%s, %s, %s, %s, 0)', t.who('moderator'), :open, t.role(:home, 'guest'), perm('manage_roles'))), 'forbidden');
SELECT t.is('a role of another server is unknown', t.try(format('SELECT member_update(%s, %s, %s, ARRAY[%L], NULL)',
	t.who('owner'), :home, t.who('member'), t.role(t.server(t.who('owner'), 'second'), 'guest'))), 'invalid_fields');

-- ---- a random world: the one function against the rules read bit by bit
DO $$
DECLARE
	people	bigint[];
	srv	bigint;
	boss	bigint;
	ch	bigint;
	r	bigint;
	i	int;
BEGIN
	PERFORM setseed(0.42);
	SELECT array_agg(t.account('random' || x)) INTO people FROM generate_series(1, 40) AS x;
	FOR i IN 1..4 LOOP
		boss := people[i];
		srv := t.server(boss, 'random' || i);
		FOR r IN 1..5 LOOP
			PERFORM t.new_role(srv, 'r' || r, (random() * 33554431)::bigint
				| CASE WHEN random() < 0.1 THEN perm('administrator') ELSE 0 END, 100 + r);
		END LOOP;
		UPDATE role SET permissions = (random() * 33554431)::bigint WHERE server_id = srv AND kind = 'everyone';
		FOR r IN 5..40 LOOP
			CONTINUE WHEN random() < 0.3;
			PERFORM t.join(srv, people[r]);
			UPDATE member SET roles = (SELECT coalesce(array_agg(id), '{}') FROM role
				WHERE server_id = srv AND kind <> 'everyone' AND random() < 0.3)
			WHERE server_id = srv AND account_id = people[r];
		END LOOP;
		UPDATE member SET timeout_until = CASE WHEN random() < 0.5 THEN now() + interval '1 hour' ELSE now() - interval '1 s' END
		WHERE server_id = srv AND account_id <> boss AND random() < 0.2;
		UPDATE member SET expires_at = CASE WHEN random() < 0.5 THEN now() + interval '1 hour' ELSE now() END
		WHERE server_id = srv AND account_id <> boss AND random() < 0.1;
		UPDATE member SET roles = ARRAY[t.role(srv, 'guest')] WHERE server_id = srv AND account_id <> boss AND random() < 0.1;
		PERFORM member_refresh(srv, account_id) FROM member WHERE server_id = srv;
		FOR r IN 1..15 LOOP
			ch := t.channel(boss, srv, 'c' || r, random() < 0.4);
			IF random() < 0.7 THEN
				INSERT INTO channel_override (channel_id, target_id, is_role, allow, deny)
				SELECT ch, x.id, x.is_role, x.a & ~x.d, x.d FROM (
					SELECT id, true AS is_role, (random() * 33554431)::bigint AS a, (random() * 33554431)::bigint AS d
					FROM role WHERE server_id = srv AND random() < 0.4
					UNION ALL
					SELECT account_id, false, (random() * 33554431)::bigint, (random() * 33554431)::bigint
					FROM member WHERE server_id = srv AND random() < 0.2) AS x;
				UPDATE channel SET overridden = EXISTS (SELECT FROM channel_override WHERE channel_id = ch) WHERE id = ch;
			END IF;
			INSERT INTO channel_member (channel_id, account_id)
			SELECT ch, account_id FROM member WHERE server_id = srv AND random() < 0.3
			AND (guest OR (SELECT private FROM channel WHERE id = ch)) ON CONFLICT DO NOTHING;
			IF random() < 0.1 THEN
				UPDATE channel SET deleted_at = now() WHERE id = ch;
			END IF;
			UPDATE channel SET read_only = random() < 0.2, archived_at = CASE WHEN random() < 0.1 THEN now() END WHERE id = ch;
		END LOOP;
	END LOOP;
	-- conversations of two and of some
	FOR i IN 1..30 LOOP
		PERFORM dm_open(people[1 + (random() * 39)::int], ARRAY(SELECT people[1 + (random() * 39)::int]
			FROM generate_series(1, 1 + (random() * 4)::int)));
	END LOOP;
	INSERT INTO block SELECT x, y FROM unnest(people) AS x, unnest(people) AS y WHERE x <> y AND random() < 0.2;
END $$;

-- A second reading: for each bit, the last word that anybody has on it.
CREATE FUNCTION pg_temp.oracle(who bigint, ch bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c	channel;
	m	member;
	held	bigint[];
	all_id	bigint;
	b	record;
	has	boolean;
	mask	bigint := 0;
	boss	boolean;
	shared	boolean;
BEGIN
	SELECT * INTO c FROM channel WHERE id = ch;
	IF c.deleted_at IS NOT NULL THEN RETURN 0; END IF;
	shared := EXISTS (SELECT FROM channel_member WHERE channel_id = ch AND account_id = who);
	IF c.server_id IS NULL THEN
		IF NOT shared THEN RETURN 0; END IF;
		RETURN CASE WHEN c.kind = 'dm' AND EXISTS (SELECT FROM channel_member AS y JOIN block AS x ON x.account_id = y.account_id AND x.blocked_id = who
			OR x.account_id = who AND x.blocked_id = y.account_id WHERE y.channel_id = ch) THEN 1 | 2 ELSE perm('conversation') END;
	END IF;
	SELECT * INTO m FROM member WHERE server_id = c.server_id AND account_id = who;
	IF NOT FOUND OR m.expires_at <= now() THEN RETURN 0; END IF;
	held := m.roles;
	SELECT id INTO all_id FROM role WHERE server_id = c.server_id AND kind = 'everyone';
	boss := EXISTS (SELECT FROM role WHERE id = ANY (held || all_id) AND permissions >> 30 & 1 = 1);
	FOR b IN SELECT bit FROM t.bit LOOP
		has := EXISTS (SELECT FROM role WHERE id = ANY (held || all_id) AND permissions >> b.bit & 1 = 1);
		IF NOT boss THEN
			IF EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = all_id AND deny >> b.bit & 1 = 1) THEN has := false; END IF;
			IF EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = all_id AND allow >> b.bit & 1 = 1) THEN has := true; END IF;
			IF EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = ANY (held) AND deny >> b.bit & 1 = 1) THEN has := false; END IF;
			IF EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = ANY (held) AND allow >> b.bit & 1 = 1) THEN has := true; END IF;
			IF EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = who AND deny >> b.bit & 1 = 1) THEN has := false; END IF;
			IF EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = who AND allow >> b.bit & 1 = 1) THEN has := true; END IF;
		END IF;
		IF has OR boss THEN mask := mask | (1::bigint << b.bit); END IF;
	END LOOP;
	shared := shared OR EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = ANY (held || who) AND allow & 1 = 1);
	IF mask & 1 = 0 OR c.private AND NOT shared THEN RETURN 0; END IF;
	IF NOT shared AND (SELECT string_agg(DISTINCT kind, '') FROM role WHERE id = ANY (held)) = 'guest' THEN RETURN 0; END IF;
	IF c.read_only AND mask & perm('manage_messages') = 0 THEN
		has := EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = ANY (held) AND allow & 4 = 4)
			AND NOT EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = who AND deny & 4 = 4);
		has := has OR EXISTS (SELECT FROM channel_override WHERE channel_id = ch AND target_id = who AND allow & 4 = 4);
		IF NOT has THEN mask := mask & ~4; END IF;
	END IF;
	IF c.archived_at IS NOT NULL THEN
		mask := mask & (1 | 2 | perm('manage_channels') | perm('manage_roles') | perm('audit_log'));
	END IF;
	IF m.timeout_until > now() THEN mask := mask & 3; END IF;
	RETURN mask;
END $$;

CREATE TEMP TABLE world AS
	SELECT a.id AS who, c.id AS ch, channel_permissions(a.id, c.id) AS mask, pg_temp.oracle(a.id, c.id) AS wanted
	FROM account AS a, channel AS c WHERE a.username LIKE 'random%' AND a.username <> 'random';
SELECT t.is('the random world has all sorts (' || count(*) || ' pairs, ' || count(*) FILTER (WHERE mask <> 0) || ' visible, ' || count(DISTINCT mask) || ' masks)',
	(count(*) > 2000 AND count(*) FILTER (WHERE mask <> 0) > 300 AND count(DISTINCT mask) > 50)::text, 'true') FROM world;
SELECT t.is('and conversations with and without a block between the two', count(DISTINCT mask)::text, '2') FROM world JOIN channel AS c ON c.id = ch WHERE c.kind = 'dm' AND mask <> 0;
SELECT t.is('channel_permissions() is what the rules say', count(*)::text, '0') FROM world WHERE mask <> wanted;
SELECT t.is('channel_mask() is channel_permissions()', count(*)::text, '0')
FROM world AS w JOIN channel AS c ON c.id = w.ch AND c.deleted_at IS NULL
JOIN member AS m ON m.server_id = c.server_id AND m.account_id = w.who
WHERE channel_mask(w.who, c.id, c.plain AND NOT m.special, m.permissions) <> w.mask;
SELECT t.is('access_of() lists exactly the visible channels', count(*)::text, '0')
FROM (SELECT who, ch FROM world WHERE mask <> 0) AS w
FULL JOIN (SELECT account_id, stream FROM access_of(ARRAY(SELECT DISTINCT who FROM world)) WHERE kind = 'c') AS x
ON x.account_id = w.who AND x.stream = w.ch WHERE w.who IS NULL OR x.stream IS NULL;
SELECT t.is('bootstrap shows exactly the visible channels', count(*)::text, '0')
FROM (SELECT who, ch FROM world WHERE mask <> 0) AS w
FULL JOIN (SELECT p.who, (x ->> 'channel_id')::bigint AS ch
	FROM (SELECT DISTINCT who FROM world) AS p, bootstrap_json(p.who) AS b,
	json_array_elements(b.data::json -> 'read_states') AS x) AS y ON y.who = w.who AND y.ch = w.ch
WHERE w.who IS NULL OR y.ch IS NULL;
SELECT t.is('a server''s channel list has exactly the visible ones', count(*)::text, '0')
FROM (SELECT w.who, w.ch FROM world AS w JOIN channel AS c ON c.id = w.ch WHERE w.mask <> 0 AND c.server_id IS NOT NULL) AS w
FULL JOIN (SELECT m.account_id AS who, (x ->> 'id')::bigint AS ch FROM member AS m
	JOIN account AS a ON a.id = m.account_id AND a.username LIKE 'random%',
	json_array_elements(server_full_json(m.account_id, m.server_id)::json -> 'channels') AS x) AS y ON y.who = w.who AND y.ch = w.ch
WHERE w.who IS NULL OR y.ch IS NULL;
SELECT t.is('member.permissions is the union of the roles', count(*)::text, '0') FROM member AS m
WHERE m.permissions <> (SELECT bit_or(permissions) FROM role AS r WHERE r.server_id = m.server_id AND (r.kind = 'everyone' OR r.id = ANY (m.roles)));
SELECT t.is('need_channel() agrees with channel_permissions()', count(*)::text, '0') FROM world AS w
WHERE (t.try(format('SELECT need_channel(%s, %s, 0)', who, ch)) = 'ok') <> (mask <> 0);

-- ---- a sign-in that is one too many ends the session unused for longest, and tells its streams
SELECT t.account('busy') AS busy \gset
INSERT INTO session (account_id, seed, last_used_at) SELECT :busy, 'x', now() - make_interval(mins => x) FROM generate_series(1, 100) AS x;
SELECT id AS oldest FROM session WHERE account_id = :busy ORDER BY last_used_at LIMIT 1 \gset
SELECT t.is('the 101st session ends the one unused for longest, with an event', (SELECT string_agg(kind, ' ') || max(split_part(data, ' ', 6)) FILTER (WHERE kind = 'event')
	|| ' ' || max(split_part(data, ' ', 7)) FILTER (WHERE kind = 'event') FROM session_create(:busy, '', '')), 'body event4 ' || :oldest);
SELECT t.is('and it has ended', (SELECT ended_at IS NOT NULL FROM session WHERE id = :oldest)::text, 'true');

-- ---- a name that was given up is held for its former owner
SELECT t.account('first') AS first, t.account('other') AS other \gset
CREATE FUNCTION pg_temp.rename(who bigint, name text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT me_update(%s, NULL, %L, NULL, NULL)', who, name)) $$;
CREATE FUNCTION pg_temp.register(name text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT account_register(%L, NULL, %L, NULL, %L, %L, NULL)', name, 'x', '', '')) $$;
SELECT t.is('somebody takes another name', pg_temp.rename(:first, 'second'), 'ok');
SELECT t.is('nobody else gets the old one', pg_temp.rename(:other, 'First') || ' ' || pg_temp.register('FIRST'), 'username_taken username_taken');
SELECT t.is('he does', pg_temp.rename(:first, 'first') || ' ' || pg_temp.rename(:first, 'second'), 'ok ok');
UPDATE username_hold SET until = until - interval '29 days 23 hours';
SELECT t.is('not on the 30th day either', pg_temp.register('first'), 'username_taken');
UPDATE username_hold SET until = until - interval '1 hour';
SELECT t.is('after it anybody does', pg_temp.register('first'), 'ok');
SELECT t.is('and keeps it', split_part(pg_temp.rename(:first, 'first'), ' ', 1), '23505');
SELECT count(pg_temp.rename(:first, 'many' || x)) FROM generate_series(1, 5) AS x \g /dev/null
SELECT t.is('only the last three are held', count(*)::text, '3') FROM username_hold WHERE account_id = :first;
