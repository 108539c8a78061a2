# What each role may do, what is commented, and how partitions come and go.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make

# refused USER SQL: permission denied, and nothing else.
refused()
{
	local out
	out=$(sql "$1" moot -v VERBOSITY=sqlstate -c "$2" 2>&1) && { not_ok "$1: $2 is refused" "$out"; return; }
	case $out in
	*42501*) ok "$1: $2 is refused" ;;
	*) not_ok "$1: $2 is refused" "$out" ;;
	esac
}

# ---- the push daemon's role
own "SELECT t.server(t.account('ann'), 'home')" >/dev/null
for table in $(own "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
	AND NOT relispartition ORDER BY 1"); do
	refused moot_push "SELECT * FROM $table"
done
refused moot_push "INSERT INTO account (username, display_name) VALUES ('eve', 'eve')"
refused moot_push "SELECT new_id()"
refused moot_push "SELECT channel_permissions(1, 1)"
refused moot_push "SELECT * FROM message_create(1, 1, 'x', NULL, NULL, '\\x00')"
refused moot_push "SELECT * FROM access_of('{1}')"
refused moot_push "SELECT partitions_ensure()"
refused moot_push "SELECT housekeeping()"
refused moot_push "CREATE TABLE mine (x int)"
is "the push role runs the feed functions" "$(sql moot_push moot -c "
	SELECT count(*) FROM feed_access(ARRAY(SELECT stream FROM feed_tail(0, 100)))" -c "
	SELECT feed_epoch() > 0 AND NOT EXISTS (SELECT FROM feed_typing(1, 1)), (SELECT count(*) FROM feed_credentials('{1}', '{1}')),
	(SELECT refusal FROM feed_tokens('{1}', '{1}', '{\"\\\\x00\"}')),
	(SELECT count(*) > 0 FROM feed_events(ARRAY(SELECT stream FROM feed_tail(0, 100)), ARRAY(SELECT 0::bigint FROM feed_tail(0, 100)), 10)),
	(SELECT count(*) > 0 FROM feed_heads(ARRAY(SELECT stream FROM feed_tail(0, 100)))),
	(SELECT count(*) FROM feed_people('{1}', '{1}'))" 2>&1)" "3
t|0|unauthorized|t|t|0"
is "functions that run with the owner's rights are the feed's and the jobs'" "$(own "
	SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef")" \
	"feed_access feed_credentials feed_epoch feed_events feed_heads feed_marks feed_people feed_tail feed_tokens feed_typing housekeeping partitions_ensure"
is "they have a search_path of their own" "$(own "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
	AND prosecdef AND coalesce(array_to_string(proconfig, ' '), '') NOT LIKE '%search_path=public, pg_temp%'")" 0
is "nobody else may run them" "$(own "SELECT string_agg(r.rolname || ':' || p.proname, ' ' ORDER BY 1) FROM pg_proc AS p, pg_roles AS r
	WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND r.rolname IN ('moot_api', 'moot_push', 'moot_jobs')
	AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
	AND r.rolname <> CASE WHEN p.proname LIKE 'feed%' THEN 'moot_push' ELSE 'moot_jobs' END")" ""

# ---- the others
refused moot_api "UPDATE audit SET action = 'x'"
refused moot_api "DELETE FROM audit"
refused moot_api "DELETE FROM instance"
refused moot_api "DELETE FROM schema_migration"
refused moot_api "UPDATE schema_migration SET version = 9"
refused moot_api "CREATE TABLE mine (x int)"
refused moot_api "TRUNCATE message"
refused moot_api "SELECT housekeeping()"
refused moot_jobs "DELETE FROM audit"
refused moot_jobs "UPDATE schema_migration SET version = 9"
refused moot_jobs "CREATE TABLE mine (x int)"
is "the jobs' role takes, fails and finishes jobs" "$(own "INSERT INTO job (kind) VALUES ('x')"; sql moot_jobs moot \
	-c "SELECT partitions_ensure()" -c "SELECT count(*) > 0 FROM housekeeping()" \
	-c "UPDATE job SET leased_until = now()" -c "DELETE FROM job" -c "SELECT count(*) FROM job" 2>&1)" "
t
0"

# ---- comments: every table, every type, every function that raises, keeps or is called from outside,
# and the columns whose name does not say what they hold.
is "every table is commented" "$(own "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
	WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
	AND obj_description(oid, 'pg_class') IS NULL")" ""
is "every function with more than a page of rules is commented" "$(own "SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc
	WHERE pronamespace = 'public'::regnamespace AND proname IN ('new_id', 'id_floor', 'perm', 'channel_permissions', 'channel_mask',
	'server_permissions', 'fail', 'member_refresh', 'event_add', 'server_rev', 'session_rotate', 'idempotency_claim', 'mentioned', 'mentions_of',
	'message_create', 'message_change', 'message_list', 'access_of', 'partitions_ensure', 'member_above', 'need_server_channel')
	AND obj_description(oid, 'pg_proc') IS NULL")" ""
is "columns that hold counters, hashes, masks or keys are commented" "$(own "SELECT string_agg(c.relname || '.' || a.attname, ' ' ORDER BY 1)
	FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
	WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0
	AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL
	AND (c.relname || '.' || a.attname) IN ('instance.epoch', 'instance.setup_token_hash', 'account.rev', 'server.rev', 'channel.rev',
	'channel.last_seq', 'channel.dm_key', 'channel.overridden', 'message.seq', 'message.rev', 'member.permissions', 'member.position',
	'role.position', 'session.seed', 'session.gen', 'token.secret_hash', 'channel_override.target_id', 'event.kind', 'event.access',
	'event.subject', 'event.parent_rev', 'event.body', 'schema_migration.checksum')")" ""

# ---- foreign keys and indexes
is "every foreign key has an index to look it up by" "$(own "SELECT string_agg(c.conname, ' ' ORDER BY 1) FROM pg_constraint AS c
	WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.confdeltype <> 'a'
	AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])")" ""

# ---- partitions
is "partitions of message reach three months ahead" "$(own "SELECT count(*) FROM pg_inherits WHERE inhparent = 'message'::regclass")" 5
is "partitions of event reach a week ahead" "$(own "SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass")" 9
own "INSERT INTO message (id, channel_id, seq, rev, author_id, content)
	VALUES (id_floor(date_trunc('month', now() + interval '2 years') + interval '3 days'), 1, 1, 1, 1, 'late')"
is "what has no partition yet lies in the default one" "$(own "SELECT count(*) FROM ONLY message_default")" 1
is "partition_make() moves it out" "$(own "SELECT partition_make('message', 'message_later', id_floor(date_trunc('month', now() + interval '2 years')),
	id_floor(date_trunc('month', now() + interval '2 years') + interval '1 month'))" -c "SELECT 1" >/dev/null;
	own "SELECT (SELECT count(*) FROM ONLY message_default), (SELECT count(*) FROM message_later), (SELECT count(*) FROM message WHERE content = 'late')")" "0|1|1"
is "making it again changes nothing" "$(own "SELECT partition_make('message', 'message_later', 1, 2)"; own "SELECT count(*) FROM message_later")" "
1"
own "SELECT partition_make('event', to_char(now() AT TIME ZONE 'UTC' - interval '9 days', '\"event_\"YYYY_MM_DD'),
	id_floor(date_trunc('day', now()) - interval '9 days'), id_floor(date_trunc('day', now()) - interval '8 days'))" >/dev/null
own "SELECT partition_make('event', to_char(now() AT TIME ZONE 'UTC' - interval '7 days', '\"event_\"YYYY_MM_DD'),
	id_floor(date_trunc('day', now()) - interval '7 days'), id_floor(date_trunc('day', now()) - interval '6 days'))" >/dev/null
own "SELECT partitions_ensure()" >/dev/null
is "a day of events older than a week is dropped, a younger one kept" "$(own "SELECT
	to_regclass(to_char(now() AT TIME ZONE 'UTC' - interval '9 days', '\"event_\"YYYY_MM_DD')) IS NULL,
	to_regclass(to_char(now() AT TIME ZONE 'UTC' - interval '7 days', '\"event_\"YYYY_MM_DD')) IS NOT NULL")" "t|t"

# gaps PARENT: neighbouring partitions that do not touch.
gaps()
{
	own "WITH p AS (SELECT relname, (regexp_match(pg_get_expr(relpartbound, c.oid), 'FROM \(''(\d+)''\) TO'))[1]::bigint AS lo,
		(regexp_match(pg_get_expr(relpartbound, c.oid), 'TO \(''(\d+)''\)'))[1]::bigint AS hi
		FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
		WHERE inhparent = '$1'::regclass AND relname <> '$1_default' AND relname <> 'message_later'
		AND relname >= to_char(now() AT TIME ZONE 'UTC', CASE '$1' WHEN 'event' THEN '\"event_\"YYYY_MM_DD' ELSE '\"message_\"YYYY_MM' END))
		SELECT count(*) FROM (SELECT hi, lead(lo) OVER (ORDER BY lo) AS next FROM p) AS x WHERE next IS NOT NULL AND next <> hi"
}
is "the months of message follow each other without a gap" "$(gaps message)" 0
is "the days of event follow each other without a gap" "$(gaps event)" 0

# The same from a session in another time zone. These have a change of the clock at some time of the year;
# at least one of them has one within the coming months, whenever this runs.
own "DO \$\$ DECLARE p text; BEGIN FOR p IN SELECT relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
	WHERE inhparent IN ('message'::regclass, 'event'::regclass) AND relname !~ 'default' LOOP EXECUTE 'DROP TABLE ' || p; END LOOP; END \$\$"
PGTZ=America/New_York sql moot moot -c "SELECT partitions_ensure()" >/dev/null
is "a session in New York makes the same months" "$(gaps message)" 0
own "DO \$\$ DECLARE p text; BEGIN FOR p IN SELECT relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
	WHERE inhparent IN ('message'::regclass, 'event'::regclass) AND relname !~ 'default' LOOP EXECUTE 'DROP TABLE ' || p; END LOOP; END \$\$"
PGTZ=Australia/Lord_Howe sql moot moot -c "SELECT partitions_ensure()" >/dev/null
is "a session on Lord Howe Island makes the same months" "$(gaps message)" 0
is "and the same days" "$(gaps event)" 0
is "all of them begin at midnight UTC" "$(own "SELECT count(*) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
	WHERE inhparent IN ('message'::regclass, 'event'::regclass) AND relname !~ 'default'
	AND id_time((regexp_match(pg_get_expr(relpartbound, c.oid), 'FROM \(''(\d+)''\)'))[1]::bigint)::time <> '00:00'")" 0

# ---- housekeeping throws away what has had its time, and nothing else
own "INSERT INTO message_nonce SELECT t.who('ann'), x::text, 1, id_floor(now() - make_interval(hours => x)), '\\x00' FROM unnest(ARRAY[1, 23, 47, 49]) AS x;
	INSERT INTO idempotency (account_id, key, body_hash, created_at) SELECT 1, x::text, '\\x00', now() - make_interval(hours => x) FROM unnest(ARRAY[1, 47, 49]) AS x;
	INSERT INTO limit_bucket VALUES ('a', now() - interval '1 s', 1), ('b', now() + interval '1 h', 1);
	INSERT INTO session (account_id, seed, ended_at) VALUES (t.who('ann'), 'x', NULL), (t.who('ann'), 'x', now() - interval '1 day'), (t.who('ann'), 'x', now() - interval '91 days');
	INSERT INTO username_hold SELECT 'held' || x, t.who('ann'), now() + make_interval(days => x) FROM unnest(ARRAY[-1, 1]) AS x"
sql moot_jobs moot -c "SELECT housekeeping()" >/dev/null
is "housekeeping keeps what is young" "$(own "SELECT (SELECT count(*) FROM message_nonce), (SELECT count(*) FROM idempotency),
	(SELECT count(*) FROM limit_bucket), (SELECT count(*) FROM session), (SELECT count(*) FROM username_hold)")" "3|2|1|2|1"
finish
