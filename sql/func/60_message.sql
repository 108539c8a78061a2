-- Messages, read positions, what changed since.

CREATE OR REPLACE FUNCTION access_hold(actor bigint, channel_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	home	bigint;
	shared	boolean;
BEGIN
	SELECT c.server_id, c.private INTO home, shared FROM channel AS c WHERE c.id = access_hold.channel_id;
	PERFORM FROM member AS m WHERE m.server_id = home AND m.account_id = actor FOR KEY SHARE;
	IF shared THEN
		PERFORM FROM channel_member AS cm
		WHERE cm.channel_id = access_hold.channel_id AND cm.account_id = actor FOR KEY SHARE;
	END IF;
	-- who has left for good stays in his conversations
	IF home IS NULL AND NOT EXISTS (SELECT FROM account AS a WHERE a.id = actor AND a.deleted_at IS NULL) THEN
		PERFORM fail(401, 'session_ended');
	END IF;
END
$$;
COMMENT ON FUNCTION access_hold IS
'Holds off the removal of this member, from the server or the channel, and that he is blocked or deletes his
account, until this transaction ends: so nothing of his is committed after it. Ask for permission after this.';

DROP FUNCTION IF EXISTS message_create(bigint, bigint, text, text, bigint, bytea);
CREATE OR REPLACE FUNCTION message_create(actor bigint, channel_id bigint, content text, nonce text,
	reply_to bigint, body_hash bytea, rules_rev bigint DEFAULT NULL, hits bigint[] DEFAULT '{}')
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	verdict		rule_verdict;
	c		channel;
	m		message;
	a		account;
	old		message_nonce;
	home		record;
	mask		bigint;
	told		record;
	message_id	bigint;
	data		text;
BEGIN
	PERFORM access_hold(actor, channel_id);
	mask := need_channel(actor, channel_id, perm('send'));
	SELECT x.* INTO told FROM mentions_of(channel_id, mask, content) AS x;
	IF nonce IS NULL OR NOT EXISTS (SELECT FROM message_nonce AS x
		WHERE x.author_id = actor AND x.nonce = message_create.nonce) THEN
		verdict := rules_verdict(actor, channel_id, mask, content, true, rules_rev, hits,
			CASE WHEN told.roles <> '{}' THEN cardinality(told.people) END);
		IF verdict.replies IS NOT NULL THEN
			RETURN QUERY SELECT * FROM unnest(verdict.replies);
			RETURN;
		END IF;
	END IF;

	message_id := new_id();
	IF nonce IS NOT NULL THEN
		INSERT INTO message_nonce (author_id, nonce, channel_id, message_id, body_hash)
		VALUES (actor, message_create.nonce, message_create.channel_id, message_id,
			message_create.body_hash)
		ON CONFLICT ON CONSTRAINT message_nonce_pkey DO NOTHING;
		IF NOT FOUND THEN
			SELECT x.* INTO old FROM message_nonce AS x
			WHERE x.author_id = actor AND x.nonce = message_create.nonce;
			IF old.channel_id <> message_create.channel_id
				OR old.body_hash <> message_create.body_hash THEN
				PERFORM fail(409, 'idempotency_mismatch');
			END IF;
			RETURN QUERY SELECT 'replay', '/channels/' || old.channel_id || '/messages/' || x.id,
				message_json(x, y)
			FROM message AS x JOIN account AS y ON y.id = x.author_id
			WHERE x.id = old.message_id;
			RETURN;
		END IF;
	END IF;
	IF message_create.reply_to IS NOT NULL AND (mask & perm('history') = 0 OR NOT EXISTS (SELECT FROM message AS x
		WHERE x.id = message_create.reply_to AND x.channel_id = message_create.channel_id)) THEN
		PERFORM fail(422, 'invalid_fields', 'reply_to:unknown:no such message in this channel');
	END IF;
	IF told.roles <> '{}' AND NOT role_mention_take(actor, channel_id) THEN
		SELECT x.* INTO told FROM mentions_of(channel_id, mask, content, false) AS x;
	END IF;

	UPDATE channel AS x
	SET last_seq = x.last_seq + 1, rev = x.rev + 1, last_message_id = message_id
	WHERE x.id = message_create.channel_id AND x.deleted_at IS NULL
	RETURNING x.* INTO c;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	ELSIF c.server_id IS NOT NULL AND NOT c.plain THEN
		mask := need_channel(actor, channel_id, perm('send'));	-- asked again now that nobody can change it
	END IF;
	SELECT s.rev, s.lockdown INTO home FROM server AS s WHERE s.id = c.server_id;
	IF c.slow_mode_s > 0 OR home.lockdown THEN
		PERFORM slow_mode_take(c, actor, mask, home.lockdown);
	END IF;
	INSERT INTO message (id, channel_id, seq, rev, author_id, content, nonce, reply_to, mentions, mention_roles)
	VALUES (message_id, c.id, c.last_seq, c.rev, actor, message_create.content,
		message_create.nonce, message_create.reply_to, told.people, told.roles)
	RETURNING * INTO m;
	IF c.server_id IS NULL THEN
		UPDATE channel_member AS x SET spoke = true
		WHERE x.channel_id = c.id AND x.account_id = actor AND NOT x.spoke;
	END IF;
	IF m.mentions <> '{}' THEN
		INSERT INTO mention (account_id, channel_id, seq, author_id)
		SELECT x, c.id, m.seq, actor FROM unnest(m.mentions) AS x WHERE x <> actor;
	END IF;
	INSERT INTO read_state AS r (account_id, channel_id, read_seq, first_wrote, last_wrote)
	VALUES (actor, c.id, m.seq, m.seq, m.seq)
	ON CONFLICT ON CONSTRAINT read_state_pkey DO UPDATE
	SET read_seq = greatest(r.read_seq, excluded.read_seq), last_wrote = m.seq,
		first_wrote = coalesce(r.first_wrote, m.seq);
	SELECT x.* INTO a FROM account AS x WHERE x.id = actor;
	data := message_json(m, a);
	RETURN NEXT ROW('created', '/channels/' || c.id || '/messages/' || m.id, data)::reply;
	RETURN NEXT event_add('c', c.id, c.rev, coalesce(c.server_id, 0), coalesce(home.rev, 0), 0,
		m.id, 'message.created', data, nonce);
	IF verdict.alerts IS NOT NULL THEN
		RETURN QUERY SELECT * FROM rules_alert(m, verdict.alerts);
	END IF;
END
$$;
COMMENT ON FUNCTION message_create IS
'Posts. seq and rev are taken from the channel row, whose lock orders the commits of one channel. rules_rev, hits: as
rules_verdict() has them.';

CREATE OR REPLACE FUNCTION message_store(m message) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	data	text;
BEGIN
	UPDATE message AS x SET rev = m.rev, content = m.content, edited_at = m.edited_at,
		deleted_at = m.deleted_at, mentions = m.mentions, mention_roles = m.mention_roles, reply_to = m.reply_to
	WHERE x.id = m.id;
	data := (SELECT message_json(m, a) FROM account AS a WHERE a.id = m.author_id);
	UPDATE event AS x SET body = left(x.body, position(',"data":' IN x.body) + 7) || data || '}'
	WHERE x.subject = m.id AND x.subject <> 0 AND x.access = 0 AND x.id >= m.id
	AND x.type IN ('message.created', 'message.updated');
	RETURN data;
END
$$;
COMMENT ON FUNCTION message_store IS
'Stores the changed row of a message and gives its JSON. What was said before goes from the stored events
too: a resume must not bring it back';

DROP FUNCTION IF EXISTS message_erase(message);
CREATE OR REPLACE FUNCTION message_tombstone(m message) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM mention AS x
	WHERE x.channel_id = m.channel_id AND x.seq = m.seq AND x.account_id = ANY (m.mentions);
	m.content := '';
	m.mentions := '{}';
	m.mention_roles := '{}';
	m.deleted_at := clock_timestamp();
	RETURN message_store(m);
END
$$;
COMMENT ON FUNCTION message_tombstone IS 'Leaves a tombstone, under the rev that stands in m';

CREATE OR REPLACE FUNCTION message_told(m message, c channel, type text, data text) RETURNS reply LANGUAGE sql AS $$
	SELECT event_add('c', m.channel_id, m.rev, coalesce(c.server_id, 0), server_rev(c.server_id), 0, m.id, type, data)
$$;

CREATE OR REPLACE FUNCTION message_change(m message, type text) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
DECLARE
	c	channel;
	data	text;
BEGIN
	UPDATE channel AS x SET rev = x.rev + 1 WHERE x.id = m.channel_id RETURNING x.* INTO c;
	m.rev := c.rev;
	data := message_store(m);
	RETURN NEXT ROW('body', NULL, data)::reply;
	RETURN NEXT message_told(m, c, message_change.type, data);
END
$$;
COMMENT ON FUNCTION message_change IS 'Stores the changed row of a message under the channel''s next rev and tells the stream';

CREATE OR REPLACE FUNCTION message_lock(actor bigint, channel_id bigint, message_id bigint, bits bigint)
RETURNS message LANGUAGE plpgsql AS $$
DECLARE
	m	message;
	c	channel;
BEGIN
	PERFORM access_hold(actor, channel_id);
	PERFORM need_channel(actor, channel_id, bits);
	SELECT x.* INTO c FROM channel AS x WHERE x.id = message_lock.channel_id FOR NO KEY UPDATE;
	IF c.server_id IS NOT NULL AND NOT c.plain THEN
		PERFORM need_channel(actor, channel_id, bits);	-- as message_create() does
	END IF;
	IF c.archived_at IS NOT NULL THEN
		PERFORM fail(409, 'archived');
	END IF;
	SELECT x.* INTO m FROM message AS x
	WHERE x.id = message_lock.message_id AND x.channel_id = message_lock.channel_id;
	IF NOT FOUND THEN
		PERFORM fail(404, 'not_found');
	END IF;
	RETURN m;
END
$$;

DROP FUNCTION IF EXISTS message_update(bigint, bigint, bigint, text, bigint);
CREATE OR REPLACE FUNCTION message_update(actor bigint, channel_id bigint, message_id bigint, content text, if_rev bigint,
	rules_rev bigint DEFAULT NULL, hits bigint[] DEFAULT '{}') RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	m	message;
	mask	bigint;
	told	record;
	verdict	rule_verdict;
BEGIN
	-- before the channel is locked: a time-out locks the server, and looking for who is mentioned takes a while
	SELECT x.* INTO m FROM message AS x WHERE x.id = message_update.message_id AND x.channel_id = message_update.channel_id
		AND x.author_id = actor AND x.deleted_at IS NULL AND x.content <> message_update.content;
	IF FOUND THEN
		mask := need_channel(actor, channel_id, perm('send'));
		SELECT x.* INTO told FROM mentions_of(channel_id, mask, content) AS x;
		verdict := rules_verdict(actor, channel_id, mask, content, false, rules_rev, hits,
			CASE WHEN told.roles <> '{}' THEN cardinality(told.people) END);
		IF verdict.replies IS NOT NULL THEN
			RETURN QUERY SELECT * FROM unnest(verdict.replies);
			RETURN;
		ELSIF NOT told.roles <@ m.mention_roles AND NOT role_mention_take(actor, channel_id) THEN
			SELECT x.* INTO told FROM mentions_of(channel_id, mask, content, false) AS x;
		END IF;
	END IF;
	m := message_lock(actor, channel_id, message_id, perm('send'));
	IF m.author_id <> actor THEN
		PERFORM fail(403, 'forbidden');
	ELSIF m.deleted_at IS NOT NULL THEN
		PERFORM fail(409, 'conflict', 'the message is deleted');
	ELSIF if_rev IS NOT NULL AND if_rev <> m.rev THEN
		PERFORM fail(412, 'precondition_failed');
	END IF;
	IF m.content = message_update.content THEN
		RETURN QUERY SELECT 'body', NULL, message_json(m, a) FROM account AS a WHERE a.id = actor;
		RETURN;
	ELSIF told IS NULL THEN
		-- he has changed it meanwhile, and it was as it is to be
		PERFORM fail(503, 'try_again');
	END IF;
	m.content := message_update.content;
	m.edited_at := clock_timestamp();
	m.mentions := told.people;
	m.mention_roles := told.roles;
	DELETE FROM mention AS x
	WHERE x.channel_id = m.channel_id AND x.seq = m.seq AND x.account_id <> ALL (m.mentions)
	AND x.account_id IN (SELECT unnest(y.mentions) FROM message AS y WHERE y.id = m.id);
	INSERT INTO mention (account_id, channel_id, seq, author_id)
	SELECT x, m.channel_id, m.seq, actor FROM unnest(m.mentions) AS x WHERE x <> actor
	ON CONFLICT DO NOTHING;
	RETURN QUERY SELECT * FROM message_change(m, 'message.updated');
	IF verdict.alerts IS NOT NULL THEN
		RETURN QUERY SELECT * FROM rules_alert(m, verdict.alerts);
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION message_delete(actor bigint, channel_id bigint, message_id bigint)
RETURNS SETOF reply LANGUAGE plpgsql AS $$
DECLARE
	m	message := message_lock(actor, channel_id, message_id, 0);
	c	channel;
BEGIN
	IF m.author_id <> actor
		AND channel_permissions(actor, channel_id) & perm('manage_messages') = 0 THEN
		PERFORM fail(403, 'forbidden');
	END IF;
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	IF m.deleted_at IS NOT NULL THEN
		RETURN;
	END IF;
	UPDATE channel AS x SET rev = x.rev + 1 WHERE x.id = m.channel_id RETURNING x.* INTO c;
	m.rev := c.rev;
	RETURN NEXT message_told(m, c, 'message.deleted', message_tombstone(m));
	IF actor <> m.author_id AND c.server_id IS NOT NULL THEN
		PERFORM audit_channel(c, actor, 'message.deleted', m.id, json_build_object('channel_id', c.id::text));
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION unread_mentions(actor bigint, channel_id bigint, read_seq bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT count(*) FROM mention AS x
	WHERE x.account_id = actor AND x.channel_id = unread_mentions.channel_id
	AND x.seq > coalesce(unread_mentions.read_seq, 0) AND NOT has_blocked(actor, x.author_id)
$$;
COMMENT ON FUNCTION unread_mentions IS 'By whom one has not blocked';

CREATE OR REPLACE FUNCTION typing_hidden(actor bigint, channel_id bigint) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT string_agg(x.id::text, ',')
	FROM (SELECT b.account_id AS id FROM block AS b JOIN channel AS c ON c.id = typing_hidden.channel_id
		WHERE b.blocked_id = actor
		AND (EXISTS (SELECT FROM channel_member AS m WHERE m.channel_id = c.id AND m.account_id = b.account_id)
			OR EXISTS (SELECT FROM member AS m WHERE m.server_id = c.server_id AND m.account_id = b.account_id))
		AND channel_permissions(b.account_id, c.id) <> 0
		ORDER BY b.account_id LIMIT most_people('typing')) AS x
$$;
COMMENT ON FUNCTION typing_hidden IS
'Who in a channel has blocked actor, and so is not told that he types: ids with commas between, NULL for nobody';

CREATE OR REPLACE FUNCTION typing_post(actor bigint, channel_id bigint) RETURNS SETOF reply
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM need_channel(actor, channel_id, perm('send'));
	RETURN NEXT ROW('empty', NULL, NULL)::reply;
	IF NOT channel_is_small(channel_id, most_people('typing')) THEN
		RETURN;
	END IF;
	RETURN NEXT (SELECT event_ephemeral(channel_id, actor, 'typing.started', '{"channel_id":"' || channel_id
		|| '","user":' || user_json(a) || '}', typing_hidden(actor, channel_id))
		FROM account AS a WHERE a.id = actor);
END
$$;
