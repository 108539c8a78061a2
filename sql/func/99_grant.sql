-- Each process has its own role; without them (one database user on a shared host) nothing to do.

DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'moot_api') THEN
		GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO moot_api;
		REVOKE UPDATE, DELETE ON audit FROM moot_api;
		REVOKE INSERT, DELETE ON instance FROM moot_api;
		GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO moot_api;
		IF to_regclass('schema_migration') IS NOT NULL THEN
			REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM moot_api;
		END IF;
	END IF;
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'moot_jobs') THEN
		GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO moot_jobs;
		REVOKE UPDATE, DELETE ON audit FROM moot_jobs;
		REVOKE INSERT, UPDATE, DELETE ON instance FROM moot_jobs;
		GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO moot_jobs;
		IF to_regclass('schema_migration') IS NOT NULL THEN
			REVOKE INSERT, UPDATE, DELETE ON schema_migration FROM moot_jobs;
		END IF;
	END IF;
	REVOKE EXECUTE ON FUNCTION feed_epoch(), feed_access(bigint[]), feed_credentials(bigint[], bigint[]),
		feed_tokens(bigint[], bigint[], bytea[]), feed_typing(bigint, bigint),
		feed_marks(bigint[], bigint[], bigint[], bigint[]), feed_people(bigint[], bigint[]),
		feed_events(bigint[], bigint[], int), feed_heads(bigint[]), feed_tail(bigint, int),
		partitions_ensure(), housekeeping() FROM PUBLIC;
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'moot_push') THEN
		GRANT EXECUTE ON FUNCTION feed_epoch(), feed_access(bigint[]), feed_credentials(bigint[], bigint[]),
			feed_tokens(bigint[], bigint[], bytea[]), feed_typing(bigint, bigint),
			feed_marks(bigint[], bigint[], bigint[], bigint[]), feed_people(bigint[], bigint[]),
			feed_events(bigint[], bigint[], int), feed_heads(bigint[]), feed_tail(bigint, int) TO moot_push;
	END IF;
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'moot_jobs') THEN
		GRANT EXECUTE ON FUNCTION partitions_ensure(), housekeeping() TO moot_jobs;
	END IF;
END
$$;
