# A throw-away Postgres cluster on a unix socket in a temporary folder, for one test. Sourced.
# Nothing of it is durable and nothing listens on the network. When started by root it runs as an
# ordinary user.
# shellcheck shell=bash

set -u
export LC_ALL=C.UTF-8 TZ=UTC
unset PGHOST PGPORT PGDATABASE PGUSER PGOPTIONS PGSERVICE PGHOSTADDR MOOT_CONFIG

top_srcdir=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
MOOT=$top_builddir/moot
MOOT_JOBS=$top_builddir/moot-jobs

# ---- TAP
tests=0
failures=0

ok()
{
	tests=$((tests + 1))
	printf 'ok %d - %s\n' "$tests" "$1"
}

not_ok()
{
	tests=$((tests + 1))
	failures=$((failures + 1))
	printf 'not ok %d - %s\n' "$tests" "$1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | head -n 60 | sed 's/^/# /'
}

# is WHAT GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got:    $2
wanted: $3"; fi
}

# has WHAT TEXT PART
has()
{
	case $2 in
	*"$3"*) ok "$1" ;;
	*) not_ok "$1" "got:    $2
without: $3" ;;
	esac
}

# passes WHAT COMMAND...
passes()
{
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then ok "$what"; else not_ok "$what" "status $?: $out"; fi
}

# fails WHAT STATUS COMMAND...
fails()
{
	local what=$1 wanted=$2 out rc=0
	shift 2
	out=$("$@" 2>&1) || rc=$?
	if [ "$rc" = "$wanted" ]; then ok "$what"; else not_ok "$what" "status $rc, wanted $wanted: $out"; fi
}

skip_all()
{
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

bail()
{
	printf 'Bail out! %s\n' "$1"
	exit 99
}

finish()
{
	printf '1..%d\n' "$tests"
	[ "$failures" = 0 ]
	exit
}

# wait_until SECONDS COMMAND...: until it succeeds.
wait_until()
{
	local end=$((SECONDS + $1)) i=0
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		# who waits for long asks less often: the others need the processor
		sleep 0.0$((i < 10 ? 2 : 8))
		i=$((i + 1))
	done
}

# ---- the cluster
. "$top_srcdir/tests/support/postgres.sh"
[ -n "$PG_BIN" ] || bail "no initdb: install the Debian package postgresql"

# Debian's own psql is a wrapper in Perl, which costs more than the query.
PSQL=$PG_BIN/psql
[ -x "$PSQL" ] || PSQL=psql

T=$(mktemp -d "${TMPDIR:-/tmp}/moot-db.XXXXXX") || bail "no temporary folder"
chmod 0755 "$T"
if [ "$(id -u)" = 0 ]; then chown "$RUN_USER" "$T"; fi
SOCKET=$T/s

cluster_stop()
{
	local mode=${1:-immediate}
	[ ! -f "$T/data/postmaster.pid" ] ||
		(cd "$T" && "${RUN_AS[@]}" "$PG_BIN/pg_ctl" -D "$T/data" -m "$mode" -w stop) >>"$T/log" 2>&1
}

cluster_end()
{
	local pids
	pids=$(jobs -p)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null
	cluster_stop
	if [ -n "${KEEP:-}" ]; then echo "# kept $T"; else rm -rf "$T"; fi
}
trap cluster_end EXIT
trap 'exit 130' INT TERM

# Waits until it takes connections.
cluster_start()
{
	(cd "$T" && "${RUN_AS[@]}" "$PG_BIN/pg_ctl" -D "$T/data" -w -t 60 -l "$T/server.log" start) >>"$T/log" 2>&1 ||
		bail "Postgres does not start: $(tail -n 5 "$T/server.log" "$T/log")"
}

# A data directory nobody has used, see cluster-copy.sh.
data_make()
{
	top_srcdir=$top_srcdir top_builddir=$top_builddir bash "$top_srcdir/tests/support/cluster-copy.sh" "$@" >"$T/log" 2>&1 ||
		bail "no cluster: $(tail -n 5 "$T/log")"
}

data_start()
{
	(cd "$T" && "${RUN_AS[@]}" mkdir "$SOCKET") || bail "no folder for the socket"
	cat >>"$T/data/postgresql.conf" <<-CONF
		unix_socket_directories = '$SOCKET'
		listen_addresses = ''
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		wal_level = minimal
		max_wal_senders = 0
		max_connections = 100
		shared_buffers = 64MB
		max_wal_size = 2GB
		checkpoint_timeout = 1h
		autovacuum = off
		jit = off
		timezone = UTC
		log_min_messages = fatal
	CONF
	cluster_start
}

# Roles and the database as an administrator makes them; moot is the owner and makes the rest.
cluster_make()
{
	data_make "$T/data"
	data_start
	sql postgres postgres -c "CREATE ROLE moot LOGIN CREATEROLE" -c "CREATE DATABASE moot OWNER moot" ||
		bail "cannot make the database"
}

# sql USER DATABASE ARGUMENT...: psql, quiet, unaligned, stops at the first error.
sql()
{
	local user=$1 db=$2
	shift 2
	"$PSQL" -X -q -A -t -v ON_ERROR_STOP=1 -h "$SOCKET" -U "$user" -d "$db" "$@"
}

# q SQL: as the request handlers' role.
q() { sql moot_api moot -c "$1"; }
# own SQL: as the owner.
own() { sql moot moot -c "$1"; }

# Writes $T/moot.conf; further lines on stdin are added.
write_conf()
{
	{
		cat <<-CONF
			database = host=$SOCKET dbname=moot user=moot_api
			database_push = host=$SOCKET dbname=moot user=moot_push
			database_jobs = host=$SOCKET dbname=moot user=moot_jobs
			database_owner = host=$SOCKET dbname=moot user=moot
			token_key_file = $T/state/keys/token.key
			files_dir = $T/state/files
			run_dir = $T/state/run
			image_program = ${MOOT%moot}moot-image
			argon2_memory_kib = 64
			argon2_passes = 1
		CONF
		cat
	} >"$T/moot.conf"
}

moot()
{
	"$MOOT" -c "$T/moot.conf" "$@"
}

# A migrated, empty database.
database_make()
{
	data_make "$T/data" "$T/state"
	data_start
	write_conf </dev/null
}

# Puts the helpers of world.sql (schema t) into the database.
world_make()
{
	local out
	database_make
	out=$(sql moot moot -f "$top_srcdir/tests/db/world.sql" 2>&1) || bail "world.sql: $out"
}

# tap_lines WHAT: "ok WHAT" and "not ok WHAT" lines of stdin as tests, everything else as diagnostics.
# What it read must not be empty.
tap_lines()
{
	local line n=$tests
	while IFS= read -r line; do
		case $line in
		"ok "*) ok "${line#ok }" ;;
		"not ok "*) not_ok "${line#not ok }" ;;
		*) printf '# %s\n' "$line" ;;
		esac
	done
	[ "$tests" -gt "$n" ] || not_ok "$1 tested nothing"
}

# sql_tests FILE: runs it as the request handlers' role; an SQL error is a failed test.
sql_tests()
{
	local rc=0
	sql moot_api moot -f "$1" >"$T/tap" 2>&1 || rc=$?
	tap_lines "$1" <"$T/tap"
	is "$(basename "$1") ran to its end" "$rc" 0
}
