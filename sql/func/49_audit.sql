-- The audit log: nothing in it is changed, and nothing taken out before its time.

CREATE OR REPLACE FUNCTION audit_actions() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT ARRAY['channel.created', 'channel.deleted', 'channel.inherited', 'channel.member_added', 'channel.member_removed', 'channel.overrides', 'channel.restored', 'channel.updated', 'channels.ordered',
		'invite.created', 'invite.deleted', 'invite.regenerated',
		'member.banned', 'member.kicked', 'member.nickname', 'member.roles', 'member.timeout', 'member.unbanned',
		'message.deleted', 'messages.deleted', 'messages.purged',
		'report.dismissed', 'report.reopened', 'report.resolved',
		'role.created', 'role.deleted', 'role.updated', 'roles.ordered',
		'rule.created', 'rule.deleted', 'rule.updated',
		'server.deleted', 'server.owner', 'server.restored', 'server.updated']
$$;
COMMENT ON FUNCTION audit_actions IS 'All that an entry''s action may be, as the API describes it; a test compares it with what is written';

CREATE OR REPLACE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND id_time(old.id) < now() - make_interval(days => coalesce(
		(SELECT s.audit_days FROM server AS s WHERE s.id = old.server_id), 365)) THEN
		RETURN old;
	END IF;
	RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION audit_guard IS 'Refuses every change, whoever it comes from, but that entries are deleted that have had their time';

CREATE OR REPLACE FUNCTION audit_list(actor bigint, server_id bigint, most int, before_id bigint, by_id bigint,
	action text, target_id bigint) RETURNS TABLE (data text, before text, after text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	ids	bigint[];
BEGIN
	PERFORM need_server(actor, server_id, perm('audit_log'));
	IF NOT audit_list.action = ANY (audit_actions()) THEN
		PERFORM fail(422, 'invalid_fields', 'action:unknown:no such action');
	END IF;
	-- put together, so that each filter has its index
	EXECUTE 'SELECT ARRAY(SELECT x.id FROM audit AS x WHERE x.server_id = $2 AND x.id < $3'
		|| CASE WHEN by_id IS NULL THEN '' ELSE ' AND x.actor_id = $5' END
		|| CASE WHEN audit_list.action IS NULL THEN '' ELSE ' AND x.action = $6' END
		|| CASE WHEN audit_list.target_id IS NULL THEN '' ELSE ' AND x.target_id = $7' END
		-- whom a report was about is not told what came of it
		|| ' AND (x.target_id IS DISTINCT FROM $1 OR x.action NOT LIKE ''report.%'')
		AND (NOT x.hidden OR x.actor_id = $1 OR x.channel_id = ANY ($8))
		ORDER BY x.id DESC LIMIT $4)'
	INTO ids USING actor, server_id, coalesce(before_id, 9223372036854775807), most + 1, by_id,
		audit_list.action, audit_list.target_id, past_channels(actor, server_id, perm('view'));
	IF cardinality(ids) > most THEN
		before := ids[most]::text;
	END IF;
	SELECT page_json(string_agg(audit_json(x, a), ',' ORDER BY x.id DESC), audit_list.before, NULL) INTO data
	FROM audit AS x LEFT JOIN account AS a ON a.id = x.actor_id WHERE x.id = ANY (ids[1:most]);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION audit_list IS 'Newest first. by_id, action, target_id: only of this actor, of this kind, about this; NULL for any';
