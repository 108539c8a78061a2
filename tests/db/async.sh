# The daemon's door to Postgres. The program prints the tests itself.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/cluster.sh"
database_make
export MOOT_TEST_PUSH="host=$SOCKET dbname=moot user=moot_push"
export MOOT_TEST_OWNER="host=$SOCKET dbname=moot user=moot"
export MOOT_TEST_ADMIN="host=$SOCKET dbname=moot user=postgres"
"$top_builddir/tests/unit/test_pg_async"
