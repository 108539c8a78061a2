# Whom somebody does not want to hear from, and how an account ends.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
. "$(dirname "$0")/session.sh"
world_make
sql_tests "$top_srcdir/tests/db/people.sql"

# ---- two at once, statement by statement
a=$(own "SELECT t.account('first')") b=$(own "SELECT t.account('second')")
session_open one
session_open two
session_do one "BEGIN; SELECT kind FROM block_put($a, $b) LIMIT 1;" >/dev/null
session_send two "SELECT t.try('SELECT dm_open($b, ARRAY[$a])');"
passes "a conversation waits for the block of one of its people" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and is not opened then" "$(session_result two)" forbidden
own "SELECT count(*) FROM block_delete($a, $b)" >/dev/null
session_do one "BEGIN; SELECT kind FROM dm_open($b, ARRAY[$a]) LIMIT 1;" >/dev/null
session_send two "SELECT t.try('SELECT block_put($a, $b)');"
passes "a block waits for the conversation that is being opened" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and is there then" "$(session_result two)" ok
talk=$(own "SELECT id FROM channel WHERE dm_key = '$a,$b'")
is "with nothing to be said in it" "$(own "SELECT t.try('SELECT message_create($b, $talk, ''x'', NULL, NULL, ''\\x00'')')")" forbidden
is "the daemon does not say that somebody types there" "$(sql moot_push moot -c "SELECT count(*) FROM feed_typing($b, $talk)")" 0
own "SELECT count(*) FROM block_delete($a, $b)" >/dev/null

session_do one "BEGIN; SELECT kind FROM message_create($b, $talk, 'on its way', NULL, NULL, '\\x00') LIMIT 1;" >/dev/null
session_send two "SELECT t.try('SELECT block_put($a, $b)');"
passes "a block waits for the post that is on its way" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and comes after it" "$(session_result two)" ok
own "SELECT count(*) FROM block_delete($a, $b)" >/dev/null

session_do one "BEGIN; SELECT kind FROM block_put($a, $b) LIMIT 1;" >/dev/null
session_send two "SELECT t.try('SELECT message_create($b, $talk, ''late'', NULL, NULL, ''\\x00'')');"
passes "a post waits for the block" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and is refused" "$(session_result two)" forbidden
own "SELECT count(*) FROM block_delete($a, $b)" >/dev/null

session_do one "BEGIN; SELECT kind FROM account_delete($b, true) LIMIT 1;" >/dev/null
session_send two "SELECT t.try('SELECT message_create($b, $talk, ''late'', NULL, NULL, ''\\x00'')');"
passes "a post waits for the end of its author" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and finds nobody" "$(session_result two)" session_ended
session_close one
session_close two

# ---- what was said goes, by the jobs
"$MOOT_JOBS" -c "$T/moot.conf" --once >"$T/jobs.log" 2>&1
is "purged" "$(own "SELECT count(*), count(*) FILTER (WHERE deleted_at IS NULL) FROM message WHERE author_id = $b")" "1|0"
is "and the job is over" "$(own "SELECT count(*) FROM job")" 0
finish
