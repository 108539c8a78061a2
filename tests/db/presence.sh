# Presence: who sees whom, and what of it is kept.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/presence.sql"

# ---- what waits in Redis
command -v redis-server >/dev/null || finish
redis-server --port 0 --unixsocket "$T/redis" --save '' --appendonly no --dir "$T" >"$T/redis.log" 2>&1 &
r() { redis-cli -s "$T/redis" "$@"; }
wait_until 10 eval '[ "$(r PING)" = PONG ]' || bail "redis-server does not start"
echo "redis = unix:$T/redis" >>"$T/moot.conf"
jobs_once() { "$MOOT_JOBS" -c "$T/moot.conf" --once >"$T/jobs.log" 2>&1; }

ann=$(own "SELECT t.who('ann')")
own "UPDATE account SET status = 'online', show_last_seen = true, last_seen_at = NULL WHERE id = $ann"
# the account stands behind a great many that are gone
r EVAL "for i = 1, 250000 do redis.call('ZADD', KEYS[1], 1, i) end
	for i = 1, 3000 do redis.call('HSET', KEYS[2], i, 'dnd') end
	redis.call('HSET', KEYS[2], ARGV[1], 'dnd')" 2 p:seen p:status "$ann" >/dev/null
passes "what waits in great number is stored in flushes with an end" jobs_once
is "the statuses first" "$(own "SELECT status FROM account WHERE id = $ann") $(r EXISTS p:status:flush)" "dnd 0"
is "of the rest as much as one flush takes" "$(r ZCARD p:seen:flush)" 200000
is "and the lock is given back" "$(r EXISTS p:flush)" 0
r DEL p:seen:flush >/dev/null

# a flush that is held up until its lock has gone to another
r HSET p:status "$ann" invisible >/dev/null
sql moot moot -c "BEGIN" -c "SELECT 1 FROM account WHERE id = $ann FOR UPDATE" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
holder=$!
holds() { own "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"; }
wait_until 10 eval '[ "$(holds)" = 1 ]' || bail "nobody holds the account"
jobs_once &
pid=$!
wait_until 10 eval '[ "$(own "SELECT count(*) FROM pg_locks WHERE NOT granted")" = 1 ]' || not_ok "the flush waits for the account"
r SET p:flush another >/dev/null
own "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'" >/dev/null
wait $pid $holder
is "does not take the other's" "$(own "SELECT status FROM account WHERE id = $ann") $(r GET p:flush)" "invisible another"
r ZADD p:seen 1 "$ann" >/dev/null
jobs_once
is "nor does anybody begin while it is held" "$(r EXISTS p:seen)" 1
finish
