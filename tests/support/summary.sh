#!/bin/sh
# summary.sh FOLDER | FILE.trs… - counts what TAP tests said, from automake's .trs files (all below
# a build folder, or these), names each failure, and ends with the line
# "N passed, N failed[, N skipped]". Fails when a test failed or none was run.
set -eu
if test $# -le 1 && test -d "${1:-.}"; then
	cd "${1:-.}"
	# names made by our own build: no blanks in them
	set -- $(find . -name '*.trs' -print | LC_ALL=C sort)
fi
test $# -gt 0 || { echo "no test results in $(pwd)" >&2; exit 1; }

${AWK:-awk} '
function name_of(file) {
	sub(/\.trs$/, "", file)
	return file
}
/^:test-result: *(PASS|XFAIL)/ { passed++ }
/^:test-result: *SKIP/ { skipped++ }
/^:test-result: *(FAIL|XPASS|ERROR)/ {
	failed++
	what = $0
	sub(/^:test-result: */, "", what)
	print name_of(FILENAME) ": " what
}
END {
	printf "%d passed, %d failed%s\n", passed, failed, skipped ? sprintf(", %d skipped", skipped) : ""
	exit failed > 0 || passed == 0
}' "$@"
