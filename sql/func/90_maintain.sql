-- Partitions and what is thrown away after its time. Run at every migration and by the jobs.

CREATE OR REPLACE FUNCTION partition_make(parent text, name text, lo bigint, hi bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF to_regclass(name) IS NOT NULL THEN
		RETURN;
	END IF;
	-- rows that arrived before their partition wait in the default one
	EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent);
	EXECUTE format('WITH moved AS (DELETE FROM %I WHERE id >= %s AND id < %s RETURNING *)
		INSERT INTO %I SELECT * FROM moved', parent || '_default', lo, hi, name);
	EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
		parent, name, lo, hi);
END
$$;

CREATE OR REPLACE FUNCTION partitions_ensure() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
	t	timestamptz;
	old	record;
BEGIN
	PERFORM pg_advisory_xact_lock(7020001);
	-- the session's time zone is UTC here: months and days begin at UTC midnight
	FOR t IN SELECT * FROM generate_series(date_trunc('month', now()), now() + interval '3 months',
		interval '1 month')
	LOOP
		PERFORM partition_make('message', to_char(t, '"message_"YYYY_MM'),
			id_floor(t), id_floor(t + interval '1 month'));
	END LOOP;
	FOR t IN SELECT * FROM generate_series(date_trunc('day', now()), now() + interval '7 days',
		interval '1 day')
	LOOP
		PERFORM partition_make('event', to_char(t, '"event_"YYYY_MM_DD'),
			id_floor(t), id_floor(t + interval '1 day'));
	END LOOP;
	FOR old IN SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'event'::regclass AND c.relname <> 'event_default'
		AND c.relname < to_char(now() - interval '8 days', '"event_"YYYY_MM_DD')
	LOOP
		EXECUTE format('DROP TABLE %I', old.relname);
	END LOOP;
END
$$;
COMMENT ON FUNCTION partitions_ensure IS 'Makes the partitions of the coming weeks, drops events older than 7 days';

CREATE OR REPLACE FUNCTION wrote_recount(since timestamptz, until timestamptz) RETURNS void LANGUAGE sql AS $$
	UPDATE read_state AS r SET first_wrote = least(r.first_wrote, x.low), last_wrote = greatest(r.last_wrote, x.high)
	FROM (SELECT m.author_id, m.channel_id, min(m.seq) AS low, max(m.seq) AS high FROM message AS m
		WHERE m.id BETWEEN id_floor(since) AND id_floor(until) GROUP BY 1, 2) AS x
	WHERE r.account_id = x.author_id AND r.channel_id = x.channel_id
	AND (r.last_wrote IS NULL OR r.last_wrote < x.high OR r.first_wrote > x.low)
$$;
COMMENT ON FUNCTION wrote_recount IS 'Where somebody has written, once more, by the messages of that time';

CREATE OR REPLACE FUNCTION housekeeping() RETURNS TABLE (what text, rows bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
	n	bigint;
BEGIN
	-- first, as it locks servers
	SELECT count(*) INTO n FROM lost_channels_mend(100) AS x WHERE x.data LIKE '% channel.created' || chr(10) || '%';
	RETURN QUERY SELECT 'channel that nobody saw', n;
	DELETE FROM message_nonce WHERE message_id < id_floor(now() - interval '48 hours');
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'message_nonce', n;
	DELETE FROM idempotency WHERE created_at < now() - interval '48 hours';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'idempotency', n;
	DELETE FROM event_default WHERE id < id_floor(now() - interval '8 days');
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'event_default', n;
	DELETE FROM limit_bucket WHERE window_end < now();
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'limit_bucket', n;
	DELETE FROM job AS j WHERE j.failed_at < now() - interval '30 days'
	OR j.failed_at IS NOT NULL AND j.kind = 'mail' AND EXISTS (SELECT FROM account AS a
		WHERE a.id = j.owner AND a.deleted_at IS NOT NULL);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'job that was given up', n;
	DELETE FROM job_turn WHERE at < now() - interval '1 hour';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'job_turn', n;
	DELETE FROM slow_mode WHERE last_at < now() - interval '6 hours';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'slow_mode', n;
	DELETE FROM invite WHERE expires_at < now() - interval '30 days';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'invite', n;
	DELETE FROM session WHERE ended_at < now() - interval '90 days'
	OR last_used_at < now() - interval '400 days';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'session', n;
	DELETE FROM token WHERE revoked_at < now() - interval '90 days' OR expires_at < now() - interval '90 days';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'token', n;
	DELETE FROM username_hold WHERE until < now();
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'username_hold', n;
	RETURN QUERY SELECT 'account that nobody verified', registrations_expire();
	DELETE FROM timeout_left AS x WHERE coalesce(x.until < now(), true) AND coalesce(x.guest_until < now(), true)
	AND NOT EXISTS (SELECT FROM invite AS i WHERE i.server_id = x.server_id AND i.created_at <= x.guest_until);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'timeout_left', n;
	DELETE FROM ticket WHERE expires_at < now();
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'ticket', n;
	DELETE FROM audit AS x USING server AS s
	WHERE x.server_id = s.id AND x.id < id_floor(now() - make_interval(days => s.audit_days));
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'audit', n;
	DELETE FROM audit AS x WHERE x.id < id_floor(now() - interval '365 days')
	AND NOT EXISTS (SELECT FROM server AS s WHERE s.id = x.server_id);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'audit of servers that are gone', n;
	-- whoever was posting when this was migrated to went on by the function of before, which noted nothing of it
	PERFORM wrote_recount(m.applied_at - interval '1 hour', m.applied_at + interval '1 hour')
	FROM schema_migration AS m WHERE m.version = 21 AND m.applied_at > now() - interval '1 day';
	DELETE FROM said WHERE at < now() - interval '1 hour';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'said', n;
	UPDATE instance SET retention_at = now()
	WHERE retention_at < date_trunc('day', now() AT TIME ZONE 'UTC' - interval '2 h') AT TIME ZONE 'UTC' + interval '2 h'
	AND EXISTS (SELECT FROM retention_channels());
	IF FOUND THEN
		PERFORM retention_later();
	END IF;
	UPDATE report SET snapshot = NULL
	WHERE closed_at < now() - interval '90 days' AND snapshot IS NOT NULL;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN QUERY SELECT 'report', n;
END
$$;

SELECT partitions_ensure();
