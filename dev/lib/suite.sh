# Running checks and counting them, and throw-away instances for test suites.
# Sourced. shellcheck shell=bash

PASSED=0 FAILED=0

# tally LABEL PASSED FAILED MILLISECONDS
tally()
{
	PASSED=$((PASSED + $2))
	FAILED=$((FAILED + $3))
	printf '  %-36s %5d passed %4d failed %5d.%d s\n' "$1" "$2" "$3" $(($4 / 1000)) $(($4 % 1000 / 100))
}

# Lines of TAP, and of automake's driver for it, that say what was left out.
SKIPPED='^((not )?ok .*# *SKIP|SKIP: |1\.\.0 *# *SKIP)'

# check LABEL LOG COUNTER COMMAND...: runs the command and counts what COUNTER
# finds in its log (it prints "PASSED FAILED"). A command that fails without a
# failed check, or that checked nothing, is one failure more. What was skipped was
# not checked: here, where everything is installed, that is a failure too.
check()
{
	local label=$1 log=$2 counter=$3 begin rc passed=0 failed=0 skipped
	shift 3
	begin=$(now_ms)
	set +e
	( set -e; "$@" ) >"$log" 2>&1 </dev/null
	rc=$?
	set -e
	read -r passed failed < <("$counter" "$log" "$rc") || true
	if [ "$failed" = 0 ] && { [ "$rc" != 0 ] || [ "$passed" = 0 ]; }; then
		failed=1
	fi
	skipped=$(grep -acE "$SKIPPED" "$log" || true)
	failed=$((failed + skipped))
	tally "$label" "$passed" "$failed" $(($(now_ms) - begin))
	if [ "$failed" != 0 ]; then
		grep -aE "$SKIPPED" "$log" | sed 's/^/skipped: /' || true
		printf '%s\n' "---- $log, without what passed"
		grep -avE '^(ok|PASS:|#? *$)' "$log" | tail -n 60 || true
		printf '%s\n' ----
		FAILED_LABELS+=("$label ($log)")
		return 1
	fi
}

# ---- counters: LOG STATUS -> "PASSED FAILED" --------------------------------

count_one()
{
	if [ "$2" = 0 ]; then echo 1 0; else echo 0 1; fi
}

# The last line `N passed, N failed`.
count_plain()
{
	sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*$/\1 \2/p' "$1" | tail -n1 | grep . || echo 0 0
}

# The summary of `make check`.
count_automake()
{
	awk '$1 == "#" && $3 ~ /^[0-9]+$/ {
			if ($2 == "PASS:" || $2 == "XFAIL:") p += $3
			if ($2 == "FAIL:" || $2 == "XPASS:" || $2 == "ERROR:") f += $3
		}
		END { print p + 0, f + 0 }' "$1"
}

# vitest: `Tests  1 failed | 12 passed | 1 skipped (14)`.
count_vitest()
{
	awk '$1 == "Tests" {
			for (i = 2; i < NF; i++) {
				if ($(i + 1) ~ /^passed/) p += $i
				if ($(i + 1) ~ /^(failed|skipped|todo)/) f += $i
			}
		}
		END { print p + 0, f + 0 }' "$1"
}

# ---- a throw-away instance ---------------------------------------------------

# A port that nobody listens on, from a range that the kernel hands to nobody.
free_port()
{
	local port
	for port in $(shuf -i 18100-18999 -n 50); do
		port_is_free "$port" && printf '%s\n' "$port" && return 0
	done
	die "no free port found"
}

# with_instance BUILD KEEP COMMAND...: runs the command beside a new instance of
# BUILD's programs, whose logs are left in KEEP. The command finds it by:
#   MOOT_URL   http://localhost:PORT          MOOT_PORT
#   MOOT_DIR   its folder (log/, run/, …)     MOOT_CONFIG  its moot.conf, with a mail_smtp
#              at which tests/support/mail.mjs listens for who wants letters
#   MOOT_SOCK  folder of its sockets: api.sock push.sock redis.sock pg/
#   MOOT_BIN   folder of its programs         MOOT_API     its moot-api
#   MOOT_SRC   the checkout
#   MOOT_DEV   MOOT_SRC/dev: `$MOOT_DEV/service --dir $MOOT_DIR crash redis`
#   MOOT_SETUP the one-time link that makes the first administrator
# A sanitizer's report in its logs is a failure, whatever the command says.
with_instance()
{
	local build=$1 keep=$2 port mail dir rc=0
	shift 2
	port=$(free_port)
	mail=$port
	while [ "$mail" = "$port" ]; do mail=$(free_port); done
	dir=$(mktemp -d /tmp/moot-test.XXXXXX)
	rm -rf "$keep"
	mkdir -p "$keep"
	# shellcheck disable=SC2064
	trap "end_instance '$dir' '$keep'" EXIT
	"$ROOT/dev/up" --dir "$dir" --port "$port" --build-dir "$build" --set "mail_smtp=smtp://127.0.0.1:$mail" \
		--set "mail_from=Moot <moot@example.org>" --set mail_tls=none
	(
		export MOOT_URL=http://localhost:$port MOOT_PORT=$port MOOT_DIR=$dir MOOT_CONFIG=$dir/moot.conf
		export MOOT_BIN=$build MOOT_API=$build/moot-api MOOT_SRC=$ROOT MOOT_DEV=$ROOT/dev
		MOOT_SOCK=$(sed -n 's/^sockets=//p' "$dir/up.conf")
		MOOT_SETUP=$(cat "$dir/setup-link" 2>/dev/null || true)
		export MOOT_SOCK MOOT_SETUP
		exec timeout -k 10 1500 "$@"
	) || rc=$?
	trap - EXIT
	end_instance "$dir" "$keep" || rc=70
	return $rc
}

end_instance()
{
	local found=0
	"$ROOT/dev/down" --dir "$1" || found=1
	cp "$1"/log/*.log "$2"/ 2>/dev/null || true
	if grep -alE 'ERROR: (Address|Leak)Sanitizer|runtime error:|UndefinedBehaviorSanitizer' "$2"/*.log; then
		grep -ahE -A 12 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$2"/*.log | head -n 60
		echo "not ok - no sanitizer report in the logs of the instance"
		found=1
	fi
	rm -rf "$1"
	return $found
}
