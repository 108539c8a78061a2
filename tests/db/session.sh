# Sessions that a test steers statement by statement, to interleave them. Sourced after cluster.sh.
# shellcheck shell=bash

declare -A session_in session_n

# session_open NAME: a psql as the request handlers' role, application_name NAME.
session_open()
{
	local name=$1 fd
	mkfifo "$T/$name.in"
	PGAPPNAME=$name "$PSQL" -X -q -A -t -h "$SOCKET" -U moot_api -d moot -v VERBOSITY=terse \
		<"$T/$name.in" >"$T/$name.out" 2>&1 &
	exec {fd}>"$T/$name.in"
	session_in[$name]=$fd
	session_n[$name]=0
}

# session_send NAME SQL: without waiting for its end.
session_send()
{
	session_n[$1]=$((session_n[$1] + 1))
	printf '%s\n\\echo done-%d\n' "$2" "${session_n[$1]}" >&"${session_in[$1]}"
}

session_is_done() { grep -qx "done-${session_n[$1]}" "$T/$1.out"; }

# Waits for the end of what was sent last and prints what it gave.
session_result()
{
	wait_until 20 session_is_done "$1" || echo "no answer"
	awk -v from="done-$((session_n[$1] - 1))" -v to="done-${session_n[$1]}" '
		$0 == to { exit } show { print } $0 == from { show = 1 } from == "done-0" && NR == 1 { show = 1; if ($0 != to) print }' "$T/$1.out"
}

# session_do NAME SQL: sends, waits, prints.
session_do()
{
	session_send "$1" "$2"
	session_result "$1"
}

session_waits_for_lock()
{
	[ "$(sql postgres postgres -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$1'
		AND wait_event_type = 'Lock'")" = 1 ]
}

# Until the session waits for another's lock; false when its statement ends instead.
session_blocks()
{
	wait_until 10 session_done_or_waits "$1"
	session_waits_for_lock "$1"
}

session_done_or_waits() { session_is_done "$1" || session_waits_for_lock "$1"; }

session_close()
{
	local fd=${session_in[$1]}
	exec {fd}>&-
	rm -f "$T/$1.in"
}
