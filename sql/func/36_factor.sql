-- The second factor, and the confirmation that changing it needs.

CREATE OR REPLACE FUNCTION session_check_confirmed(session_id bigint, account_id bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM session_check(session_id, account_id);
	IF NOT EXISTS (SELECT FROM session AS s WHERE s.id = session_check_confirmed.session_id
		AND s.confirmed_at > now() - interval '10 minutes') THEN
		PERFORM fail(403, 'confirmation_required');
	END IF;
END
$$;
COMMENT ON FUNCTION session_check_confirmed IS
'session_check(), for what a session left open, or a stolen one, must not do';

CREATE OR REPLACE FUNCTION factor_methods(account_id bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT array_remove(ARRAY[
		CASE WHEN EXISTS (SELECT FROM totp AS t WHERE t.account_id = factor_methods.account_id
			AND t.secret IS NOT NULL) THEN 'totp' END,
		CASE WHEN EXISTS (SELECT FROM recovery_code AS r WHERE r.account_id = factor_methods.account_id)
			THEN 'recovery_code' END], NULL)
$$;
COMMENT ON FUNCTION factor_methods IS 'How the second step of a sign-in can be done';

CREATE OR REPLACE FUNCTION factor_use(account_id bigint, step bigint, code_hash bytea) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF step IS NOT NULL THEN
		UPDATE totp AS t SET last_step = factor_use.step
		WHERE t.account_id = factor_use.account_id AND t.secret IS NOT NULL AND t.last_step < factor_use.step;
	ELSIF code_hash IS NOT NULL THEN
		DELETE FROM recovery_code AS r
		WHERE r.account_id = factor_use.account_id AND r.hash = factor_use.code_hash;
	ELSE
		PERFORM fail(401, 'second_factor_required');
	END IF;
	IF NOT FOUND THEN
		PERFORM fail(401, 'bad_credentials');
	END IF;
END
$$;
COMMENT ON FUNCTION factor_use IS
'Takes a code, once and for all: the step that a code of the authenticator was found to be of, or the hash of
a recovery code. Of two at once one gets it.';

CREATE OR REPLACE FUNCTION factor_ask(account_id bigint, password_hash text, ticket_hash bytea, life_s int)
RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
	-- a change of the password meanwhile voids the ticket, or has been, and there is none
	PERFORM account_hold(account_id, password_hash);
	PERFORM ticket_make(ticket_hash, 'second_factor', account_id, NULL, life_s);
	RETURN factor_methods(account_id);
END
$$;
COMMENT ON FUNCTION factor_ask IS
'Notes the ticket of a sign-in whose password was right, and says what its second step can be done with';

CREATE OR REPLACE FUNCTION security_event(account_id bigint, action text, by_id bigint) RETURNS reply
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audit (server_id, actor_id, action, target_id) VALUES (0, by_id, 'security.' || action, account_id);
	PERFORM mail_to(a.id, a.email, 'security', jsonb_build_object('note', action))
	FROM account AS a WHERE a.id = security_event.account_id AND a.email IS NOT NULL;
	RETURN (SELECT user_event(a.id, access_code('none'), 0, 'user.updated', me_json(a))
		FROM account AS a WHERE a.id = security_event.account_id);
END
$$;
COMMENT ON FUNCTION security_event IS
'Notes a change of what an account is entered with, in the audit log of the installation (no server), and tells
his streams, and him by mail. action: lib/domain/mail.c has a sentence for it. by_id: NULL for the administrator';

CREATE OR REPLACE FUNCTION factor_settle(account_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	has	boolean := EXISTS (SELECT FROM totp AS t WHERE t.account_id = factor_settle.account_id AND t.secret IS NOT NULL);
BEGIN
	UPDATE account AS a SET second_factor = has WHERE a.id = factor_settle.account_id AND a.second_factor <> has;
	IF NOT has THEN
		DELETE FROM recovery_code AS r WHERE r.account_id = factor_settle.account_id;
	END IF;
END
$$;
COMMENT ON FUNCTION factor_settle IS 'To be called when a factor came or went, with the account locked. Without one there are no recovery codes';

CREATE OR REPLACE FUNCTION recovery_codes_set(account_id bigint, hashes bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM recovery_code AS r WHERE r.account_id = recovery_codes_set.account_id;
	INSERT INTO recovery_code (account_id, hash) SELECT recovery_codes_set.account_id, h FROM unnest(hashes) AS h;
END
$$;

CREATE OR REPLACE FUNCTION totp_begin(actor bigint, pending bytea) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_account_locked(actor);
	INSERT INTO totp AS t (account_id, pending, pending_at) VALUES (actor, totp_begin.pending, now())
	ON CONFLICT (account_id) DO UPDATE SET pending = excluded.pending, pending_at = excluded.pending_at;
	RETURN NEXT ROW('body', NULL, (SELECT a.username FROM account AS a WHERE a.id = actor))::reply;
END
$$;
COMMENT ON FUNCTION totp_begin IS 'The answer is whose it is. The secret in use stays so until a code of this one was shown';

CREATE OR REPLACE FUNCTION totp_enable(actor bigint, secret bytea, step bigint, hashes bytea[]) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	first	boolean;
BEGIN
	SELECT NOT a.second_factor INTO first FROM account AS a WHERE a.id = actor FOR NO KEY UPDATE;
	UPDATE totp AS t SET secret = t.pending, pending = NULL, pending_at = NULL, last_step = step
	WHERE t.account_id = actor AND t.pending = totp_enable.secret AND t.pending_at > now() - interval '10 minutes';
	IF NOT FOUND THEN
		PERFORM fail(410, 'gone');
	END IF;
	PERFORM factor_settle(actor);
	IF first THEN
		PERFORM recovery_codes_set(actor, hashes);
	END IF;
	RETURN NEXT ROW('body', NULL, first)::reply;
	RETURN NEXT security_event(actor, 'totp.on', actor);
END
$$;
COMMENT ON FUNCTION totp_enable IS
'secret: the pending one, as it was when its code was looked at. The answer is whether the recovery codes are
the account''s now: with its first factor they are';

CREATE OR REPLACE FUNCTION totp_disable(actor bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	was	boolean;
BEGIN
	PERFORM FROM account AS a WHERE a.id = actor FOR NO KEY UPDATE;
	DELETE FROM totp AS t WHERE t.account_id = actor RETURNING t.secret IS NOT NULL INTO was;
	IF was IS NOT TRUE THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM factor_settle(actor);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT security_event(actor, 'totp.off', actor);
END
$$;

CREATE OR REPLACE FUNCTION recovery_codes_renew(actor bigint, hashes bytea[]) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM account AS a WHERE a.id = actor AND a.second_factor FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(409, 'conflict', 'there is no second factor that they could stand in for');
	END IF;
	PERFORM recovery_codes_set(actor, hashes);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT security_event(actor, 'recovery_codes', actor);
END
$$;

CREATE OR REPLACE FUNCTION session_confirm(account_id bigint, session_id bigint, proven boolean, step bigint, code_hash bytea)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	IF NOT proven THEN
		PERFORM factor_use(account_id, step, code_hash);
	ELSIF (SELECT a.second_factor FROM account AS a WHERE a.id = session_confirm.account_id) THEN
		PERFORM fail(401, 'second_factor_required');
	END IF;
	UPDATE session AS s SET confirmed_at = now()
	WHERE s.id = session_confirm.session_id AND s.account_id = session_confirm.account_id;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
END
$$;
COMMENT ON FUNCTION session_confirm IS 'proven: the caller has seen the password, which does for who has no second factor; else factor_use() says';

CREATE OR REPLACE FUNCTION factors_drop(account_id bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM account AS a WHERE a.id = factors_drop.account_id AND a.second_factor FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	DELETE FROM totp AS t WHERE t.account_id = factors_drop.account_id;
	PERFORM factor_settle(account_id);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT security_event(account_id, 'second_factor.off', NULL);
END
$$;
COMMENT ON FUNCTION factors_drop IS 'For the administrator, when somebody has lost what he needs: the password alone opens the account then';

CREATE OR REPLACE FUNCTION security_json(a account, s session) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '{"password":' || (a.password_hash IS NOT NULL) || ',"second_factor":' || a.second_factor
		|| ',"totp":' || ('totp' = ANY (factor_methods(a.id)))
		|| ',"recovery_codes_left":' || (SELECT count(*) FROM recovery_code AS r WHERE r.account_id = a.id)
		|| ',"passkeys":0,"email":' || js(a.email)
		|| ',"confirmed_until":' || jq(CASE WHEN s.confirmed_at > now() - interval '10 minutes'
			THEN ts(s.confirmed_at + interval '10 minutes') END) || '}'
$$;
