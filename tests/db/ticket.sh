# Secrets given out once: what they open, how often, and who of two gets it.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
. "$top_srcdir/tests/db/session.sh"
world_make
sql_tests "$top_srcdir/tests/db/ticket.sql"

is "what has had its time is still there" "$(own "SELECT count(*) FROM ticket WHERE expires_at <= now()")" 2
sql moot_jobs moot -c "SELECT housekeeping()" >/dev/null
is "until the house is kept" "$(own "SELECT string_agg(kind, ' ' ORDER BY kind) FROM ticket")" "reset verify"
own "DELETE FROM account WHERE username = 'bob'"
is "somebody's go with him" "$(own "SELECT string_agg(kind, ' ') FROM ticket")" verify

# ---- two at once
session_open one
session_open two
own "SELECT ticket_make(sha256('race'), 'reset', t.who('ann'), NULL, 60)" >/dev/null
session_do one "BEGIN;" >/dev/null
session_send one "SELECT count(*) FROM ticket_take('reset', sha256('race'));"
is "one takes it" "$(session_result one)" 1
session_send two "SELECT count(*) FROM ticket_take('reset', sha256('race'));"
if session_blocks two; then ok "the other waits"; else not_ok "the other waits"; fi
session_do one "COMMIT;" >/dev/null
is "and gets nothing" "$(session_result two)" 0

own "SELECT ticket_make(sha256('race'), 'reset', t.who('ann'), NULL, 60)" >/dev/null
session_do one "BEGIN;" >/dev/null
session_do one "SELECT count(*) FROM ticket_take('reset', sha256('race'));" >/dev/null
session_send two "SELECT count(*) FROM ticket_take('reset', sha256('race'));"
session_blocks two || not_ok "the other waits again"
session_do one "ROLLBACK;" >/dev/null
is "unless the first one gives it back" "$(session_result two)" 1

session_do one "BEGIN;" >/dev/null
session_do one "SELECT ticket_make(sha256('n1'), 'verify', t.who('ann'), NULL, 60);" >/dev/null
session_send two "SELECT ticket_make(sha256('n2'), 'verify', t.who('ann'), NULL, 60);"
session_blocks two || not_ok "who makes another one waits"
session_do one "COMMIT;" >/dev/null
session_result two >/dev/null
is "of two made at once one is left" "$(own "SELECT count(*) FROM ticket WHERE kind = 'verify'")" 1
session_close one
session_close two
finish
