#!/bin/sh
# summary.sh counts, names failures and fails when it should.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

expect() { # name, exit status, last line
	status=0
	out=$(sh "$top_srcdir/tests/support/summary.sh" "$work" 2>/dev/null) || status=$?
	n=$((n + 1))
	if test "$status" -eq "$2" && test "$(printf '%s\n' "$out" | tail -n 1)" = "$3"; then
		echo "ok $n - $1"
	else
		echo "# status $status, output: $out"
		echo "not ok $n - $1"
	fi
}

expect "no results are a failure" 1 ""
mkdir "$work/a"
printf ':test-result: PASS 1\n:test-result: PASS 2 - x\n:global-test-result: PASS\n' >"$work/a/one.trs"
expect "passes are counted" 0 "2 passed, 0 failed"
printf ':test-result: SKIP 1\n:test-result: XFAIL 2\n' >"$work/two.trs"
expect "skips are named" 0 "3 passed, 0 failed, 1 skipped"
printf ':test-result: FAIL 1 - broken\n' >"$work/three.trs"
expect "a failure fails" 1 "3 passed, 1 failed, 1 skipped"
n=$((n + 1))
if sh "$top_srcdir/tests/support/summary.sh" "$work" | grep -q '^./three: FAIL 1 - broken'; then
	echo "ok $n - failures are named"
else
	echo "not ok $n - failures are named"
fi
rm "$work/three.trs"
printf ':test-result: ERROR - exited with status 139\n' >"$work/four.trs"
expect "a crash fails" 1 "3 passed, 1 failed, 1 skipped"
echo "1..$n"
