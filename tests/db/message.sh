# Messages: deletion, mentions, history, sync, bootstrap.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/message.sql"
sql moot moot -v cases="$(cat "$top_srcdir/tests/mentions.json")" -f "$top_srcdir/tests/db/mentions.sql" >"$T/tap" 2>&1
tap_lines mentions.sql <"$T/tap"
is "each case of mentions.json" "$(grep -c '^\(not \)\{0,1\}ok mentions of ' "$T/tap")" "$(grep -c '"text"' "$top_srcdir/tests/mentions.json")"
finish
