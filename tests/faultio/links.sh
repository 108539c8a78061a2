# The links to Postgres and Redis, and the loop, while system calls fail. The program prints the tests.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
. "$(dirname "$0")/../db/cluster.sh"
command -v redis-server >/dev/null || skip_all "no redis-server here"
database_make
redis-server --port 0 --unixsocket "$T/redis.sock" --save "" --dir "$T" >/dev/null 2>&1 &
wait_until 20 test -S "$T/redis.sock"
export MOOT_TEST_PUSH="host=$SOCKET dbname=moot user=moot_push"
export MOOT_TEST_REDIS="unix:$T/redis.sock"
"$top_builddir/tests/faultio/test_links"
