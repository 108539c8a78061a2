-- Whom a message mentions.

CREATE OR REPLACE FUNCTION mentioned(channel_id bigint, content text) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(array_agg(x.id), '{}') FROM (
		-- an array, so that there is no way to begin with the accounts
		SELECT a.id FROM account AS a
		WHERE a.id = ANY (ARRAY(
			SELECT CASE WHEN m[1]::numeric <= 9223372036854775807 THEN m[1]::bigint END
			FROM regexp_matches(content, '<@([1-9][0-9]{17,18})>', 'g') AS m))
		AND channel_permissions(a.id, mentioned.channel_id) <> 0
		ORDER BY a.id
		LIMIT 50) AS x);
END
$$;
COMMENT ON FUNCTION mentioned IS 'The first 50 accounts named as <@id> that may see the channel';

CREATE OR REPLACE FUNCTION code_spans_out(paragraph text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	piece	text[] := ARRAY(SELECT m[1] FROM regexp_matches(paragraph, '(`+|[^`]+)', 'g') AS m);
	said	text := '';
	i	int := 1;
	closes	int;
BEGIN
	WHILE i <= cardinality(piece) LOOP
		closes := CASE WHEN piece[i] LIKE '`%' THEN array_position(piece, piece[i], i + 1) END;
		IF closes IS NULL THEN
			said := said || piece[i];
		END IF;
		i := coalesce(closes, i) + 1;
	END LOOP;
	RETURN said;
END
$$;
COMMENT ON FUNCTION code_spans_out IS 'What is left without `spans of code`, which end with as many backticks as they begin with';

CREATE OR REPLACE FUNCTION said_outside_code(content text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	line	text;
	fence	text;
	mark	text;
	said	text := '';
BEGIN
	IF content !~ '`|~~~' THEN
		RETURN content;
	END IF;
	FOREACH line IN ARRAY string_to_array(content, E'\n') LOOP
		-- in a quote or a list there may be one too
		mark := substring(line FROM '^(?:[ >]|[-+*] |[0-9]{1,9}[.)] )*(`{3,}[^`]*|~{3,}.*)$');
		IF fence IS NULL AND mark IS NOT NULL THEN
			fence := substring(mark FROM '^(`+|~+)');
		ELSIF fence IS NOT NULL AND mark ~ '^(`+|~+)\s*$' AND mark LIKE fence || '%' THEN
			fence := NULL;
		ELSIF fence IS NULL THEN
			said := said || line || E'\n';
		END IF;
	END LOOP;
	RETURN (SELECT coalesce(string_agg(code_spans_out(p), E'\n\n'), '') FROM regexp_split_to_table(said, '\n\s*\n') AS p);
END
$$;
COMMENT ON FUNCTION said_outside_code IS
'A message without its blocks and spans of code, as the client shows them: what is named there is not mentioned';

CREATE OR REPLACE FUNCTION role_holders(r role, most int) RETURNS bigint[] LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
	RETURN CASE WHEN r.kind = 'everyone'
		THEN ARRAY(SELECT m.account_id FROM member AS m WHERE m.server_id = r.server_id LIMIT most)
		ELSE ARRAY(SELECT m.account_id FROM member AS m WHERE m.roles @> ARRAY[r.id] LIMIT most) END;
END
$$;
COMMENT ON FUNCTION role_holders IS
'So many of who holds a role. Always by member_roles_idx: the LIMIT would talk the planner into walking through all
members, and who holds a role may be among the last';

CREATE OR REPLACE FUNCTION role_people(r role, channel_id bigint, most int) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
	plain	boolean := (SELECT c.plain FROM channel AS c WHERE c.id = role_people.channel_id);
	held	bigint[] := role_holders(r, most + 1);
BEGIN
	IF cardinality(held) > most THEN
		RETURN NULL;
	END IF;
	RETURN ARRAY(SELECT m.account_id FROM member AS m
		WHERE m.server_id = r.server_id AND m.account_id = ANY (held)
		AND channel_mask(m.account_id, role_people.channel_id, plain AND NOT m.special, m.permissions) <> 0);
END
$$;
COMMENT ON FUNCTION role_people IS 'Who holds a role and may see the channel; NULL when more than so many hold it';

DROP FUNCTION IF EXISTS mentions_of(bigint, bigint, text);
CREATE OR REPLACE FUNCTION mentions_of(channel_id bigint, mask bigint, content text, by_role boolean DEFAULT true,
	OUT people bigint[], OUT roles bigint[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
	said	text := CASE WHEN position('<@' IN content) > 0 THEN said_outside_code(content) ELSE '' END;
	named	bigint[] := '{}';
	held	bigint[] := '{}';
	more	bigint[];
	r	role;
BEGIN
	roles := '{}';
	IF position('<@' IN said) > 0 THEN
		named := mentioned(channel_id, said);
	END IF;
	IF by_role AND position('<@&' IN said) > 0 THEN
		FOR r IN SELECT x.* FROM channel AS c JOIN role AS x ON x.server_id = c.server_id
			WHERE c.id = mentions_of.channel_id AND position('<@&' || x.id || '>' IN said) > 0
			AND (x.mentionable OR mask & perm('mention_all') <> 0)
			ORDER BY position('<@&' || x.id || '>' IN said) LIMIT 5
		LOOP
			more := role_people(r, channel_id, 500);
			CONTINUE WHEN more IS NULL;
			more := ARRAY(SELECT DISTINCT x FROM unnest(held || more) AS x);
			IF cardinality(more) <= 500 THEN
				held := more;
				roles := roles || r.id;
			END IF;
		END LOOP;
	END IF;
	people := ARRAY(SELECT DISTINCT x FROM unnest(named || held) AS x ORDER BY x);
END
$$;
COMMENT ON FUNCTION mentions_of IS
'Whom a text mentions by who has this mask: up to 50 by name (<@id>), up to 500 by the first five roles (<@&id>) that are
mentionable, or any with mention_all. A role with which they would be more mentions nobody. Who has blocked the author is among them
like anybody, so that the author does not see who has, and never counts it: see unread_mentions()';

CREATE OR REPLACE FUNCTION role_mention_take(actor bigint, channel_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT l.allowed FROM channel AS c, limit_hit('role_mention:' || c.server_id || ':' || actor, 60, 5) AS l
		WHERE c.id = role_mention_take.channel_id);
END
$$;
COMMENT ON FUNCTION role_mention_take IS
'Counts a message with which somebody mentions roles, of which there are five a minute in a server: each is written
down for up to 500 people. False above that: the roles mention nobody then';
