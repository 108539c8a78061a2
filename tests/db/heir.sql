-- A private channel that nobody sees any more goes to the owner of its server.

SELECT t.account(x) FROM unnest(ARRAY['owner', 'admin', 'ann', 'bob', 'gina', 'next']) AS x \g /dev/null
SELECT t.server(t.who('owner'), 'home') AS home \gset
SELECT invite_create(t.who('owner'), :home, 0, 0, NULL, NULL, 'code-back') \g /dev/null
SELECT t.join(:home, t.who('admin'), 'admin'), t.join(:home, t.who('ann'), 'moderator'), t.join(:home, t.who('bob'), 'member'), t.join(:home, t.who('next'), 'member') \g /dev/null
SELECT t.new_role(:home, 'makers', perm('manage_channels'), 300) AS makers \gset
SELECT member_update(t.who('owner'), :home, t.who('ann'), ARRAY['moderator', :'makers'], NULL) \g /dev/null

CREATE FUNCTION pg_temp.home() RETURNS bigint LANGUAGE sql AS $$ SELECT id FROM server WHERE name = 'home' $$;
CREATE FUNCTION pg_temp.room(who text, name text) RETURNS bigint LANGUAGE sql AS $$ SELECT t.channel(t.who(who), pg_temp.home(), name, true) $$;
CREATE FUNCTION pg_temp.see(channel bigint) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(a.username, ' ' ORDER BY a.username), '') FROM member AS m JOIN account AS a ON a.id = m.account_id
	WHERE m.server_id = pg_temp.home() AND channel_permissions(a.id, channel) <> 0 $$;
CREATE FUNCTION pg_temp.last_in(who text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(c.name, ' ' ORDER BY c.id), '')
	FROM json_array_elements_text(member_read(t.who(who), pg_temp.home(), t.who(who))::json -> 'last_in') AS x JOIN channel AS c ON c.id = x::bigint $$;
-- what is told, in order: the type, whose stream, whom it is about
CREATE FUNCTION pg_temp.told(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	x	text;
BEGIN
	EXECUTE 'SELECT string_agg(split_part(split_part(data, E''\n'', 1), '' '', 8) || '':'' || coalesce((SELECT a.username FROM account AS a WHERE a.id = ref::bigint),
		(SELECT c.name FROM channel AS c WHERE c.id = ref::bigint), ''home''), '' '') FROM ' || statement || ' WHERE kind = ''event''' INTO x;
	RETURN x;
END $$;
CREATE FUNCTION pg_temp.heirs(channel bigint) RETURNS text LANGUAGE sql AS $$
	SELECT count(*) || coalesce(' ' || max((SELECT a.username FROM account AS a WHERE a.id = (x.detail ->> 'user')::bigint)), '') || CASE WHEN bool_and(x.hidden AND x.actor_id IS NULL) THEN ' hidden' ELSE '' END
	FROM audit AS x WHERE x.channel_id = channel AND x.action = 'channel.inherited' $$;
CREATE FUNCTION pg_temp.back(who text) RETURNS text LANGUAGE sql AS $$ SELECT t.try(format('SELECT invite_accept(%s, ''code-back'', 100)', t.who(who))) $$;

-- ---- leaving the server
SELECT pg_temp.room('ann', 'board') AS board, pg_temp.room('ann', 'both') AS both, pg_temp.room('owner', 'owners') AS owners \gset
SELECT channel_member_put(t.who('ann'), :both, t.who('bob')) \g /dev/null
SELECT t.post(t.who('ann'), :board, 'minutes') AS minutes \gset
SELECT t.is('the owner does not see it', pg_temp.see(:board) || ', ' || pg_temp.see(:both) || ', ' || pg_temp.see(:owners), 'ann, ann bob, owner');
SELECT t.is('one is told before', concat_ws(', ', pg_temp.last_in('ann'), pg_temp.last_in('bob'), pg_temp.last_in('owner')), 'board, , owners');
SELECT t.is('about oneself only', coalesce(member_read(t.who('owner'), :home, t.who('ann'))::json ->> 'last_in', 'none'), 'none');
SELECT t.is('she leaves: the owner is told', pg_temp.told(format('member_remove(%s, %s, %s)', t.who('ann'), :home, t.who('ann'))),
	'member.left:home member.joined:board channel.created:owner server.left:ann');
SELECT t.is('and sees it, as he sees no other', pg_temp.see(:board) || ', ' || pg_temp.see(:both), 'owner, bob');
SELECT t.is('with what was said', content, 'minutes') FROM message WHERE id = :minutes;
SELECT t.is('the audit log says so, to who sees it', pg_temp.heirs(:board) || ', ' || pg_temp.heirs(:both), '1 owner hidden, 0');
SELECT t.is('whom it does not concern reads nothing of it', position('channel.inherited' IN l.data)::text, '0') FROM audit_list(t.who('admin'), :home, 100, NULL, NULL, NULL, NULL) AS l;
SELECT t.is('coming back is not being in it', pg_temp.back('ann') || ' ' || pg_temp.see(:board), 'ok owner');
SELECT t.is('the last but one leaves: nobody is let in', pg_temp.told(format('member_remove(%s, %s, %s)', t.who('next'), :home, t.who('next'))), 'member.left:home server.left:next');
SELECT pg_temp.back('next') \g /dev/null

-- ---- however the last one goes
CREATE FUNCTION pg_temp.goes(how text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	home	bigint := pg_temp.home();
	bob	bigint := t.who('bob');
	room	bigint;
BEGIN
	PERFORM member_update(t.who('owner'), home, bob, ARRAY['member', (SELECT id FROM role WHERE name = 'makers')::text], NULL);
	room := t.channel(bob, home, 'room', true);
	EXECUTE format(how, home, room, bob);
	PERFORM pg_temp.back('bob');
	RETURN pg_temp.see(room) || ', ' || pg_temp.heirs(room);
END $$;
SELECT t.is('the last one ' || what, pg_temp.goes(how), 'owner, 1 owner hidden') FROM (VALUES
	('leaves the server', 'SELECT member_remove(%3$s, %1$s, %3$s)'),
	('is kicked', format('SELECT member_remove(%s, %%1$s, %%3$s)', t.who('admin'))),
	('is banned', format('SELECT ban_put(%s, %%1$s, %%3$s, NULL, 0, 0), ban_delete(%1$s, %%1$s, %%3$s)', t.who('owner'))),
	('leaves the channel', 'SELECT channel_member_delete(%3$s, %2$s, %3$s)'),
	('has had his time', 'UPDATE member SET expires_at = now() WHERE server_id = %1$s AND account_id = %3$s; SELECT member_expire()')) AS v (what, how);
SELECT t.is('who is disabled is not seen to see it, and nobody is let in meanwhile',
	pg_temp.goes('UPDATE account SET disabled_at = now() WHERE id = %3$s; SELECT count(*) FROM lost_channels_mend(9)'), 'bob, 0');
UPDATE account SET disabled_at = NULL;
SELECT member_update(t.who('owner'), :home, t.who('bob'), ARRAY['member', :'makers'], NULL), pg_temp.room('bob', 'of two') AS two \gset
SELECT channel_member_put(t.who('bob'), :two, t.who('ann')) \g /dev/null
UPDATE account SET disabled_at = now() WHERE id = t.who('ann');
SELECT t.is('of two one of whom is disabled the other is the last', pg_temp.last_in('bob') ~ 'of two' || ' ' || pg_temp.told(format('channel_member_delete(%s, %s, %s)', t.who('bob'), :two, t.who('bob'))),
	'true member.left:of two channel.left:bob member.joined:of two channel.created:owner');
UPDATE account SET disabled_at = NULL;

-- ---- overrides and roles
SELECT t.new_role(:home, 'readers', 0, 200) AS readers, pg_temp.room('owner', 'by role') AS by_role, pg_temp.room('owner', 'by name') AS by_name \gset
SELECT member_update(t.who('owner'), :home, t.who('next'), ARRAY['member', :'readers'], NULL), override_put(t.who('owner'), :by_role, :readers, 1, 0),
	override_put(t.who('owner'), :by_name, t.who('next'), 1, 0),
	channel_member_delete(t.who('owner'), :by_role, t.who('owner')), channel_member_delete(t.who('owner'), :by_name, t.who('owner')) \g /dev/null
SELECT t.is('an override shows it to somebody', pg_temp.see(:by_role) || ', ' || pg_temp.see(:by_name) || ', ' || pg_temp.last_in('next'), 'next, next, by role by name');
SELECT t.is('his role is taken', pg_temp.told(format('member_update(%s, %s, %s, ''{member}'', NULL)', t.who('owner'), :home, t.who('next'))),
	'member.updated:home member.joined:by role channel.created:owner');
SELECT t.is('the other he sees', pg_temp.see(:by_role) || ', ' || pg_temp.see(:by_name), 'owner, next');
SELECT pg_temp.room('owner', 'once more') AS more \gset
SELECT member_update(t.who('owner'), :home, t.who('next'), ARRAY['member', :'readers'], NULL), override_put(t.who('owner'), :more, :readers, 1, 0),
	channel_member_delete(t.who('owner'), :more, t.who('owner')) \g /dev/null
SELECT t.is('his role is deleted', pg_temp.see(:more) || ', ' || pg_temp.told(format('role_delete(%s, %s, %s)', t.who('owner'), :home, :readers)) || ', ' || pg_temp.see(:more),
	'next, role.deleted:home member.joined:once more channel.created:owner, owner');
SELECT t.new_role(:home, 'viewers', 0, 201) AS viewers \gset
SELECT member_update(t.who('owner'), :home, t.who('admin'), ARRAY['admin', :'viewers'], NULL), override_put(t.who('owner'), :more, :viewers, 1, 0),
	channel_member_delete(t.who('owner'), :more, t.who('owner')) \g /dev/null
SELECT t.is('the override is taken by who saw it by that', pg_temp.see(:more) || ', ' || pg_temp.told(format('override_delete(%s, %s, %s)', t.who('admin'), :more, :viewers)) || ', ' || pg_temp.see(:more),
	'admin, channel.updated:once more server.updated:home member.joined:once more channel.created:owner, owner');
SELECT pg_temp.room('bob', 'kept') AS kept \gset
SELECT t.is('view is taken from everybody, and nobody is let in: he who is in it is', (SELECT count(*)::text FROM role_update(t.who('owner'), :home, t.role(:home, 'everyone'), NULL, 18, NULL, NULL)
	WHERE kind = 'event' AND split_part(split_part(data, E'\n', 1), ' ', 8) = 'channel.created') || ' ' || pg_temp.see(:kept) || ', ' || pg_temp.see(:by_name), '0 , next');
SELECT t.is('nor by housekeeping', sum(rows) || ' ' || pg_temp.see(:kept), '0 ') FROM housekeeping() WHERE what = 'channel that nobody saw';
SELECT t.new_role(:home, 'passing', 0, 202) AS passing \gset
SELECT member_update(t.who('owner'), :home, t.who('ann'), ARRAY['moderator', :'passing'], NULL), role_delete(t.who('owner'), :home, :passing) \g /dev/null
SELECT t.is('nor when a role is deleted', pg_temp.see(:kept), '');
SELECT role_update(t.who('owner'), :home, t.role(:home, 'everyone'), NULL, 19, NULL, NULL) \g /dev/null
SELECT t.is('with view it is as it was', pg_temp.see(:kept) || ', ' || pg_temp.heirs(:kept) || ', ' || pg_temp.see(:by_name), 'bob, 0, next');

-- ---- the owner himself
SELECT t.is('the owner does not leave what nobody else sees', t.try(format('SELECT channel_member_delete(%s, %s, %1$s)', t.who('owner'), :owners)), 'conflict');
SELECT t.is('he sees it', pg_temp.see(:owners), 'owner');
SELECT channel_member_put(t.who('owner'), :owners, t.who('bob')) \g /dev/null
SELECT t.is('but what another does', t.try(format('SELECT channel_member_delete(%s, %s, %1$s)', t.who('owner'), :owners)) || ' ' || pg_temp.see(:owners), 'ok bob');
SELECT server_hand_on(t.who('owner'), :home, t.who('next')) \g /dev/null
SELECT t.is('the next owner inherits all that was his alone', pg_temp.told(format('member_remove(%s, %s, %s)', t.who('bob'), :home, t.who('bob'))) || ' ' || pg_temp.see(:owners),
	'member.left:home member.joined:owners channel.created:next member.joined:room channel.created:next member.joined:of two channel.created:next '
	'member.joined:kept channel.created:next server.left:bob next');

-- ---- what was lost before there was an heir; deleted ones; the administrator of the installation
SELECT pg_temp.room('owner', 'lost') AS lost, pg_temp.room('owner', 'gone') AS gone \gset
DELETE FROM channel_member WHERE channel_id IN (:lost, :gone);
SELECT t.is('who owns it does not delete what he does not see', t.try(format('SELECT channel_delete(%s, %s)', t.who('next'), :gone)), 'not_found');
BEGIN;
SELECT t.is('the administrator of the installation deletes it', t.try(format('SELECT channel_delete(admin_as_owner(%s, NULL), %s)', :home, :gone)), 'ok');
COMMIT;
SELECT t.is('he is done with it', (deleted_at IS NOT NULL) || ' ' || pg_temp.heirs(id), 'true 0') FROM channel WHERE id = :gone;
SELECT t.is('housekeeping lets the owner into what was lost', (SELECT string_agg(rows::text, '') FROM housekeeping() WHERE what = 'channel that nobody saw') || ' ' || pg_temp.see(:lost) || ' ' || pg_temp.see(:gone), '1 next ');
SELECT t.is('once', rows::text, '0') FROM housekeeping() WHERE what = 'channel that nobody saw';
BEGIN;
SELECT t.is('brought back by him', t.try(format('SELECT channel_restore(admin_as_owner(%s, NULL), %s)', :home, :gone)), 'ok');
COMMIT;
SELECT t.is('it is the owner''s', pg_temp.see(:gone) || ', ' || pg_temp.heirs(:gone), 'next, 1 next hidden');
SELECT channel_member_put(t.who('next'), :gone, t.who('ann')), channel_member_delete(t.who('next'), :gone, t.who('next')) \g /dev/null
BEGIN;
SELECT t.is('one that somebody sees he archives', t.try(format('SELECT channel_update(admin_as_owner(%s, NULL), %s, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, NULL)', :home, :gone)), 'ok');
SELECT t.is('and deletes and brings back', t.try(format('SELECT channel_delete(admin_as_owner(%s, NULL), %s)', :home, :gone))
	|| ' ' || pg_temp.told(format('channel_restore(admin_as_owner(%s, NULL), %s)', :home, :gone)), 'ok server.updated:home channel.updated:gone');
COMMIT;
SELECT t.is('without the owner', pg_temp.see(:gone), 'ann');
SELECT pg_temp.room('owner', 'meanwhile') AS meanwhile \gset
SELECT server_delete(t.who('next'), :home), account_delete(t.who('owner'), false) \g /dev/null
SELECT t.is('a server that comes back has none that is lost', pg_temp.see(:meanwhile) || t.try(format('SELECT server_restore(%s, %s)', t.who('next'), :home)) || ' ' || pg_temp.see(:meanwhile), 'ok next');
SELECT pg_temp.room('admin', 'of who goes') AS goes \gset
SELECT t.is('an account that ends leaves nothing behind', t.try(format('SELECT account_delete(%s, false)', t.who('admin'))) || ' ' || pg_temp.see(:goes), 'ok next');
SELECT t.is('nothing is lost', count(*)::text, '0') FROM server AS s CROSS JOIN LATERAL unnest(channels_lost(s.id, NULL)) AS x;

-- ---- what else the audit log says
SELECT t.channel(t.who('next'), :home, 'front', false) AS front \gset
CREATE FUNCTION pg_temp.noted(action text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', (SELECT coalesce(c.name, 'no channel') FROM (SELECT) AS one LEFT JOIN channel AS c ON c.id = x.target_id), CASE WHEN x.hidden THEN 'hidden' END, x.detail)
	FROM audit AS x WHERE x.action = noted.action ORDER BY x.id DESC LIMIT 1 $$;
SELECT invite_create(t.who('next'), :home, 3, 0, :goes, t.role(:home, 'guest'), 'secret-code') \g /dev/null
SELECT t.is('an invite into a private channel, for who sees that', pg_temp.noted('invite.created'), 'of who goes hidden {"role":"guest","channel":"of who goes","max_uses":3}');
SELECT invite_create(t.who('next'), :home, 0, 60, NULL, t.role(:home, 'admin'), 'other-code') \g /dev/null
SELECT t.is('one that makes administrators', pg_temp.noted('invite.created') ~ '^no channel {"role":"admin","until":"[^"]+"}$' || '', 'true');
SELECT invite_regenerate(t.who('next'), 'secret-code', 'third-code'), invite_delete(t.who('next'), 'other-code') \g /dev/null
SELECT t.is('one that is revoked', pg_temp.noted('invite.deleted') ~ '^no channel {"role":"admin","until":"[^"]+"}$' || '', 'true');
SELECT t.is('one that has another code', pg_temp.noted('invite.regenerated'), 'of who goes hidden {"role":"guest","channel":"of who goes","max_uses":3}');
SELECT t.is('no code is in it', count(*)::text, '0') FROM audit AS x WHERE x::text ~ '(secret|other|third)-code';
SELECT member_update(t.who('next'), :home, t.who('ann'), NULL, 'Annie'), member_update(t.who('next'), :home, t.who('next'), NULL, 'Me') \g /dev/null
SELECT t.is('what somebody is called by another', string_agg(detail::text, ' '), '{"was" : "", "name" : "Annie"}') FROM audit WHERE action = 'member.nickname';
SELECT role_update(t.who('next'), :home, :makers, 'builders', NULL, 255, true) \g /dev/null
SELECT t.is('what changed of a role', pg_temp.noted('role.updated'), 'no channel {"name":"builders","was":"makers","color":"#0000ff","mentionable":true,"before":"131072","permissions":"131072"}');
SELECT override_put(t.who('next'), :front, t.who('ann'), 4, 16) \g /dev/null
SELECT t.is('what an override says', pg_temp.noted('channel.overrides') ~ '"permissions" : {"allow" : "4", "deny" : "16"}' || '', 'true');
SELECT t.is('a list of what does not exist is none', t.try(format('SELECT audit_list(%s, %s, 50, NULL, NULL, ''member.banished'', NULL)', t.who('next'), :home)), 'invalid_fields');
SELECT t.is('all actions are such that it can be asked for', string_agg(DISTINCT action, ' '), NULL) FROM audit WHERE NOT action = ANY (audit_actions());

-- ---- a guest's time
SELECT invite_create(t.who('next'), :home, 0, 0, :front, t.role(:home, 'guest'), 'code-guests'), invite_create(t.who('next'), :home, 0, 0, NULL, NULL, 'code-members') \g /dev/null
CREATE FUNCTION pg_temp.comes(who text, code text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	x	text := t.try(format('SELECT invite_accept(%s, %L, 100)', t.who(who), code));
BEGIN
	RETURN concat_ws(' ', x, (SELECT CASE WHEN m.expires_at < now() + interval '2 h' THEN 'for an hour' ELSE 'for ever' END
		FROM member AS m WHERE m.account_id = t.who(who) AND m.server_id = pg_temp.home()));
END $$;
CREATE FUNCTION pg_temp.goes_again(who text, till timestamptz) RETURNS void LANGUAGE sql AS $$
	SELECT member_update(t.who('next'), pg_temp.home(), t.who(who), NULL, NULL, till);
	SELECT member_remove(t.who(who), pg_temp.home(), t.who(who)) $$;
SELECT t.is('a guest comes', pg_temp.comes('gina', 'code-guests'), 'ok for ever');
SELECT pg_temp.goes_again('gina', now() + interval '1 h') \g /dev/null
SELECT t.is('goes and comes back: what was said holds', pg_temp.comes('gina', 'code-guests'), 'ok for an hour');
SELECT t.is('as he is told', (server_full_json(t.who('gina'), :home)::json ->> 'member_count' IS NULL) || ' ' || (member_read(t.who('gina'), :home, t.who('gina'))::json ->> 'expires_at' IS NOT NULL), 'true true');
SELECT pg_temp.goes_again('gina', NULL) \g /dev/null
SELECT t.is('as a member he stays', pg_temp.comes('gina', 'code-members'), 'ok for ever');
SELECT member_update(t.who('next'), :home, t.who('gina'), '{guest}', NULL) \g /dev/null
SELECT pg_temp.goes_again('gina', now() + interval '1 h') \g /dev/null
UPDATE timeout_left SET guest_until = now() - interval '1 s';
UPDATE invite SET created_at = now() - interval '1 h';
SELECT t.is('when his time is over the invite is', pg_temp.comes('gina', 'code-guests'), 'gone');
SELECT t.is('housekeeping keeps that while there is one', (SELECT rows::text FROM housekeeping() WHERE what = 'timeout_left') || (SELECT count(*) FROM timeout_left), '01');
SELECT invite_create(t.who('next'), :home, 0, 0, :front, t.role(:home, 'guest'), 'code-later') \g /dev/null
SELECT t.is('but not one that was made since', pg_temp.comes('gina', 'code-later'), 'ok for ever');
SELECT pg_temp.goes_again('gina', now() + interval '1 h') \g /dev/null
UPDATE timeout_left SET guest_until = now() - interval '1 s';
DELETE FROM invite WHERE server_id = :home;
SELECT t.is('without any it goes', rows::text, '1') FROM housekeeping() WHERE what = 'timeout_left';
SELECT t.is('and nothing is kept', count(*)::text, '0') FROM timeout_left;

-- ---- one membership that does not end
INSERT INTO invite (code, server_id, creator_id) VALUES ('code-ends', :home, t.who('next'));
SELECT invite_accept(t.who('gina'), 'code-ends', 100), invite_accept(t.who('bob'), 'code-ends', 100) \g /dev/null
UPDATE member SET expires_at = now() - CASE WHEN account_id = t.who('gina') THEN interval '2 h' ELSE interval '1 h' END WHERE server_id = :home AND account_id IN (t.who('gina'), t.who('bob'));
INSERT INTO t.stays SELECT t.who('gina');
SET client_min_messages = error;
SELECT t.is('keeps no other from ending', string_agg(kind, ' '), 'body event event') FROM member_expire();
SELECT t.is('and is tried again', string_agg(kind, ' ') || (SELECT count(*) FROM member WHERE account_id = t.who('bob') AND server_id = :home), 'empty0') FROM member_expire();
DELETE FROM t.stays;
SELECT t.is('until it does', string_agg(kind, ' '), 'body event event') FROM member_expire();

-- ---- a cursor that says nothing of whom it stands behind
SELECT t.is('it comes back', count(*)::text, '1000') FROM (SELECT new_id() + x * 1234567 AS id FROM generate_series(1, 1000) AS x) AS y
WHERE id_unseal(id_seal(id)) = id AND id_seal(id) > 0 AND id_seal(id) <> id;
SELECT t.is('any number is one', count(*)::text, '4') FROM unnest(ARRAY[0, 1, 4611686018427387904, 9223372036854775807]) AS x WHERE id_unseal(x) >= 0;
