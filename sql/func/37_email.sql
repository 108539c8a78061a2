-- Addresses: given, verified, changed; and new passwords for who reads the mail sent there.

CREATE OR REPLACE FUNCTION mail_may(address text, scale int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	key	text := 'mail:' || encode(sha256(convert_to(lower(address COLLATE "C"), 'UTF8')), 'hex');
BEGIN
	RETURN (SELECT l.allowed FROM limit_hit(key || ':5', 300, scale) AS l)
		AND (SELECT l.allowed FROM limit_hit(key || ':60', 3600, 3 * scale) AS l);
END
$$;
COMMENT ON FUNCTION mail_may IS
'A letter that anybody can cause may go to this address now, and is counted: one in 5 minutes, 3 an hour, times scale';

CREATE OR REPLACE FUNCTION email_ask(account_id bigint, address text, verify_hash bytea, secret text, scale int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	other	bigint;
BEGIN
	IF verify_hash IS NULL OR NOT mail_may(address, scale) THEN
		RETURN false;
	END IF;
	SELECT a.id INTO other FROM account AS a
	WHERE lower(a.email COLLATE "C") = lower(email_ask.address COLLATE "C") AND a.id <> email_ask.account_id;
	IF FOUND THEN
		PERFORM mail_to(other, address, 'taken');
	ELSE
		PERFORM ticket_make(verify_hash, 'verify', account_id, jsonb_build_object('email', address), 86400);
		PERFORM mail_to(account_id, address, 'verify', jsonb_build_object('secret', secret));
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION email_ask IS
'Writes to an address whether it is theirs; to whom it belongs already, that somebody else gave it. False when it was
written to just now, or when no mail is sent (verify_hash NULL)';

CREATE OR REPLACE FUNCTION email_set(actor bigint, address text, verify_hash bytea, secret text, scale int)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	old	account;
	a	account;
	same	boolean;
BEGIN
	SELECT x.* INTO old FROM account AS x WHERE x.id = actor AND x.deleted_at IS NULL FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	same := lower(address COLLATE "C") IS NOT DISTINCT FROM lower(old.email COLLATE "C");
	UPDATE account AS x SET email_unverified = CASE WHEN same THEN NULL ELSE address END,
		email = CASE WHEN address IS NULL THEN NULL ELSE x.email END
	WHERE x.id = actor RETURNING x.* INTO a;
	PERFORM ticket_void(actor, ARRAY['verify']);
	IF NOT same THEN
		PERFORM ticket_void(actor, ARRAY['reset']);
		IF old.email IS NOT NULL AND verify_hash IS NOT NULL THEN
			PERFORM mail_to(actor, old.email, 'moved');
		END IF;
		IF address IS NOT NULL THEN
			PERFORM email_ask(actor, address, verify_hash, secret, scale);
		END IF;
	END IF;
	RETURN NEXT ROW('accepted', NULL, me_json(a))::reply;
	IF me_json(a) <> me_json(old) THEN
		RETURN NEXT user_event(actor, access_code('none'), 0, 'user.updated', me_json(a));
	END IF;
END
$$;
COMMENT ON FUNCTION email_set IS
'address NULL removes it. The old one counts until the new one is verified, and is told; a link for a new password that
went there opens nothing any more';

CREATE OR REPLACE FUNCTION email_resend(actor bigint, verify_hash bytea, secret text, scale int)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	a	account;
BEGIN
	SELECT x.* INTO a FROM account AS x WHERE x.id = actor FOR NO KEY UPDATE;
	IF a.email_unverified IS NULL THEN
		PERFORM fail(404, 'not_found');
	ELSIF NOT email_ask(actor, a.email_unverified, verify_hash, secret, scale) THEN
		PERFORM fail(429, 'rate_limited', '300');
	END IF;
	RETURN NEXT ROW('accepted', NULL, me_json(a))::reply;
END
$$;

CREATE OR REPLACE FUNCTION email_verify(hash bytea) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	t	ticket;
	a	account;
BEGIN
	SELECT x.* INTO t FROM ticket_take('verify', hash) AS x;
	UPDATE account AS x SET email = x.email_unverified, email_unverified = NULL,
		waits_for = CASE WHEN x.waits_for IN ('approve', 'verify_approve') THEN 'approve' END,
		disabled_at = CASE WHEN x.waits_for = 'verify' THEN NULL ELSE x.disabled_at END
	WHERE x.id = t.account_id AND x.email_unverified = t.data->>'email' AND x.deleted_at IS NULL
	RETURNING x.* INTO a;
	IF NOT FOUND THEN
		PERFORM fail(400, 'ticket_invalid');
	END IF;
	PERFORM ticket_void(a.id, ARRAY['reset']);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN NEXT user_event(a.id, access_code('none'), 0, 'user.updated', me_json(a));
END
$$;
COMMENT ON FUNCTION email_verify IS
'Who has the secret reads the mail: the address counts from now on, and who waited for that does no longer. email_taken
when somebody else verified it first';

CREATE OR REPLACE FUNCTION reset_ask(login text, reset_hash bytea, secret text, scale int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	a	account;
BEGIN
	SELECT x.* INTO a FROM account AS x
	WHERE NOT x.bot AND x.disabled_at IS NULL AND x.email IS NOT NULL
	AND (x.username = lower(login COLLATE "C") COLLATE "default" OR lower(x.email COLLATE "C") = lower(login COLLATE "C"))
	ORDER BY x.username = lower(login COLLATE "C") COLLATE "default" DESC LIMIT 1;
	IF NOT mail_may(coalesce(a.email, login), scale) THEN
		RETURN;
	END IF;
	IF a.id IS NOT NULL THEN
		PERFORM ticket_make(reset_hash, 'reset', a.id, NULL, 3600);
	END IF;
	PERFORM mail_to(a.id, a.email, 'reset', jsonb_build_object('secret', secret));
END
$$;
COMMENT ON FUNCTION reset_ask IS
'A link for a new password to the verified address of an account; as much work for a name that is nobody''s';

CREATE OR REPLACE FUNCTION reset_set(hash bytea, password_hash text, step bigint, code_hash bytea) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	t	ticket;
	a	account;
BEGIN
	SELECT x.* INTO t FROM ticket_take('reset', hash) AS x;
	SELECT x.* INTO a FROM account AS x WHERE x.id = t.account_id AND x.disabled_at IS NULL FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM fail(400, 'ticket_invalid');
	ELSIF a.second_factor THEN
		PERFORM factor_use(a.id, step, code_hash);
	END IF;
	RETURN QUERY SELECT * FROM account_password_set(t.account_id, NULL, password_hash);
END
$$;
COMMENT ON FUNCTION reset_set IS
'Who has the secret, and shows a second factor if there is one, has a new password; of several at once one. All sessions end';
