-- Whom somebody does not want to hear from. What follows from it is said here, and asked from here by
-- whoever posts, opens conversations, counts mentions, or shows who is there.

CREATE OR REPLACE FUNCTION has_blocked(account bigint, other bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (SELECT FROM block AS b WHERE b.account_id = has_blocked.account AND b.blocked_id = has_blocked.other)
$$;

CREATE OR REPLACE FUNCTION are_apart(a bigint, b bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT has_blocked(a, b) OR has_blocked(b, a)
$$;
COMMENT ON FUNCTION are_apart IS 'One of the two has blocked the other: they do not write to each other, nor see who is there';

CREATE OR REPLACE FUNCTION dm_is_closed(actor bigint, channel_id bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (SELECT FROM channel_member AS m
		WHERE m.channel_id = dm_is_closed.channel_id AND m.account_id <> actor AND are_apart(actor, m.account_id))
$$;
COMMENT ON FUNCTION dm_is_closed IS 'Of a conversation of two: it can be read, and nothing more. Groups go on';

CREATE OR REPLACE FUNCTION company_denied(actor bigint, others bigint[]) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN bool_or(has_blocked(actor, o)) THEN 'blocked'
		WHEN bool_or(has_blocked(o, actor)) THEN 'forbidden' END
	FROM unnest(others) AS o WHERE o <> actor
$$;
COMMENT ON FUNCTION company_denied IS
'Why actor may not write to these, as a code word; NULL when he may. Who has been blocked is not told so';

CREATE OR REPLACE FUNCTION takes_dms(account_id bigint, sender bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT CASE a.dms_from WHEN 'everyone' THEN true WHEN 'shared' THEN accounts_share_server(sender, a.id)
		ELSE false END
		FROM account AS a WHERE a.id = takes_dms.account_id);
END
$$;

CREATE OR REPLACE FUNCTION need_company(actor bigint, people bigint[], fresh boolean) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	denied	text;
BEGIN
	-- an old group goes on, whoever is in it
	IF fresh OR cardinality(people) = 2 THEN
		denied := company_denied(actor, people);
		IF denied IS NOT NULL THEN
			PERFORM fail(403, denied);
		END IF;
	END IF;
	IF fresh AND EXISTS (SELECT FROM unnest(people) AS x WHERE x <> actor AND NOT takes_dms(x, actor)) THEN
		PERFORM fail(403, 'forbidden');
	END IF;
END
$$;
COMMENT ON FUNCTION need_company IS
'Fails unless actor may open the conversation of these people. fresh: there is none so far; who has one keeps it';

CREATE OR REPLACE FUNCTION block_lock(actor bigint, other bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	-- nobody is opening a conversation of the two, or deleting one of them
	PERFORM FROM account AS a WHERE a.id IN (actor, other) ORDER BY a.id FOR NO KEY UPDATE;
	-- and whoever is posting in theirs has done so: see access_hold()
	PERFORM FROM channel_member AS m JOIN channel AS c ON c.id = m.channel_id
	WHERE c.dm_key = least(actor, other) || ',' || greatest(actor, other) FOR UPDATE OF m;
END
$$;

CREATE OR REPLACE FUNCTION block_told(actor bigint, other bigint, blocked boolean) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	x	record;
BEGIN
	RETURN NEXT user_event(actor, access_code('none'), 0, 'block.updated',
		'{"user_id":"' || other || '","blocked":' || blocked || '}');
	-- what the other wrote counts no more, or again
	FOR x IN SELECT m.channel_id, coalesce(r.read_seq, 0) AS read
		FROM (SELECT DISTINCT y.channel_id FROM mention AS y WHERE y.account_id = actor AND y.author_id = other) AS m
		LEFT JOIN read_state AS r ON r.account_id = actor AND r.channel_id = m.channel_id
		WHERE EXISTS (SELECT FROM mention AS y WHERE y.account_id = actor AND y.channel_id = m.channel_id
			AND y.author_id = other AND y.seq > coalesce(r.read_seq, 0))
		AND channel_permissions(actor, m.channel_id) <> 0
		ORDER BY m.channel_id LIMIT 100
	LOOP
		RETURN NEXT user_event(actor, access_code('none'), 0, 'read.updated',
			read_state_json(x.channel_id, x.read, unread_mentions(actor, x.channel_id, x.read)));
	END LOOP;
	-- for the daemons: whom the streams of the two may watch is to be asked again
	RETURN QUERY SELECT 'event', y.id::text, event_passing('u', y.id, 'control.ask', '{}')
	FROM unnest(ARRAY[actor, other]) AS y (id);
END
$$;

CREATE OR REPLACE FUNCTION block_put(actor bigint, other bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	IF actor = other THEN
		PERFORM fail(409, 'conflict', 'nobody blocks himself');
	END IF;
	PERFORM block_lock(actor, other);
	IF NOT EXISTS (SELECT FROM account AS a WHERE a.id = other AND a.deleted_at IS NULL) THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	IF has_blocked(actor, other) THEN
		RETURN;
	ELSIF (SELECT count(*) FROM block AS b WHERE b.account_id = actor) >= 1000 THEN
		PERFORM fail(409, 'limit_reached', 'at most 1000 people');
	END IF;
	INSERT INTO block (account_id, blocked_id) VALUES (actor, other);
	RETURN QUERY SELECT * FROM block_told(actor, other, true);
END
$$;

CREATE OR REPLACE FUNCTION block_delete(actor bigint, other bigint) RETURNS SETOF reply LANGUAGE plpgsql AS $$
BEGIN
	PERFORM block_lock(actor, other);
	DELETE FROM block AS b WHERE b.account_id = actor AND b.blocked_id = other;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	RETURN QUERY SELECT * FROM block_told(actor, other, false);
END
$$;
