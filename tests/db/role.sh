# Roles: who may make, change, order, give and delete them, what becomes of members and overrides;
# a server handed on; whom a guest is shown.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
world_make
# how often permissions are asked for
sql postgres moot -c "ALTER DATABASE moot SET track_functions = 'pl'"
sql_tests "$top_srcdir/tests/db/role.sql"
finish
