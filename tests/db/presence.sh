# Presence: who sees whom, and what of it is kept.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/presence.sql"
finish
