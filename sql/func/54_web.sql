-- What a channel shows to everybody on the web.

DROP FUNCTION IF EXISTS web_page(bigint, bigint, int);
CREATE OR REPLACE FUNCTION web_page(channel_id bigint, before_id bigint, most int)
RETURNS TABLE (kind text, id bigint, name text, at text, edited text, content text, server text, icon text, robots boolean) LANGUAGE plpgsql STABLE AS $$
DECLARE
	p	record;
	top	bigint;	-- the page is below this seq …
	low	bigint;	-- … and was looked for down to this one
	ids	bigint[];
BEGIN
	SELECT c.name, c.topic, c.last_seq, s.name AS home, s.icon, s.web_robots INTO p
	FROM channel AS c
	JOIN server AS s ON s.id = c.server_id AND s.deleted_at IS NULL AND NOT s.lockdown
	JOIN role AS r ON r.server_id = s.id AND r.kind = 'everyone'
	LEFT JOIN channel_override AS o ON o.channel_id = c.id AND o.target_id = r.id
	WHERE c.id = web_page.channel_id AND c.web_public AND NOT c.private
	AND c.archived_at IS NULL AND c.deleted_at IS NULL
	-- what is hidden from members, of whatever role, is hidden from the web
	AND (r.permissions | coalesce(o.allow, 0)) & (perm('view') | perm('history')) = perm('view') | perm('history')
	AND NOT EXISTS (SELECT FROM channel_override AS d WHERE d.channel_id = c.id AND d.is_role
		AND d.deny & (perm('view') | perm('history')) <> 0);
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	top := p.last_seq + 1;
	IF before_id IS NOT NULL THEN
		SELECT m.seq INTO top FROM message AS m
		WHERE m.id = before_id AND m.channel_id = web_page.channel_id;
		IF NOT FOUND THEN
			PERFORM fail(404, 'not_found');
		END IF;
	END IF;
	SELECT array_agg(x.id ORDER BY x.seq) FILTER (WHERE x.shown), min(x.seq) INTO ids, low FROM (
		SELECT m.id, m.seq, m.deleted_at IS NULL AS shown,
			count(*) FILTER (WHERE m.deleted_at IS NULL) OVER (ORDER BY m.seq DESC) AS n
		FROM (SELECT y.id, y.seq, y.deleted_at FROM message AS y
			WHERE y.channel_id = web_page.channel_id AND y.seq < top ORDER BY y.seq DESC LIMIT most * 10) AS m) AS x
	WHERE x.n <= most;
	RETURN QUERY SELECT 'channel', web_page.channel_id, p.name, ts(id_time(web_page.channel_id)), NULL::text, p.topic,
		p.home, p.icon, p.web_robots;
	RETURN QUERY SELECT 'older', m.id, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::boolean
	FROM message AS m
	WHERE m.channel_id = web_page.channel_id AND m.seq = low
	-- so many that are deleted are not looked through for one that is not
	AND (low > 501 OR EXISTS (SELECT FROM (SELECT y.deleted_at FROM message AS y
		WHERE y.channel_id = web_page.channel_id AND y.seq < low ORDER BY y.seq DESC LIMIT 500) AS o
		WHERE o.deleted_at IS NULL));
	RETURN QUERY SELECT 'name', a.id, a.display_name, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::boolean
	FROM account AS a
	WHERE a.id = ANY (ARRAY(SELECT x FROM message AS m, unnest(m.mentions) AS x WHERE m.id = ANY (ids)
		AND position('<@' || x || '>' IN m.content) > 0))
	UNION ALL SELECT 'name', y.id, y.name, NULL, NULL, NULL, NULL, NULL, NULL FROM role AS y
	WHERE y.id = ANY (ARRAY(SELECT unnest(m.mention_roles) FROM message AS m WHERE m.id = ANY (ids))) ORDER BY 2;
	RETURN QUERY SELECT 'message', m.id, a.display_name, ts(id_time(m.id)), ts(m.edited_at), m.content, NULL::text, NULL::text, NULL::boolean
	FROM message AS m JOIN account AS a ON a.id = m.author_id WHERE m.id = ANY (ids) ORDER BY m.seq;
END
$$;
COMMENT ON FUNCTION web_page IS
'One row for the channel (at: since when it is there; content: its topic; robots: search engines may list it), one for the message before
which the next page is (older), who and what role is mentioned by ascending id (name), and the messages, oldest first. 404 for everything
that is not for everybody';
