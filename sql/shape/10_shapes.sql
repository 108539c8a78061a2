-- The JSON shapes, each built in one place, for REST answers and events alike. All are
-- single-expression SQL functions, so that the planner inlines them into the calling statement.

CREATE OR REPLACE FUNCTION ts(t timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
COMMENT ON FUNCTION ts(timestamptz) IS 'RFC 3339, UTC, milliseconds';

CREATE OR REPLACE FUNCTION user_json(a account) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', a.id::text, 'username', a.username,
		'display_name', a.display_name, 'avatar_url', NULL, 'bot', a.bot)
$$;

CREATE OR REPLACE FUNCTION me_json(a account) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', a.id::text, 'username', a.username,
		'display_name', a.display_name, 'avatar_url', NULL, 'bot', a.bot,
		'email', a.email, 'admin', a.admin, 'created_at', ts(id_time(a.id)))
$$;

CREATE OR REPLACE FUNCTION server_json(s server) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', s.id::text, 'name', s.name, 'icon_url', NULL,
		'owner_id', s.owner_id::text, 'created_at', ts(id_time(s.id)), 'rev', s.rev)
$$;

CREATE OR REPLACE FUNCTION role_json(r role) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', r.id::text, 'server_id', r.server_id::text, 'name', r.name,
		'kind', r.kind, 'permissions', r.permissions::text, 'position', r.position,
		'color', r.color)
$$;

CREATE OR REPLACE FUNCTION ids_json(ids bigint[]) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT array_to_json(ids::text[])
$$;

CREATE OR REPLACE FUNCTION member_json(m member, a account) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('server_id', m.server_id::text, 'user', user_json(a),
		'roles', ids_json(m.roles), 'nickname', m.nickname, 'joined_at', ts(m.joined_at))
$$;

CREATE OR REPLACE FUNCTION channel_json(c channel) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', c.id::text, 'server_id', c.server_id::text, 'kind', c.kind,
		'name', c.name, 'topic', c.topic, 'category', c.category, 'position', c.position,
		'private', c.private, 'last_seq', c.last_seq, 'rev', c.rev,
		'last_message_at', ts(id_time(c.last_message_id)))
$$;

CREATE OR REPLACE FUNCTION dm_json(c channel) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', c.id::text, 'server_id', NULL, 'kind', c.kind,
		'name', c.name, 'topic', c.topic, 'category', NULL, 'position', 0,
		'private', true, 'last_seq', c.last_seq, 'rev', c.rev,
		'last_message_at', ts(id_time(c.last_message_id)),
		'members', (SELECT json_agg(user_json(a) ORDER BY a.id)
			FROM channel_member AS cm JOIN account AS a ON a.id = cm.account_id
			WHERE cm.channel_id = c.id))
$$;

CREATE OR REPLACE FUNCTION message_json(m message, a account) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', m.id::text, 'channel_id', m.channel_id::text,
		'seq', m.seq, 'rev', m.rev, 'author', user_json(a), 'content', m.content,
		'nonce', m.nonce, 'created_at', ts(id_time(m.id)), 'edited_at', ts(m.edited_at),
		'deleted', m.deleted_at IS NOT NULL, 'reply_to', m.reply_to::text, 'thread', NULL,
		'attachments', '[]'::json, 'embeds', '[]'::json, 'mentions', ids_json(m.mentions),
		'reactions', '[]'::json, 'pinned', false)
$$;

CREATE OR REPLACE FUNCTION invite_json(i invite, s server, a account) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('code', i.code,
		'server', json_build_object('id', s.id::text, 'name', s.name, 'icon_url', NULL,
			'member_count', s.member_count),
		'channel_id', i.channel_id::text, 'creator', user_json(a),
		'created_at', ts(i.created_at), 'expires_at', ts(i.expires_at),
		'max_uses', i.max_uses, 'uses', i.uses)
$$;

CREATE OR REPLACE FUNCTION session_json(s session, current bigint) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', s.id::text, 'created_at', ts(id_time(s.id)),
		'last_used_at', ts(s.last_used_at), 'user_agent', s.user_agent, 'ip', s.ip,
		'current', s.id IS NOT DISTINCT FROM current)
$$;

CREATE OR REPLACE FUNCTION token_json(t token) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('id', t.id::text, 'name', t.name, 'scopes', t.scopes,
		'created_at', ts(id_time(t.id)), 'expires_at', ts(t.expires_at),
		'last_used_at', ts(t.last_used_at))
$$;

CREATE OR REPLACE FUNCTION read_state_json(channel bigint, seq bigint, mentioned bigint) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT json_build_object('channel_id', channel::text, 'read_seq', seq, 'mention_count', mentioned)
$$;
