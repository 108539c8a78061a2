# moot migrate and moot init: once when several run, all or nothing when one is killed, and a clear
# word when the database is not what this program knows.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
cluster_make
write_conf </dev/null

empty()
{
	sql postgres postgres -c "DROP DATABASE moot WITH (FORCE)" -c "CREATE DATABASE moot OWNER moot"
}
tables() { own "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"; }

fails "migrate --check says no to an empty database" 1 moot migrate --check
is "and makes nothing" "$(tables)" 0

# ---- four at once
empty
for i in 1 2 3 4; do
	moot migrate >"$T/out.$i" 2>&1 &
	pids[i]=$!
done
rc=0
for i in 1 2 3 4; do wait "${pids[i]}" || rc=1; done
is "four migrators at once all succeed" "$rc" 0
is "and one of them applied the migrations" "$(cat "$T"/out.? | grep -c applied) $(cat "$T"/out.? | grep -c 'up to date')" "1 3"
is "each migration is recorded once" "$(own "SELECT count(*), count(DISTINCT version) FROM schema_migration")" \
	"$(cd "$top_srcdir/sql/migrate" && set -- *.sql && echo "$#|$#")"
is "under the SHA-256 of its text" "$(own "SELECT count(*) FROM schema_migration WHERE checksum !~ '^[0-9a-f]{64}$'")" 0
for file in "$top_srcdir"/sql/migrate/*.sql; do
	name=$(basename "$file")
	is "the checksum of $name is sha256sum's" "$(own "SELECT checksum FROM schema_migration WHERE name = '$name'")" \
		"$(sha256sum "$file" | cut -d' ' -f1)"
done
passes "migrate --check is content then" moot migrate --check
passes "migrating again is" moot migrate
shape() { "$PG_BIN/pg_dump" -h "$SOCKET" -U moot --schema-only moot | grep -v '^.\(un\)\{0,1\}restrict '; }
shape >"$T/once" && moot migrate >/dev/null && shape >"$T/twice"
passes "and changes nothing" cmp "$T/once" "$T/twice"

# ---- killed in the middle: wherever that is, nothing of it stays
for at in 30 60 90 120 160 200; do
	empty
	"$MOOT" -c "$T/moot.conf" migrate >/dev/null 2>&1 &
	pid=$!
	# not a wait for something to be ready: the point is to kill it anywhere
	sleep "0.$(printf %03d $at)"
	kill -9 $pid
	wait $pid 2>/dev/null
	wait_until 10 eval '[ "$(sql postgres postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = '"'moot'"'")" = 0 ]' ||
		not_ok "the killed migrator's backend goes away"
	n=$(tables)
	if [ "$n" = 0 ] || [ "$(own "SELECT count(*) FROM schema_migration" 2>&1)" = "$(ls "$top_srcdir"/sql/migrate | wc -l)" ]; then
		ok "killed after $at ms: all or nothing ($n relations)"
	else
		not_ok "killed after $at ms: all or nothing" "$n relations"
	fi
done
empty
# Held up for certain in its middle: this session has the lock that partitions_ensure() takes.
sql moot moot -c "SELECT pg_advisory_lock(7020001)" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
holder=$!
wait_until 10 eval '[ "$(sql postgres moot -c "SELECT count(*) FROM pg_locks WHERE locktype = '"'advisory'"' AND granted")" = 1 ]'
"$MOOT" -c "$T/moot.conf" migrate >/dev/null 2>&1 &
pid=$!
passes "a migrator waits for who works on the partitions" wait_until 10 eval \
	'[ "$(sql postgres moot -c "SELECT count(*) FROM pg_locks WHERE locktype = '"'advisory'"' AND NOT granted")" = 1 ]'
kill -9 $pid; wait $pid 2>/dev/null
kill $holder; wait $holder 2>/dev/null
sql postgres postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'moot'" >/dev/null
is "killed there it leaves nothing" "$(tables)" 0
passes "and the next one does all" moot migrate

# ---- what must not be migrated
own "UPDATE schema_migration SET checksum = repeat('0', 64) WHERE version = 1"
fails "a changed migration is refused" 1 moot migrate
has "and named" "$(moot migrate 2>&1)" "migration 1 was applied with another text"
fails "by --check too" 1 moot migrate --check
own "UPDATE schema_migration SET checksum = '$(sha256sum "$top_srcdir"/sql/migrate/0001_*.sql | cut -d' ' -f1)' WHERE version = 1"
own "INSERT INTO schema_migration (version, name, checksum) VALUES (999999, '999999_later.sql', 'x')"
fails "a newer database is refused" 1 moot migrate
has "and named" "$(moot migrate 2>&1)" "migrated by a newer one"
own "DELETE FROM schema_migration WHERE version = 999999"
passes "and afterwards all is well" moot migrate --check

# ---- a lock that somebody holds ends it after five seconds, with nothing done
sql moot moot -c "BEGIN" -c "LOCK TABLE message_default IN ACCESS EXCLUSIVE MODE" -c "DROP FUNCTION ts(timestamptz) CASCADE" \
	-c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
holder=$!
wait_until 10 eval '[ "$(sql postgres moot -c "SELECT count(*) FROM pg_locks WHERE mode = '"'AccessExclusiveLock'"' AND granted AND relation = '"'message_default'::regclass"'")" = 1 ]'
out=$(moot migrate 2>&1)
is "a lock held by another ends the migration" "$?" 1
has "and says so" "$out" "somebody holds a lock"
kill $holder; wait $holder 2>/dev/null
sql postgres postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'moot'" >/dev/null
passes "later it goes through" moot migrate

# ---- an owner who may make no roles, as on a shared host: one user for everything
sql postgres postgres -c "DROP DATABASE moot WITH (FORCE)" -c "CREATE ROLE plain LOGIN" -c "CREATE DATABASE moot OWNER plain" \
	-c "DROP ROLE moot_push, moot_jobs, moot_api"
write_conf <<CONF
CONF
sed -i "s/user=moot[a-z_]*/user=plain/" "$T/moot.conf"
passes "an owner who may make no roles migrates all the same" moot init
is "and there are no such roles" "$(sql postgres postgres -c "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'moot\\_%'")" 0
sql postgres postgres -c "DROP DATABASE moot WITH (FORCE)" -c "CREATE DATABASE moot OWNER postgres"
fails "who may not create in the database is told" 1 moot migrate
has "what is wrong" "$(moot migrate 2>&1)" "database_owner must name the owner"
finish
