-- Accounts, sessions, personal tokens.

CREATE OR REPLACE FUNCTION session_answer(a account, s session) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '{"user":' || me_json(a) || ',"session_id":"' || s.id || '","refresh_seed":"'
		|| encode(s.seed, 'hex') || '","refresh_gen":' || s.gen || '}'
$$;

CREATE OR REPLACE FUNCTION session_open(account_id bigint, user_agent text, ip text) RETURNS session
LANGUAGE plpgsql AS $$
DECLARE
	s	session;
BEGIN
	INSERT INTO session (account_id, seed, user_agent, ip, confirmed_at)
	VALUES (session_open.account_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
		left(session_open.user_agent, 256), left(session_open.ip, 64), now())
	RETURNING * INTO s;
	RETURN s;
END
$$;

CREATE OR REPLACE FUNCTION username_take(a account, had text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM username_hold AS h
		WHERE h.username = a.username AND h.account_id <> a.id AND h.until > now())
		OR a.username LIKE 'deleted-%' AND a.deleted_at IS NULL THEN
		PERFORM fail(409, 'username_taken');
	END IF;
	DELETE FROM username_hold AS h WHERE h.username = a.username;
	IF had IS NOT NULL THEN
		INSERT INTO username_hold AS h (username, account_id, until) VALUES (had, a.id, now() + interval '30 days')
		ON CONFLICT (username) DO UPDATE SET account_id = excluded.account_id, until = excluded.until;
		-- so that nobody keeps many from others
		DELETE FROM username_hold AS h WHERE h.username IN (SELECT x.username FROM username_hold AS x
			WHERE x.account_id = a.id ORDER BY x.until DESC, x.username OFFSET 3);
	END IF;
END
$$;
COMMENT ON FUNCTION username_take IS
'To be called after the account got its name: from then on nobody else can. Refused while the name is held
for another, and when it is one of those that deleted accounts get. had: the one it gives up, NULL for none; its last three are held for 30 days.';

DROP FUNCTION IF EXISTS account_register(text, text, text, text, text, text, bytea);
DROP FUNCTION IF EXISTS account_register(text, text, text, text, text, text, bytea, text);
CREATE OR REPLACE FUNCTION account_register(username text, email text, password_hash text,
	display_name text, user_agent text, ip text, setup_token_hash bytea, dms_from text DEFAULT 'shared',
	verify_hash bytea DEFAULT NULL, secret text DEFAULT NULL, scale int DEFAULT 1, waits_for text DEFAULT NULL,
	note text DEFAULT NULL)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	a	account;
	s	session;
BEGIN
	IF setup_token_hash IS NOT NULL THEN
		UPDATE instance AS i SET setup_token_hash = NULL, setup_expires_at = NULL
		WHERE i.setup_token_hash = account_register.setup_token_hash
		AND i.setup_expires_at > now()
		AND NOT EXISTS (SELECT FROM account AS x WHERE x.admin);
		IF NOT FOUND THEN
			PERFORM fail(410, 'setup_closed');
		END IF;
	END IF;
	IF waits_for IS NOT NULL THEN
		PERFORM registration_room();
	END IF;
	INSERT INTO account (username, email_unverified, password_hash, display_name, admin, dms_from, waits_for, disabled_at,
		registration_note)
	VALUES (lower(account_register.username COLLATE "C"), account_register.email, account_register.password_hash,
		coalesce(account_register.display_name, account_register.username),
		setup_token_hash IS NOT NULL, account_register.dms_from, account_register.waits_for,
		CASE WHEN account_register.waits_for IS NOT NULL THEN now() END, nullif(note, ''))
	RETURNING * INTO a;
	PERFORM username_take(a, NULL);
	IF a.email_unverified IS NOT NULL THEN
		PERFORM email_ask(a.id, a.email_unverified, verify_hash, secret, scale);
	END IF;
	IF a.waits_for IS NOT NULL THEN
		RETURN NEXT ROW('accepted', NULL, '{"status":"' || CASE a.waits_for WHEN 'approve' THEN 'pending' ELSE 'verify' END
			|| '"}')::reply;
		RETURN;
	END IF;
	s := session_open(a.id, user_agent, ip);
	RETURN NEXT ROW('created', '/users/' || a.id, session_answer(a, s))::reply;
END
$$;
COMMENT ON FUNCTION account_register IS
'Signed in, unless waits_for (see there) keeps it from that: accepted then, with a status';

CREATE OR REPLACE FUNCTION account_hold(account_id bigint, password_hash text) RETURNS account LANGUAGE plpgsql AS $$
DECLARE
	a	account;
BEGIN
	SELECT x.* INTO a FROM account AS x WHERE x.id = account_hold.account_id AND x.disabled_at IS NULL
	FOR NO KEY UPDATE;
	IF NOT FOUND OR a.password_hash IS DISTINCT FROM coalesce(account_hold.password_hash, a.password_hash) THEN
		PERFORM fail(401, 'bad_credentials');
	END IF;
	RETURN a;
END
$$;
COMMENT ON FUNCTION account_hold IS
'The account, locked, for what the right password opens. password_hash: what the password was verified against,
which took a while: refused when it has been changed since. NULL when no password was shown';

CREATE OR REPLACE FUNCTION need_account_locked(account_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM account AS a WHERE a.id = need_account_locked.account_id AND a.deleted_at IS NULL FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(401, 'session_ended');
	END IF;
END
$$;
COMMENT ON FUNCTION need_account_locked IS
'To be called before an account gets something to keep: its session was there a moment ago, the account may have been
deleted since, and account_delete() finds what is there when it has the lock';

DROP FUNCTION IF EXISTS session_create(bigint, text, text);
DROP FUNCTION IF EXISTS session_create(bigint, text, text, bytea, bigint, bytea);
CREATE OR REPLACE FUNCTION session_create(account_id bigint, user_agent text, ip text, ticket_hash bytea DEFAULT NULL,
	step bigint DEFAULT NULL, code_hash bytea DEFAULT NULL, password_hash text DEFAULT NULL)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	a	account;
	s	session;
	oldest	bigint;
BEGIN
	a := account_hold(account_id, password_hash);
	IF a.second_factor THEN
		PERFORM factor_use(a.id, step, code_hash);
	END IF;
	IF ticket_hash IS NOT NULL THEN
		PERFORM FROM ticket_take('second_factor', ticket_hash) AS t WHERE t.account_id = a.id;
		IF NOT FOUND THEN
			PERFORM fail(400, 'ticket_invalid');
		END IF;
	END IF;
	IF (SELECT count(*) FROM session AS x
		WHERE x.account_id = a.id AND x.ended_at IS NULL) >= 100 THEN
		UPDATE session SET ended_at = now() WHERE id = (SELECT x.id FROM session AS x
			WHERE x.account_id = a.id AND x.ended_at IS NULL
			ORDER BY x.last_used_at LIMIT 1) RETURNING id INTO oldest;
	END IF;
	s := session_open(a.id, user_agent, ip);
	RETURN NEXT ROW('body', NULL, session_answer(a, s))::reply;
	IF oldest IS NOT NULL THEN
		RETURN NEXT session_ended(a.id, 'session', oldest);
	END IF;
END
$$;
COMMENT ON FUNCTION session_create IS
'For who has proved who he is, except for a second factor: whoever has one is let in by nothing else. step and
code_hash: see factor_use(); ticket_hash: of the sign-in whose second step this is, NULL for none;
password_hash: see account_hold(), NULL with a ticket, which ends with the password';

CREATE OR REPLACE FUNCTION session_rotate(session_id bigint, gen int, grace int, idle int, absolute int)
RETURNS TABLE (outcome text, account_id bigint, seed text, new_gen int, me text, ref text, data text)
LANGUAGE plpgsql AS $$
DECLARE
	s	session;
	a	account;
	e	reply;
BEGIN
	-- an account before its sessions
	SELECT x.* INTO a FROM account AS x WHERE x.disabled_at IS NULL
		AND x.id = (SELECT y.account_id FROM session AS y WHERE y.id = session_id) FOR NO KEY UPDATE;
	SELECT x.* INTO s FROM session AS x WHERE x.id = session_id FOR UPDATE;
	IF a.id IS NULL OR s.ended_at IS NOT NULL
		OR s.last_used_at < now() - make_interval(secs => idle)
		OR id_time(s.id) < now() - make_interval(secs => absolute) THEN
		outcome := 'ended';
		RETURN NEXT;
		RETURN;
	END IF;
	account_id := a.id;
	seed := encode(s.seed, 'hex');
	me := me_json(a);
	IF session_rotate.gen = s.gen THEN
		UPDATE session AS x SET gen = x.gen + 1, rotated_at = now(), last_used_at = now()
		WHERE x.id = s.id;
		outcome := 'rotated';
		new_gen := s.gen + 1;
		RETURN NEXT;
	ELSIF session_rotate.gen = s.gen - 1
		AND s.rotated_at > now() - make_interval(secs => grace) THEN
		outcome := 'grace';
		new_gen := s.gen;
		RETURN NEXT;
	ELSE
		UPDATE session AS x SET ended_at = now() WHERE x.id = s.id;
		e := session_ended(a.id, 'session', s.id);
		outcome := 'reused';
		ref := e.ref;
		data := e.data;
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION session_rotate IS
'outcome: rotated, grace (the immediate predecessor again: same successor), reused (the session is
ended, ref and data are its event), ended. The caller has verified the token of this generation.';

CREATE OR REPLACE FUNCTION session_end(account_id bigint, session_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM account AS a WHERE a.id = session_end.account_id FOR NO KEY UPDATE;
	UPDATE session AS s SET ended_at = now()
	WHERE s.id = session_end.session_id AND s.account_id = session_end.account_id
	AND s.ended_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT session_ended(account_id, 'session', session_id);
END
$$;

DROP FUNCTION IF EXISTS account_password_set(bigint, bigint, text);
CREATE OR REPLACE FUNCTION account_password_set(account_id bigint, session_id bigint, password_hash text,
	verified text DEFAULT NULL)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	ended	bigint[];
	x	bigint;
	address	text;
BEGIN
	-- who is being let in meanwhile is in, and signed out here, or waits and is judged by the new one
	IF verified IS NOT NULL THEN
		PERFORM account_hold(account_id, verified);
	ELSE
		PERFORM FROM account AS a WHERE a.id = account_password_set.account_id FOR NO KEY UPDATE;
	END IF;
	WITH gone AS (
		UPDATE session AS s SET ended_at = now()
		WHERE s.account_id = account_password_set.account_id AND s.ended_at IS NULL
		AND s.id IS DISTINCT FROM account_password_set.session_id
		RETURNING s.id
	)
	SELECT coalesce(array_agg(id), '{}') INTO ended FROM gone;
	UPDATE account AS a SET password_hash = account_password_set.password_hash
	WHERE a.id = account_password_set.account_id RETURNING a.email INTO address;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM ticket_void(account_id, ARRAY['second_factor', 'reset']);
	IF address IS NOT NULL THEN
		PERFORM mail_to(account_id, address, 'password');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	FOREACH x IN ARRAY ended LOOP
		RETURN NEXT session_ended(account_id, 'session', x);
	END LOOP;
END
$$;
COMMENT ON FUNCTION account_password_set IS
'Signs out everywhere but in session_id. verified: the hash of the old password that was shown, NULL when none was';

CREATE OR REPLACE FUNCTION token_create(actor bigint, name text, scopes text, expires_at timestamptz, secret_hash bytea)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	t	token;
BEGIN
	PERFORM need_account_locked(actor);
	IF (SELECT count(*) FROM token AS x WHERE x.account_id = actor AND x.revoked_at IS NULL) >= 50 THEN
		PERFORM fail(409, 'limit_reached', 'at most 50 tokens');
	END IF;
	INSERT INTO token (account_id, name, scopes, expires_at, secret_hash)
	VALUES (actor, token_create.name, token_create.scopes, token_create.expires_at,
		token_create.secret_hash)
	RETURNING * INTO t;
	RETURN NEXT ROW('created', '/me/tokens/' || t.id, token_json(t))::reply;
END
$$;

CREATE OR REPLACE FUNCTION token_delete(actor bigint, token_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE token AS t SET revoked_at = now()
	WHERE t.id = token_id AND t.account_id = actor AND t.revoked_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT session_ended(actor, 'token', token_id);
END
$$;

DROP FUNCTION IF EXISTS session_check(bigint, bigint);
CREATE FUNCTION session_check(session_id bigint, account_id bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM FROM session AS s JOIN account AS a ON a.id = s.account_id
	WHERE s.id = session_check.session_id AND s.account_id = session_check.account_id
	AND s.ended_at IS NULL AND a.disabled_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fail(401, 'session_ended');
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION token_refusal(t token, secret_hash bytea, disabled_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN t.secret_hash = token_refusal.secret_hash THEN
		CASE WHEN t.revoked_at IS NOT NULL OR disabled_at IS NOT NULL THEN 'session_ended'
			WHEN t.expires_at <= now() THEN 'token_expired' END
		ELSE 'unauthorized' END
$$;
COMMENT ON FUNCTION token_refusal IS
'Why a personal token opens nothing, as a code word; NULL when it does. What became of a token is told
only to who has its secret. Of no row at all: unauthorized.';

DROP FUNCTION IF EXISTS token_check(bigint, bigint, bytea);
CREATE FUNCTION token_check(token_id bigint, account_id bigint, secret_hash bytea) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	t	token;
	refusal	text;
BEGIN
	SELECT x.* INTO t FROM token AS x
	WHERE x.id = token_check.token_id AND x.account_id = token_check.account_id;
	refusal := token_refusal(t, token_check.secret_hash,
		(SELECT a.disabled_at FROM account AS a WHERE a.id = t.account_id));
	IF refusal IS NOT NULL THEN
		PERFORM fail(401, refusal);
	END IF;
	IF t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 hour' THEN
		UPDATE token AS x SET last_used_at = now() WHERE x.id = t.id;
	END IF;
	RETURN t.scopes;
END
$$;
COMMENT ON FUNCTION token_check IS 'The scopes of a personal token, or 401';

CREATE OR REPLACE FUNCTION idempotency_claim(account_id bigint, key text, body_hash bytea)
RETURNS TABLE (status int, data text, ref text) LANGUAGE plpgsql AS $$
DECLARE
	i	idempotency;
BEGIN
	INSERT INTO idempotency (account_id, key, body_hash)
	VALUES (idempotency_claim.account_id, idempotency_claim.key, idempotency_claim.body_hash)
	ON CONFLICT ON CONSTRAINT idempotency_pkey DO NOTHING;
	IF FOUND THEN
		RETURN;
	END IF;
	SELECT x.* INTO i FROM idempotency AS x
	WHERE x.account_id = idempotency_claim.account_id AND x.key = idempotency_claim.key;
	IF i.body_hash <> idempotency_claim.body_hash OR i.status IS NULL THEN
		PERFORM fail(409, 'idempotency_mismatch');
	ELSIF i.data IS NOT NULL AND i.about IS NOT NULL AND server_permissions(i.account_id, i.about) = 0
		AND channel_permissions(i.account_id, i.about) = 0 THEN
		-- an empty answer shows nothing: who has left is told so again
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN QUERY SELECT i.status, i.data, i.ref;
END
$$;
COMMENT ON FUNCTION idempotency_claim IS
'No row: the key is new and now claimed by this transaction. One row: the answer given before, unless it
shows a server or channel that the account does not see any more: then it is not found.';

CREATE OR REPLACE FUNCTION limit_hit(key text, window_s int, most int)
RETURNS TABLE (allowed boolean, remaining int, reset_s int) LANGUAGE plpgsql AS $$
DECLARE
	b	limit_bucket;
BEGIN
	INSERT INTO limit_bucket AS l (key, window_end, hits)
	VALUES (limit_hit.key, now() + make_interval(secs => window_s), 1)
	ON CONFLICT ON CONSTRAINT limit_bucket_pkey DO UPDATE
	SET hits = CASE WHEN l.window_end <= now() THEN 1 ELSE least(l.hits + 1, 1000000) END,
		window_end = CASE WHEN l.window_end <= now() THEN excluded.window_end ELSE l.window_end END
	RETURNING * INTO b;
	RETURN QUERY SELECT b.hits <= most, greatest(most - b.hits, 0),
		ceil(extract(epoch FROM b.window_end - now()))::int;
END
$$;
