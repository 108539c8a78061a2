-- Who registers and waits, and who decides on it.

CREATE OR REPLACE FUNCTION is_admin(actor bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM account AS a WHERE a.id = actor AND a.admin AND a.disabled_at IS NULL)
$$;
COMMENT ON FUNCTION is_admin IS 'An administrator of the installation';

CREATE OR REPLACE FUNCTION registration_room() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF (SELECT count(*) FROM (SELECT FROM account AS a WHERE a.waits_for IS NOT NULL LIMIT 1000) AS x) >= 1000 THEN
		PERFORM fail(403, 'registration_closed');
	END IF;
END
$$;
COMMENT ON FUNCTION registration_room IS 'At most 1,000 wait at once, so that nobody fills the list';

CREATE OR REPLACE FUNCTION registration_json(a account) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '{"id":"' || a.id || '","username":"' || a.username || '","display_name":' || js(a.display_name)
		|| ',"email":' || js(coalesce(a.email, a.email_unverified)) || ',"email_verified":' || (a.email IS NOT NULL)
		|| ',"note":' || js(a.registration_note) || ',"created_at":"' || ts(id_time(a.id)) || '"}'
$$;

CREATE OR REPLACE FUNCTION registration_list(actor bigint, most int, after_id bigint)
RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	ids	bigint[];
BEGIN
	IF NOT is_admin(actor) THEN
		PERFORM fail(403, 'forbidden');
	END IF;
	ids := ARRAY(SELECT a.id FROM account AS a
		WHERE a.waits_for IS NOT NULL AND a.waits_for = 'approve' AND a.id > after_id ORDER BY a.id LIMIT most + 1);
	IF cardinality(ids) > most THEN
		after := ids[most]::text;
	END IF;
	SELECT page_json(string_agg(registration_json(a), ',' ORDER BY a.id), NULL, registration_list.after) INTO data
	FROM account AS a WHERE a.id = ANY (ids[1:most]);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION registration_list IS 'Who waits for an administrator, who has waited longest first';

CREATE OR REPLACE FUNCTION registration_drop(account_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM account_forget(account_id);
	DELETE FROM username_hold AS h WHERE h.account_id = registration_drop.account_id;
END
$$;
COMMENT ON FUNCTION registration_drop IS 'An account that was never signed in to goes, and its name is anybody''s again';

CREATE OR REPLACE FUNCTION registrations_expire() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(registration_drop(x.id)::text) FROM (SELECT a.id FROM account AS a
		WHERE a.waits_for IS NOT NULL AND a.waits_for <> 'approve' AND a.id < id_floor(now() - interval '7 days')
		FOR UPDATE) AS x
$$;
COMMENT ON FUNCTION registrations_expire IS 'Whose address nobody verified in 7 days';

CREATE OR REPLACE FUNCTION registration_decide(actor bigint, account_id bigint, approve boolean) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	a	account;
BEGIN
	SELECT x.* INTO a FROM account AS x
	WHERE x.id = registration_decide.account_id AND x.waits_for = 'approve' FOR UPDATE;
	-- nobody else sees who waits
	IF NOT FOUND OR NOT (actor IS NULL OR is_admin(actor)) THEN
		PERFORM fail(404, 'not_found');
	END IF;
	IF approve THEN
		UPDATE account AS x SET waits_for = NULL, disabled_at = NULL, registration_note = NULL WHERE x.id = a.id;
	ELSE
		PERFORM registration_drop(a.id);
	END IF;
	IF a.email IS NOT NULL THEN
		PERFORM mail_to(a.id, a.email, CASE WHEN approve THEN 'approved' ELSE 'refused' END,
			jsonb_build_object('name', a.username));
	END IF;
	INSERT INTO audit (server_id, actor_id, action, target_id, detail)
	VALUES (0, actor, CASE WHEN approve THEN 'registration.approved' ELSE 'registration.refused' END, a.id,
		json_build_object('username', a.username));
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
END
$$;
COMMENT ON FUNCTION registration_decide IS
'actor NULL: from the command line. Whoever is refused may register again, under the same name';
