-- Reads that more than one statement needs.

CREATE OR REPLACE FUNCTION message_list(actor bigint, channel_id bigint, before_id bigint, after_id bigint,
	around_id bigint, most int)
RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	mask	bigint := need_channel(actor, channel_id, perm('history'));
	head	bigint;
	at	bigint;
	lo	bigint;	-- the page is lo <= seq <= hi: seq has no gaps, so it needs no sort
	hi	bigint;
	first	record;
	last	record;
	items	text;
BEGIN
	SELECT c.last_seq INTO head FROM channel AS c WHERE c.id = message_list.channel_id;
	IF coalesce(before_id, after_id, around_id) IS NOT NULL THEN
		SELECT m.seq INTO at FROM message AS m
		WHERE m.id = coalesce(before_id, after_id, around_id)
		AND m.channel_id = message_list.channel_id;
		IF NOT FOUND THEN
			PERFORM fail(404, 'not_found', 'no such message in this channel');
		END IF;
	END IF;
	IF after_id IS NOT NULL THEN
		lo := at + 1;
		hi := least(at + most, head);
	ELSIF around_id IS NOT NULL THEN
		hi := least(at + most / 2, head);
		lo := greatest(hi - most + 1, 1);
		hi := least(lo + most - 1, head);
	ELSE
		hi := CASE WHEN before_id IS NULL THEN head ELSE at - 1 END;
		lo := greatest(hi - most + 1, 1);
	END IF;
	SELECT string_agg(message_json(m, a), ',' ORDER BY
		CASE WHEN after_id IS NULL AND around_id IS NULL THEN -m.seq ELSE m.seq END)
	INTO items
	FROM message AS m JOIN account AS a ON a.id = m.author_id
	WHERE m.channel_id = message_list.channel_id AND m.seq BETWEEN lo AND hi;
	SELECT m.id, m.seq INTO first FROM message AS m
	WHERE m.channel_id = message_list.channel_id AND m.seq = lo;
	SELECT m.id, m.seq INTO last FROM message AS m
	WHERE m.channel_id = message_list.channel_id AND m.seq = hi;
	before := CASE WHEN lo > 1 THEN first.id::text END;
	after := CASE WHEN hi < head THEN last.id::text END;
	data := page_json(items, before, after);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION message_list IS
'Newest first without a cursor and for before, oldest first for after and around.
before and after of the answer are the ids to ask older and newer pages with, NULL at the ends.';

CREATE OR REPLACE FUNCTION sync_json(actor bigint, channel_ids bigint[], revs bigint[], most int) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	x	record;
	head	bigint;
	items	text;
	n	bigint;
	parts	text[] := '{}';
BEGIN
	FOR x IN SELECT DISTINCT ON (u.id) u.id, u.rev FROM unnest(channel_ids, revs) AS u (id, rev)
		ORDER BY u.id
	LOOP
		IF channel_permissions(actor, x.id) & perm('history') = 0 THEN
			parts := parts || format('"%s":{"revoked":true}', x.id);
			CONTINUE;
		END IF;
		SELECT c.rev INTO head FROM channel AS c WHERE c.id = x.id;
		SELECT string_agg(message_json(m, a), ',' ORDER BY m.rev), count(*) INTO items, n
		FROM (SELECT * FROM message AS y WHERE y.channel_id = x.id AND y.rev > x.rev
			ORDER BY y.rev LIMIT most + 1) AS m
		JOIN account AS a ON a.id = m.author_id;
		IF n > most OR x.rev > head THEN
			parts := parts || format('"%s":{"rev":%s,"reset":true,"items":[]}', x.id, head);
		ELSE
			parts := parts || format('"%s":{"rev":%s,"reset":false,"items":[%s]}', x.id, head, items);
		END IF;
	END LOOP;
	RETURN '{"channels":{' || array_to_string(parts, ',') || '}}';
END
$$;

DROP FUNCTION IF EXISTS access_of(bigint[]);
CREATE FUNCTION access_of(account_ids bigint[])
RETURNS TABLE (account_id bigint, stream bigint, kind text, parent bigint, rev bigint, name text, floor bigint,
	past bigint, ends_at timestamptz, parent_rev bigint)
LANGUAGE sql STABLE AS $$
	SELECT y.account_id, y.stream, y.kind, y.parent, y.rev, y.name, y.floor, y.past, y.ends_at, y.parent_rev
	FROM (SELECT x.*, row_number() OVER (PARTITION BY x.account_id ORDER BY x.rank, x.used DESC, x.stream DESC) AS n
	FROM (
	SELECT a.id AS account_id, a.id AS stream, 'u' AS kind, 0::bigint AS parent, a.rev,
		NULL::text AS name, 0::bigint AS floor, 0::bigint AS past, NULL::timestamptz AS ends_at, 0::bigint AS parent_rev,
		0 AS rank, 0::bigint AS used
	FROM account AS a WHERE a.id = ANY (account_ids) AND a.disabled_at IS NULL
	UNION ALL
	SELECT a.id, s.id, 's', 0, s.rev, s.name, 0, 0, m.expires_at, 0, 1, 0
	FROM account AS a
	JOIN member AS m ON m.account_id = a.id
	JOIN server AS s ON s.id = m.server_id AND s.deleted_at IS NULL
	WHERE a.id = ANY (account_ids) AND a.disabled_at IS NULL AND NOT m.guest
	AND (m.expires_at IS NULL OR m.expires_at > now())
	UNION ALL
	SELECT a.id, c.id, 'c', c.server_id, c.rev, c.name,
		CASE WHEN v.mask & perm('history') = 0 THEN c.rev ELSE 0 END,
		CASE WHEN v.mask & perm('history') = 0 THEN c.last_seq ELSE 0 END, m.expires_at,
		(SELECT s.rev FROM server AS s WHERE s.id = c.server_id), 2,
		coalesce(c.last_message_id, c.id)
	FROM account AS a
	JOIN member AS m ON m.account_id = a.id
	JOIN channel AS c ON c.server_id = m.server_id AND c.deleted_at IS NULL
	CROSS JOIN LATERAL channel_mask(a.id, c.id, c.plain AND NOT m.special, m.permissions) AS v (mask)
	WHERE a.id = ANY (account_ids) AND a.disabled_at IS NULL AND v.mask <> 0
	UNION ALL
	SELECT a.id, c.id, 'c', 0, c.rev, c.name, 0, 0, NULL, 0, 2, coalesce(c.last_message_id, c.id)
	FROM account AS a
	JOIN channel_member AS cm ON cm.account_id = a.id
	JOIN channel AS c ON c.id = cm.channel_id AND c.server_id IS NULL AND c.deleted_at IS NULL
	WHERE a.id = ANY (account_ids) AND a.disabled_at IS NULL
	) AS x) AS y
	WHERE y.n <= 1000
$$;
COMMENT ON FUNCTION access_of IS
'Every stream these accounts may read now, with its head: own, servers, visible channels and
conversations; of more than 1,000 the most recently used. A guest does not read his servers'' streams:
they name people and channels that he is not shown. floor: nothing up to that rev may be sent
(there is no permission to read back), 0 when all may; past: nor what messages up to that seq say by now. ends_at: when the membership that shows the stream is over. parent_rev: the head of a channel''s server, 0 for all else;
by it a guest''s channels are known to be older than what his server says.';

DROP FUNCTION IF EXISTS bootstrap_json(bigint);
DROP FUNCTION IF EXISTS bootstrap_json(bigint, bigint[], bigint[]);
CREATE OR REPLACE FUNCTION bootstrap_json(actor bigint, marked bigint[] DEFAULT '{}', seqs bigint[] DEFAULT '{}')
RETURNS TABLE (data text, streams text, revs text, epoch text, people text) LANGUAGE plpgsql STABLE AS $$
BEGIN
	-- one statement, so one snapshot: the revs continue exactly where the picture ends
	RETURN QUERY
	WITH mine AS MATERIALIZED (
		SELECT x.stream, x.kind, x.rev FROM access_of(ARRAY[actor]) AS x
	)
	SELECT '{"me":' || me_json(a) || ',"servers":['
		|| coalesce((SELECT string_agg(server_full_json(actor, m.server_id), ','
				ORDER BY m.joined_at, m.server_id)
			FROM member AS m
			WHERE m.account_id = actor), '')
		|| '],"dms":['
		|| coalesce((SELECT string_agg(dm_json(c), ','
				ORDER BY coalesce(c.last_message_id, c.id) DESC)
			FROM mine AS y JOIN channel AS c ON c.id = y.stream
			WHERE y.kind = 'c' AND c.server_id IS NULL), '')
		|| '],"read_states":['
		|| coalesce((SELECT string_agg(read_state_json(y.stream, v.at,
				unread_mentions(actor, y.stream, v.at)), ',' ORDER BY y.stream)
			FROM mine AS y
			JOIN channel AS c ON c.id = y.stream
			LEFT JOIN read_state AS r ON r.account_id = actor AND r.channel_id = y.stream
			LEFT JOIN unnest(marked, seqs) AS o (channel, seq) ON o.channel = y.stream
			CROSS JOIN LATERAL (SELECT greatest(r.read_seq, least(coalesce(o.seq, 0), c.last_seq), 0)) AS v (at)
			WHERE y.kind = 'c'), '')
		|| '],"blocks":' || ids_json(ARRAY(SELECT b.blocked_id FROM block AS b WHERE b.account_id = actor ORDER BY 1)) || '}',
		(SELECT string_agg(y.stream::text, ',' ORDER BY y.stream) FROM mine AS y),
		(SELECT string_agg(y.rev::text, ',' ORDER BY y.stream) FROM mine AS y),
		(SELECT i.epoch::text FROM instance AS i),
		people_text(actor, partners_of(actor, 200))
	FROM account AS a WHERE a.id = actor;
END
$$;
COMMENT ON FUNCTION bootstrap_json IS
'The first screen. marked and seqs: read marks that wait to be stored, by channel.';
