# cluster-copy.sh DATA [STATE]: a data directory with a migrated, empty database moot, and what `moot init`
# makes beside it; without STATE just what initdb makes. A copy of what the first test of this build
# that asks for it lets initdb and moot make: that takes ten times as long. Nobody has connected to it since.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -eu
export LC_ALL=C.UTF-8
unset PGHOST PGPORT PGDATABASE PGUSER PGOPTIONS PGSERVICE PGHOSTADDR MOOT_CONFIG
. "$top_srcdir/tests/support/postgres.sh"
[ -n "$PG_BIN" ] || { echo "no initdb: install the Debian package postgresql"; exit 1; }
MOOT=$top_builddir/moot
made=$top_builddir/tests/support/cluster-$(basename "$(dirname "$PG_BIN")")
# another schema, another copy; and each day, as partitions are made for the days that come
[ $# = 1 ] || made=$made-$(cksum <"$MOOT" | tr ' ' -)-$(date -u +%Y%m%d)

# make DIR: DIR/data by initdb, DIR/state by moot init
make()
{
	mkdir "$1"
	chmod 0755 "$1"
	[ "$(id -u)" != 0 ] || chown "$RUN_USER" "$1"
	(cd "$1" && "${RUN_AS[@]}" env -i PATH="$PATH" LC_ALL=C.UTF-8 "$PG_BIN/initdb" -D "$1/data" -U postgres \
		--encoding=UTF8 --locale=C.UTF-8 --auth=trust --no-sync --wal-segsize=4) || return
	[ "$2" = 1 ] || migrate "$1"
}

# A socket's path is short, so that of a temporary folder.
migrate()
{
	local T rc=0
	T=$(mktemp -d "${TMPDIR:-/tmp}/moot-db.XXXXXX")
	chmod 0755 "$T"
	[ "$(id -u)" != 0 ] || chown "$RUN_USER" "$T"
	(cd "$T" && "${RUN_AS[@]}" "$PG_BIN/pg_ctl" -D "$1/data" -w -t 60 -l "$T/log" -o "-k $T -c listen_addresses= -c fsync=off" start) &&
		init "$1" "$T" || { rc=1; cat "$T/log"; }
	(cd "$T" && "${RUN_AS[@]}" "$PG_BIN/pg_ctl" -D "$1/data" -w -m fast stop) || rc=1
	rm -rf "$T"
	return $rc
}

init()
{
	cat >"$2/moot.conf" <<-CONF
		database_owner = host=$2 dbname=moot user=moot
		token_key_file = $1/state/keys/token.key
		files_dir = $1/state/files
		run_dir = $1/state/run
	CONF
	"$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$2" -U postgres -d postgres \
		-c "CREATE ROLE moot LOGIN CREATEROLE" -c "CREATE DATABASE moot OWNER moot" &&
		"$MOOT" -c "$2/moot.conf" init
}

# Whole or not at all; the others wait for who is first. Who may not write there makes his own.
make_once()
{
	if ! { mkdir -p "$(dirname "$made")" && exec 9>"$(dirname "$made")/cluster.lock"; } 2>/dev/null; then
		own=$(mktemp -d "${TMPDIR:-/tmp}/moot-db.XXXXXX")
		trap 'rm -rf "$own"' EXIT
		chmod 0755 "$own"
		made=$own/made
	else
		flock 9
	fi
	[ ! -d "$made" ] || return 0
	rm -rf "$made.new"
	[ "$1" = 1 ] || rm -rf "${made%-*-*-*}"-*
	make "$made.new" "$1" && mv -T "$made.new" "$made"
}

copy()
{
	rm -rf "$@"
	cp -a "$made/data" "$1" && { [ $# = 1 ] || cp -a "$made/state" "$2"; }
}

[ ! -d "$made" ] || ! copy "$@" || exit 0
make_once $#
copy "$@"
