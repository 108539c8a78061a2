# Where Postgres is, and as whom it runs: not as root. Sourced.
# shellcheck shell=bash
PG_BIN=
for dir in "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/x)")" \
	$(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -V); do
	[ ! -x "$dir/initdb" ] || PG_BIN=$dir
done

RUN_AS=()
if [ "$(id -u)" = 0 ]; then
	for RUN_USER in postgres nobody; do
		getent passwd $RUN_USER >/dev/null && break
	done
	RUN_AS=(setpriv "--reuid=$RUN_USER" "--regid=$(id -g $RUN_USER)" --clear-groups)
fi
