-- The second factor, statement by statement.

SELECT t.account('ann') AS ann, t.account('bob') AS bob \gset
SELECT decode(repeat('00', 60), 'hex') AS sealed, decode(repeat('01', 60), 'hex') AS other \gset
SELECT id AS session FROM session_open(:ann, '', '') \gset
SELECT t.is('who has no factor is let in', kind, 'body') FROM session_create(:ann, '', '');
SELECT t.is('signing in confirms', t.try(format('SELECT session_check_confirmed(%s, %s)', :session, :ann)), 'ok');
UPDATE session SET confirmed_at = now() - interval '11 minutes' WHERE id = :session;
SELECT t.is('for ten minutes', t.try(format('SELECT session_check_confirmed(%s, %s)', :session, :ann)), 'confirmation_required');
UPDATE session SET confirmed_at = NULL WHERE id = :session;
SELECT t.is('and one of before that was asked has not', t.try(format('SELECT session_check_confirmed(%s, %s)', :session, :ann)), 'confirmation_required');
SELECT t.is('an ended one is ended first', t.try(format('SELECT session_check_confirmed(%s, %s)', :session, :bob)), 'session_ended');

-- ---- on
SELECT t.is('a secret is somebody''s', data, 'ann') FROM totp_begin(:ann, :'sealed');
SELECT t.is('and is not in use yet', second_factor::text, 'false') FROM account WHERE id = :ann;
SELECT t.is('only the one that is pending is taken', t.try(format('SELECT totp_enable(%s, %L, 7, %L)', :ann, :'other', '{}')), 'gone');
SELECT t.is('on, with codes, and his streams are told', string_agg(concat_ws(' ', kind, CASE kind WHEN 'body' THEN data
	ELSE substring(data from '"type":"([a-z.]+)"') || substring(data from '"second_factor":[a-z]+') END), ', '), 'body true, event user.updated"second_factor":true')
FROM totp_enable(:ann, :'sealed', 7, ARRAY[sha256('a'), sha256('b')]);
SELECT t.is('once', t.try(format('SELECT totp_enable(%s, %L, 7, %L)', :ann, :'sealed', '{}')), 'gone');
SELECT t.is('what it can be done with', factor_methods(:ann)::text, '{totp,recovery_code}');

-- ---- nobody is let in without
SELECT t.is('not by the password alone', t.try(format('SELECT session_create(%s, %L, %L)', :ann, '', '')), 'second_factor_required');
SELECT t.is('not by a step that was taken', t.try(format('SELECT session_create(%s, %L, %L, NULL, 7)', :ann, '', '')), 'bad_credentials');
SELECT t.is('by the next', t.try(format('SELECT session_create(%s, %L, %L, NULL, 8)', :ann, '', '')), 'ok');
SELECT t.is('not by one before', t.try(format('SELECT session_create(%s, %L, %L, NULL, 7)', :ann, '', '')), 'bad_credentials');
SELECT t.is('not with a ticket that is none', t.try(format('SELECT session_create(%s, %L, %L, %L, 9)', :ann, '', '', sha256('no'))), 'ticket_invalid');
SELECT t.is('and the step is not spent then', last_step::text, '8') FROM totp WHERE account_id = :ann;
SELECT ticket_make(sha256('t'), 'second_factor', :bob, NULL, 300), ticket_make(sha256('u'), 'second_factor', :ann, NULL, 300) \g /dev/null
SELECT t.is('nor with somebody else''s', t.try(format('SELECT session_create(%s, %L, %L, %L, 9)', :ann, '', '', sha256('t'))), 'ticket_invalid');
SELECT t.is('with his own', t.try(format('SELECT session_create(%s, %L, %L, %L, 9)', :ann, '', '', sha256('u'))), 'ok');
SELECT t.is('which is gone', t.try(format('SELECT session_create(%s, %L, %L, %L, 10)', :ann, '', '', sha256('u'))), 'ticket_invalid');
SELECT t.is('a recovery code', t.try(format('SELECT session_create(%s, %L, %L, NULL, NULL, %L)', :ann, '', '', sha256('a'))), 'ok');
SELECT t.is('is taken once', t.try(format('SELECT session_create(%s, %L, %L, NULL, NULL, %L)', :ann, '', '', sha256('a'))), 'bad_credentials');
SELECT t.is('a step is no use to who has no authenticator', t.try(format('SELECT factor_use(%s, 8, NULL)', :bob)), 'bad_credentials');

SELECT t.is('nor does the password confirm', t.try(format('SELECT session_confirm(%s, %s, true, NULL, NULL)', :ann, :session)), 'second_factor_required');
SELECT t.is('a recovery code does', t.try(format('SELECT session_confirm(%s, %s, false, NULL, %L)', :ann, :session, sha256('b'))), 'ok');

-- ---- off
SELECT t.is('codes are for who has a factor', t.try(format('SELECT recovery_codes_renew(%s, %L)', :bob, '{}')), 'conflict');
SELECT t.is('off', t.try(format('SELECT totp_disable(%s)', :ann)), 'ok');
SELECT t.is('the last one takes the codes along', count(*)::text, '0') FROM recovery_code WHERE account_id = :ann;
SELECT t.is('off is off', t.try(format('SELECT totp_disable(%s)', :ann)) || ' ' || t.try(format('SELECT factors_drop(%s)', :ann)), 'not_found not_found');
SELECT kind FROM totp_begin(:ann, :'sealed') \g /dev/null
SELECT t.is('a pending one is not on', t.try(format('SELECT totp_disable(%s)', :ann)) || ' ' || factor_methods(:ann)::text, 'not_found {}');
SELECT kind FROM totp_enable(:ann, :'sealed', 7, ARRAY[sha256('a')]) \g /dev/null
SELECT t.is('an administrator turns it off', string_agg(kind, ' '), 'empty event') FROM factors_drop(:ann);
SELECT t.is('and that stands in the audit log of the installation', string_agg(action || coalesce(' ' || actor_id::text, ''), ', ' ORDER BY id), format('security.totp.on %1$s, security.totp.off %1$s, security.totp.on %1$s, security.second_factor.off', :ann))
FROM audit WHERE server_id = 0 AND target_id = :ann;

-- ---- the end of the account
SELECT kind FROM totp_begin(:ann, :'sealed') \g /dev/null
SELECT kind FROM totp_enable(:ann, :'sealed', 7, ARRAY[sha256('a')]) \g /dev/null
SELECT ticket_make(sha256('v'), 'verify', :ann, '{"email":"ann@example.org"}', 300), mail_to(:ann, 'ann@example.org', 'verify'), mail_to(:bob, 'bob@example.org', 'verify') \g /dev/null
SELECT kind FROM account_delete(:ann, false) \g /dev/null
SELECT t.is('no ticket, and no letter', (SELECT count(*) FROM ticket WHERE account_id = :ann) || ' ' || string_agg(data ->> 'to', ' '), '0 bob@example.org') FROM job WHERE kind = 'mail';
SELECT t.is('nothing of it stays', (SELECT count(*) FROM totp) || ' ' || (SELECT count(*) FROM recovery_code) || ' ' || second_factor, '0 0 false') FROM account WHERE id = :ann;
