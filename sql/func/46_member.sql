-- Who is in a server, as one may see.

DROP FUNCTION IF EXISTS guest_company(bigint, bigint);
CREATE OR REPLACE FUNCTION guest_channels(actor bigint, server_id bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
	SELECT ARRAY(SELECT c.id FROM channel AS c
		WHERE c.server_id = guest_channels.server_id AND c.deleted_at IS NULL
		AND (c.overridden OR EXISTS (SELECT FROM channel_member AS cm
			WHERE cm.channel_id = c.id AND cm.account_id = actor))
		AND channel_permissions(actor, c.id) <> 0)
$$;
COMMENT ON FUNCTION guest_channels IS 'Those of a server that a guest sees: he is let in, or an override shows it to him';

CREATE OR REPLACE FUNCTION guest_meets(account_id bigint, channels bigint[]) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM unnest(channels) AS c WHERE channel_permissions(account_id, c) <> 0)
$$;
COMMENT ON FUNCTION guest_meets IS
'Is somebody shown to the guest who sees these channels: who sees one of them is. The guest himself is, of course';

CREATE OR REPLACE FUNCTION guest_candidates(actor bigint, server_id bigint, channels bigint[]) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF EXISTS (SELECT FROM channel AS c WHERE c.id = ANY (channels) AND NOT c.private) THEN
		RETURN NULL;
	END IF;
	RETURN ARRAY(SELECT actor
		UNION SELECT cm.account_id FROM channel_member AS cm WHERE cm.channel_id = ANY (channels)
		UNION SELECT o.target_id FROM channel_override AS o WHERE o.channel_id = ANY (channels) AND NOT o.is_role
		UNION SELECT m.account_id FROM member AS m WHERE m.server_id = guest_candidates.server_id
			AND m.roles && ARRAY(SELECT o.target_id FROM channel_override AS o
				WHERE o.channel_id = ANY (channels) AND o.is_role));
END
$$;
COMMENT ON FUNCTION guest_candidates IS 'Himself, and who may be among those that see one of these channels; NULL: anybody, one of them is public';

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

CREATE OR REPLACE FUNCTION member_page(server_id bigint, most int, after_id bigint, held bigint, q text, among bigint[])
RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF q IS NULL THEN
		RETURN ARRAY(SELECT m.account_id FROM member AS m
			WHERE m.server_id = member_page.server_id AND m.account_id > coalesce(after_id, 0)
			AND (held IS NULL OR m.roles @> ARRAY[held]) AND (among IS NULL OR m.account_id = ANY (among))
			ORDER BY m.account_id LIMIT most);
	END IF;
	RETURN ARRAY(SELECT m.account_id FROM member_named(server_id, lower(q)) AS n (id)
		JOIN member AS m ON m.server_id = member_page.server_id AND m.account_id = n.id
		WHERE m.account_id > coalesce(after_id, 0)
		AND (held IS NULL OR m.roles @> ARRAY[held]) AND (among IS NULL OR m.account_id = ANY (among))
		ORDER BY m.account_id LIMIT most);
END
$$;
COMMENT ON FUNCTION member_page IS 'As member_list() has them, by id; among: only these, NULL for all';

CREATE OR REPLACE FUNCTION id_mix(half bigint, round int, key uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
	SELECT ('x' || substr(encode(sha256(convert_to(half || ' ' || round || ' ' || key, 'UTF8')), 'hex'), 1, 8))::bit(32)::bigint & 2147483647
$$;

CREATE OR REPLACE FUNCTION id_swap(id bigint, rounds int[]) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
	key	uuid := (SELECT i.cursor_key FROM instance AS i);
	high	bigint := id >> 31 & 2147483647;
	low	bigint := id & 2147483647;
	was	bigint;
	round	int;
BEGIN
	FOREACH round IN ARRAY rounds LOOP
		was := low;
		low := high # id_mix(low, round, key);
		high := was;
	END LOOP;
	RETURN low << 31 | high;
END
$$;
COMMENT ON FUNCTION id_swap IS 'A Feistel network over 62 bits: the rounds the other way round take it back';

CREATE OR REPLACE FUNCTION id_seal(id bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT id_swap(id, ARRAY[1, 2, 3, 4, 5, 6])
$$;
COMMENT ON FUNCTION id_seal IS 'A number that names the same to this installation and nothing to anybody else';

CREATE OR REPLACE FUNCTION id_unseal(sealed bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT id_swap(sealed, ARRAY[6, 5, 4, 3, 2, 1])
$$;

DROP FUNCTION IF EXISTS guest_page(bigint, bigint, int, bigint, bigint, text);
CREATE OR REPLACE FUNCTION guest_page(actor bigint, server_id bigint, most int, after_id bigint, held bigint, q text,
	among bigint[], OUT ids bigint[], OUT after bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
	seen	bigint[] := guest_channels(actor, server_id);
	enough	int := 2000 / (cardinality(seen) + 1);
	perhaps	bigint[] := guest_candidates(actor, server_id, seen);
	looked	bigint[];
	x	bigint;
BEGIN
	after_id := id_unseal(after_id);
	IF among IS NOT NULL THEN
		perhaps := ARRAY(SELECT unnest(among) INTERSECT SELECT unnest(coalesce(perhaps, among)));
	END IF;
	looked := member_page(server_id, enough, after_id, held, q, perhaps);
	ids := '{}';
	FOREACH x IN ARRAY looked LOOP
		CONTINUE WHEN x <> actor AND NOT guest_meets(x, seen);
		IF cardinality(ids) = most THEN
			after := id_seal(ids[most]);
			RETURN;
		END IF;
		ids := ids || x;
	END LOOP;
	IF cardinality(looked) = enough THEN
		after := id_seal(looked[enough]);
	END IF;
END
$$;
COMMENT ON FUNCTION guest_page IS
'A page of member_list() for a guest. Permissions are asked 2,000 times at most: a page may be short then, and the
next one goes on, from a cursor that does not say behind whom';

DROP FUNCTION IF EXISTS member_list(bigint, bigint, int, bigint, bigint, text);
CREATE OR REPLACE FUNCTION member_list(actor bigint, server_id bigint, most int, after_id bigint, role_id bigint, q text,
	among bigint[])
RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	held	bigint := member_list.role_id;
	ids	bigint[];
BEGIN
	PERFORM need_server(actor, server_id, 0);
	IF EXISTS (SELECT FROM role AS r WHERE r.id = held AND r.server_id = member_list.server_id AND r.kind = 'everyone') THEN
		held := NULL;
	END IF;
	IF (SELECT m.guest FROM member AS m WHERE m.server_id = member_list.server_id AND m.account_id = actor) THEN
		SELECT p.ids, p.after::text INTO ids, member_list.after
		FROM guest_page(actor, server_id, most, after_id, held, q, among) AS p;
	ELSE
		ids := member_page(server_id, most + 1, after_id, held, q, among);
		IF cardinality(ids) > most THEN
			after := ids[most]::text;
		END IF;
	END IF;
	SELECT page_json(string_agg(member_json(m, a), ',' ORDER BY m.account_id), NULL, member_list.after) INTO data
	FROM member AS m JOIN account AS a ON a.id = m.account_id
	WHERE m.server_id = member_list.server_id AND m.account_id = ANY (ids[1:most]);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION member_list IS 'By id; role_id: who holds it; q: whose name begins so; among: only these, NULL for all';

CREATE OR REPLACE FUNCTION member_read(actor bigint, server_id bigint, account_id bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_server(actor, server_id, 0);
	IF (SELECT m.guest FROM member AS m WHERE m.server_id = member_read.server_id AND m.account_id = actor)
		AND account_id <> actor AND NOT guest_meets(account_id, guest_channels(actor, server_id)) THEN
		RETURN NULL;
	END IF;
	RETURN (SELECT CASE WHEN m.account_id <> actor THEN member_json(m, a)
			ELSE left(member_json(m, a), -1) || ',"last_in":' || ids_json(channels_last_in(actor, m.server_id)) || '}' END
		FROM member AS m JOIN account AS a ON a.id = m.account_id
		WHERE m.server_id = member_read.server_id AND m.account_id = member_read.account_id);
END
$$;
COMMENT ON FUNCTION member_read IS 'NULL: there is none, or none whom a guest is shown';
