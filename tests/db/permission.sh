# The permission function: built-in roles, overrides, private channels, a random world.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
sql_tests "$top_srcdir/tests/db/permission.sql"
finish
