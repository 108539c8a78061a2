# What the rules of a server come to.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/rule.sql"

# ---- the same by one person at once
. "$(dirname "$0")/session.sh"
home=$(own "SELECT t.server(t.account('boss'), 'fast')")
own "SELECT t.join($home, t.account('quick'), 'member')" >/dev/null
own "SELECT count(*) FROM rule_create(t.who('boss'), $home, 'again', 'duplicates', NULL, NULL, NULL, 1, 'block', NULL, NULL, NULL)" >/dev/null
one=$(own "SELECT id FROM channel WHERE server_id = $home") two=$(own "SELECT t.channel(t.who('boss'), $home, 'two', false)")
rev=$(own "SELECT rules_rev FROM server WHERE id = $home")
post() { echo "SELECT kind FROM message_create((SELECT id FROM account WHERE username = 'quick'), $1, 'the same', NULL, NULL, '\x00', $rev) LIMIT 1;"; }
session_open one
session_open two
session_do one "BEGIN; $(post "$one")" >/dev/null
session_send two "$(post "$two")"
passes "the second waits for the first, in another channel" session_blocks two
session_do one "COMMIT;" >/dev/null
is "and is refused" "$(session_result two)" refused
session_close one
session_close two
finish
