-- Rules of a server about what is said. moot-api looks for words, links and mentions; who is exempt, what is
-- said again and again, and what comes of it, is asked here.

CREATE OR REPLACE FUNCTION rules_json(server bigint) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT '[' || coalesce(string_agg(rule_json(r), ',' ORDER BY r.id), '') || ']'
	FROM rule AS r WHERE r.server_id = server AND r.enabled
$$;

CREATE OR REPLACE FUNCTION rules_changed(server bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT coalesce(sum(char_length(w)), 0) FROM rule AS r, unnest(r.words) AS w WHERE r.server_id = server) > 30000 THEN
		PERFORM fail(409, 'limit_reached', 'at most 30,000 characters of words in all');
	END IF;
	UPDATE server AS s SET rules_rev = CASE WHEN EXISTS (SELECT FROM rule AS r WHERE r.server_id = s.id AND r.enabled)
		THEN new_id() ELSE 0 END
	WHERE s.id = server;
END
$$;

DROP FUNCTION IF EXISTS rule_check(rule);
CREATE OR REPLACE FUNCTION rule_check(actor bigint, r rule) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF r.action = 'timeout' AND r.enabled THEN
		PERFORM need_server(actor, r.server_id, perm('timeout'));
	END IF;
	IF r.kind = 'words' AND r.words = '{}' THEN
		PERFORM fail(422, 'invalid_fields', 'words:required:at least one');
	ELSIF r.kind IN ('mentions', 'duplicates') AND r.most IS NULL THEN
		PERFORM fail(422, 'invalid_fields', 'most:required:how many are not too many');
	ELSIF EXISTS (SELECT FROM unnest(r.exempt_roles) AS x (id)
		WHERE NOT EXISTS (SELECT FROM role AS y WHERE y.id = x.id AND y.server_id = r.server_id)) THEN
		PERFORM fail(422, 'invalid_fields', 'exempt_roles:unknown:no such role in this server');
	END IF;
END
$$;

COMMENT ON FUNCTION rule_check(bigint, rule) IS
'Fails unless the rule is one, and its actor may do by hand what it does: switched off it does nothing';

CREATE OR REPLACE FUNCTION rule_list(actor bigint, server_id bigint)
RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_server(actor, server_id, perm('manage_server'));
	data := page_json((SELECT string_agg(rule_json(r), ',' ORDER BY r.id) FROM rule AS r
		WHERE r.server_id = rule_list.server_id), NULL, NULL);
	RETURN NEXT;
END
$$;

CREATE OR REPLACE FUNCTION rule_read(actor bigint, server_id bigint, rule_id bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_server(actor, server_id, perm('manage_server'));
	RETURN (SELECT rule_json(r) FROM rule AS r WHERE r.id = rule_id AND r.server_id = rule_read.server_id);
END
$$;

CREATE OR REPLACE FUNCTION rule_create(actor bigint, server_id bigint, name text, kind text, words text[], allow text[],
	deny text[], most int, action text, timeout_s int, exempt_roles bigint[], enabled boolean) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	r	rule;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_server'));
	IF (SELECT count(*) FROM rule AS x WHERE x.server_id = rule_create.server_id) >= 20 THEN
		PERFORM fail(409, 'limit_reached', 'at most 20 rules');
	END IF;
	INSERT INTO rule (server_id, name, kind, words, allow, deny, most, action, timeout_s, exempt_roles, enabled)
	VALUES (rule_create.server_id, rule_create.name, rule_create.kind, coalesce(rule_create.words, '{}'),
		coalesce(rule_create.allow, '{}'), coalesce(rule_create.deny, '{}'), rule_create.most,
		coalesce(rule_create.action, 'block'), coalesce(rule_create.timeout_s, 600),
		coalesce(rule_create.exempt_roles, '{}'), coalesce(rule_create.enabled, true))
	RETURNING * INTO r;
	PERFORM rule_check(actor, r);
	PERFORM rules_changed(r.server_id);
	PERFORM audit_add(r.server_id, actor, 'rule.created', r.id, json_build_object('name', r.name, 'kind', r.kind));
	RETURN NEXT ROW('created', '/servers/' || r.server_id || '/rules/' || r.id, rule_json(r))::reply;
END
$$;

CREATE OR REPLACE FUNCTION rule_update(actor bigint, server_id bigint, rule_id bigint, name text, words text[], allow text[],
	deny text[], most int, action text, timeout_s int, exempt_roles bigint[], enabled boolean) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	old	rule;
	r	rule;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_server'));
	SELECT x.* INTO old FROM rule AS x WHERE x.id = rule_id AND x.server_id = rule_update.server_id;
	UPDATE rule AS x SET name = coalesce(rule_update.name, x.name), words = coalesce(rule_update.words, x.words),
		allow = coalesce(rule_update.allow, x.allow), deny = coalesce(rule_update.deny, x.deny),
		most = coalesce(rule_update.most, x.most), action = coalesce(rule_update.action, x.action),
		timeout_s = coalesce(rule_update.timeout_s, x.timeout_s),
		exempt_roles = coalesce(rule_update.exempt_roles, x.exempt_roles),
		enabled = coalesce(rule_update.enabled, x.enabled)
	WHERE x.id = rule_id AND x.server_id = rule_update.server_id RETURNING x.* INTO r;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	IF r IS NOT DISTINCT FROM old THEN
		RETURN NEXT ROW('body', NULL, rule_json(r))::reply;
		RETURN;
	END IF;
	PERFORM rule_check(actor, r);
	PERFORM rules_changed(r.server_id);
	PERFORM audit_add(r.server_id, actor, 'rule.updated', r.id, json_build_object('name', r.name, 'kind', r.kind));
	RETURN NEXT ROW('body', NULL, rule_json(r))::reply;
END
$$;
COMMENT ON FUNCTION rule_update IS 'NULL: as it was';

CREATE OR REPLACE FUNCTION rule_delete(actor bigint, server_id bigint, rule_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	r	rule;
BEGIN
	PERFORM need_server_locked(actor, server_id, perm('manage_server'));
	DELETE FROM rule AS x WHERE x.id = rule_id AND x.server_id = rule_delete.server_id RETURNING x.* INTO r;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	PERFORM rules_changed(r.server_id);
	PERFORM audit_add(r.server_id, actor, 'rule.deleted', r.id, json_build_object('name', r.name, 'kind', r.kind));
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
END
$$;

CREATE OR REPLACE FUNCTION said_digest(content text) RETURNS bytea LANGUAGE sql STABLE AS $$
	SELECT sha256(convert_to(lower(btrim(regexp_replace(content, '\s+', ' ', 'g'))), 'UTF8'))
$$;

CREATE OR REPLACE FUNCTION said_again(server bigint, account bigint, content text, most int) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT count(*) >= most FROM said AS x
	WHERE x.server_id = server AND x.account_id = account AND x.at > now() - interval '10 minutes'
	AND x.digest = said_digest(content)
$$;

CREATE OR REPLACE FUNCTION rule_timeout(r rule, account bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	m	member;
BEGIN
	UPDATE member AS x SET timeout_until = greatest(x.timeout_until, now() + make_interval(secs => r.timeout_s))
	WHERE x.server_id = r.server_id AND x.account_id = account RETURNING x.* INTO m;
	PERFORM audit_add(r.server_id, NULL, 'member.timeout', account,
		json_build_object('until', ts(m.timeout_until), 'rule', r.name));
	RETURN NEXT member_told(r.server_id, account, false);
	IF m.guest THEN
		RETURN NEXT member_told(r.server_id, account, true);
	END IF;
END
$$;

DROP FUNCTION IF EXISTS rules_verdict(bigint, bigint, bigint, text, boolean, bigint, bigint[]);
CREATE OR REPLACE FUNCTION rules_verdict(actor bigint, channel bigint, mask bigint, content text, fresh boolean,
	rules_rev bigint, hits bigint[], people bigint) RETURNS rule_verdict LANGUAGE plpgsql AS $$
DECLARE
	v	rule_verdict;
	s	record;
	r	rule;
	counts	boolean := false;
BEGIN
	SELECT x.id, x.rules_rev INTO s FROM channel AS c JOIN server AS x ON x.id = c.server_id WHERE c.id = channel;
	IF s.id IS NULL OR s.rules_rev = 0 OR mask & perm('manage_messages') <> 0 THEN
		RETURN v;
	ELSIF s.rules_rev IS DISTINCT FROM rules_verdict.rules_rev THEN
		v.replies := ARRAY[ROW('rules', s.rules_rev::text, rules_json(s.id))::reply];
		RETURN v;
	END IF;
	FOR r IN SELECT x.* FROM rule AS x
		WHERE x.server_id = s.id AND x.enabled AND (x.id = ANY (hits) OR fresh AND x.kind = 'duplicates' OR x.kind = 'mentions' AND x.most < people)
		AND NOT EXISTS (SELECT FROM member AS m WHERE m.server_id = s.id AND m.account_id = actor
			AND m.roles && x.exempt_roles)
		ORDER BY array_position(ARRAY['timeout', 'block', 'alert'], x.action), x.id
	LOOP
		IF r.kind = 'duplicates' THEN
			counts := true;
			CONTINUE WHEN NOT said_again(s.id, actor, content, r.most);
		END IF;
		IF r.action = 'alert' THEN
			v.alerts := v.alerts || r.id;
		ELSE
			v.replies := ARRAY[ROW('refused', NULL, r.name)::reply];
			IF r.action = 'timeout' THEN
				v.replies := v.replies || ARRAY(SELECT e FROM rule_timeout(r, actor) AS e);
			END IF;
			RETURN v;
		END IF;
	END LOOP;
	IF counts THEN
		DELETE FROM said AS x WHERE x.server_id = s.id AND x.account_id = actor AND x.at <= now() - interval '10 minutes';
		INSERT INTO said (server_id, account_id, digest) VALUES (s.id, actor, said_digest(content));
	END IF;
	RETURN v;
END
$$;
COMMENT ON FUNCTION rules_verdict IS
'hits: the rules that were found to apply to the content by who has those of rules_rev. With others, or none, the
answer is a row (rules, the rev, all that are enabled as JSON): look again. A refusal is a row (refused, NULL, name
of the rule) and no error, as a time-out comes with it. fresh: it is no edit. people: how many it mentions when there
are roles among them, of which who looks for hits knows not how many hold them; else NULL';

CREATE OR REPLACE FUNCTION rules_alert(m message, alerts bigint[]) RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	home	bigint := (SELECT c.server_id FROM channel AS c WHERE c.id = m.channel_id);
	r	report;
BEGIN
	-- who sets it off again and again does not bury what else is reported
	IF (SELECT count(*) >= 20 OR coalesce(max(x.id) > id_floor(now() - interval '10 s'), false) FROM report AS x
		WHERE x.server_id = home AND x.account_id = m.author_id AND x.reporter_id IS NULL AND x.state = 'open') THEN
		RETURN;
	END IF;
	INSERT INTO report (server_id, channel_id, message_id, account_id, reason, note, snapshot)
	SELECT x.server_id, m.channel_id, m.id, m.author_id, 'other', x.name, message_snapshot(m)
	FROM rule AS x WHERE x.id = ANY (alerts) ORDER BY x.id LIMIT 1
	ON CONFLICT DO NOTHING RETURNING * INTO r;
	IF FOUND THEN
		RETURN QUERY SELECT * FROM report_told(r, 'report.created');
	END IF;
END
$$;
COMMENT ON FUNCTION rules_alert IS 'Tells the moderators of a message that was posted, and which rule it is about; of one author once in ten seconds, and
until 20 such reports are open';
