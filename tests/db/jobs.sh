# moot-jobs: rows of job are done once, taken over when a worker dies, tried again when they fail and
# put aside in the end; the worker waits for a database that is away.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make

worker()
{
	"$MOOT_JOBS" -c "$T/moot.conf" "$@" 2>"$T/jobs.log"
}
log_has() { grep -q "$1" "$T/jobs.log"; }
alive() { kill -0 "$pid" 2>/dev/null; }

# ---- one pass, for cron
passes "--once on an empty table" worker --once
own "INSERT INTO job (kind) VALUES ('housekeeping'), ('housekeeping')"
own "INSERT INTO job (kind, run_at) VALUES ('housekeeping', now() + interval '1 h')"
passes "--once does what is due" worker --once
is "done rows are gone, later ones stay" "$(own "SELECT count(*), min(attempts) FROM job")" "1|0"
own "DELETE FROM job"

# ---- failure: 5, 10, 20 … seconds, then put aside
own "INSERT INTO job (kind) VALUES ('no-such-kind')"
passes "a job that fails does not fail the worker" worker --once
is "it is due again in five seconds and says why" "$(own "SELECT attempts, round(extract(epoch FROM run_at - now())) BETWEEN 3 AND 5,
	leased_until IS NULL, failed_at IS NULL, error FROM job")" "1|t|t|t|this version knows no such kind of job"
worker --once
is "not before" "$(own "SELECT attempts FROM job")" 1
for n in 2 3 4 5 6 7 8 9; do
	own "UPDATE job SET run_at = now()"
	worker --once
done
is "the ninth wait is longer" "$(own "SELECT attempts, round(extract(epoch FROM run_at - now())) BETWEEN 1275 AND 1280 FROM job")" "9|t"
own "UPDATE job SET run_at = now()"
worker --once
is "after ten attempts it is put aside" "$(own "SELECT attempts, failed_at IS NOT NULL, error FROM job")" "10|t|this version knows no such kind of job"
passes "and said as an error" log_has '"job given up"'
own "UPDATE job SET run_at = now() - interval '1 day'"
worker --once
is "and not tried again" "$(own "SELECT attempts FROM job")" 10
own "INSERT INTO job (kind, failed_at) VALUES ('old', now() - interval '31 days'); SELECT housekeeping()" >/dev/null
is "but forgotten after 30 days" "$(own "SELECT string_agg(kind, ' ') FROM job")" no-such-kind
own "DELETE FROM job"

own "INSERT INTO job (kind, attempts, leased_until) VALUES ('housekeeping', 10, now() - interval '1 s')"
worker --once
is "one that killed its worker ten times is put aside untried" "$(own "SELECT attempts, failed_at IS NOT NULL, error FROM job")" \
	"11|t|its worker died or lost its lease every time"
own "DELETE FROM job"

# ---- who posted while the migration came that notes where somebody has written
own "SELECT t.account('poster'); SELECT t.server(t.who('poster'), 'place');
	SELECT count(t.post(t.who('poster'), (SELECT id FROM channel WHERE kind = 'text' LIMIT 1), 'p' || x)) FROM generate_series(1, 3) AS x" >/dev/null
wrote() { own "SELECT housekeeping()" >/dev/null; own "SELECT first_wrote, last_wrote FROM read_state WHERE account_id = t.who('poster')"; }
own "UPDATE read_state SET first_wrote = NULL, last_wrote = NULL"
is "is found by housekeeping" "$(wrote)" "1|3"
own "UPDATE read_state SET last_wrote = 2"
is "also when it was not his first" "$(wrote)" "1|3"
own "UPDATE read_state SET last_wrote = 2; UPDATE schema_migration SET applied_at = applied_at - interval '25 h' WHERE version = 21"
is "later it is not looked for" "$(wrote)" "1|2"

# ---- a worker killed in the middle of a job
# What it does by itself at its start is over, then whoever keeps house waits for a lock.
begin_and_hold()
{
	: >"$T/jobs.log"
	"$MOOT_JOBS" -c "$T/moot.conf" 2>"$T/jobs.log" &
	pid=$!
	wait_until 20 log_has '"housekeeping"'
	sql moot moot -c "BEGIN" -c "LOCK TABLE idempotency IN ACCESS EXCLUSIVE MODE" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
	holder=$!
	wait_until 10 locked
	own "INSERT INTO job (kind) VALUES ('housekeeping')"
}
waits() { [ "$(sql postgres postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'moot-jobs' AND wait_event_type = 'Lock'")" -ge "${1:-1}" ]; }
locked() { [ "$(sql postgres moot -c "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'idempotency'::regclass")" = 1 ]; }
release()
{
	kill $holder 2>/dev/null; wait $holder 2>/dev/null
	sql postgres postgres -c "SELECT count(*) FROM pg_stat_activity, pg_terminate_backend(pid) WHERE datname = 'moot' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()" >/dev/null
}
begin_and_hold
taken() { [ "$(own "SELECT attempts FROM job WHERE leased_until > now()")" = 1 ] && waits; }
passes "a job is leased while it is worked on" wait_until 20 taken
kill -9 $pid; wait $pid 2>/dev/null
release
is "killed, the row stays leased" "$(own "SELECT attempts, leased_until BETWEEN now() AND now() + interval '60 s' FROM job")" "1|t"
passes "nobody takes it before the lease is over" worker --once
is "it is still there" "$(own "SELECT attempts FROM job")" 1
own "UPDATE job SET leased_until = now() - interval '1 s'"
passes "then it is taken over" worker --once
is "and done" "$(own "SELECT count(*) FROM job")" 0

# ---- a late worker does not spoil what another has taken over
own "INSERT INTO job (kind, attempts, leased_until) VALUES ('housekeeping', 2, now() + interval '60 s')"
id=$(own "SELECT id FROM job")
statement() { sed -n "/^-- name: $1(/,/;\$/p" "$top_srcdir/sql/query/job.sql" | sed 1d; }
sql moot_jobs moot -c "PREPARE d AS $(statement job_done)" -c "PREPARE f AS $(statement job_fail)" \
	-c "EXECUTE d($id, 1)" -c "EXECUTE f($id, 1, 'late', 5)"
is "the end reported by attempt 1 leaves attempt 2 its row and its lease" "$(own "SELECT leased_until > now(), error IS NULL FROM job")" "t|t"
own "DELETE FROM job"

# ---- twenty rows, four workers: each row once
own "CREATE TABLE done (id bigint); GRANT INSERT ON done TO moot_jobs;
	CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN INSERT INTO done VALUES (old.id); RETURN old; END \$\$;
	CREATE TRIGGER note BEFORE DELETE ON job FOR EACH ROW EXECUTE FUNCTION note();
	INSERT INTO job (kind) SELECT 'housekeeping' FROM generate_series(1, 20)"
for i in 1 2 3 4; do "$MOOT_JOBS" -c "$T/moot.conf" --once 2>"$T/jobs.$i" & pids[i]=$!; done
for i in 1 2 3 4; do wait "${pids[i]}"; done
is "twenty jobs, four workers at once: each done once" "$(own "SELECT count(*), count(DISTINCT id), (SELECT count(*) FROM job) FROM done")" "20|20|0"
is "and begun once" "$(cat "$T"/jobs.[1-4] | grep -c '"job done"')" 20


# ---- turns
did() { own "SELECT string_agg(w.word, ' ' ORDER BY d.n) FROM (SELECT row_number() OVER () AS n, id FROM done) AS d JOIN word AS w USING (id)"; }
again() { own "TRUNCATE done, word, job_turn"; }
own "CREATE TABLE word (id bigint, word text)"
add() { own "WITH j AS (INSERT INTO job (kind, owner, data, run_at) VALUES ('$2', $3, '$4', now() - interval '1 h' + (SELECT count(*) FROM word) * interval '1 s') RETURNING id)
	INSERT INTO word SELECT id, '$1' FROM j"; }
again
for i in 1 2 3 4 5; do add "a$i" housekeeping 1 '{}'; done
add b1 housekeeping 2 '{}'; add c1 housekeeping 0 '{}'; add b2 housekeeping 2 '{}'
worker --once
is "who leaves many jobs makes nobody wait but himself" "$(did)" "a1 b1 c1 a2 b2 a3 a4 a5"
again
own "INSERT INTO job_turn VALUES (1, now() - interval '1 min'), (2, now() - interval '2 min')"
add a housekeeping 1 '{}'; add b housekeeping 2 '{}'; add c housekeeping 3 '{}'
worker --once
is "who had his turn longest ago comes first, and before him who had none" "$(did)" "c b a"
is "those of long ago are forgotten" "$(own "UPDATE job_turn SET at = now() - interval '61 min' WHERE owner = 1"; worker --once; own "SELECT string_agg(owner::text, ' ' ORDER BY owner) FROM job_turn")" "2 3"

# what takes long: each of its steps some while, all of them together more than a slice
own "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_sleep(0.04); RETURN new; END \$\$;
	CREATE TRIGGER slowly BEFORE UPDATE OF data ON job FOR EACH ROW EXECUTE FUNCTION slowly();
	INSERT INTO account (id, username, display_name) VALUES (1, 'boss', 'boss')"
long()
{
	again
	own "INSERT INTO server (id, name, owner_id, deleted_at) VALUES ($1, 'long', 1, now() - interval '8 days');
		INSERT INTO channel (server_id, kind, name) SELECT $1, 'text', 'x' || x FROM generate_series(1, 80) AS x"
	add long purge 1 "{\"server\":\"$1\"}"
}
left() { own "SELECT count(*) FROM channel WHERE server_id = $1"; }
long 11
add short housekeeping 2 '{}'; add late housekeeping 1 '{}'
passes "a job that takes long" worker --once
is "is given back, so that others have their turn, its owner's too" "$(did)" "short late long"
is "and goes on where it was" "$(left 11)" 0

# held up at the end of its first step by whoever has the lock, until that is released
long 12
own "CREATE OR REPLACE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN new; END \$\$"
work_and_hold()
{
	sql moot moot -c "SELECT pg_advisory_lock(4711)" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
	holder=$!
	wait_until 10 lock_held
	"$MOOT_JOBS" -c "$T/moot.conf" 2>"$T/jobs.log" &
	pid=$!
}
lock_held() { [ "$(own "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND granted")" = 1 ]; }
held() { [ "$(own "SELECT attempts FROM job WHERE leased_until > now()")" = 13 ] && waits; }
work_and_hold
passes "such a job is worked on" wait_until 20 waits
kill -TERM $pid
release
rc=0; wait $pid || rc=$?
is "SIGTERM in the middle of it ends the worker, and not the job" "$rc $(own "SELECT count(*), bool_and(leased_until IS NULL AND given_back = attempts) FROM job") $(did)" "0 1|t "
own "UPDATE job SET attempts = 12, given_back = 12"
work_and_hold
passes "it is taken again" wait_until 20 held
kill -9 $pid; wait $pid 2>/dev/null
release
own "UPDATE job SET leased_until = now() - interval '1 s'"
worker --once
is "takes that went well are no failures: it is done after any number of them" "$(did) $(left 12) $(own "SELECT count(*) FROM job")" "long 0 0"
own "DROP TRIGGER slowly ON job; DROP TRIGGER note ON job"

# ---- a new name is told to all conversations, in the order of their ids, from where the job stands
own "INSERT INTO account (username, display_name, dms_from) SELECT 'p' || x, 'p', 'everyone' FROM generate_series(0, 150) AS x"
q "SELECT count(*) FROM account AS a, account AS b, dm_open(a.id, ARRAY[b.id]) WHERE a.username = 'p0' AND b.username ~ '^p[1-9]'" >/dev/null
rename() { q "SELECT string_agg(e.kind, ' ') FROM account AS a, me_update(a.id, '$1', NULL, NULL, NULL) AS e WHERE a.username = 'p0'"; }
told() { own "SELECT count(*), count(DISTINCT stream) FROM event WHERE type = 'member.updated' AND body::json #>> '{data,user,display_name}' = '$1'"; }
is "a new name is answered without telling them" "$(rename Ann) $(told Ann)" "body event 0|0"
is "it leaves a job" "$(own "SELECT kind, data->>'after' FROM job")" "rename|0"
worker --once
is "which tells each of the 150 once" "$(told Ann) $(own "SELECT count(*) FROM job")" "150|150 0"
is "and raises its rev by one" "$(own "SELECT min(c.rev), max(c.rev), count(*) FROM channel AS c
	JOIN event AS e ON e.stream = c.id AND e.rev = c.rev AND e.type = 'member.updated'")" "1|1|150"
rename Bea >/dev/null
half=$(own "UPDATE job SET data = json_build_object('account', data->>'account', 'after', (SELECT id::text FROM channel
	WHERE dm_key IS NOT NULL ORDER BY id OFFSET 99 LIMIT 1)) RETURNING data->>'after'")
worker --once
is "one that stopped half way goes on there" "$(told Bea) $(own "SELECT min(stream) > $half FROM event WHERE body ~ 'Bea' AND kind = 'c'")" "50|50 t"
rename Cid >/dev/null
own "UPDATE job SET attempts = 3"
is "a step notes where it stands and renews the lease" "$(sql moot_jobs moot -c "SELECT count(*) FILTER (WHERE e.kind = 'event'), count(*) FILTER (WHERE e.kind = 'body')
	FROM job AS j, rename_tell(j.id, 3, 60, 20) AS e"; own "SELECT data->>'after' = (SELECT max(stream)::text FROM event WHERE body ~ 'Cid'
	AND kind = 'c'), leased_until > now() FROM job")" "20|1
t|t"
is "an attempt that lost its lease tells nobody" "$(own "SELECT t.try(format('SELECT rename_tell(%s, 2, 60, 20)', id)) FROM job")" conflict
own "UPDATE job SET leased_until = NULL"
own "DELETE FROM channel_member WHERE account_id = (SELECT id FROM account WHERE username = 'p0')
	AND channel_id = (SELECT max(id) FROM channel)"
worker --once
is "whom he has left is not told" "$(told Cid) $(own "SELECT count(*) FROM job")" "149|149 0"
q "SELECT count(*) FROM account AS a, me_update(a.id, 'Cid', NULL, NULL, NULL) WHERE a.username = 'p0'" >/dev/null
q "SELECT count(*) FROM account AS a, me_update(a.id, NULL, NULL, false, NULL) WHERE a.username = 'p0'" >/dev/null
own "INSERT INTO account (username, display_name) VALUES ('p200', 'alone')"
q "SELECT count(*) FROM account AS a, me_update(a.id, 'Dan', NULL, NULL, NULL) WHERE a.username = 'p200'" >/dev/null
is "neither the same name again nor one without conversations leaves a job" "$(own "SELECT count(*) FROM job")" 0

# ---- the database goes and comes
"$MOOT_JOBS" -c "$T/moot.conf" 2>"$T/jobs.log" &
pid=$!
passes "the daemon keeps house at its start" wait_until 10 log_has '"housekeeping"'
# "fast": a crash of a cluster that does not write durably would bring back what was done
cluster_stop fast
passes "it notices that the database is away" wait_until 10 log_has 'is away'
wait_until 3 false
passes "it stays" alive
is "and says so once" "$(grep -c 'is away' "$T/jobs.log")" 1
if [ "$(wc -l <"$T/jobs.log")" -le 6 ]; then ok "its log does not fill"; else not_ok "its log does not fill" "$(cat "$T/jobs.log")"; fi
cluster_start
own "INSERT INTO job (kind) VALUES ('housekeeping')"
passes "it finds the database again within five seconds" wait_until 7 log_has 'is back'
empty() { [ "$(own "SELECT count(*) FROM job")" = 0 ]; }
passes "and goes on" wait_until 7 empty
kill -TERM $pid
rc=0; wait $pid || rc=$?
is "SIGTERM ends it in order" "$rc" 0
passes "with a word" log_has '"stopped"'

# ---- SIGTERM during a step: the step is finished first
begin_and_hold
passes "a job is worked on" wait_until 20 taken
kill -TERM $pid
release
rc=0; wait $pid || rc=$?
is "SIGTERM in the middle of a job lets it end" "$rc $(own "SELECT count(*) FROM job")" "0 0"

# ---- what it starts without, and what not
MOOT_TOKEN_KEY_FILE=$T/none passes "it signs nothing: it needs no token key" worker --once
fails "an unknown argument is a usage error" 2 worker --twice
MOOT_DATABASE_JOBS="host=$T/nowhere" fails "--once fails when there is no database" 1 worker --once
finish
