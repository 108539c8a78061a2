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
	piece	text[];
	said	text := '';
	i	int := 1;
	closes	int;
	open	text[] := '{}';	-- what nothing closes from here on
BEGIN
	IF paragraph !~ '[`\\]' THEN
		RETURN paragraph;
	END IF;
	piece := ARRAY(SELECT m[1] FROM regexp_matches(paragraph, '(`+|\\|[^`\\]+)', 'g') AS m);
	WHILE i <= cardinality(piece) LOOP
		IF piece[i] = '\' AND position(left(piece[i + 1], 1) IN '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~') > 0 AND piece[i + 1] <> '' THEN
			said := said || ' ';
			piece[i + 1] := substr(piece[i + 1], 2);
		ELSE
			closes := CASE WHEN piece[i] LIKE '`%' AND piece[i] <> ALL (open) THEN array_position(piece, piece[i], i + 1) END;
			IF closes IS NULL AND piece[i] LIKE '`%' AND piece[i] <> ALL (open) THEN
				open := open || piece[i];
			END IF;
			said := said || CASE WHEN closes IS NULL THEN piece[i] ELSE ' ' END;
			i := coalesce(closes, i);
		END IF;
		i := i + 1;
	END LOOP;
	RETURN said;
END
$$;
COMMENT ON FUNCTION code_spans_out IS
'What is left without `spans of code`, which end with as many backticks as they begin with, and without what stands
behind a backslash; a blank is in the place of each, so that nothing grows together';

CREATE OR REPLACE FUNCTION said_outside_code(content text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	deepest	int := 20;
	line	text;
	rest	text;
	col	int;		-- where rest begins
	-- the blocks that are open where a line begins: quotes, in the innermost the columns of the lists' items
	quotes	int := 0;
	lists	int[] := '{}';
	margin	int := 0;	-- the last of them
	fence	text;
	part	text := '';	-- of the open paragraph
	-- and where it ends
	q	int;
	l	int[];
	mark	text[];
	inside	boolean;
	begins	boolean;
	said	text := '';
BEGIN
	IF content !~ '[`\\]|~~~' THEN
		RETURN content;
	END IF;
	FOREACH line IN ARRAY string_to_array(content, E'\n') LOOP
		WHILE line ~ '^[^\t]{0,79}\t' LOOP
			col := position(E'\t' IN line);
			line := overlay(line PLACING repeat(' ', 4 - (col - 1) % 4) FROM col FOR 1);
		END LOOP;
		line := replace(line, E'\t', ' ');
		q := 0;
		rest := line;
		IF fence IS NOT NULL THEN
			WHILE q < quotes AND rest ~ '^ *>' LOOP
				rest := regexp_replace(rest, '^ *> ?', '');
				q := q + 1;
			END LOOP;
			col := length(rest) - length(ltrim(rest, ' '));
			rest := btrim(rest, ' ');
			IF q = quotes AND (col >= margin OR rest = '') THEN
				IF col <= margin + 3 AND starts_with(rest, fence) AND ltrim(rest, left(fence, 1)) = '' THEN
					fence := NULL;
				END IF;
				CONTINUE;
			END IF;
			fence := NULL;
			q := 0;
			rest := line;
		END IF;
		WHILE q < deepest AND rest ~ '^ {0,3}>' LOOP
			rest := regexp_replace(rest, '^ *> ?', '');
			q := q + 1;
		END LOOP;
		col := length(rest) - length(ltrim(rest, ' '));
		rest := ltrim(rest, ' ');
		l := CASE WHEN q = quotes THEN lists ELSE '{}' END;
		margin := coalesce(l[cardinality(l)], 0);
		inside := part <> '' AND q = quotes AND col >= margin;
		begins := part = '' OR q > quotes OR rest = '';
		WHILE rest <> '' AND margin > col LOOP
			l := l[:cardinality(l) - 1];
			margin := coalesce(l[cardinality(l)], 0);
		END LOOP;
		WHILE rest <> '' AND col <= margin + 3 LOOP
			mark := regexp_match(rest, '^(`{3,})[^`]*$|^(~{3,})');
			fence := coalesce(mark[1], mark[2]);
			EXIT WHEN fence IS NOT NULL;
			IF q < deepest AND rest LIKE '>%' THEN
				q := q + 1;
				l := '{}';
				rest := regexp_replace(rest, '^> ?', '');
				col := 0;
			ELSE
				mark := regexp_match(rest, '^([-+*]|([0-9]{1,9})[.)])( *)(.?)');
				EXIT WHEN mark IS NULL OR mark[3] = '' AND mark[4] <> '' OR cardinality(l) = deepest
					OR inside AND (mark[4] = '' OR mark[2]::int <> 1);
				col := col + length(mark[1]);
				l := l || col + CASE WHEN mark[4] = '' OR length(mark[3]) > 4 THEN 1 ELSE length(mark[3]) END;
				rest := substr(rest, length(mark[1]) + 1);
			END IF;
			begins := true;
			inside := false;
			margin := coalesce(l[cardinality(l)], 0);
			col := col + length(rest) - length(ltrim(rest, ' '));
			rest := ltrim(rest, ' ');
		END LOOP;
		IF begins OR fence IS NOT NULL THEN
			said := said || code_spans_out(part) || E'\n';
			part := '';
			quotes := q;
			lists := l;
		ELSE
			margin := coalesce(lists[cardinality(lists)], 0);
		END IF;
		IF fence IS NULL AND rest <> '' THEN
			part := part || rest || E'\n';
		END IF;
	END LOOP;
	RETURN said || code_spans_out(part);
END
$$;
COMMENT ON FUNCTION said_outside_code IS
'A message without its blocks and spans of code, as the client shows them: what is named there is not mentioned. The same
reading of CommonMark as lib/domain/mention.c and the client''s lib/mentions.ts; tests/mentions.json is what all agree on';

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
