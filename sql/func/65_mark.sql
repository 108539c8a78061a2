-- Marks: how far somebody has read a channel, and how far messages have reached him. A mark waits in
-- Redis for a few seconds and is stored by marks_flush(); until then who reads one lays it over what
-- stands here. Everything takes the greatest, so whatever comes twice or late does no harm.

CREATE OR REPLACE FUNCTION receipt_json(channel bigint, account bigint, read_seq bigint, delivered_seq bigint)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"channel_id":"' || channel || '","user_id":"' || account || '"'
		|| coalesce(',"read_seq":' || read_seq, '') || coalesce(',"delivered_seq":' || delivered_seq, '') || '}'
$$;
COMMENT ON FUNCTION receipt_json IS 'NULL: left out, it has not moved';

CREATE OR REPLACE FUNCTION channel_people(channel_id bigint) RETURNS TABLE (account_id bigint)
LANGUAGE sql STABLE AS $$
	SELECT cm.account_id FROM channel_member AS cm WHERE cm.channel_id = channel_people.channel_id
	UNION
	SELECT o.target_id FROM channel_override AS o
	WHERE o.channel_id = channel_people.channel_id AND NOT o.is_role AND o.allow & perm('view') <> 0
$$;
COMMENT ON FUNCTION channel_people IS
'Of a conversation everybody; of a private channel those who were let in each by himself, and some who are no members any more';

CREATE OR REPLACE FUNCTION channel_is_small(channel_id bigint, most bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
	c	record;
BEGIN
	SELECT ch.server_id, ch.private, s.member_count INTO c
	FROM channel AS ch LEFT JOIN server AS s ON s.id = ch.server_id
	WHERE ch.id = channel_is_small.channel_id AND ch.deleted_at IS NULL;
	IF NOT FOUND THEN
		RETURN false;
	ELSIF c.server_id IS NULL OR c.member_count <= most THEN
		RETURN true;
	ELSIF NOT c.private OR EXISTS (SELECT FROM channel_override AS o
		WHERE o.channel_id = channel_is_small.channel_id AND o.is_role AND o.allow & perm('view') <> 0) THEN
		RETURN false;
	END IF;
	-- first what costs little, as the union below is made whole
	IF (SELECT count(*) FROM (SELECT FROM channel_member AS m
		WHERE m.channel_id = channel_is_small.channel_id LIMIT most + 1) AS x) > most THEN
		RETURN false;
	END IF;
	RETURN (SELECT count(*) FROM (SELECT FROM channel_people(channel_is_small.channel_id) LIMIT most + 1) AS x) <= most;
END
$$;
COMMENT ON FUNCTION channel_is_small IS
'A conversation, or a channel that at most so many people can see. How many a role lets into a private
channel of a larger server is not counted: it is not small.';

CREATE OR REPLACE FUNCTION receipts_shown(channel_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT channel_is_small(channel_id, most_people('receipts'))
$$;

CREATE OR REPLACE FUNCTION receipt_people(channel_id bigint) RETURNS TABLE (account_id bigint)
LANGUAGE sql STABLE AS $$
	SELECT p.account_id FROM channel_people(channel_id) AS p
	UNION
	SELECT m.account_id FROM member AS m
	WHERE m.server_id = (SELECT s.id FROM server AS s
		WHERE s.id = (SELECT c.server_id FROM channel AS c WHERE c.id = receipt_people.channel_id)
		AND s.member_count <= most_people('receipts'))
$$;
COMMENT ON FUNCTION receipt_people IS 'Where receipts are shown: everybody who may see the channel, and some who may not';

CREATE OR REPLACE FUNCTION receipts_json(actor bigint, channel_id bigint, readers bigint[], reads bigint[],
	takers bigint[], takes bigint[]) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	PERFORM need_channel(actor, channel_id, 0);
	IF NOT (SELECT a.receipts FROM account AS a WHERE a.id = actor) OR NOT receipts_shown(channel_id) THEN
		RETURN page_json(NULL, NULL, NULL);
	END IF;
	RETURN page_json((SELECT string_agg('{"user_id":"' || x.id || '","read_seq":' || x.at
			|| ',"delivered_seq":' || greatest(x.at, x.got) || '}', ',' ORDER BY x.id)
		FROM (SELECT a.id, greatest(r.read_seq, least(coalesce(o.seq, 0), c.last_seq), 0) AS at,
				greatest(r.delivered_seq, least(coalesce(g.seq, 0), c.last_seq), 0) AS got
			FROM channel AS c
			-- an array, so that there is no way to begin with the accounts
			JOIN account AS a ON a.receipts AND a.disabled_at IS NULL AND a.id = ANY (
				ARRAY(SELECT p.account_id FROM receipt_people(receipts_json.channel_id) AS p))
			LEFT JOIN read_state AS r ON r.account_id = a.id AND r.channel_id = c.id
			LEFT JOIN unnest(readers, reads) AS o (id, seq) ON o.id = a.id
			LEFT JOIN unnest(takers, takes) AS g (id, seq) ON g.id = a.id
			WHERE c.id = receipts_json.channel_id AND a.id <> actor
			AND channel_permissions(a.id, c.id) <> 0 AND reach_is_told(a.id, c.id)
			ORDER BY a.id LIMIT most_people('receipts')) AS x), NULL, NULL);
END
$$;
COMMENT ON FUNCTION receipts_json IS
'How far the others are. readers and reads, takers and takes: marks that wait to be stored, by account.';

CREATE OR REPLACE FUNCTION mark_preview(actor bigint, channel_id bigint, wanted bigint, delivered boolean)
RETURNS TABLE (seq bigint, moved boolean, body text, mine text, shown text) LANGUAGE plpgsql AS $$
DECLARE
	c	record;
	tells	boolean;
BEGIN
	IF channel_permissions(actor, channel_id) = 0 THEN
		RETURN;
	END IF;
	SELECT ch.last_seq, coalesce(r.read_seq, 0) AS read, coalesce(r.delivered_seq, 0) AS got INTO c
	FROM channel AS ch
	LEFT JOIN read_state AS r ON r.channel_id = ch.id AND r.account_id = actor
	WHERE ch.id = mark_preview.channel_id;
	-- that something has reached who hides says that he is there
	tells := (SELECT a.receipts AND NOT (delivered AND a.status = 'invisible') FROM account AS a WHERE a.id = actor)
		AND receipts_shown(channel_id) AND reach_is_told(actor, channel_id);
	seq := greatest(c.read, least(wanted, c.last_seq));
	IF NOT delivered THEN
		moved := seq > c.read;
		body := read_state_json(channel_id, seq, unread_mentions(actor, channel_id, seq));
		IF moved THEN
			mine := event_passing('u', actor, 'read.updated', body);
		END IF;
	ELSE
		seq := greatest(seq, c.got);
		moved := tells AND seq > greatest(c.read, c.got);
	END IF;
	IF moved AND tells THEN
		-- only what moved: a mark of the other kind may wait that is further than what is stored
		shown := event_passing('c', channel_id, 'receipt.updated', receipt_json(channel_id, actor,
			CASE WHEN delivered THEN NULL ELSE seq END, CASE WHEN delivered THEN seq END));
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION mark_preview IS
'What a mark comes to, without storing it; no row for who does not see the channel. seq: cut to the
newest message, never below what is stored; moved: it is above that, and to be kept. body: the read
state as of it. mine, shown: for the bus, the streams of the account and of the channel, when told.';

CREATE OR REPLACE FUNCTION marks_flush(account_ids bigint[], channel_ids bigint[], reads bigint[], delivered bigint[])
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	shown	bigint[];
	x	record;
BEGIN
	-- before the rows themselves; of a channel nothing is raised, so it is not locked
	PERFORM FROM account AS a WHERE a.id = ANY (account_ids) ORDER BY a.id FOR NO KEY UPDATE;
	shown := ARRAY(SELECT y FROM (SELECT DISTINCT u FROM unnest(channel_ids) AS u) AS c (y) WHERE receipts_shown(y));

	FOR x IN WITH want AS MATERIALIZED (
			SELECT u.account, u.channel, least(u.read, c.last_seq) AS read, least(u.got, c.last_seq) AS got,
				greatest(r.read_seq, 0) AS had_read, greatest(r.read_seq, r.delivered_seq, 0) AS had_got,
				a.receipts, a.status = 'invisible' AS hides
			FROM (SELECT v.account, v.channel, max(v.read) AS read, max(v.got) AS got
				FROM unnest(account_ids, channel_ids, reads, delivered) AS v (account, channel, read, got)
				GROUP BY v.account, v.channel) AS u
			JOIN channel AS c ON c.id = u.channel AND c.deleted_at IS NULL
			JOIN account AS a ON a.id = u.account
			LEFT JOIN read_state AS r ON r.account_id = u.account AND r.channel_id = u.channel
		), done AS (
			INSERT INTO read_state AS r (account_id, channel_id, read_seq, delivered_seq)
			SELECT w.account, w.channel, w.read, w.got FROM want AS w
			WHERE w.read > w.had_read OR w.got > w.had_got
			ORDER BY w.channel, w.account
			ON CONFLICT ON CONSTRAINT read_state_pkey DO UPDATE
			SET read_seq = greatest(r.read_seq, excluded.read_seq),
				delivered_seq = greatest(r.delivered_seq, excluded.delivered_seq)
			RETURNING r.*
		)
		SELECT d.*, d.read_seq > w.had_read AS did_read, w.receipts AND w.channel = ANY (shown)
			AND (d.read_seq > w.had_read OR NOT w.hides) AND reach_is_told(w.account, w.channel) AS tells
		FROM done AS d JOIN want AS w ON w.account = d.account_id AND w.channel = d.channel_id
		-- the mark is kept for who may come back; nobody is told of it any more
		WHERE channel_permissions(d.account_id, d.channel_id) <> 0
		ORDER BY d.channel_id, d.account_id
	LOOP
		IF x.did_read THEN
			RETURN NEXT user_event(x.account_id, access_code('none'), 0, 'read.updated', read_state_json(x.channel_id,
				x.read_seq, unread_mentions(x.account_id, x.channel_id, x.read_seq)));
		END IF;
		IF x.tells THEN
			RETURN NEXT ROW('event', x.channel_id::text, event_passing('c', x.channel_id, 'receipt.updated',
				receipt_json(x.channel_id, x.account_id, x.read_seq, greatest(x.read_seq, x.delivered_seq))))::reply;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION marks_flush IS
'Stores marks; 0 for none of that kind. Events only of what really moved: doing it again is silent. Receipts
are told without a number: everybody''s positions would use up what a channel keeps for who was away.';

CREATE OR REPLACE FUNCTION read_put(actor bigint, channel_id bigint, seq bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	events	reply[];
	after	bigint;
BEGIN
	PERFORM need_channel(actor, channel_id, 0);
	events := ARRAY(SELECT e FROM marks_flush(ARRAY[actor], ARRAY[channel_id], ARRAY[seq], ARRAY[0]) AS e);
	after := coalesce((SELECT r.read_seq FROM read_state AS r
		WHERE r.account_id = actor AND r.channel_id = read_put.channel_id), 0);
	RETURN NEXT ROW('body', NULL, read_state_json(channel_id, after,
		unread_mentions(actor, channel_id, after)))::reply;
	RETURN QUERY SELECT e.kind, e.ref, e.data FROM unnest(events) AS e;
END
$$;
COMMENT ON FUNCTION read_put IS 'A read mark stored at once: there is no Redis, or nobody who flushes';

CREATE OR REPLACE FUNCTION delivered_put(actor bigint, channel_id bigint, seq bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_channel(actor, channel_id, 0);
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	IF (SELECT p.moved FROM mark_preview(actor, channel_id, delivered_put.seq, true) AS p) THEN
		RETURN QUERY SELECT e.kind, e.ref, e.data
		FROM marks_flush(ARRAY[actor], ARRAY[channel_id], ARRAY[0], ARRAY[seq]) AS e;
	END IF;
END
$$;
