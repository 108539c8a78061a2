# What has had its time goes: messages, by a job once a day, and memberships.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
. "$(dirname "$0")/session.sh"
world_make
worker() { "$MOOT_JOBS" -c "$T/moot.conf" --once 2>"$T/jobs.log"; }

own "SELECT t.account(x) FROM unnest(ARRAY['ann', 'bob', 'cid']) AS x" >/dev/null
home=$(own "SELECT t.server(t.who('ann'), 'home')") other=$(own "SELECT t.server(t.who('ann'), 'other')")
own "SELECT t.join($home, t.who('bob'), 'member'), t.join($home, t.who('cid'), 'moderator'), t.join($other, t.who('bob'), 'member')" >/dev/null
short=$(own "SELECT t.channel(t.who('ann'), $home, 'short', false)") long=$(own "SELECT t.channel(t.who('ann'), $home, 'long', false)")
else=$(own "SELECT t.channel(t.who('ann'), $other, 'else', false)")
dm=$(own "SELECT t.made(ref) FROM dm_open(t.who('ann'), ARRAY[t.who('bob')]) WHERE kind = 'created'")
# in each place: 40 days old and corrected today, 3 days old, new
for place in $short $long $else $dm; do
	own "SELECT count(*) FROM unnest(ARRAY['old', 'middle', 'new']) AS x,
		message_create(t.who('ann'), $place, x || ' <@' || t.who('bob') || '>', x || '$place', NULL, '\\x00')" >/dev/null
	for x in old:40 middle:3; do
		own "WITH m AS (UPDATE message SET edited_at = now(), id = id - (${x#*:}::bigint * 86400000 << 20) WHERE channel_id = $place AND content LIKE '${x%:*}%' RETURNING id, nonce, seq),
			n AS (UPDATE message_nonce AS y SET message_id = m.id FROM m WHERE y.nonce = m.nonce)
			UPDATE event AS e SET subject = m.id FROM m WHERE e.stream = $place AND e.rev = m.seq" >/dev/null
	done
done
left() { own "SELECT string_agg(CASE channel_id WHEN $short THEN 'short' WHEN $long THEN 'long' WHEN $else THEN 'else' ELSE 'dm' END || ':' || split_part(content, ' ', 1), ' '
	ORDER BY channel_id, seq) FROM message WHERE channel_id IN ($short, $long, $else, $dm)"; }
all="short:old short:middle short:new long:old long:middle long:new else:old else:middle else:new dm:old dm:middle dm:new"

would() { q "SELECT server_retention(t.who('$1'), $home, $2)::json ->> 'messages', channel_retention(t.who('$1'), $short, $2)::json ->> 'messages'" 2>&1; }
is "what would go is said before, of the server and of a channel" "$(would ann 30) $(would ann 2) $(would ann 41)" "2|1 4|2 0|0"
is "to who may say it" "$(q "SELECT string_agg(t.try(format('SELECT %s(%s, %s, 30)', f, t.who(x), CASE f WHEN 'server_retention' THEN $home ELSE $short END)), ' ')
	FROM unnest(ARRAY['bob', 'cid']) AS x, unnest(ARRAY['server_retention', 'channel_retention']) AS f")" "forbidden forbidden forbidden forbidden"
is "a member sets nothing" "$(q "SELECT t.try(format('SELECT server_update(%s, $home, NULL, NULL, NULL, NULL, 1)', t.who('bob')))")" forbidden
worker
is "for ever, if nothing is said" "$(left)" "$all"
is "and no job is left" "$(own "SELECT count(*) FROM job")" 0
q "SELECT count(*) FROM server_update(t.who('ann'), $home, NULL, NULL, NULL, NULL, 30)" >/dev/null
q "SELECT count(*) FROM channel_update(t.who('ann'), $short, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2)" >/dev/null
later() { own "UPDATE server SET retention_set_at = retention_set_at - interval '25 h' WHERE retention_days IS NOT NULL; UPDATE channel SET retention_set_at = retention_set_at - interval '25 h' WHERE retention_set_at > '-infinity'"; }
worker
is "for a day nothing comes of it" "$(left) $(moot retention --dry-run | wc -l)" "$all 1"
later
is "moot retention --dry-run says what will go" "$(moot retention --dry-run | awk 'NR > 1 { print $1, $2, $3, $4, $5 }' | sort)" "$(printf '%s\n' \
	"$short 2 2 home short" "$long 30 1 home long" "$(own "SELECT id FROM channel WHERE server_id = $home AND name = 'general'") 30 0 home general" | sort)"
is "and nothing goes" "$(left) $(own "SELECT count(*) FROM job")" "$all 0"
worker
is "housekeeping leaves a job, which takes away what is older" "$(left)" \
	"short:new long:middle long:new else:old else:middle else:new dm:old dm:middle dm:new"
is "with its mentions and nonces" "$(own "SELECT (SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM mention WHERE channel_id = $short), (SELECT count(*) FROM message_nonce
	WHERE channel_id = $short), (SELECT count(*) FROM mention WHERE channel_id = $else)")" "3|1|3"
is "who has a window open is told, by the number that is left first" "$(own "SELECT string_agg(json_extract_path_text(body::json, 'data', 'before_seq'), ' ' ORDER BY stream) FROM event
	WHERE type = 'messages.expired' AND stream IN ($short, $long, $else)"; own "SELECT c.rev = max(e.rev) FROM channel AS c JOIN event AS e ON e.stream = c.id WHERE c.id = $short GROUP BY c.rev")" "3 2
t"
is "nothing of it is left to resume from" "$(own "SELECT count(*) FILTER (WHERE body ~ '\"content\":\"(old|middle)'), count(*) FILTER (WHERE (body::json #>> '{data,deleted}')::boolean),
	count(*) FILTER (WHERE body::json #>> '{data,id}' = subject::text) > 0 FROM event WHERE stream = $short")" "0|2|t"
is "of what is left nothing would go, twice" "$(would ann 30) $(would ann 2)" "0|0 1|0"
is "the list begins with what is there" "$(q "SELECT json_array_length(l.data::json -> 'items'), l.before IS NULL FROM message_list(t.who('bob'), $short, NULL, NULL, NULL, 50) AS l")" "1|t"
is "numbers go on" "$(own "SELECT last_seq FROM channel WHERE id = $short"; own "SELECT t.post(t.who('ann'), $short, 'next') > 0"; own "SELECT max(seq) FROM message WHERE channel_id = $short")" "3
t
4"
own "UPDATE message SET id = id - (9::bigint * 86400000 << 20) WHERE channel_id = $short AND content LIKE 'new%'"
worker
is "once a day" "$(own "SELECT count(*) FROM message WHERE channel_id = $short")" 2
own "UPDATE instance SET retention_at = now() - interval '25 h'"
worker
is "and the next day again" "$(own "SELECT count(*) FROM message WHERE channel_id = $short")" 1
q "SELECT count(*) FROM channel_update(t.who('ann'), $short, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0)" >/dev/null
own "UPDATE server SET retention_days = 1 WHERE id = $home"
later
is "a channel may keep all of it, whatever the server says" "$(own "SELECT retention_days FROM channel WHERE id = $short") $(own "SELECT count(*) FROM retention_channels() WHERE id = $short"
	) $(own "SELECT count(*) FROM retention_channels() WHERE id = $long")" "0 0 1"
own "UPDATE server SET retention_days = 30 WHERE id = $home"
q "SELECT count(*) FROM channel_update(t.who('ann'), $short, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1)" >/dev/null
is "a channel may go by the server again" "$(own "SELECT retention_days IS NULL FROM channel WHERE id = $short")" t
has "moot retention leaves the job at once" "$(moot retention)" "moot-jobs"
is "it is there" "$(own "SELECT kind FROM job")" retention

# ---- who may, and where
own "SELECT t.account(x) FROM unnest(ARRAY['eve', 'fay']) AS x" >/dev/null
without=$(own "SELECT t.new_role($home, 'without', perm('manage_server') | perm('manage_channels'), 300)") with=$(own "SELECT t.new_role($home, 'with', perm('manage_server') | perm('manage_channels') | perm('manage_messages'), 301)")
own "SELECT t.join($home, t.who('eve'), '$without'), t.join($home, t.who('fay'), '$with')" >/dev/null
hidden=$(own "SELECT t.channel(t.who('ann'), $home, 'out of sight', true)")
says() { q "SELECT t.try(format('SELECT server_update(%s, $home, $2, NULL, NULL, NULL, $3)', t.who('$1'))) || ' ' || t.try(format('SELECT channel_update(%s, $long, NULL, NULL, $4, NULL, NULL, NULL, NULL, NULL, NULL, $3)', t.who('$1')))"; }
is "who may not delete messages does not have them deleted" "$(says eve NULL 1 NULL)" "forbidden forbidden"
is "but may change the rest" "$(says eve "''other name''" NULL "''topic''")" "ok ok"
is "who may does" "$(says fay NULL 7 NULL)" "ok ok"
later
holds() { own "SELECT string_agg(c.name || ':' || r.days, ' ' ORDER BY c.name) FROM retention_channels() AS r JOIN channel AS c USING (id) WHERE c.id IN ($long, $hidden, $short)"; }
is "but not where he sees nothing" "$(holds)" "long:7 short:7"
q "SELECT count(*) FROM server_update(t.who('ann'), $home, NULL, NULL, NULL, NULL, 8)" >/dev/null
is "not before a day has gone" "$(holds)" "long:7"
later
is "who sees all says it of all" "$(holds)" "long:7 out of sight:8 short:8"
# ---- nor where he may not delete, nor what he never sees
deny() { q "SELECT count(*) FROM override_put(t.who('ann'), $long, t.who('fay'), 0, $1)" >/dev/null; }
server_says() { q "SELECT count(*) FROM server_update(t.who('$1'), $home, NULL, NULL, NULL, NULL, $2)" >/dev/null; }
made() { own "SELECT t.channel(t.who('ann'), $home, '$1', $2)"; }
q "SELECT count(*) FROM channel_update(t.who('ann'), $long, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1)" >/dev/null
deny "perm('manage_messages')"
server_says fay 9
private=$(made late true) public=$(made late false)
later
is "not where he may not delete messages" "$(holds)" "short:9"
is "nor in a private channel of later, but in a public one" "$(own "SELECT string_agg(id::text, ' ') FROM retention_channels() WHERE id IN ($private, $public)")" "$public"
deny 0
q "SELECT count(*) FROM channel_delete(t.who('ann'), $long)" >/dev/null
archive() { q "SELECT count(*) FROM channel_update(t.who('ann'), $short, NULL, NULL, NULL, NULL, NULL, NULL, NULL, $1, NULL)" >/dev/null; }
archive true
is "nothing is counted where nobody may delete, and nothing of a channel that is deleted" "$(q "SELECT server_retention(t.who('fay'), $home, 1)")" '{"messages":0}'
server_says fay 10
q "SELECT count(*) FROM channel_restore(t.who('ann'), $long)" >/dev/null
archive false
later
is "where one that is deleted comes back, but not where it was archived" "$(holds)" "long:10"
own "DELETE FROM job WHERE kind = 'purge'; DELETE FROM channel WHERE id IN ($private, $public)"
q "SELECT count(*) FROM server_update(t.who('ann'), $home, NULL, NULL, NULL, NULL, 30), channel_update(t.who('ann'), $long, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1)" >/dev/null
later

# ---- in steps, each of which notes how far it came
own "DELETE FROM job; SELECT count(*) FROM generate_series(1, 250) AS x, LATERAL (SELECT t.post(t.who('ann'), $long, 'many ' || x)) AS y" >/dev/null
own "UPDATE message SET id = id - (50::bigint * 86400000 << 20) WHERE channel_id = $long AND content LIKE 'many%';
	DELETE FROM message WHERE channel_id = $long AND content !~ 'many'; SELECT retention_later(); UPDATE job SET attempts = 1" >/dev/null
steps() { sql moot_jobs moot -c "SELECT string_agg(e.kind, ' ') FROM job AS j, retention_next(j.id, $1, 60, 100) AS e"; own "SELECT count(*) FROM message WHERE channel_id = $long"; }
session_open one
session_open two
session_do one "BEGIN; SELECT 1 FROM server_update(t.who('ann'), $home, NULL, NULL, NULL, NULL, 0);" >/dev/null
session_send two "SELECT t.try((SELECT format('SELECT retention_next(%s, 1, 60, 100)', id) FROM job));"
passes "what is being kept for ever is waited for" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and stays" "$(session_result two) $(own "SELECT count(*) FROM message WHERE channel_id = $long")" "ok 250"
session_close one
session_close two
server_says ann 30
later
is "an attempt that lost its lease takes nothing away" "$(own "SELECT t.try(format('SELECT retention_next(%s, 0, 60, 100)', id)) FROM job"; own "SELECT count(*) FROM message WHERE channel_id = $long")" "conflict
250"
for i in $(seq 20); do steps 1 >"$T/step"; done
is "until there is no more" "$(cat "$T/step")" "empty
0"
own "DELETE FROM job" >/dev/null

# ---- what somebody wrote lately
own "SELECT t.post(t.who('bob'), $short, 'spam ' || x), t.post(t.who('bob'), $long, 'spam ' || x) FROM generate_series(1, 3) AS x" >/dev/null
hidden=$(own "SELECT t.channel(t.who('ann'), $home, 'hidden', true)")
own "SELECT channel_member_put(t.who('ann'), $hidden, t.who('bob')); SELECT t.post(t.who('bob'), $hidden, 'spam')" >/dev/null
own "UPDATE message SET id = id - (2::bigint * 3600000 << 20) WHERE channel_id = $long AND content = 'spam 1'"
purge() { q "SELECT t.try(format('SELECT member_purge(%s, $home, %s, 3600)', t.who('$1'), t.who('$2')))"; }
is "how many these are, in what one sees" "$(q "SELECT purge_count(t.who('cid'), $home, t.who('bob'), 3600), purge_count(t.who('ann'), $home, t.who('bob'), 86400)")" '{"count":5}|{"count":7}'
is "for whom" "$(purge bob cid) $(purge cid ann) $(purge cid bob)" "forbidden forbidden ok"
worker
is "they are deleted" "$(own "SELECT string_agg(content, ' ') FROM message WHERE author_id = t.who('bob') AND deleted_at IS NULL AND channel_id IN ($short, $long, $hidden)")" "spam 1"
is "the first number of a time is found" "$(own "SELECT bool_and((m.seq >= seq_since(c.id, c.last_seq, x.id)) = (m.id >= x.id)), bool_and(seq_since(c.id, c.last_seq, 9223372036854775807) = c.last_seq + 1)
	FROM channel AS c JOIN message AS m ON m.channel_id = c.id JOIN message AS x ON x.channel_id = c.id WHERE c.id = $short")" "t|t"

# ---- copies of one's own data
state() { q "SELECT export_json(export_current(t.who('cid')), '')::json->>'state'"; }
start() { q "SELECT data::json->>'state' FROM export_start(t.who('cid'), '')"; }
own "SELECT t.post(t.who('cid'), $short, 'a'), t.post(t.who('cid'), $long, 'b')" >/dev/null
start >/dev/null
own "UPDATE job SET attempts = 1"
is "an attempt that lost its lease is not told that it has all" "$(q "SELECT t.try(format('SELECT export_next(%s, 0, 60, 200)', id)) FROM job")" conflict
ready() { sql moot_jobs moot -c "PREPARE r AS $(sed -n '/^-- name: export_ready(/,/;$/p' "$top_srcdir/sql/query/people.sql" | sed 1d)" \
	-c "EXECUTE r($(own "SELECT format('%s, $1, %s, %L, 1', j.id, e.account_id, e.file) FROM job AS j, export AS e"))" >/dev/null; }
ready 0
is "nor does it make the copy ready" "$(state)" preparing
ready 1
is "the one that has it does" "$(state)" ready
own "DELETE FROM job; DELETE FROM export; CREATE FUNCTION unwanted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
	CREATE TRIGGER unwanted BEFORE UPDATE OF ready_at ON export FOR EACH ROW EXECUTE FUNCTION unwanted()"
start >/dev/null
worker
is "one that nobody wants in the end leaves no file" "$(ls "$T/state/files/export") $(own "SELECT count(*) FROM job") $(grep -c 'nobody wants' "$T/jobs.log")" " 0 1"
own "DROP TRIGGER unwanted ON export; DELETE FROM export"
start >/dev/null
own "CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
		IF old.attempts = new.attempts AND new.kind = 'export' AND new.failed_at IS NULL THEN new.attempts := new.attempts + 1; END IF; RETURN new; END \$\$;
	CREATE TRIGGER overtake BEFORE UPDATE OF leased_until ON job FOR EACH ROW EXECUTE FUNCTION overtake()"
worker
is "a worker that is overtaken half way hands out nothing" "$(state) $(own "SELECT count(*) FROM job") $(cat "$T/jobs.log" | grep -c 'the lease ran out')" "preparing 1 1"
own "DROP TRIGGER overtake ON job; UPDATE job SET leased_until = now() - interval '1 s'"
worker
is "the next one does" "$(state) $(own "SELECT count(*) FROM job")" "ready 0"
own "DELETE FROM export"
start >/dev/null
worker_died() { own "UPDATE job SET attempts = 10, leased_until = now() - interval '1 s' WHERE failed_at IS NULL"; worker; }
worker_died
is "asking again while it is prepared begins nothing" "$(start) $(own "SELECT count(*) FROM job WHERE failed_at IS NULL")" "preparing 0"
worker
is "one that killed its worker ten times has failed" "$(state)" failed
is "and may be begun again" "$(start) $(own "SELECT count(*) FROM job WHERE failed_at IS NULL")" "preparing 1"
worker
is "which is done" "$(state)" ready
own "DELETE FROM job"

# ---- a long copy: over slices of time, over the death of its writer, over the loss of what was written
own "DELETE FROM export; SELECT count(*) FROM (SELECT t.post(t.who('cid'), $short, 'line ' || x) FROM generate_series(1, 1200) AS x) AS y;
	CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_sleep(0.3); RETURN new; END \$\$" >/dev/null
folder=$T/state/files/export
unzipped() { python3 -c "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None, 'broken'
lines = [json.loads(x) for x in z.read('messages.ndjson').splitlines()]; print(len(lines), len({x['id'] for x in lines}), json.loads(z.read('profile.json'))['me']['username'])" "$folder/$(own "SELECT file FROM export")" 2>&1; }
all="$(own "SELECT count(*) FROM message WHERE author_id = t.who('cid') AND deleted_at IS NULL")"
start >/dev/null
own "CREATE TRIGGER slowly BEFORE UPDATE OF data ON job FOR EACH ROW EXECUTE FUNCTION slowly()"
worker
is "a copy that takes longer than a slice is gone on with" "$(state) $(own "SELECT count(*) FROM job") $(unzipped)" "ready 0 $all $all cid"
# slow enough for the other session to come in between
own "CREATE OR REPLACE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN PERFORM pg_sleep(1); RETURN new; END \$\$;
	DELETE FROM export"
start >/dev/null
"$MOOT_JOBS" -c "$T/moot.conf" --once 2>"$T/jobs.log" &
pid=$!
begun() { [ "$(own "SELECT data->>'size' > '0' FROM job")" = t ]; }
passes "one is being written" wait_until 20 begun
kill -9 $pid; wait $pid 2>/dev/null
own "DROP TRIGGER slowly ON job; UPDATE job SET leased_until = now() - interval '1 s'"
echo "what its writer did not live to note" >>"$(ls "$folder"/*.part)"
at=$(own "SELECT data->>'size' FROM job")
worker
is "when its writer dies the next one goes on where that was" "$(state) $(unzipped)" "ready $all $all cid"
is "which it had noted" "$((at > 100)) $(ls "$folder" | grep -c part)" "1 0"
own "DELETE FROM export"
start >/dev/null
own "UPDATE job SET data = (data::jsonb || '{\"size\":100000,\"crc\":7,\"channel\":\"$short\",\"below\":\"5\"}')::json"
worker
is "what is not there any more is written anew" "$(state) $(unzipped)" "ready $all $all cid"
has "with a word in the log" "$(cat "$T/jobs.log")" "a copy that was begun is not there"
own "DELETE FROM export"
start >/dev/null
own "UPDATE job SET data = (data::jsonb || '{\"size\":100000,\"crc\":7,\"channel\":\"$short\",\"below\":\"5\",\"begun\":10}')::json, attempts = 9"
worker
is "but not for ever" "$(state)" failed
own "DELETE FROM job; DELETE FROM export"
start >/dev/null
part=$folder/$(own "SELECT file FROM export").part
python3 -c "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)" "$part" >"$T/held" &
holder=$!
passes "one of whom nobody knows whether he writes still" wait_until 10 grep -q held "$T/held"
worker
is "is waited for" "$(state) $(own "SELECT attempts, failed_at IS NULL, run_at > now() FROM job")" "preparing 1|t|t"
kill $holder; wait $holder 2>/dev/null
own "UPDATE job SET run_at = now()"
worker
is "until he has gone" "$(state) $(unzipped)" "ready $all $all cid"
own "DELETE FROM export"
start >/dev/null
own "UPDATE job SET data = json_build_object('account', data->>'account', 'file', '../../../tmp/x')"
worker
has "a name that is none of ours is not opened" "$(own "SELECT error FROM job")" internal
own "DELETE FROM job; DELETE FROM export; DELETE FROM message WHERE content LIKE 'line %'; UPDATE member SET expires_at = NULL"

# ---- memberships that end
own "UPDATE member SET expires_at = now() + interval '1 h' WHERE server_id = $home AND account_id = t.who('cid');
	UPDATE member SET expires_at = now() - interval '1 s' WHERE account_id IN (t.who('bob'), t.who('ann'))"
worker
is "who has had his time is out, everywhere, but the owner" "$(own "SELECT string_agg(a.username, ' ' ORDER BY m.server_id, a.id) FROM member AS m JOIN account AS a ON a.id = m.account_id")" "ann cid eve fay ann"
is "and it is told" "$(own "SELECT count(*), count(DISTINCT stream) FROM event WHERE type = 'member.left' AND body ~ '\"reason\":\"expired\"'")" "2|2"
is "him, too" "$(own "SELECT count(*) FROM event WHERE type = 'server.left' AND stream = t.who('bob') AND body ~ 'expired'")" 2
is "the owner's has no end any more" "$(own "SELECT count(*) FROM member WHERE expires_at IS NOT NULL")" 1
finish
