-- What the push daemon may ask. Its role can run these and read nothing else.

CREATE OR REPLACE FUNCTION feed_epoch() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT epoch FROM instance
$$;

DROP FUNCTION IF EXISTS feed_access(bigint[]);
CREATE FUNCTION feed_access(account_ids bigint[])
RETURNS TABLE (account_id bigint, stream bigint, kind text, parent bigint, rev bigint, name text, floor bigint,
	receipts boolean, status text, shows_seen boolean, left_ms bigint, past bigint, parent_rev bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT x.account_id, x.stream, x.kind, coalesce(x.parent, 0), x.rev, x.name, x.floor,
		a.receipts, a.status, a.show_last_seen, floor(date_part('epoch', x.ends_at - now()) * 1000)::bigint, x.past,
		x.parent_rev
	FROM access_of(account_ids) AS x
	LEFT JOIN account AS a ON x.kind = 'u' AND a.id = x.stream
$$;
COMMENT ON FUNCTION feed_access IS
'access_of(), and of each own stream what its account has chosen. left_ms: how long the stream may be read yet, from the
beginning of the question, rounded down; NULL: it does not end by itself';

CREATE OR REPLACE FUNCTION feed_credentials(session_ids bigint[], account_ids bigint[])
RETURNS TABLE (session_id bigint, account_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT s.id, s.account_id
	FROM unnest(session_ids, account_ids) AS u (id, account)
	JOIN session AS s ON s.id = u.id AND s.account_id = u.account AND s.ended_at IS NULL
	JOIN account AS a ON a.id = s.account_id AND a.disabled_at IS NULL
$$;

DROP FUNCTION IF EXISTS feed_tokens(bigint[], bigint[], bytea[]);
CREATE FUNCTION feed_tokens(token_ids bigint[], account_ids bigint[], hashes bytea[])
RETURNS TABLE (place bigint, refusal text, expires_s bigint, scopes text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT u.place, token_refusal(t, u.hash, a.disabled_at),
		coalesce(floor(date_part('epoch', t.expires_at))::bigint, 0), t.scopes
	FROM unnest(token_ids, account_ids, hashes) WITH ORDINALITY AS u (id, account, hash, place)
	LEFT JOIN token AS t ON t.id = u.id AND t.account_id = u.account
	LEFT JOIN account AS a ON a.id = t.account_id
$$;
COMMENT ON FUNCTION feed_tokens IS
'A row for each token asked about, by its place (1 …) in the question: two may claim the same token, and
only one of them have its secret';

CREATE OR REPLACE FUNCTION feed_people(account_ids bigint[], ids bigint[])
RETURNS TABLE (account_id bigint, id bigint, status text, seen_s bigint, shows boolean, apart boolean, by_channel boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT p.account_id, p.id, p.status, p.seen_s, p.shows, p.apart, p.by_channel FROM people_seen(account_ids, ids) AS p
$$;

DROP FUNCTION IF EXISTS feed_typing(bigint, bigint);
CREATE OR REPLACE FUNCTION feed_typing(account_id bigint, channel_id bigint)
RETURNS TABLE (person text, told boolean, hidden text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT user_json(a), channel_is_small(feed_typing.channel_id, most_people('typing')),
		typing_hidden(a.id, feed_typing.channel_id) FROM account AS a
	WHERE a.id = feed_typing.account_id AND a.disabled_at IS NULL
	AND channel_permissions(a.id, feed_typing.channel_id) & perm('send') <> 0
$$;
COMMENT ON FUNCTION feed_typing IS
'The person as typing.started names them; nothing without the right to send. told: not too many people would see it;
hidden: see typing_hidden()';

CREATE OR REPLACE FUNCTION feed_marks(account_ids bigint[], channel_ids bigint[], seqs bigint[], delivered bigint[])
RETURNS TABLE (place bigint, seq bigint, moved boolean, mine text, shown text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT u.place, v.seq, v.moved, v.mine, v.shown
	FROM unnest(account_ids, channel_ids, seqs, delivered) WITH ORDINALITY AS u (account, channel, seq, delivered, place)
	CROSS JOIN LATERAL mark_preview(u.account, u.channel, u.seq, u.delivered <> 0) AS v
$$;
COMMENT ON FUNCTION feed_marks IS
'What these marks come to, as mark_preview() says, by their place from 1; no row for who does not see the channel';

CREATE OR REPLACE FUNCTION feed_events(streams bigint[], after_revs bigint[], limit_each int)
RETURNS TABLE (event_id bigint, stream bigint, rev bigint, kind text, parent bigint, parent_rev bigint,
	access int, subject bigint, type text, at_ms bigint, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT e.id, e.stream, e.rev, e.kind::text, e.parent, e.parent_rev, e.access::int, e.subject,
		e.type, e.id >> 20, e.body
	FROM unnest(streams, after_revs) AS u (id, rev)
	CROSS JOIN LATERAL (SELECT * FROM event AS x
		WHERE x.stream = u.id AND x.rev > u.rev
		ORDER BY x.rev LIMIT limit_each) AS e
	ORDER BY e.stream, e.rev
$$;

CREATE OR REPLACE FUNCTION feed_heads(streams bigint[]) RETURNS TABLE (stream bigint, rev bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT c.id, c.rev FROM channel AS c WHERE c.id = ANY (streams)
	UNION ALL SELECT s.id, s.rev FROM server AS s WHERE s.id = ANY (streams)
	UNION ALL SELECT a.id, a.rev FROM account AS a WHERE a.id = ANY (streams)
$$;

CREATE OR REPLACE FUNCTION feed_tail(after_id bigint, most int)
RETURNS TABLE (event_id bigint, stream bigint, rev bigint, kind text, parent bigint, parent_rev bigint,
	access int, subject bigint, type text, at_ms bigint, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT e.id, e.stream, e.rev, e.kind::text, e.parent, e.parent_rev, e.access::int, e.subject,
		e.type, e.id >> 20, e.body
	FROM event AS e WHERE e.id > after_id ORDER BY e.id LIMIT most
$$;
