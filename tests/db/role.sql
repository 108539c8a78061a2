-- Roles, and what changes with them.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'admin', 'keeper', 'ann', 'bob', 'guest', 'visitor', 'outsider']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home \gset
SELECT t.join(:home, t.who('admin'), 'admin'), t.join(:home, t.who('keeper'), 'member'), t.join(:home, t.who('ann'), 'member'),
	t.join(:home, t.who('bob'), 'member'), t.join(:home, t.who('guest'), 'guest'), t.join(:home, t.who('visitor'), 'guest') \g /dev/null
SELECT t.channel(t.who('owner'), :home, 'open', false) AS open \gset

-- As somebody: try(name, 'role_create', …), what it comes to; and the events of a call, "type:stream kind:access".
CREATE FUNCTION pg_temp.home() RETURNS bigint LANGUAGE sql AS $$ SELECT id FROM server WHERE name = 'home' $$;
CREATE FUNCTION pg_temp.made(who text, name text, mask bigint DEFAULT 0) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT role_create(%s, %s, %L, %s, NULL, NULL)', t.who(who), pg_temp.home(), name, mask)) $$;
CREATE FUNCTION pg_temp.changed(who text, role text, change text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT role_update(%s, %s, %s, %s)', t.who(who), pg_temp.home(), t.role(pg_temp.home(), role), change)) $$;
CREATE FUNCTION pg_temp.deleted(who text, role text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT role_delete(%s, %s, %s)', t.who(who), pg_temp.home(), t.role(pg_temp.home(), role))) $$;
CREATE FUNCTION pg_temp.ordered(who text, VARIADIC names text[]) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT role_order(%s, %s, %L)', t.who(who), pg_temp.home(),
		ARRAY(SELECT t.role(pg_temp.home(), n) FROM unnest(names) WITH ORDINALITY AS u (n, i) ORDER BY i))) $$;
CREATE FUNCTION pg_temp.given(who text, target text, VARIADIC roles text[]) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT member_update(%s, %s, %s, %L, NULL)', t.who(who), pg_temp.home(), t.who(target),
		ARRAY(SELECT t.role(pg_temp.home(), x)::text FROM unnest(roles) AS x))) $$;
CREATE FUNCTION pg_temp.custom() RETURNS text LANGUAGE sql AS
	$$ SELECT string_agg(name || position, ' ' ORDER BY position DESC) FROM role WHERE server_id = pg_temp.home() AND kind = 'custom' $$;
CREATE FUNCTION pg_temp.told(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said	text;
BEGIN
	EXECUTE 'SELECT string_agg(split_part(h, '' '', 8) || '':'' || CASE ref WHEN pg_temp.home()::text THEN ''s'' ELSE ''u'' END || '':''
		|| split_part(h, '' '', 6), '' '') FROM (SELECT ref, split_part(data, E''\n'', 1) AS h FROM ' || statement || ' WHERE kind = ''event'') AS x' INTO said;
	RETURN coalesce(said, 'nothing');
END $$;

-- ---- making them
SELECT t.is('a member makes no role', pg_temp.made('ann', 'x'), 'forbidden');
SELECT t.is('an outsider finds no server', pg_temp.made('outsider', 'x'), 'not_found');
SELECT t.is('a new role is told to the members, and changes no access', pg_temp.told(format(
	'role_create(%s, %s, ''keepers'', %s, 255, true)', t.who('owner'), :home, perm('manage_roles') | perm('kick') | perm('pin'))), 'role.created:s:0');
SELECT t.is('it has what was asked', (SELECT role_json(r)::jsonb - 'id' - 'server_id' FROM role AS r WHERE name = 'keepers')::text,
	jsonb_build_object('name', 'keepers', 'kind', 'custom', 'permissions', (perm('manage_roles') | perm('kick') | perm('pin'))::text,
		'position', 799, 'color', 255, 'mentionable', true)::text);
SELECT t.is('a bit that there is not', pg_temp.made('owner', 'x', 1 << 25), 'invalid_fields');
SELECT t.is('given to', pg_temp.given('owner', 'keeper', 'member', 'keepers'), 'ok');
SELECT t.is('its holder makes one with what he holds', pg_temp.made('keeper', 'low', perm('kick')), 'ok');
SELECT t.is('and none with what he does not', pg_temp.made('keeper', 'x', perm('ban')), 'forbidden');
SELECT t.is('nor an administrator', pg_temp.made('keeper', 'x', perm('administrator')), 'forbidden');
SELECT t.is('new ones stand lowest', pg_temp.custom(), 'keepers799 low798');
SELECT role_update(t.who('owner'), :home, t.role(:home, 'member'), NULL, perm('role_member') | perm('manage_roles'), NULL, NULL) \g /dev/null
SELECT t.is('whose highest role is below all custom ones makes none above himself', pg_temp.made('ann', 'x'), 'forbidden');
SELECT role_update(t.who('owner'), :home, t.role(:home, 'member'), NULL, perm('role_member'), NULL, NULL) \g /dev/null

-- ---- changing them
SELECT t.is('below one''s own', pg_temp.changed('keeper', 'low', '''lower'', NULL, NULL, NULL'), 'ok');
SELECT t.is('not one''s own', pg_temp.changed('keeper', 'keepers', '''x'', NULL, NULL, NULL'), 'forbidden');
SELECT t.is('not the moderators''', pg_temp.changed('keeper', 'moderator', 'NULL, 0, NULL, NULL'), 'forbidden');
SELECT t.is('a bit that he holds', pg_temp.changed('keeper', 'lower', 'NULL, ' || (perm('kick') | perm('pin')) || ', NULL, NULL'), 'ok');
SELECT t.is('not one that he does not', pg_temp.changed('keeper', 'lower', 'NULL, ' || (perm('kick') | perm('ban')) || ', NULL, NULL'), 'forbidden');
SELECT role_update(t.who('owner'), :home, t.role(:home, 'lower'), NULL, perm('kick') | perm('ban'), NULL, NULL) \g /dev/null
SELECT t.is('nor does he take one away that he does not hold', pg_temp.changed('keeper', 'lower', 'NULL, ' || perm('kick') || ', NULL, NULL'), 'forbidden');
SELECT t.is('what he does not touch may stay', pg_temp.changed('keeper', 'lower', 'NULL, ' || perm('ban') || ', NULL, NULL'), 'ok');
SELECT t.server(t.who('owner'), 'other') AS other \gset
SELECT t.is('a role of another server is not found', t.try(format('SELECT role_update(%s, %s, %s, ''x'', NULL, NULL, NULL)', t.who('owner'), :home, t.role(:other, 'member'))), 'not_found');
SELECT t.is('built-in: ' || role || ' ' || change, pg_temp.changed('owner', role, change), wanted) FROM (VALUES
	('member', '''x'', NULL, NULL, NULL', 'conflict'), ('member', 'NULL, NULL, NULL, true', 'conflict'),
	('member', 'NULL, NULL, 255, NULL', 'ok'), ('member', 'NULL, NULL, -1, NULL', 'ok'), ('everyone', 'NULL, 1, NULL, NULL', 'ok'),
	('everyone', 'NULL, 19, NULL, NULL', 'ok'), ('admin', 'NULL, 1, NULL, NULL', 'conflict'), ('admin', 'NULL, NULL, 255, NULL', 'ok'),
	('owner', 'NULL, NULL, 255, NULL', 'forbidden'), ('owner', 'NULL, 0, NULL, NULL', 'forbidden')) AS v (role, change, wanted);
SELECT t.is('a color without a change of permissions changes no access', pg_temp.told(format('role_update(%s, %s, %s, NULL, NULL, 7, NULL)',
	t.who('owner'), :home, t.role(:home, 'lower'))), 'role.updated:s:0');
SELECT t.is('nothing new is not told', pg_temp.told(format('role_update(%s, %s, %s, NULL, NULL, 7, NULL)', t.who('owner'), :home, t.role(:home, 'lower'))), 'nothing');
SELECT t.is('permissions have access read anew', pg_temp.told(format('role_update(%s, %s, %s, NULL, 0, NULL, NULL)', t.who('owner'), :home, t.role(:home, 'lower'))), 'role.updated:s:3');
SELECT t.is('guests are told of their own role', pg_temp.told(format('role_update(%s, %s, %s, NULL, 5, NULL, NULL)', t.who('owner'), :home, t.role(:home, 'guest'))),
	'role.updated:s:3 role.updated:u:1 role.updated:u:1');

-- ---- what members keep of them
SELECT pg_temp.given('owner', 'ann', 'member', 'lower'), pg_temp.changed('owner', 'lower', 'NULL, ' || perm('ban') || ', NULL, NULL') \g /dev/null
SELECT t.is('a permission is there at once', (server_permissions(t.who('ann'), :home) & perm('ban') <> 0)::text, 'true');
SELECT pg_temp.changed('owner', 'lower', 'NULL, 0, NULL, NULL') \g /dev/null
SELECT t.is('and gone at once', (server_permissions(t.who('ann'), :home) & perm('ban') <> 0)::text, 'false');
SELECT pg_temp.changed('owner', 'everyone', 'NULL, ' || (perm('role_everyone') | perm('pin')) || ', NULL, NULL') \g /dev/null
SELECT t.is('everyone''s is everybody''s', (SELECT count(*) FROM member WHERE server_id = :home AND permissions & perm('pin') = 0)::text, '0');

-- ---- order
SELECT pg_temp.made('owner', 'third'), pg_temp.made('owner', 'fourth') \g /dev/null
SELECT t.is('in the order in which they were made', pg_temp.custom(), 'keepers799 lower798 third797 fourth796');
SELECT t.is('another order', pg_temp.ordered('owner', 'fourth', 'keepers', 'third', 'lower') || ' ' || pg_temp.custom(), 'ok fourth799 keepers798 third797 lower796');
SELECT t.is('is what the members'' positions are', (SELECT position FROM member WHERE server_id = :home AND account_id = t.who('keeper'))::text, '798');
SELECT t.is('told for those that moved', pg_temp.told(format('role_order(%s, %s, %L)', t.who('owner'), :home,
	ARRAY(SELECT t.role(:home, x) FROM unnest(ARRAY['fourth', 'keepers', 'lower', 'third']) AS x))), 'role.updated:s:0 role.updated:s:0');
SELECT t.is('the same again', pg_temp.told(format('role_order(%s, %s, %L)', t.who('owner'), :home,
	ARRAY(SELECT t.role(:home, x) FROM unnest(ARRAY['fourth', 'keepers', 'lower', 'third']) AS x))), 'nothing');
SELECT t.is('one''s own and what is above keep their places', pg_temp.ordered('keeper', 'keepers', 'fourth', 'lower', 'third'), 'forbidden');
SELECT t.is('nor is one lifted above oneself', pg_temp.ordered('keeper', 'fourth', 'lower', 'keepers', 'third'), 'forbidden');
SELECT t.is('below one''s own it is free', pg_temp.ordered('keeper', 'fourth', 'keepers', 'third', 'lower'), 'ok');
SELECT t.is('not all of them', pg_temp.ordered('owner', 'fourth', 'keepers', 'third'), 'conflict');
SELECT t.is('built-in ones among them', pg_temp.ordered('owner', 'fourth', 'keepers', 'third', 'member'), 'conflict');
SELECT t.is('one twice', pg_temp.ordered('owner', 'fourth', 'keepers', 'third', 'third'), 'conflict');
SELECT t.is('a member orders nothing', pg_temp.ordered('bob', 'fourth', 'keepers', 'third', 'lower'), 'forbidden');
UPDATE role SET position = 100 WHERE server_id = :home AND name = 'lower';
SELECT t.is('no room below: the others move up', pg_temp.made('owner', 'fifth') || ' ' || pg_temp.custom(), 'ok fourth799 keepers798 third797 lower796 fifth795');
INSERT INTO role (server_id, name, permissions, position) SELECT :home, 'many' || x, 0, 795 - x FROM generate_series(1, 239) AS x;
SELECT t.is('250 and no more', pg_temp.made('owner', 'last'), 'limit_reached');
DELETE FROM role WHERE server_id = :home AND name LIKE 'many%';

-- ---- deleting
SELECT t.is('not a built-in one', pg_temp.deleted('owner', 'member'), 'conflict');
SELECT t.is('not one''s own', pg_temp.deleted('keeper', 'keepers'), 'forbidden');
SELECT t.is('not without the permission', pg_temp.deleted('bob', 'lower'), 'forbidden');
SELECT t.channel(t.who('owner'), :home, 'secret', true) AS secret \gset
SELECT override_put(t.who('owner'), :secret, t.role(:home, 'lower'), perm('view'), 0) \g /dev/null
SELECT t.is('ann sees by her role', (channel_permissions(t.who('ann'), :secret) <> 0)::text, 'true');
SELECT t.is('given beside the guest role', pg_temp.given('owner', 'visitor', 'guest', 'lower'), 'ok');
SELECT t.is('who is no guest then', (SELECT guest::text FROM member WHERE server_id = :home AND account_id = t.who('visitor')), 'false');
SELECT t.role(:home, 'lower') AS lower \gset
SELECT t.is('deleted: told to all, and to who is a guest again', pg_temp.told(format('role_delete(%s, %s, %s)', t.who('keeper'), :home, :lower)),
	'role.deleted:s:3 member.updated:u:1');
SELECT t.is('nobody holds it', (SELECT count(*) FROM member WHERE roles @> ARRAY[:lower])::text, '0');
SELECT t.is('what it showed is gone', channel_permissions(t.who('ann'), :secret) || ' ' || (SELECT overridden FROM channel WHERE id = :secret)
	|| (SELECT count(*) FROM channel_override WHERE target_id = :lower), '0 false0');
SELECT t.is('who held it beside the guest role is a guest', (SELECT guest::text FROM member WHERE server_id = :home AND account_id = t.who('visitor')), 'true');
SELECT t.is('it is not found again', t.try(format('SELECT role_delete(%s, %s, %s)', t.who('owner'), :home, :lower)), 'not_found');

-- ---- lists
SELECT t.is('all of them, highest first, and how many hold each', (SELECT string_agg(x ->> 'name' || ':' || (x ->> 'member_count'), ' ')
	FROM role_list(t.who('bob'), :home) AS l, json_array_elements(l.data::json -> 'items') AS x),
	'owner:1 admin:1 moderator:0 fourth:0 keepers:1 third:0 fifth:0 member:3 guest:2 everyone:7');
SELECT t.is('a guest''s own', (SELECT string_agg(x ->> 'name' || coalesce(x ->> 'member_count', ''), ' ')
	FROM role_list(t.who('guest'), :home) AS l, json_array_elements(l.data::json -> 'items') AS x), 'guest everyone');
SELECT t.is('and so in his first screen', (SELECT string_agg(x ->> 'name', ' ')
	FROM json_array_elements(server_full_json(t.who('guest'), :home)::json -> 'roles') AS x), 'guest everyone');
SELECT t.is('an outsider''s none', t.try(format('SELECT role_list(%s, %s)', t.who('outsider'), :home)), 'not_found');
CREATE FUNCTION pg_temp.people(who text, role text DEFAULT NULL, q text DEFAULT NULL, most int DEFAULT 50, after bigint DEFAULT NULL) RETURNS text LANGUAGE sql AS
	$$ SELECT coalesce(string_agg(x -> 'user' ->> 'username', ' ' ORDER BY i), '') || CASE WHEN l.after IS NULL THEN '' ELSE ' …' END
	FROM member_list(t.who(who), pg_temp.home(), most, after, t.role(pg_temp.home(), role), q, NULL) AS l
	LEFT JOIN LATERAL json_array_elements(l.data::json -> 'items') WITH ORDINALITY AS e (x, i) ON true GROUP BY l.after $$;
UPDATE account SET display_name = 'Zoë Öffner' WHERE username = 'bob';
UPDATE member SET nickname = 'Boss%' WHERE account_id = t.who('ann') AND server_id = :home;
SELECT t.is('members: ' || coalesce(role, '') || coalesce('"' || q || '"', ''), pg_temp.people('bob', role, q), wanted) FROM (VALUES
	(NULL, NULL, 'owner admin keeper ann bob guest visitor'), ('keepers', NULL, 'keeper'), ('everyone', NULL, 'owner admin keeper ann bob guest visitor'),
	(NULL, 'A', 'admin ann'), (NULL, 'zoË Ö', 'bob'), (NULL, 'boss%', 'ann'), (NULL, '%', ''), (NULL, '_', ''), (NULL, 'b', 'ann bob'),
	('member', 'b', 'ann bob'), ('keepers', 'b', ''), (NULL, 'öffner', '')) AS v (role, q, wanted);
CREATE FUNCTION pg_temp.these(who text, VARIADIC ids bigint[]) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(x -> 'user' ->> 'username', ' ' ORDER BY x -> 'user' ->> 'username'), '')
	FROM member_list(t.who(who), pg_temp.home(), 50, NULL, NULL, NULL, ids) AS l, json_array_elements(l.data::json -> 'items') AS x $$;
SELECT t.is('only these, of them the members', pg_temp.these('bob', t.who('ann'), t.who('owner'), t.who('outsider'), 5), 'ann owner');
SELECT t.is('in pages', pg_temp.people('bob', NULL, 'b', 1) || ' ' || pg_temp.people('bob', NULL, 'b', 1, t.who('ann')), 'ann … bob');

-- ---- whom a guest is shown
SELECT t.is('a guest who sees nothing sees himself', pg_temp.people('guest'), 'guest');
SELECT channel_member_put(t.who('owner'), :secret, t.who('guest')), channel_member_put(t.who('owner'), :secret, t.who('ann')) \g /dev/null
SELECT t.is('the people of a private channel', pg_temp.people('guest') || ', ' || pg_temp.people('guest', NULL, 'b') || ', ' || pg_temp.people('guest', 'admin'), 'owner ann guest, ann, ');
SELECT t.is('of these, too, only whom he may know', pg_temp.these('guest', t.who('ann'), t.who('bob'), t.who('guest')), 'ann guest');
SELECT override_put(t.who('owner'), :secret, t.role(:home, 'keepers'), perm('view'), 0) \g /dev/null
SELECT t.is('and whom a role shows it to', pg_temp.people('guest'), 'owner keeper ann guest');
SELECT t.is('another guest still only himself', pg_temp.people('visitor'), 'visitor');
SELECT channel_member_put(t.who('owner'), :open, t.who('visitor')) \g /dev/null
SELECT t.is('of a public channel: all who see it, so not the other guest', pg_temp.people('visitor'), 'owner admin keeper ann bob visitor');
SELECT override_put(t.who('owner'), :open, t.who('bob'), 0, perm('view')) \g /dev/null
SELECT t.is('nor of these', pg_temp.these('visitor', t.who('ann'), t.who('bob'), t.who('guest')), 'ann');
SELECT t.is('nor who is denied it', pg_temp.people('visitor'), 'owner admin keeper ann visitor');
CREATE FUNCTION pg_temp.meet(a bigint, b bigint) RETURNS boolean LANGUAGE sql AS $$
	SELECT a = b OR EXISTS (SELECT FROM channel AS c WHERE c.server_id = pg_temp.home()
		AND channel_permissions(a, c.id) <> 0 AND channel_permissions(b, c.id) <> 0) $$;
SELECT t.is(name || ' is shown whom he may know to be there, and nobody else', (SELECT count(*) FROM member AS m
	WHERE m.server_id = :home AND (pg_temp.meet(t.who(name), m.account_id) <> (member_read(t.who(name), :home, m.account_id) IS NOT NULL)
		OR pg_temp.meet(t.who(name), m.account_id) <> (m.account_id = t.who(name) OR accounts_share_server(t.who(name), m.account_id))
		OR pg_temp.meet(t.who(name), m.account_id) <> (' ' || pg_temp.people(name) || ' ' LIKE '% ' || (SELECT username FROM account WHERE id = m.account_id) || ' %')))::text, '0')
FROM (VALUES ('guest'), ('visitor')) AS v (name);
-- and it does not cost more where there are more
WITH made AS (INSERT INTO account (username, display_name) SELECT 'crowd' || x, 'crowd' FROM generate_series(1, 3000) AS x RETURNING id)
INSERT INTO member (server_id, account_id, roles, permissions, position) SELECT :home, id, '{}', perm('role_everyone'), 1 FROM made;
CREATE FUNCTION pg_temp.asked() RETURNS bigint LANGUAGE sql AS
	$$ SELECT coalesce(sum(calls), 0) FROM pg_stat_xact_user_functions WHERE funcname = 'channel_permissions' $$;
BEGIN;
SELECT pg_temp.asked() AS before \gset
SELECT member_read(t.who('visitor'), :home, t.who('ann')), member_read(t.who('visitor'), :home, 1) \g /dev/null
SELECT t.is('one member costs a guest few questions', (pg_temp.asked() - :before BETWEEN 2 AND 10)::text, 'true');
ROLLBACK;
BEGIN;
SELECT pg_temp.asked() AS before \gset
SELECT t.is('a page of them', pg_temp.people('visitor', NULL, NULL, 1), 'owner …');
SELECT t.is('no more than it takes', (pg_temp.asked() - :before BETWEEN 2 AND 10)::text, 'true');
ROLLBACK;
SELECT override_put(t.who('owner'), :open, t.role(:home, 'everyone'), 0, perm('view')), override_put(t.who('owner'), :open, t.who('visitor'), perm('view'), 0) \g /dev/null
CREATE FUNCTION pg_temp.pages(who text, OUT names text, OUT pages int) LANGUAGE plpgsql AS $$
DECLARE
	l	record;
	at	bigint;
BEGIN
	pages := 0;
	LOOP
		SELECT * INTO l FROM member_list(t.who(who), pg_temp.home(), 50, at, NULL, NULL, NULL);
		names := concat_ws(' ', names, (SELECT string_agg(x -> 'user' ->> 'username', ' ') FROM json_array_elements(l.data::json -> 'items') AS x));
		pages := pages + 1;
		EXIT WHEN l.after IS NULL;
		at := l.after::bigint;
	END LOOP;
END $$;
BEGIN;
SELECT pg_temp.asked() AS before \gset
SELECT member_list(t.who('visitor'), :home, 50, NULL, NULL, NULL, NULL) \g /dev/null
SELECT t.is('nor very many where hardly anybody is shown', (pg_temp.asked() - :before BETWEEN 500 AND 2010)::text, 'true');
ROLLBACK;
SELECT t.is('page by page he gets to the end', names || (pages > 1), 'owner admin visitortrue') FROM pg_temp.pages('visitor');
SELECT override_put(t.who('owner'), :open, t.role(:home, 'everyone'), 0, 0), override_put(t.who('owner'), :open, t.who('visitor'), 0, 0) \g /dev/null
DELETE FROM member WHERE account_id IN (SELECT id FROM account WHERE username LIKE 'crowd%');
DELETE FROM account WHERE username LIKE 'crowd%';
SELECT channel_member_delete(t.who('owner'), :open, t.who('visitor')) \g /dev/null

-- ---- handing the server on
CREATE FUNCTION pg_temp.handed(who text, target text) RETURNS text LANGUAGE sql AS
	$$ SELECT t.try(format('SELECT server_hand_on(%s, %s, %s)', t.who(who), pg_temp.home(), t.who(target))) $$;
SELECT t.is('handed on by ' || who || ' to ' || target, pg_temp.handed(who, target), wanted) FROM (VALUES ('admin', 'admin', 'forbidden'),
	('outsider', 'outsider', 'not_found'), ('owner', 'owner', 'conflict'), ('owner', 'outsider', 'not_found')) AS v (who, target, wanted);
UPDATE member SET timeout_until = now() + interval '1 hour', expires_at = now() + interval '1 hour' WHERE account_id = t.who('ann') AND server_id = :home;
SELECT t.is('told: the server, both members, the guests', pg_temp.told(format('server_hand_on(%s, %s, %s)', t.who('owner'), :home, t.who('ann'))),
	'server.updated:s:3 member.updated:s:0 member.updated:s:0 server.updated:u:1 server.updated:u:1');
SELECT t.is('exactly one owner', (SELECT string_agg(a.username, ' ') FROM member AS m JOIN account AS a ON a.id = m.account_id
	WHERE m.server_id = :home AND m.roles @> ARRAY[t.role(:home, 'owner')]) || ' ' || (SELECT owner_id = t.who('ann') FROM server WHERE id = :home), 'ann true');
SELECT t.is('whose membership does not end', (SELECT concat(timeout_until, expires_at, position) FROM member WHERE account_id = t.who('ann') AND server_id = :home), '1000');
SELECT t.is('the other is an admin', (SELECT position FROM member WHERE account_id = t.who('owner') AND server_id = :home)::text, '900');
SELECT t.is('and may leave', t.try(format('SELECT member_remove(%s, %s, %s)', t.who('owner'), :home, t.who('owner'))), 'ok');
UPDATE account SET disabled_at = now() WHERE username = 'bob';
SELECT t.is('not to who is disabled', pg_temp.handed('ann', 'bob'), 'not_found');
SELECT t.is('to a guest', pg_temp.handed('ann', 'guest'), 'ok');
SELECT t.is('who is none then', (SELECT guest || ' ' || position FROM member WHERE account_id = t.who('guest') AND server_id = :home), 'false 1000');

-- ---- all of it is what member_refresh() makes of each alone
CREATE TEMP TABLE kept AS SELECT account_id, server_id, permissions, position, guest FROM member;
SELECT member_refresh(server_id, account_id) FROM member \g /dev/null
SELECT t.is('what members keep is what their roles say', count(*)::text, '0') FROM kept AS k JOIN member AS m USING (server_id, account_id)
WHERE (k.permissions, k.position, k.guest) IS DISTINCT FROM (m.permissions, m.position, m.guest);
SELECT t.is('each change stands in the audit log', (SELECT string_agg(action, ' ' ORDER BY action) FROM (SELECT DISTINCT action FROM audit
	WHERE server_id = :home AND (action LIKE 'role%' OR action LIKE 'server.o%')) AS x), 'role.created role.deleted role.updated roles.ordered server.owner');
