#!/bin/sh
# dev/test counts what failed, what checked nothing and what was skipped.
command -v bash >/dev/null || { echo "1..0 # SKIP no bash"; exit 0; }
exec bash -s "$top_srcdir" <<'BASH'
set -euo pipefail
. "$1/dev/lib/common.sh"
. "$1/dev/lib/suite.sh"
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
FAILED_LABELS=()
n=0

say_and_end() { printf '%b\n' "$1"; return "$2"; }

# expect NAME PASSED FAILED COUNTER TEXT [STATUS]: of a command that says TEXT.
expect()
{
	PASSED=0 FAILED=0
	check x "$W/log" "$4" say_and_end "$5" "${6:-0}" >"$W/out" || true
	n=$((n + 1))
	if [ "$PASSED $FAILED" = "$2 $3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# $PASSED passed, $FAILED failed; wanted $2 and $3"
	fi
}

expect "what passed is counted" 2 0 count_plain 'ok 1 - a\nok 2 - b\n2 passed, 0 failed'
expect "what failed is counted" 1 1 count_plain 'not ok 1 - a\nok 2 - b\n1 passed, 1 failed' 1
expect "nothing checked is a failure" 0 1 count_plain ''
expect "a crash after the last check is a failure" 2 1 count_plain '2 passed, 0 failed' 139
expect "a skipped check is a failure" 1 1 count_plain 'ok 1 - a # SKIP no program\nok 2 - b\n1 passed, 0 failed (1 skipped)'
n=$((n + 1))
if grep -q '^skipped: ok 1 - a # SKIP no program' "$W/out"; then echo "ok $n - and is named"; else echo "not ok $n - and is named"; fi
expect "a whole program skipped is a failure" 3 1 count_automake '# PASS:  3\n# SKIP:  1\nSKIP: tests/x.sh'
expect "a skipped unit test of the client is a failure" 12 1 count_vitest '      Tests  12 passed | 1 skipped (13)'
echo "1..$n"
BASH
