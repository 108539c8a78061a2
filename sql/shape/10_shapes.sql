-- The JSON shapes, each built in one place, for REST answers and events alike. They are text put
-- together by single-expression SQL functions, so that the planner inlines them into the calling
-- statement and the bytes are compact: no parsing, no blanks.

CREATE OR REPLACE FUNCTION ts(t timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
COMMENT ON FUNCTION ts(timestamptz) IS 'RFC 3339, UTC, milliseconds';

CREATE OR REPLACE FUNCTION js(t text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT coalesce(to_json(t)::text, 'null')
$$;
COMMENT ON FUNCTION js(text) IS 'A JSON string, or null';

CREATE OR REPLACE FUNCTION jq(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT coalesce('"' || t || '"', 'null')
$$;
COMMENT ON FUNCTION jq(text) IS 'A JSON string of a word that needs no escapes (ids, times, code words), or null';

CREATE OR REPLACE FUNCTION jn(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT coalesce(t, 'null')
$$;
COMMENT ON FUNCTION jn(text) IS 'A number or a finished JSON value, or null';

CREATE OR REPLACE FUNCTION ids_json(ids bigint[]) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN ids = '{}' THEN '[]' ELSE '["' || array_to_string(ids, '","') || '"]' END
$$;

CREATE OR REPLACE FUNCTION picture_url(hash text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN hash IS NULL THEN 'null'
		ELSE '"' || coalesce(current_setting('moot.base_path', true), '') || '/avatars/' || hash || '-256.webp"' END
$$;
COMMENT ON FUNCTION picture_url IS 'Its address as a JSON string, below the path of base_url, or null. 128 and 64 are there as well';

CREATE OR REPLACE FUNCTION user_json(a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || a.id || '","username":"' || a.username || '","display_name":'
		|| js(a.display_name) || ',"avatar_url":' || picture_url(a.avatar) || ',"bot":' || a.bot || '}'
$$;

CREATE OR REPLACE FUNCTION custom_status_json(a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN coalesce(a.status_emoji, a.status_text) IS NULL OR a.status_until <= now() THEN 'null'
		ELSE '{"emoji":' || js(a.status_emoji) || ',"text":' || js(a.status_text)
			|| ',"expires_at":' || jq(ts(a.status_until)) || '}' END
$$;

CREATE OR REPLACE FUNCTION profile_json(a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT ',"bio":' || js(a.bio) || ',"time_zone":' || jq(a.time_zone) || ',"custom_status":' || custom_status_json(a)
$$;
COMMENT ON FUNCTION profile_json IS 'Members of a user for himself and who shares something with him';

CREATE OR REPLACE FUNCTION me_json(a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || a.id || '","username":"' || a.username || '","display_name":'
		|| js(a.display_name) || ',"avatar_url":' || picture_url(a.avatar) || ',"bot":' || a.bot
		|| ',"email":' || js(coalesce(a.email, a.email_unverified)) || ',"email_verified":' || (a.email IS NOT NULL)
		|| ',"email_pending":' || js(CASE WHEN a.email IS NOT NULL THEN a.email_unverified END)
		|| ',"admin":' || a.admin || ',"second_factor":' || a.second_factor || ',"receipts":' || a.receipts
		|| ',"status":"' || a.status || '","show_last_seen":' || a.show_last_seen
		|| ',"dms_from":"' || a.dms_from || '"' || profile_json(a)
		|| ',"created_at":"' || ts(id_time(a.id)) || '"}'
$$;

CREATE OR REPLACE FUNCTION server_json(s server) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || s.id || '","name":' || js(s.name) || ',"icon_url":' || picture_url(s.icon) || ',"owner_id":"'
		|| s.owner_id || '","lockdown":' || s.lockdown || ',"audit_days":' || s.audit_days
		|| ',"web_robots":' || s.web_robots
		|| ',"retention_days":' || jn(s.retention_days::text) || ',"created_at":"' || ts(id_time(s.id)) || '","rev":' || s.rev || '}'
$$;

CREATE OR REPLACE FUNCTION role_json(r role) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || r.id || '","server_id":"' || r.server_id || '","name":' || js(r.name)
		|| ',"kind":"' || r.kind || '","permissions":"' || r.permissions
		|| '","position":' || r.position || ',"color":' || jn(r.color::text)
		|| ',"mentionable":' || r.mentionable || '}'
$$;

CREATE OR REPLACE FUNCTION member_json(m member, a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"server_id":"' || m.server_id || '","user":' || user_json(a)
		|| ',"roles":' || ids_json(m.roles) || ',"nickname":' || js(m.nickname)
		|| ',"joined_at":"' || ts(m.joined_at) || '","timeout_until":' || jq(ts(m.timeout_until))
		|| ',"expires_at":' || jq(ts(m.expires_at)) || '}'
$$;

CREATE OR REPLACE FUNCTION ban_json(b ban, a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"user":' || user_json(a) || ',"reason":' || js(b.reason) || ',"actor_id":' || jq(b.actor_id::text)
		|| ',"created_at":"' || ts(b.created_at) || '","expires_at":' || jq(ts(b.expires_at)) || '}'
$$;

CREATE OR REPLACE FUNCTION channel_json(c channel) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || c.id || '","server_id":' || jq(c.server_id::text) || ',"kind":"' || c.kind
		|| '","name":' || js(c.name) || ',"topic":' || js(c.topic) || ',"category":' || js(c.category)
		|| ',"position":' || c.position || ',"private":' || c.private
		|| ',"read_only":' || c.read_only || ',"slow_mode":' || c.slow_mode_s
		|| ',"archived":' || (c.archived_at IS NOT NULL) || ',"web_public":' || c.web_public || ',"retention_days":' || jn(c.retention_days::text)
		|| ',"last_seq":' || c.last_seq || ',"rev":' || c.rev
		|| ',"last_message_at":' || jq(ts(id_time(c.last_message_id))) || '}'
$$;

CREATE OR REPLACE FUNCTION dm_json(c channel) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT left(channel_json(c), -1) || ',"members":['
		|| coalesce((SELECT string_agg(user_json(a), ',' ORDER BY a.id)
			FROM channel_member AS cm JOIN account AS a ON a.id = cm.account_id
			WHERE cm.channel_id = c.id), '') || ']}'
$$;
COMMENT ON FUNCTION dm_json IS 'A conversation: a channel and its people';

CREATE OR REPLACE FUNCTION message_json(m message, a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || m.id || '","channel_id":"' || m.channel_id || '","seq":' || m.seq
		|| ',"rev":' || m.rev || ',"author":' || user_json(a) || ',"content":' || js(m.content)
		|| CASE WHEN m.nonce IS NULL THEN '' ELSE ',"nonce":' || js(m.nonce) END
		|| ',"created_at":"' || ts(id_time(m.id)) || '","edited_at":' || jq(ts(m.edited_at))
		|| ',"deleted":' || (m.deleted_at IS NOT NULL) || ',"reply_to":' || jq(m.reply_to::text)
		|| ',"thread":null,"attachments":[],"embeds":[],"mentions":' || ids_json(m.mentions)
		|| ',"mention_roles":' || ids_json(m.mention_roles) || ',"reactions":[],"pinned":false}'
$$;

CREATE OR REPLACE FUNCTION invite_json(i invite, s server, a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"code":"' || i.code || '","server":{"id":"' || s.id || '","name":' || js(s.name)
		|| ',"icon_url":' || picture_url(s.icon) || ',"member_count":' || s.member_count || '},"channel_id":'
		|| jq(i.channel_id::text) || ',"role_id":' || jq(i.role_id::text) || ',"creator":' || user_json(a)
		|| ',"created_at":"' || ts(i.created_at) || '","expires_at":' || jq(ts(i.expires_at))
		|| ',"max_uses":' || jn(i.max_uses::text) || ',"uses":' || i.uses || '}'
$$;

CREATE OR REPLACE FUNCTION invite_preview_json(i invite, s server) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"code":"' || i.code || '","server":{"id":"' || s.id || '","name":' || js(s.name)
		|| ',"icon_url":' || picture_url(s.icon) || ',"member_count":' || s.member_count || '},"channel_id":null,"role_id":null,"creator":null,"created_at":"'
		|| ts(i.created_at) || '","expires_at":' || jq(ts(i.expires_at))
		|| ',"max_uses":' || jn(i.max_uses::text) || ',"uses":' || i.uses || '}'
$$;
COMMENT ON FUNCTION invite_preview_json IS 'An invite for anybody who has its code: not who made it, nor where it leads in the server';

CREATE OR REPLACE FUNCTION session_json(s session, current bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || s.id || '","created_at":"' || ts(id_time(s.id)) || '","last_used_at":"'
		|| ts(s.last_used_at) || '","user_agent":' || js(s.user_agent) || ',"ip":' || js(s.ip)
		|| ',"current":' || (s.id IS NOT DISTINCT FROM current) || '}'
$$;

CREATE OR REPLACE FUNCTION token_json(t token) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || t.id || '","name":' || js(t.name) || ',"scopes":'
		|| CASE WHEN t.scopes = '' THEN '[]' ELSE '["' || replace(t.scopes, ' ', '","') || '"]' END
		|| ',"created_at":"' || ts(id_time(t.id)) || '","expires_at":' || jq(ts(t.expires_at))
		|| ',"last_used_at":' || jq(ts(t.last_used_at)) || '}'
$$;

CREATE OR REPLACE FUNCTION read_state_json(channel bigint, seq bigint, mentioned bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"channel_id":"' || channel || '","read_seq":' || seq || ',"mention_count":' || mentioned || '}'
$$;

CREATE OR REPLACE FUNCTION audit_json(x audit, a account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || x.id || '","at":"' || ts(id_time(x.id)) || '","actor":' || jn(user_json(a))
		|| ',"action":"' || x.action || '","target_id":' || jq(x.target_id::text)
		|| ',"reason":' || js(x.reason) || ',"detail":' || jn(x.detail::text) || '}'
$$;

CREATE OR REPLACE FUNCTION report_json(r report, a account, reporter account) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || r.id || '","server_id":"' || r.server_id || '","channel_id":' || jq(r.channel_id::text)
		|| ',"message_id":' || jq(r.message_id::text) || ',"user":' || user_json(a)
		|| ',"reporter":' || jn(user_json(reporter)) || ',"reason":"' || r.reason || '","note":' || js(r.note)
		|| ',"snapshot":' || jn(r.snapshot) || ',"state":"' || r.state || '","actor_id":' || jq(r.actor_id::text)
		|| ',"created_at":"' || ts(id_time(r.id)) || '","closed_at":' || jq(ts(r.closed_at)) || '}'
$$;

CREATE OR REPLACE FUNCTION rule_json(r rule) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT '{"id":"' || r.id || '","server_id":"' || r.server_id || '","name":' || js(r.name)
		|| ',"kind":"' || r.kind || '","words":' || array_to_json(r.words) || ',"allow":' || array_to_json(r.allow)
		|| ',"deny":' || array_to_json(r.deny) || ',"most":' || jn(r.most::text) || ',"action":"' || r.action
		|| '","timeout_s":' || r.timeout_s || ',"exempt_roles":' || ids_json(r.exempt_roles)
		|| ',"enabled":' || r.enabled || '}'
$$;

CREATE OR REPLACE FUNCTION page_json(items text, before text, after text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT '{"items":[' || coalesce(items, '') || '],"before":' || jq(before) || ',"after":' || jq(after) || '}'
$$;
COMMENT ON FUNCTION page_json IS 'A list answer: items joined by commas, and the cursors of the next pages';
