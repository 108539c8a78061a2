-- Who is in a server, as one may see.

CREATE OR REPLACE FUNCTION guest_company(actor bigint, server_id bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH seen AS MATERIALIZED (
		SELECT c.id, c.plain, c.private FROM channel AS c
		WHERE c.server_id = guest_company.server_id AND c.deleted_at IS NULL
		AND (c.overridden OR EXISTS (SELECT FROM channel_member AS cm
			WHERE cm.channel_id = c.id AND cm.account_id = actor))
		AND channel_permissions(actor, c.id) <> 0
	)
	SELECT m.account_id FROM member AS m
	WHERE m.server_id = guest_company.server_id
	AND (m.account_id = actor
		OR NOT m.special AND m.permissions & (perm('view') | perm('administrator')) <> 0
			AND EXISTS (SELECT FROM seen AS s WHERE s.plain)
		OR EXISTS (SELECT FROM seen AS s
			WHERE (NOT s.private AND NOT m.guest
				OR EXISTS (SELECT FROM channel_member AS cm
					WHERE cm.channel_id = s.id AND cm.account_id = m.account_id)
				OR EXISTS (SELECT FROM channel_override AS o
					WHERE o.channel_id = s.id AND o.target_id = ANY (m.roles || m.account_id)))
			AND channel_permissions(m.account_id, s.id) <> 0));
END
$$;
COMMENT ON FUNCTION guest_company IS 'Whom a guest is shown of a server: who sees a channel that he sees, and himself';

CREATE OR REPLACE FUNCTION member_named(server bigint, beginning text) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
	SELECT a.id FROM account AS a WHERE a.username ~>=~ beginning AND a.username ~<~ (beginning || chr(1114111))
	UNION
	SELECT a.id FROM account AS a
	WHERE lower(a.display_name) ~>=~ beginning AND lower(a.display_name) ~<~ (beginning || chr(1114111))
	UNION
	SELECT m.account_id FROM member AS m
	WHERE m.server_id = server AND m.nickname IS NOT NULL
	AND lower(m.nickname) ~>=~ beginning AND lower(m.nickname) ~<~ (beginning || chr(1114111))
$$;
COMMENT ON FUNCTION member_named IS
'Whose user name, display name or nickname begins so (in lower case), members or not';

CREATE OR REPLACE FUNCTION member_list(actor bigint, server_id bigint, most int, after_id bigint, role_id bigint, q text)
RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	company	bigint[];
	held	bigint := member_list.role_id;
	ids	bigint[];
BEGIN
	PERFORM need_server(actor, server_id, 0);
	IF (SELECT m.guest FROM member AS m WHERE m.server_id = member_list.server_id AND m.account_id = actor) THEN
		company := ARRAY(SELECT g FROM guest_company(actor, server_id) AS g);
	END IF;
	IF EXISTS (SELECT FROM role AS r WHERE r.id = held AND r.server_id = member_list.server_id AND r.kind = 'everyone') THEN
		held := NULL;
	END IF;
	IF q IS NULL THEN
		ids := ARRAY(SELECT m.account_id FROM member AS m
			WHERE m.server_id = member_list.server_id AND m.account_id > coalesce(after_id, 0)
			AND (held IS NULL OR m.roles @> ARRAY[held]) AND (company IS NULL OR m.account_id = ANY (company))
			ORDER BY m.account_id LIMIT most + 1);
	ELSE
		ids := ARRAY(SELECT m.account_id FROM member_named(server_id, lower(q)) AS n (id)
			JOIN member AS m ON m.server_id = member_list.server_id AND m.account_id = n.id
			WHERE m.account_id > coalesce(after_id, 0)
			AND (held IS NULL OR m.roles @> ARRAY[held]) AND (company IS NULL OR m.account_id = ANY (company))
			ORDER BY m.account_id LIMIT most + 1);
	END IF;
	IF cardinality(ids) > most THEN
		after := ids[most]::text;
	END IF;
	SELECT page_json(string_agg(member_json(m, a), ',' ORDER BY m.account_id), NULL, member_list.after) INTO data
	FROM member AS m JOIN account AS a ON a.id = m.account_id
	WHERE m.server_id = member_list.server_id AND m.account_id = ANY (ids[1:most]);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION member_list IS 'By id; role_id: who holds it; q: whose name begins so';

CREATE OR REPLACE FUNCTION member_read(actor bigint, server_id bigint, account_id bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_server(actor, server_id, 0);
	IF (SELECT m.guest FROM member AS m WHERE m.server_id = member_read.server_id AND m.account_id = actor)
		AND account_id NOT IN (SELECT g FROM guest_company(actor, server_id) AS g) THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT member_json(m, a) FROM member AS m JOIN account AS a ON a.id = m.account_id
		WHERE m.server_id = member_read.server_id AND m.account_id = member_read.account_id);
END
$$;
COMMENT ON FUNCTION member_read IS 'NULL: there is none, or none whom a guest is shown';
